import type { Job, Runtime } from "@toolcast/core";
import { hasEnded } from "@toolcast/core/engine";
import type { Asked } from "./asked.ts";
import type { Violation } from "./audit-starts.ts";
import type { SeenMessage } from "./chat-platform.ts";
import type { ChatRecord } from "./chats.ts";
import type { PlatformId } from "./platform-id.ts";
import type { RunRecord } from "./run.ts";
import { isDeliverySetAside } from "./set-aside.ts";
import { openStoredMedia } from "./stored-media.ts";
import { jobsByWish } from "./wish-jobs.ts";

/** How the platforms' people fared. */
export interface ChatsAudit {
  lost: Violation[];
  twice: Violation[];
  /** What an app sent that a platform does not allow, and what is wrong with the platforms themselves. */
  violations: Violation[];
  /** One line per platform. */
  rows: { id: PlatformId; jobs: number; line: string }[];
}

/** What people decide at a message that asks them, or below a job. */
const decisions = new Set(["left", "cancel-wished", "started-again", "looked-again", "released"]);
const refusalCharacters = 60;
/** The beginning of a title tells outcomes apart, and is never cut off to fit. */
const titleCharacters = 20;

/**
 * Reads each platform as its people do. Each request was lost with their knowledge, refused, or became one job; and each
 * outcome is in one message with its media, except where a platform can only repeat a send that was not answered.
 */
export async function auditChats(record: RunRecord): Promise<ChatsAudit> {
  const { jobs, asked, chats, world } = record;
  const jobsOf = jobsByWish(jobs);
  const { media, runtime, close } = await openStoredMedia(world);
  const audit: ChatsAudit = { lost: [], twice: [], violations: [], rows: [] };
  try {
    for (const chat of chats) {
      const own = asked.filter(({ wish }) => wish.platform === chat.id);
      const messages = chat.seen.map((message) => ({ ...message, plain: plain(message.text) }));
      const counts = new Map<string, number>();
      const count = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
      for (const one of own) {
        count(`asked`);
        const found = jobsOf.get(one.wish.key) ?? [];
        if (found.length > 1) {
          audit.twice.push({ what: `${one.wish.key} became ${found.length} jobs on ${chat.id}`, job: found[0]! });
        }
        if (found.length === 0) lookWithoutJob(one, chat, count);
        for (const job of found) {
          count("jobs");
          if (one.act?.state === "missed") count("acknowledged too late and carried out");
          await look(job, chat, messages, count, { media, runtime });
        }
      }
      audit.violations.push(...chat.violations.map((what) => ({ what: `${chat.id}: ${what}` })));
      const troubles = [...chat.troubles].map(([name, times]) => `${name}: ${times}`).join(", ");
      const line = [...counts].map(([name, times]) => `${name}: ${times}`).join(", ");
      audit.rows.push({
        id: chat.id,
        jobs: counts.get("jobs") ?? 0,
        line: `${line || "nothing"}; troubles: ${troubles || "none"}`,
      });
    }
  } finally {
    await close();
  }
  return audit;

  function lookWithoutJob(one: Asked, chat: ChatRecord, count: (name: string) => void): void {
    const answer = one.act?.answer() ?? null;
    if (one.act?.state === "missed") count("not acknowledged, which the person saw");
    else if (one.act?.state === "acknowledged" && answer !== null) {
      count(`refused in words (${answer.replaceAll(/\s+/g, " ").slice(0, refusalCharacters)})`);
    } else
      audit.lost.push({ what: `${one.wish.key} was ${one.act?.state ?? "not sent"} on ${chat.id} and got no answer` });
  }

  async function look(
    job: Job,
    { id: platform, repeatsUnansweredSends }: ChatRecord,
    messages: readonly (SeenMessage & { plain: string })[],
    count: (name: string) => void,
    stored: { media: Runtime["media"]; runtime: Pick<Runtime, "jobMessage"> },
  ): Promise<void> {
    if (isDeliverySetAside(job)) {
      count("set aside after kills");
      return;
    }
    const { title } = await stored.runtime.jobMessage(job, job.caller);
    const ofJob = messages.filter((message) => message.plain.includes(plain(job.id)));
    const titled = ofJob.filter((message) => message.plain.includes(plain(title).slice(0, titleCharacters)));
    // A late result takes the outcome's place: the first answer then points to it.
    const isLate = job.notices.some(({ about, state }) => about === "further" && state === "sent");
    const about = titled.length === 0 && isLate ? ofJob.slice(0, 1) : titled;
    // A question that was answered stays as it was, or shows the job afterwards, as its outcome or next question does.
    const answered = job.timeline.filter(({ event }) => decisions.has(event)).length;
    const besides = (number: number) => Math.min(number, Math.max(1, number - answered));
    const times = [besides(about.length)];
    if (hasEnded(job)) {
      const offered = job.notices
        .filter(({ about: topic, state }) => topic === "outcome" || (topic === "further" && state === "sent"))
        .flatMap(({ assets }) => assets);
      const hashes = await Promise.all(offered.map(async (asset) => (await stored.media.read(asset))?.hash ?? asset));
      // A vendor may have made the same picture twice.
      for (const [hash, { length }] of Map.groupBy(hashes, (one) => one)) {
        const files = messages.flatMap((message) => message.files.filter((file) => file.hash === hash));
        const seen = new Set(files.map(({ id }) => id)).size / length;
        times.push(besides(seen));
      }
    }
    const seen = ofJob.map(
      ({ text, createdAt, files }) => `${createdAt} ${JSON.stringify(text)} ${files.length} files`,
    );
    if (times.some((number) => number < 1)) {
      audit.lost.push({ what: `${job.state.phase}, and seen ${times.join(", ")} times on ${platform}`, job, seen });
    } else if (times.some((number) => number > 1)) {
      const what = `seen ${times.join(", ")} times on ${platform}`;
      if (repeatsUnansweredSends) count("sent again because the platform did not answer");
      else audit.twice.push({ what, job, seen });
    } else {
      count(hasEnded(job) ? "results seen once" : "questions seen once");
    }
  }
}

/** Platforms escape and decorate texts, each in its own way. */
function plain(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, "");
}
