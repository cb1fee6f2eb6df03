import type { Clock } from "@toolcast/core/engine";
import type { JsonObject } from "../json.ts";
import type { BotApiVersion } from "./api-versions.ts";
import type { Files } from "./files.ts";
import type { Updates } from "./updates.ts";
import type { Message, World } from "./world.ts";

/** A press on a button that waits for its answer. */
export interface CallbackPress {
  readonly id: string;
  readonly userId: number;
  readonly message: Message;
  readonly data: string;
  readonly at: number;
  /** What the person saw; null until it is answered. */
  answer: { readonly text: string; readonly alert: boolean; readonly url: string | null } | null;
}

/** What a person typed after the bot's name, and the results offered. */
export interface InlineAsk {
  readonly id: string;
  readonly userId: number;
  readonly query: string;
  readonly at: number;
  results: readonly JsonObject[] | null;
  button: JsonObject | null;
}

/** A message that called the bot as a guest. */
export interface GuestCall {
  readonly id: string;
  readonly message: Message;
  answers: number;
}

/** What all parts of the server share. */
export interface Context {
  readonly clock: Clock;
  readonly token: string;
  readonly world: World;
  readonly version: BotApiVersion;
  /** The folder of a self-hosted Bot API server; null in the cloud. */
  readonly localFolder: string | null;
  readonly files: Files;
  readonly updates: Updates;
  readonly presses: Map<string, CallbackPress>;
  readonly asks: Map<string, InlineAsk>;
  readonly guestCalls: Map<string, GuestCall>;
  /** Commands by scope and language: `{"type":"default"}|zh`. */
  readonly commands: Map<string, readonly JsonObject[]>;
  /** A number that is never returned twice. */
  readonly next: () => number;
  /** Notifies those who wait for something that may just have changed. */
  readonly changed: () => void;
}

export const unixTime = (ms: number) => Math.floor(ms / 1000);
