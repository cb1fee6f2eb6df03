import type { State } from "@toolcast/core";
import { z } from "zod";
import { type InboundFile, inboundFileSchema } from "./update.ts";

/** The longest after the first that an album's other files arrive, in milliseconds. */
export const albumMs = 15_000;

/** Longer than its files can take, in milliseconds. */
const keptMs = 4 * albumMs;

/** A file of an album and its place in it: the id of its message. */
const partSchema = z.object({ at: z.number(), file: inboundFileSchema });
type Part = z.infer<typeof partSchema>;

/** What happens to the files of an album that arrive from now on. */
export type AlbumEnd =
  /** They belong to a request that waits for them. */
  | { to: "request"; id: string }
  /** They answer the questions of a dialogue. */
  | { to: "dialogue" }
  /** Its command takes no more files; `notified`: its sender knows that. */
  | { to: "nobody"; notified: boolean };

/** The stored form of an end without a request. */
const stored = { dialogue: "dialogue", full: "full", told: "told" } as const;

/** The parts of an album are separate messages, in any order and seconds apart. */
export class Albums {
  readonly #keyv: ReturnType<State["keyv"]>;

  constructor(state: State) {
    this.#keyv = state.keyv("telegram-albums");
  }

  /** Null for an album whose command, if it has one, has not come yet. */
  async endOf(album: string): Promise<AlbumEnd | null> {
    const value = await this.#keyv.get<string>(album);
    switch (value) {
      case undefined:
        return null;
      case stored.dialogue:
        return { to: "dialogue" };
      case stored.full:
      case stored.told:
        return { to: "nobody", notified: value === stored.told };
      default:
        return { to: "request", id: value };
    }
  }

  async decide(album: string, end: AlbumEnd): Promise<void> {
    const value =
      end.to === "request"
        ? end.id
        : end.to === "dialogue"
          ? stored.dialogue
          : end.notified
            ? stored.told
            : stored.full;
    await this.#keyv.set(album, value, keptMs);
  }

  /** Keeps a file that came before its album's command; true for the first one, also if it comes again. */
  async hold(album: string, part: Part): Promise<boolean> {
    const held = await this.#held(album);
    const isNew = held.every(({ at }) => at !== part.at);
    await this.#keyv.set(`parts/${album}`, isNew ? [...held, part] : held, keptMs);
    return held[0] === undefined || held[0].at === part.at;
  }

  /** Whether the command got this file, because it came before. */
  async isHeld(album: string, at: number): Promise<boolean> {
    return (await this.#held(album)).some((part) => part.at === at);
  }

  /** The files so far in the order of the album, its command's own among them. */
  async filesWith(album: string, own: Part): Promise<InboundFile[]> {
    return inOrder([...(await this.#held(album)), own]);
  }

  async #held(album: string): Promise<Part[]> {
    return z.array(partSchema).safeParse(await this.#keyv.get(`parts/${album}`)).data ?? [];
  }
}

/** Stored parts as files, in the order of the album. */
export function filesOfParts(parts: readonly unknown[]): InboundFile[] {
  return inOrder(parts.map((part) => partSchema.parse(part)));
}

function inOrder(parts: readonly Part[]): InboundFile[] {
  return parts.toSorted((one, other) => one.at - other.at).map(({ file }) => file);
}
