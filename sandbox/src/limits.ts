import { z } from "zod";

const whole = z.number().int().nonnegative();

/** What `POST /control/limits` accepts; anything left out stays as it is. */
export const limitsSchema = z
  .object({
    /** Spark requests in flight at once; another is refused with 11203. Default 4. */
    sparkConcurrency: whole,
    /** Spark requests begun in one second (divided by the speed); another is refused with 11202. Default 10. */
    sparkPerSecond: whole,
    /**
     * DashScope starts of one model in one second (divided by the speed); another is Throttling.RateQuota. Default 2.
     */
    dashscopePerSecond: whole,
    /** DashScope starts in one minute (divided by the speed); another is Throttling.AllocationQuota. Default 120. */
    dashscopePerMinute: whole,
    /** DashScope queries about tasks in one second (divided by the speed). Default 20. */
    dashscopeQueriesPerSecond: whole,
    /** Requests to upload a file to DashScope for one model in one second (divided by the speed). Default 100. */
    dashscopeUploadsPerSecond: whole,
    /** How long DashScope keeps an uploaded file, in milliseconds of its own clock. Default 48 hours. */
    dashscopeUploadLifeMs: whole,
    /** DashScope tasks of one model being made at once; others wait as PENDING. wan2.2-s2v: always 1. Default 2. */
    dashscopeRunning: whole,
    /**
     * Starts covered by DashScope's free allowance; another is the other Throttling.AllocationQuota. Default 100000.
     */
    dashscopeAllowance: whole,
    /** Voices the DashScope account may hold. Default 1000. */
    dashscopeVoices: whole,
    /** How long DashScope remembers a task, in milliseconds of its own clock; UNKNOWN afterwards. Default 24 hours. */
    dashscopeTaskLifeMs: whole,
    /** Life of a DashScope result address in milliseconds of its own clock after completion. Default 24 hours. */
    dashscopeUrlLifeMs: whole,
    /** xjc works being made at once; while that many are, a create is refused with 20007. Default 3. */
    worksRunning: whole,
    /** xjc works waiting to begin; while that many are, a create is refused with 20008. Default 20. */
    worksQueued: whole,
    /** xjc points left. Default 100000. */
    balance: whole,
    /** LITE voices the xjc account may hold. Default 20. */
    voiceLiteTotal: whole,
    /** PRO voices the xjc account may hold. Default 10. */
    voiceProTotal: whole,
    /** Life of an xjc token in milliseconds, not divided by the speed. Default 2 hours. */
    tokenLifeMs: whole,
    /** Life of a result address in milliseconds after completion, not divided by the speed. Default 1 hour. */
    urlLifeMs: whole,
    /** How long one answer to a download by the vendor may take, in milliseconds. Default 60000. */
    downloadTimeoutMs: whole,
  })
  .partial()
  .strict();

export type Limits = Required<z.infer<typeof limitsSchema>>;

export const defaultLimits: Limits = {
  sparkConcurrency: 4,
  sparkPerSecond: 10,
  dashscopePerSecond: 2,
  dashscopePerMinute: 120,
  dashscopeQueriesPerSecond: 20,
  dashscopeUploadsPerSecond: 100,
  dashscopeUploadLifeMs: 48 * 60 * 60_000,
  dashscopeRunning: 2,
  dashscopeAllowance: 100_000,
  dashscopeVoices: 1000,
  dashscopeTaskLifeMs: 24 * 60 * 60_000,
  dashscopeUrlLifeMs: 24 * 60 * 60_000,
  worksRunning: 3,
  worksQueued: 20,
  balance: 100_000,
  voiceLiteTotal: 20,
  voiceProTotal: 10,
  tokenLifeMs: 2 * 60 * 60_000,
  urlLifeMs: 60 * 60_000,
  downloadTimeoutMs: 60_000,
};
