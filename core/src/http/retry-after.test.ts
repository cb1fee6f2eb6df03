import { expect, test } from "vitest";
import { retryAfterMs } from "./retry-after.ts";

// @verifies survives.asked-to-wait
test.each([
  [{}, undefined],
  [{ "retry-after": "30" }, 30_000],
  [{ "retry-after": " 0 " }, 0],
  [{ "retry-after": "86400" }, 900_000],
  [{ "retry-after": "-5" }, undefined],
  [{ "retry-after": "soon" }, undefined],
  [{ "retry-after": "Thu, 01 Jan 2026 00:00:40 GMT", date: "Thu, 01 Jan 2026 00:00:10 GMT" }, 30_000],
  [{ "retry-after": "Thu, 01 Jan 2026 00:00:00 GMT", date: "Thu, 01 Jan 2026 00:00:10 GMT" }, 0],
  [{ "retry-after": "Thu, 01 Jan 2026 00:00:40 GMT" }, undefined],
])("%j asks to wait for %s ms", (headers, waitMs) => {
  expect(retryAfterMs({ headers: headers as Record<string, string> })).toBe(waitMs);
});
