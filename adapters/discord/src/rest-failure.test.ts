import { Outbox, type OutboxOptions, SendError } from "@toolcast/core/chat";
import { expect, test } from "vitest";
import { createManualClock } from "../../../test/manual-clock.ts";
import { botBudget, failures, readFailure } from "./rest-failure.ts";

const paced = { budgets: [{ ...botBudget, perWindow: 5 }] };

function open(options: Partial<OutboxOptions> = {}): Outbox {
  return new Outbox({ clock: createManualClock(), readFailure, failures, ...options });
}

test("messages of one lane are sent in order, even after a failure; lanes do not wait for each other", async () => {
  const outbox = open();
  const said: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = outbox.inLane("a", async () => {
    await gate.promise;
    said.push("a1");
    throw new Error("no");
  });
  const second = outbox.inLane("a", async () => said.push("a2"));
  await outbox.inLane("b", async () => said.push("b1"));
  expect([said, outbox.isBusy("a"), outbox.isBusy("b")]).toEqual([["b1"], true, false]);
  gate.resolve();
  await expect(first).rejects.toThrow("no");
  await second;
  await outbox.drained();
  expect([said, outbox.isBusy("a")]).toEqual([["b1", "a1", "a2"], false]);
});

test("the bot's own requests keep to the rate limit; answers to interactions do not wait for it", async () => {
  // @verifies discord.acknowledged
  const clock = createManualClock();
  const outbox = open({ clock, concurrent: 100 });
  let [bot, interaction] = [0, 0];
  const all = Array.from({ length: 12 }, () => outbox.send(paced, async () => (bot += 1)));
  await Promise.all(Array.from({ length: 20 }, () => outbox.send({}, async () => (interaction += 1))));
  expect([bot, interaction]).toEqual([5, 20]);
  await clock.advance(1_000);
  expect(bot).toBe(10);
  await clock.advance(1_000);
  await Promise.all(all);
  expect(bot).toBe(12);
});

test("a short limit is waited out, a long one is left to core, and nothing else is repeated", async () => {
  const clock = createManualClock();
  const outbox = open({ clock });
  const limited = (afterMs: number) => new SendError(failures.limited(afterMs, null));
  let tries = 0;
  const short = outbox.send(paced, async () => {
    tries += 1;
    if (tries < 3) {
      throw limited(2_000);
    }
    return "sent";
  });
  await clock.advance(5_000);
  expect([await short, tries]).toEqual(["sent", 3]);
  await expect(outbox.send(paced, async () => Promise.reject(limited(60_000)))).rejects.toThrow("60000 ms");
  tries = 0;
  const unknown = outbox.send(paced, async () => {
    tries += 1;
    throw new SendError(failures.unknown("HTTP 500"));
  });
  await expect(unknown).rejects.toThrow("HTTP 500");
  expect(tries).toBe(1);
});

test("its length is bounded: one more send is put off", async () => {
  const outbox = open({ concurrent: 1, most: 2 });
  const gate = Promise.withResolvers<void>();
  const waiting = [outbox.send(paced, () => gate.promise), outbox.send(paced, () => gate.promise)];
  await expect(outbox.send(paced, async () => {})).rejects.toMatchObject({ failure: { kind: "limited" } });
  gate.resolve();
  await Promise.all(waiting);
});
