import type { Clock } from "@toolcast/core/engine";
import type { JsonObject } from "../json.ts";
import type { FileHost } from "./file-host.ts";
import type { Judge } from "./judge.ts";
import type { Snowflakes } from "./snowflake.ts";
import type { World } from "./world.ts";

/** Sends an event to the app if its intents include it. */
export type Dispatch = (event: string, data: JsonObject) => void;

/** What all parts of the server share. */
export interface Context {
  readonly clock: Clock;
  readonly world: World;
  readonly snowflakes: Snowflakes;
  readonly files: FileHost;
  readonly judge: Judge;
  readonly dispatch: Dispatch;
  /** Notifies those who wait for something that may just have changed. */
  readonly changed: () => void;
  /** The app may read what others write (a privileged intent). */
  readonly readsMessageContent: boolean;
}
