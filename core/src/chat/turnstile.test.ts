import { expect, test } from "vitest";
import { createManualClock } from "../../../test/manual-clock.ts";
import { Turnstile } from "./turnstile.ts";

/** @verifies chat.results-first */
test("work begins when every first answer is given; one that hangs holds it up for two seconds at most", async () => {
  const clock = createManualClock();
  const turnstile = new Turnstile(clock);
  const begun: string[] = [];
  const first = Promise.withResolvers<void>();
  const answers = [turnstile.answer(() => first.promise), turnstile.answer(() => new Promise(() => {}))];
  void turnstile.work(async () => {
    begun.push("work");
  });
  first.resolve();
  await answers[0];
  await clock.advance(1_999);
  expect(begun).toEqual([]);
  await clock.advance(1);
  await Promise.resolve();
  expect(begun).toEqual(["work"]);
});
