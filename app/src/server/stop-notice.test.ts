import { expect, test } from "vitest";
import { createManualClock } from "../../../test/manual-clock.ts";
import { createStopNotice } from "./stop-notice.ts";

// @verifies survives.stop-notice

function server(lengthMs = 10_000) {
  const clock = createManualClock();
  const stopping = new AbortController();
  const notice = createStopNotice({ lengthMs, stopping: stopping.signal, clock });
  let over = false;
  return {
    ...{ clock, notice, isOver: () => over },
    async stop() {
      stopping.abort();
      void notice.over().then(() => (over = true));
      await clock.advance(0);
    },
  };
}

test("a server that a balancer asks stays open for its notice, however often it is asked", async () => {
  const { clock, notice, stop, isOver } = server();
  notice.asked();
  await clock.advance(30_000);
  expect(notice.given).toBe(false);
  await stop();
  expect([notice.given, isOver()]).toEqual([true, false]);
  for (let second = 0; second < 10; second += 1) {
    expect(isOver()).toBe(false);
    notice.asked();
    await clock.advance(1_000);
  }
  expect([isOver(), clock.pending()]).toEqual([true, 0]);
});

test("a server that nobody asked lately, or whose notice is 0, waits for nothing", async () => {
  const unasked = server();
  await unasked.stop();
  expect([unasked.notice.given, unasked.isOver()]).toEqual([true, true]);
  const longAgo = server();
  longAgo.notice.asked();
  await longAgo.clock.advance(60_000);
  await longAgo.stop();
  expect(longAgo.isOver()).toBe(true);
  const without = server(0);
  without.notice.asked();
  await without.stop();
  expect([without.notice.given, without.isOver()]).toEqual([true, true]);
});
