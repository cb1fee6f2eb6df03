import type { TelegramUpdate } from "@gramio/types";
import type { Clock } from "@toolcast/core/engine";
import { badRequest, conflict } from "./api-error.ts";
import { telegramLimits } from "./limits.ts";
import type { Parameters } from "./parameters.ts";

export type UpdateKind = Exclude<keyof TelegramUpdate, "update_id">;

/** Updates that are sent only if requested by name. */
const notByDefault: readonly string[] = ["chat_member", "message_reaction", "message_reaction_count"];

export interface StoredUpdate {
  readonly update: TelegramUpdate;
  /** Updates with the same key are delivered one after another. */
  readonly key: string;
  readonly at: number;
}

/** The queue of updates, which serves long polling. */
export interface Updates {
  push<Kind extends UpdateKind>(
    kind: Kind,
    body: NonNullable<TelegramUpdate[Kind]>,
    key: string,
  ): TelegramUpdate | null;
  /** Neither confirmed nor delivered. */
  readonly pending: readonly StoredUpdate[];
  /** Every update that was ever put into the queue. */
  readonly history: readonly TelegramUpdate[];
  /** How many getUpdates requests are waiting. */
  readonly polling: boolean;
  getUpdates(parameters: Parameters, closed: AbortSignal): Promise<readonly TelegramUpdate[]>;
  allow(parameters: Parameters): void;
  readonly allowed: readonly string[] | null;
  /** A webhook is set: waiting polls end and no new one may begin. */
  webhookActive: boolean;
  endPoll(reason: string): void;
  take(update: StoredUpdate): void;
  clear(): void;
  /** Called with each new update. */
  onPush: (() => void) | null;
}

export interface UpdatesParts {
  readonly clock: Clock;
  readonly judge: (update: TelegramUpdate) => void;
  readonly changed: () => void;
  readonly firstId: number;
}

interface Poll {
  readonly offset: number;
  readonly limit: number;
  /** Stops waiting for updates. */
  readonly detach: () => void;
  readonly answer: (updates: readonly TelegramUpdate[]) => void;
  readonly fail: (error: Error) => void;
}

export function createUpdates({ clock, judge, changed, firstId }: UpdatesParts): Updates {
  let pending: StoredUpdate[] = [];
  const history: TelegramUpdate[] = [];
  let nextId = firstId;
  let allowed: readonly string[] | null = null;
  let poll: Poll | null = null;
  let nextConflictAt = 0;
  let lastPoll = { offset: Number.NaN, at: Number.NEGATIVE_INFINITY };

  /** A second conflict within three seconds is answered late, to keep two pollers from spinning. */
  function failWithConflict(failed: Poll, reason: string): void {
    const now = clock.now();
    if (now >= nextConflictAt) {
      nextConflictAt = now + 3_000;
      failed.fail(conflict(reason));
    } else {
      clock.setTimer(3_000, () => failed.fail(conflict(reason)));
    }
  }

  const since = (offset: number) => pending.filter(({ update }) => update.update_id >= offset);
  function forgetOld(): void {
    pending = pending.filter(({ at }) => clock.now() - at <= telegramLimits.updateKeptMs);
  }

  function wake(): void {
    if (poll !== null && since(poll.offset).length > 0) {
      const woken = poll;
      poll = null;
      woken.answer(
        since(woken.offset)
          .slice(0, woken.limit)
          .map(({ update }) => update),
      );
    }
  }

  const updates: Updates = {
    webhookActive: false,
    onPush: null,
    history,
    get pending() {
      forgetOld();
      return pending;
    },
    get polling() {
      return poll !== null;
    },
    get allowed() {
      return allowed;
    },
    push(kind, body, key) {
      if (allowed === null ? notByDefault.includes(kind) : !allowed.includes(kind)) {
        return null;
      }
      const update = { update_id: nextId, [kind]: body } as TelegramUpdate;
      nextId += 1;
      judge(update);
      history.push(update);
      pending.push({ update, key, at: clock.now() });
      wake();
      updates.onPush?.();
      changed();
      return update;
    },
    allow(parameters) {
      const list = parameters.list("allowed_updates");
      if (list !== null) {
        if (!list.every((kind) => typeof kind === "string")) {
          throw badRequest("can't parse allowed_updates: expected an Array of String");
        }
        allowed = list.length === 0 ? null : (list as string[]);
      }
    },
    endPoll(reason) {
      const ended = poll;
      poll = null;
      if (ended !== null) {
        ended.detach();
        failWithConflict(ended, reason);
      }
    },
    getUpdates(parameters, closed) {
      if (updates.webhookActive) {
        throw conflict(
          "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
        );
      }
      const given = parameters.integer("offset") ?? 0;
      const limit = Math.min(telegramLimits.updatesAtOnce, Math.max(1, parameters.integer("limit") ?? 100));
      let timeout = Math.min(50, Math.max(0, parameters.integer("timeout") ?? 0));
      updates.allow(parameters);
      forgetOld();
      // A caller that immediately requests the same again is slowed down.
      if (given === lastPoll.offset && timeout < 3 && timeout > 0 && clock.now() < lastPoll.at + 3_000) {
        timeout = 3;
      }
      lastPoll = { offset: given, at: clock.now() };
      if (given < 0) {
        pending = pending.slice(given);
      }
      const offset = given > 0 ? given : 0;
      pending = since(offset);
      const found = pending.slice(0, limit).map(({ update }) => update);
      if (found.length > 0 || timeout === 0) {
        updates.endPoll("terminated by other getUpdates request; make sure that only one bot instance is running");
        return Promise.resolve(found);
      }
      updates.endPoll("terminated by other getUpdates request; make sure that only one bot instance is running");
      return new Promise((resolve, reject) => {
        const own: Poll = {
          offset,
          limit,
          detach: () => stop(),
          answer(list) {
            stop();
            resolve(list);
          },
          fail: reject,
        };
        const left = () => {
          if (poll === own) {
            poll = null;
          }
          own.answer([]);
        };
        const cancel = clock.setTimer(timeout * 1000, left);
        const stop = () => {
          cancel();
          closed.removeEventListener("abort", left);
        };
        closed.addEventListener("abort", left, { once: true });
        poll = own;
        changed();
      });
    },
    take(taken) {
      pending = pending.filter((update) => update !== taken);
    },
    clear() {
      pending = [];
    },
  };
  return updates;
}
