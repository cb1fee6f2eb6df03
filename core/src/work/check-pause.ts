import type { Logger } from "../ground/logger.ts";
import type { Job } from "../job/job.ts";
import type { Provider } from "../providers/provider.ts";
import type { Estimates, UsualDuration } from "./estimates.ts";

/** The shortest pause: vendors count requests, and people do not notice less. */
const shortestMs = 2_000;
/** The longest before the usual end: an operation that ends early, or is cancelled, is noticed by then. */
const longestEarlyMs = 30_000;
/** The longest around the usual end and after it. */
const longestNearMs = 10_000;
const longestLateMs = 15_000;
/** Into how many looks the time in which most operations end is divided. */
const looksNearEnd = 20;

/**
 * How long to wait until an operation of this age is looked at again, in milliseconds: seldom while operations of its
 * kind do not end yet, often while most of them end, and less and less after that.
 */
export function pauseUntilCheck(ageMs: number, { earlyMs, lateMs }: UsualDuration): number {
  const nearMs = clamp((lateMs - earlyMs) / looksNearEnd, shortestMs, longestNearMs);
  if (ageMs < earlyMs) {
    return Math.round(clamp(earlyMs - ageMs, shortestMs, longestEarlyMs));
  }
  return Math.round(ageMs < lateMs ? nearMs : clamp((ageMs - lateMs) / 5, nearMs, longestLateMs));
}

/** What tells when to look at an operation again. */
interface Watched {
  job: Pick<Job, "id" | "tool" | "provider">;
  step: string;
  /** How long it has been waited for. */
  ageMs: number;
  /** The pause that its provider suggests, which knows nothing of earlier operations. */
  suggestedMs: number;
  provider: Pick<Provider, "limits">;
}

/** If the vendor does not say how often it may be asked. */
const usualChecksPerSecond = 5;

/**
 * How long to wait until an operation is looked at again, in milliseconds: by the usual duration of its kind, or as its
 * provider suggests while too little is known. However many are under way, the vendor's rate is kept.
 */
export async function nextCheckAfter(
  { estimates, logger }: { estimates: Estimates; logger: Logger },
  { job, step, ageMs, suggestedMs, provider }: Watched,
): Promise<number> {
  const { concurrent, checksPerSecond = usualChecksPerSecond } = provider.limits;
  try {
    const usual = await estimates.usual(`${job.provider}:${job.tool}:${step}`);
    return usual === null
      ? suggestedMs
      : Math.max(pauseUntilCheck(ageMs, usual), Math.ceil((concurrent * 1_000) / checksPerSecond));
  } catch (error) {
    logger.warn({ jobId: job.id, error: String(error) }, "earlier durations could not be read");
    return suggestedMs;
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
