import type { Act } from "./chat-platform.ts";
import type { Wish } from "./load.ts";

/** A wish that was sent to an app, and what came of it. */
export interface Asked {
  wish: Wish;
  jobId?: string;
  /** What its person did, if it was on a platform. */
  act?: Act;
  /** Why the app did not accept it. */
  refused?: string;
  /** The beginning of the recording's SHA-256, as the vendor records it. */
  sample?: string;
}
