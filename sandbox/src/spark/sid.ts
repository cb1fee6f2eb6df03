import type { Context } from "../context.ts";

/** The id the service gives each request. */
export function newSid(context: Context): string {
  const random = Math.floor(context.random() * 0xffff_ffff)
    .toString(16)
    .padStart(8, "0");
  return `cht${random}@dx${context.clock.now().toString(16)}`;
}
