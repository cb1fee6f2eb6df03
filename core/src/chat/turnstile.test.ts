import { expect, test } from "vitest";
import { createManualClock } from "../../../test/manual-clock.ts";
import { Turnstile } from "./turnstile.ts";

/** @verifies chat.results-first */
test("work starts once every first answer has been given; one that hangs delays it by at most two seconds", async () => {
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
