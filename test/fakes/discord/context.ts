import type { Clock } from "../../../core/src/ground/clock.ts";
import type { JsonObject } from "../json.ts";
import type { FileHost } from "./file-host.ts";
import type { Judge } from "./judge.ts";
import type { Snowflakes } from "./snowflake.ts";
import type { World } from "./world.ts";

/** Sends an event to the app when its intents ask for it. */
export type Dispatch = (event: string, data: JsonObject) => void;

/** What the parts of the server have in common. */
export interface Context {
  readonly clock: Clock;
  readonly world: World;
  readonly snowflakes: Snowflakes;
  readonly files: FileHost;
  readonly judge: Judge;
  readonly dispatch: Dispatch;
  /** Somebody may be waiting for what has just changed. */
  readonly changed: () => void;
  /** The app may read what others write (a privileged intent). */
  readonly readsMessageContent: boolean;
}
