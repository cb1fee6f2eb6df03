import type { State } from "@toolcast/core";
import type { Clock } from "@toolcast/core/engine";
import type { Chance } from "./chance.ts";
import type { Wish } from "./load.ts";
import type { PlatformId } from "./platform-id.ts";

/** Something a person did on a platform. */
export interface Act {
  /** `missed`: the app did not answer the platform in time, and the person was told so. */
  readonly state: "waiting" | "acknowledged" | "missed";
  /** What the person was shown; null if that is nothing, or only that the work has begun. */
  answer(): string | null;
}

/** A message of the app that is there at the end. */
export interface SeenMessage {
  text: string;
  createdAt: number;
  /** The files that are shown in it, each with the SHA-256 of its bytes; an equal id is the same file. */
  files: readonly { id: string; hash: string }[];
}

/**
 * A platform that runs in the process of the harness and is never killed. Apps connect to it with their real adapters
 * and client libraries.
 */
export interface ChatPlatform {
  readonly id: PlatformId;
  /** The variables that connect an app to it. */
  readonly environment: Record<string, string>;
  /** Where it takes and gives files, as `host:port`, if not at its own address. */
  readonly fileHosts: readonly string[];
  /** Whether it cannot be asked which messages it has, nor tell two equal sends apart: a lost answer may repeat one. */
  readonly repeatsUnansweredSends: boolean;
  /** Does what an operator has to do before the first app connects. */
  prepare(state: State): Promise<void>;
  /** Whether an app receives what people do. */
  isReached(): boolean;
  /** The person of the wish types its command. */
  ask(wish: Wish): Act;
  /** Presses a button below a message about a job; null if its person sees none. */
  press(person: string, jobId: string, labels: readonly string[]): Act | null;
  /** Every message of the app, whoever sees it. */
  seen(): SeenMessage[];
  /** Lets something go wrong, and names it. */
  trouble(): string;
  /** From now on nothing goes wrong. */
  calm(): void;
  /** Secrets that it gave to the app with single events. */
  credentials(): string[];
  /** What it took or returned against its own description. */
  violations(): string[];
  end(): Promise<void>;
}

export interface PlatformOptions {
  clock: Clock;
  chance: Chance;
}

/** A command's input as somebody types it: the prompt as it is, everything else by name. */
export function typedWords({ tool, input }: Pick<Wish, "tool" | "input">): string {
  const { prompt, ...named } = input;
  const words = Object.entries(named).map(([name, value]) => `--${name} ${JSON.stringify(String(value))}`);
  return [...(tool === "image" ? [String(prompt)] : []), ...words].join(" ");
}

/** A person's language: half of them write in each, as in the room. */
export function isChinese(person: string): boolean {
  return (person.codePointAt(person.length - 1) ?? 0) % 2 === 1;
}

/** A platform that fails so many of the same requests in a row is away, which is another matter. */
const mostFaultsInARow = 4;

/** The requests that may go wrong once more, since all that piles up would meet a rare one; all if there are none. */
export function withRoom<Request>(
  requests: readonly Request[],
  waiting: (request: Request) => number,
): readonly Request[] {
  const free = requests.filter((request) => waiting(request) < mostFaultsInARow);
  return free.length === 0 ? requests : free;
}
