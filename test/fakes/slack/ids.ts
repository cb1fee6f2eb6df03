import type { Clock } from "@toolcast/core/engine";

/** Identifiers as Slack makes them: a letter for the kind, then capitals and digits. */
export interface Ids {
  next(prefix: string): string;
  /** The time as Slack writes it, also a message's identifier: seconds, a dot, six digits; never the same twice. */
  ts(): string;
  /** An unguessable string. */
  secret(): string;
}

export function createIds(clock: Clock): Ids {
  let count = 0;
  let lastMicroseconds = 0;
  return {
    next(prefix) {
      count += 1;
      return `${prefix}0${count.toString(36).toUpperCase().padStart(8, "0")}`;
    },
    ts() {
      lastMicroseconds = Math.max(lastMicroseconds + 1, Math.round(clock.now() * 1000));
      const seconds = Math.floor(lastMicroseconds / 1_000_000);
      return `${seconds}.${String(lastMicroseconds % 1_000_000).padStart(6, "0")}`;
    },
    secret() {
      count += 1;
      return `s${count.toString(36)}x${"Q7fK2mZp9TtRw4Yv".slice(0, 12)}`;
    },
  };
}
