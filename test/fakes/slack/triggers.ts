import { SlackError } from "./api-error.ts";
import type { Base } from "./context.ts";
import { slackLimits } from "./limits.ts";

/** Permission to open one view, for 3 s after a person's act. */
export interface Triggers {
  create(userId: string): string;
  /** Returns whose it was; refuses one that is unknown, used or late. */
  exchange(trigger: string): string;
}

export function createTriggers({ ids, clock, world }: Base): Triggers {
  const known = new Map<string, { userId: string; at: number; used: boolean }>();
  return {
    create(userId) {
      const trigger = `${ids.next("")}.${world.team.id}.${ids.secret()}`;
      known.set(trigger, { userId, at: clock.now(), used: false });
      return trigger;
    },
    exchange(trigger) {
      const entry = known.get(trigger);
      if (entry === undefined) {
        throw new SlackError("invalid_trigger_id");
      }
      if (entry.used) {
        throw new SlackError("exchanged_trigger_id");
      }
      if (clock.now() - entry.at >= slackLimits.triggerLivesMs) {
        throw new SlackError("expired_trigger_id");
      }
      entry.used = true;
      return entry.userId;
    },
  };
}
