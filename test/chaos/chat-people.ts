import type { Job } from "@toolcast/core";
import type { JobEngine } from "@toolcast/core/engine";
import { decisionAbout, locales, type MessageKey, say } from "@toolcast/core/surface";
import type { Asked } from "./asked.ts";
import type { Act, ChatPlatform } from "./chat-platform.ts";
import { after } from "./crew.ts";
import type { Wish } from "./load.ts";
import { wishKeyOf } from "./wish-jobs.ts";

/** What people do on the platforms themselves. */
export interface ChatPeople {
  /** False while no app receives what happens on the wish's platform. */
  canAsk(wish: Wish): boolean;
  /** Types the command and waits for its end on the platform. */
  ask(one: Asked): Promise<void>;
  /** The person of a job wants to press a button, and does so as soon as it is there. */
  wantPress(job: Job, wish: Wish, action: string): void;
  /** Notes which jobs the commands became, and presses what people want to press. */
  look(changedSince: number): Promise<void>;
}

interface Want {
  job: Job;
  wish: Wish;
  action: string;
  act?: Act;
  triesLeft: number;
}

/** How long a person watches a command, in real milliseconds: a platform that waits for an answer gives up sooner. */
const watchMs = 1_500;
const lookEveryMs = 25;
/** How many people act on a platform at the same moment, and how long they wait after one was not answered. */
const mostAtOnce = 3;
const afterMissMs = 600;
/** How often a person presses a button that does nothing, or looks for one that is not there yet. */
const mostTries = 60;
const labelsOf: Record<string, readonly MessageKey[]> = { cancel: ["action.cancel", "action.stop"] };

export function createChatPeople(options: {
  platforms: readonly ChatPlatform[];
  engine: JobEngine;
  asked: readonly Asked[];
  presses: Map<string, number>;
}): ChatPeople {
  const { platforms, engine, asked, presses } = options;
  const wants = new Map<string, Want>();
  const missedAt = new Map<string, number>();
  const platformOf = ({ platform }: Wish) => platforms.find(({ id }) => id === platform);

  function press(name: string, want: Want): void {
    const { job, wish, action, act } = want;
    if (act?.state === "waiting") return;
    if (act?.state === "acknowledged" || want.triesLeft === 0) {
      wants.delete(name);
      return;
    }
    want.triesLeft -= 1;
    const keys = labelsOf[action] ?? [`action.${action}` as MessageKey];
    const labels = keys.flatMap((key) => locales.map((locale) => say({ key }, locale)));
    const pressed = platformOf(wish)?.press(wish.person, job.id, labels) ?? null;
    if (pressed !== null) {
      want.act = pressed;
      const counted = `${action} on ${wish.platform}`;
      presses.set(counted, (presses.get(counted) ?? 0) + 1);
    }
  }

  const people: ChatPeople = {
    canAsk(wish) {
      const platform = platformOf(wish);
      if (platform === undefined) return true;
      const waiting = asked.filter((one) => one.wish.platform === platform.id && one.act?.state === "waiting");
      const hasRested = Date.now() - (missedAt.get(platform.id) ?? 0) > afterMissMs;
      return hasRested && waiting.length < mostAtOnce && platform.isReached();
    },
    async ask(one) {
      const act = platformOf(one.wish)!.ask(one.wish);
      one.act = act;
      for (let leftMs = watchMs; act.state === "waiting" && leftMs > 0; leftMs -= lookEveryMs) await after(lookEveryMs);
      if (act.state !== "acknowledged") missedAt.set(one.wish.platform ?? "", Date.now());
    },
    wantPress(job, wish, action) {
      const subject = action === "cancel" ? job.id : decisionAbout(job);
      wants.set(`${action} ${subject}`, { job, wish, action, triesLeft: mostTries });
    },
    async look(changedSince) {
      const waiting = new Map(
        asked.filter(({ act, jobId }) => act !== undefined && jobId === undefined).map((one) => [one.wish.key, one]),
      );
      if (waiting.size > 0) {
        for (const job of await engine.list({ changedSince, limit: 1_000 })) {
          const one = waiting.get(wishKeyOf(job) ?? "");
          if (one === undefined) continue;
          one.jobId = job.id;
          if (one.wish.cancelAfterMs !== undefined) people.wantPress(job, one.wish, "cancel");
        }
      }
      for (const [name, want] of [...wants]) press(name, want);
    },
  };
  return people;
}
