import { z } from "zod";

const whole = z.number().int().nonnegative();

/** What `POST /control/limits` accepts; anything left out stays as it is. */
export const limitsSchema = z
  .object({
    /** Spark requests in flight at once; one more is refused with 11203. Default 4. */
    sparkConcurrency: whole,
    /** Spark requests begun in one second (divided by the speed); one more is refused with 11202. Default 10. */
    sparkPerSecond: whole,
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
  worksRunning: 3,
  worksQueued: 20,
  balance: 100_000,
  voiceLiteTotal: 20,
  voiceProTotal: 10,
  tokenLifeMs: 2 * 60 * 60_000,
  urlLifeMs: 60 * 60_000,
  downloadTimeoutMs: 60_000,
};
