import { createHash } from "node:crypto";
import type { Job } from "@toolcast/core";
import { hasEnded } from "@toolcast/core/engine";
import type { Violation } from "./audit-starts.ts";
import type { Kind, Wish } from "./load.ts";
import type { RunRecord } from "./run.ts";
import { isDeliverySetAside } from "./set-aside.ts";
import { openStoredMedia } from "./stored-media.ts";
import { jobsByWish } from "./wish-jobs.ts";

/** What happened to the results on their way to people. */
export interface ResultsAudit {
  lost: Violation[];
  twice: Violation[];
  stuck: Violation[];
  /** Messages that people read, and how many media were among them. */
  messages: number;
  media: number;
}

const madeBy: Record<Kind, (wish: Wish) => number> = {
  image: ({ input }) => Number(input.count ?? 1),
  speak: () => 1,
  "video-text": () => 1,
  "video-audio": () => 1,
  "own-voice": () => 2,
  sound: () => 1,
  clone: () => 0,
  describe: () => 0,
  ask: () => 0,
  "dash-ask": () => 0,
  "open-ask": () => 0,
  "keyed-ask": () => 0,
  portrait: () => 1,
  "dash-image": ({ input, markers }) =>
    Number(input.count) - markers.filter(({ effect }) => effect === "partial").length,
  "dash-edit": ({ input }) => Number(input.count),
  "dash-video": () => 1,
  "dash-film": () => 1,
  "dash-speak": () => 1,
  "dash-lips": () => 1,
  "dash-own-voice": () => 2,
  "dash-clone": () => 0,
};

/** Reads everything back as an outsider would: the room, and every byte of every medium. */
export async function auditResults(record: RunRecord): Promise<ResultsAudit> {
  const { jobs, asked, room, world } = record;
  const { media, close } = await openStoredMedia(world);
  const audit: ResultsAudit = { lost: [], twice: [], stuck: [], messages: room.length, media: 0 };
  const jobsOf = jobsByWish(jobs);
  const linesOf = Map.groupBy(room, ({ id }) => id);
  try {
    for (const one of asked) {
      const [job] = jobsOf.get(one.wish.key) ?? [];
      if (job === undefined && one.act !== undefined) {
        // Whether its person knows is for the audit of the platforms.
      } else if (job === undefined) {
        audit.lost.push({ what: `${one.wish.key} was asked for and is on no record (${one.refused ?? "accepted"})` });
      } else if (one.jobId !== undefined && one.jobId !== job.id) {
        audit.lost.push({ what: `${one.wish.key} was accepted as ${one.jobId} and is another job now`, job });
      } else {
        await look(job, one.wish);
      }
    }
  } finally {
    await close();
  }
  return audit;

  async function look(job: Job, wish: Wish): Promise<void> {
    if (!hasEnded(job) && job.state.phase !== "unresolved") {
      audit.stuck.push({ what: `still ${job.state.phase}`, job });
      return;
    }
    const made = job.steps.flatMap(({ assets }) => assets);
    if (job.state.phase === "succeeded" && made.length !== madeBy[wish.kind](wish)) {
      audit.lost.push({ what: `succeeded with ${made.length} media`, job });
    }
    for (const id of made) {
      const asset = await media.read(id);
      const bytes = asset === null ? null : await media.bytes(asset).catch(() => null);
      if (bytes === null || createHash("sha256").update(bytes).digest("hex") !== asset?.hash) {
        audit.lost.push({ what: `the medium ${id} is gone or not what it was`, job });
      }
    }
    if (isDeliverySetAside(job)) return;
    const read = job.notices.flatMap(({ id }) => linesOf.get(id) ?? []);
    audit.media += read.reduce((sum, { assets }) => sum + assets.length, 0);
    for (const { id, about, state: said } of job.notices) {
      const times = linesOf.get(id)?.length ?? 0;
      if (about === "outcome" && said !== "sent") audit.lost.push({ what: `${id} is ${said}`, job });
      if (said === "pending" || said === "sending" || said === "unknown") {
        audit.stuck.push({ what: `${id} is ${said}`, job });
      }
      if (wish.platform !== undefined) continue;
      if (times > 1) audit.twice.push({ what: `${id} was read ${times} times`, job });
      if (said === "sent" && times === 0) audit.lost.push({ what: `${id} counts as sent and nobody read it`, job });
    }
    if (hasEnded(job)) {
      const shown = new Set(read.flatMap(({ assets }) => assets));
      const wanted = job.notices.filter(({ about }) => about === "outcome").flatMap(({ assets }) => assets);
      for (const id of wanted.filter((asset) => wish.platform === undefined && !shown.has(asset))) {
        audit.lost.push({ what: `the medium ${id} reached nobody`, job });
      }
      if (wanted.length < made.length) audit.lost.push({ what: "media were made and not offered", job });
    }
  }
}
