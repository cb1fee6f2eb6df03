import { z } from "zod";
import type { VendorRecord } from "../operation.ts";
import { type Api, readTimeoutMs } from "./api.ts";

/** The longest page: many of these tasks belong to other jobs and are left out later. */
const evidenceTasks = 100;
/** The vendor lists one day at most. */
const longestSpanMs = 24 * 60 * 60_000;
/** How much the vendor's clock and ours may differ. */
const clockSlackMs = 60_000;

const listed = z.looseObject({
  data: z.array(
    z.looseObject({
      task_id: z.string(),
      model_name: z.string().optional(),
      status: z.string().optional(),
      gmt_create: z.union([z.number(), z.string()]).optional(),
      start_time: z.union([z.number(), z.string()]).optional(),
    }),
  ),
});

/** The account's tasks that were accepted since an instant, up to a day ago, newest first, as the vendor has them. */
export async function listTasks(
  api: Api,
  { instant, now }: { instant: number; now: number },
  signal?: AbortSignal,
): Promise<z.output<typeof listed>["data"]> {
  const from = Math.max(instant - clockSlackMs, now - longestSpanMs + clockSlackMs);
  const query = new URLSearchParams({
    start_time: beijingDigits(from),
    end_time: beijingDigits(now),
    page_no: "1",
    page_size: String(evidenceTasks),
  });
  const { data } = await api.read({
    method: "GET",
    path: `tasks/?${query}`,
    data: listed,
    timeoutMs: readTimeoutMs,
    signal,
  });
  return data.data;
}

/** The same as records for people. */
export async function tasksSince(...asked: Parameters<typeof listTasks>): Promise<VendorRecord[]> {
  return (await listTasks(...asked)).map((task) => ({
    id: task.task_id,
    what: [task.model_name, task.status, task.task_id].filter(Boolean).join(" · "),
    time: task.gmt_create ?? task.start_time ?? "",
  }));
}

/** The vendor's local time in fourteen digits. */
function beijingDigits(instant: number): string {
  return new Date(instant + 8 * 60 * 60_000).toISOString().replaceAll(/\D/g, "").slice(0, 14);
}
