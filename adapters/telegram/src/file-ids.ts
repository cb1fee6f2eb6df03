import type { MessageMedia, State } from "@toolcast/core";

import { everyKind, type MediumKind } from "./medium-kinds.ts";

/** Telegram keeps files for good; ids are remembered as long as results are kept by default. */
const keptMs = 30 * 24 * 60 * 60_000;

/** The key of a file: the original medium, and whether it is a smaller encode of it. */
export function fileKey({ assetId, encode, encodedFrom }: MessageMedia): string {
  return encode === undefined && encodedFrom === undefined ? assetId : smallerKey(encodedFrom?.assetId ?? assetId);
}

function smallerKey(original: string): string {
  return `${original}.small`;
}

/** Telegram's ids of media it already has, so that each is uploaded only once. Valid for one bot. */
export class FileIds {
  readonly #keyv: ReturnType<State["keyv"]>;
  readonly #bot: string;

  constructor(state: State, token: string) {
    this.#keyv = state.keyv("telegram-files");
    this.#bot = token.split(":", 1)[0] as string;
  }

  async read(medium: string, kind: string): Promise<string | null> {
    return (await this.#keyv.get<string>(this.#key(medium, kind))) ?? null;
  }

  /** Any file that Telegram has of a medium: the original if possible, in the way it is best shown. */
  async knownAs(medium: string): Promise<{ kind: MediumKind; id: string } | null> {
    for (const key of [medium, smallerKey(medium)]) {
      for (const kind of everyKind) {
        const id = await this.read(key, kind);
        if (id !== null) {
          return { kind, id };
        }
      }
    }
    return null;
  }

  async write(medium: string, kind: string, id: string): Promise<void> {
    await this.#keyv.set(this.#key(medium, kind), id, keptMs);
  }

  #key(medium: string, kind: string): string {
    return `${this.#bot}/${kind}/${medium}`;
  }
}
