import { expect, test } from "vitest";
import { Outbox } from "../../adapters/discord/src/outbox.ts";
import { SendRefused } from "../../adapters/discord/src/rest-failure.ts";
import { createManualClock } from "../manual-clock.ts";
import { verifies } from "../verifies.ts";

test("what is said in one lane is said in order, also after a failure; lanes do not wait for each other", async () => {
  const outbox = new Outbox({ clock: createManualClock() });
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

test("the bot's own requests keep the pace; answers to interactions do not wait for it", async () => {
  verifies("discord.acknowledged");
  const clock = createManualClock();
  const outbox = new Outbox({ clock, perSecond: 5, concurrent: 100 });
  let [bot, interaction] = [0, 0];
  const all = Array.from({ length: 12 }, () => outbox.send("bot", async () => (bot += 1)));
  await Promise.all(Array.from({ length: 20 }, () => outbox.send("interaction", async () => (interaction += 1))));
  expect([bot, interaction]).toEqual([5, 20]);
  await clock.advance(1_000);
  expect(bot).toBe(10);
  await clock.advance(1_000);
  await Promise.all(all);
  expect(bot).toBe(12);
});

test("a short limit is waited out, a long one is core's to wait for, and nothing else is repeated", async () => {
  const clock = createManualClock();
  const outbox = new Outbox({ clock });
  const limited = (afterMs: number) => new SendRefused({ kind: "limited", afterMs });
  let tries = 0;
  const short = outbox.send("bot", async () => {
    tries += 1;
    if (tries < 3) {
      throw limited(2_000);
    }
    return "sent";
  });
  await clock.advance(5_000);
  expect([await short, tries]).toEqual(["sent", 3]);
  await expect(outbox.send("bot", async () => Promise.reject(limited(60_000)))).rejects.toThrow("60000 ms");
  tries = 0;
  const unknown = outbox.send("bot", async () => {
    tries += 1;
    throw new SendRefused({ kind: "unknown", reason: "HTTP 500" });
  });
  await expect(unknown).rejects.toThrow("HTTP 500");
  expect(tries).toBe(1);
});

test("it is bounded: one more is put off", async () => {
  const outbox = new Outbox({ clock: createManualClock(), concurrent: 1, most: 2 });
  const gate = Promise.withResolvers<void>();
  const waiting = [outbox.send("bot", () => gate.promise), outbox.send("bot", () => gate.promise)];
  await expect(outbox.send("bot", async () => {})).rejects.toMatchObject({ failure: { kind: "limited" } });
  gate.resolve();
  await Promise.all(waiting);
});
