import { type Job, jobFormat } from "./job.ts";

/** What stays of a job whose record was removed, so that its key is never used for anything else. */
interface Tombstone {
  id: string;
  key: string;
  /** The mark of its request, if it had one. */
  request?: string;
}

/** A tombstone as the job that a caller asked for by its key; nothing else in it means anything. */
export function removedJob({ id, key, request }: Tombstone): Job {
  return {
    ...{ format: jobFormat, id, version: 0, key, request, removed: true, tool: "", provider: "", input: {} },
    ...{ prepared: true, createdAt: 0, updatedAt: 0, state: { phase: "succeeded" }, plan: { perCall: {} }, steps: [] },
    caller: { id: "removed", name: "", locale: "en", place: { surface: "", conversation: "" } },
    ...{ confirmations: [], notices: [], timeline: [] },
  };
}
