import type { Job } from "@toolcast/core";
import type { Asked } from "./asked.ts";
import { keyOf } from "./load.ts";
import { roomId } from "./room-surface.ts";

/** Which wish a job came from: rooms pass its key on, and on a platform it is part of the text. */
export function wishKeyOf({ key = "", input }: Pick<Job, "key" | "input">): string | undefined {
  return key.startsWith(`${roomId}:`) ? /:(k\d+)$/.exec(key)?.[1] : keyOf(String(input.prompt ?? input.question ?? ""));
}

/** What was asked for, by job id. */
export function askedByJob(jobs: readonly Job[], asked: readonly Asked[]): Map<string, Asked> {
  const byKey = new Map(asked.map((one) => [one.wish.key, one]));
  return new Map(
    jobs.flatMap((job) => {
      const one = byKey.get(wishKeyOf(job) ?? "");
      return one === undefined ? [] : [[job.id, one] as const];
    }),
  );
}

/** The jobs of each wish, by its key; a wish is one request, so more than one job is one too many. */
export function jobsByWish(jobs: readonly Job[]): Map<string, Job[]> {
  return Map.groupBy(
    jobs.filter((job) => wishKeyOf(job) !== undefined),
    (job) => wishKeyOf(job)!,
  );
}
