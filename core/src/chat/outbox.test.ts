import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Clock } from "../ground/clock.ts";
import type { Budget } from "./budgets.ts";
import { Outbox, type OutboxOptions } from "./outbox.ts";
import { SendError, sendFailures } from "./send-failure.ts";

const failures = sendFailures("Roomy");
const limited = (afterMs: number, budget?: string | null) => new SendError(failures.limited(afterMs, budget));
const bot: Budget = { name: "bot", perWindow: 5, windowMs: 1_000 };
const chat = (name: string, perWindow = 1): Budget => ({ name, perWindow, windowMs: 1_000 });

interface MovedClock extends Clock {
  advance(ms: number): Promise<void>;
  /** How many timers were set in total. */
  timers: number;
}

/** Core's own tests import nothing from `test`. */
function movedClock(): MovedClock {
  let now = 0;
  let readings = 0;
  const timers = new Set<{ at: number; callback: () => void }>();
  const settle = async () => {
    for (let turn = 0; turn < 10; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const clock: MovedClock = {
    timers: 0,
    now: () => now,
    // Two readings of a real clock are never the same.
    monotonic() {
      readings += 1;
      return now + readings * 1e-6;
    },
    setTimer(delayMs, callback) {
      clock.timers += 1;
      const timer = { at: now + Math.ceil(Math.max(0, delayMs)), callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async advance(ms) {
      const until = now + ms;
      await settle();
      for (;;) {
        const [first] = [...timers].filter(({ at }) => at <= until).sort((one, other) => one.at - other.at);
        if (first === undefined) {
          break;
        }
        timers.delete(first);
        now = first.at;
        first.callback();
        await settle();
      }
      now = until;
    },
  };
  return clock;
}

function open(options: Partial<OutboxOptions> = {}): { outbox: Outbox; clock: MovedClock } {
  const clock = movedClock();
  const readFailure = (error: unknown) => (error instanceof SendError ? error.failure : failures.connection(error));
  return { outbox: new Outbox({ clock, readFailure, failures, ...options }), clock };
}

/** Records how the work ended, or that it has not ended yet. */
function watch<Result>(work: Promise<Result>): { end?: Result | string } {
  const watched: { end?: Result | string } = {};
  work.then(
    (value) => {
      watched.end = value;
    },
    (error: unknown) => {
      watched.end = error instanceof SendError ? error.failure.kind : String(error);
    },
  );
  return watched;
}

// @verifies chat.paced
it("sends immediately what has room: no timer is set, although the clock has moved on since the request", async () => {
  const { outbox, clock } = open();
  const sent = [{ budgets: [chat("a")] }, {}, { priority: "progress" as const, budgets: [chat("b")] }].map((how) =>
    watch(outbox.send(how, async () => "sent")),
  );
  await new Promise((resolve) => setImmediate(resolve));
  expect([sent.map(({ end }) => end), clock.timers]).toEqual([["sent", "sent", "sent"], 0]);
});

// @verifies chat.paced
describe("results rejected because of a long wait", () => {
  it("come back before any progress on their budget", async () => {
    const { outbox, clock } = open();
    const budgets = [chat("a")];
    const result = outbox.send({ budgets }, async () => {
      throw limited(120_000, "a");
    });
    await expect(result).rejects.toThrow(SendError);
    await clock.advance(120_000);
    expect(outbox.hasRoom(budgets)).toBe(false);
    await expect(outbox.send({ budgets, priority: "progress" }, async () => "shown")).rejects.toThrow(SendError);
    expect(await outbox.send({ budgets }, async () => "arrived")).toBe("arrived");
    await clock.advance(30_000);
    expect(await outbox.send({ budgets, priority: "progress" }, async () => "shown")).toBe("shown");
  });
});

describe("budgets", () => {
  it("a full budget delays its own sends and no others", async () => {
    const { outbox, clock } = open({ concurrent: 100 });
    let [bots, others] = [0, 0];
    for (let index = 0; index < 12; index += 1) {
      void outbox.send({ budgets: [bot] }, async () => (bots += 1));
      void outbox.send({}, async () => (others += 1));
    }
    await clock.advance(0);
    expect([bots, others]).toEqual([5, 12]);
    await clock.advance(1_000);
    expect(bots).toBe(10);
    await clock.advance(1_000);
    expect(bots).toBe(12);
  });

  it("a conversation that must wait does not delay others of the same bot, and keeps its own order", async () => {
    const { outbox, clock } = open();
    const sent: string[] = [];
    const say = (name: string, text: string) =>
      void outbox.send({ budgets: [chat(name), bot] }, async () => sent.push(text));
    for (const [name, text] of [
      ["a", "a1"],
      ["a", "a2"],
      ["b", "b1"],
      ["a", "a3"],
      ["c", "c1"],
    ] as const) {
      say(name, text);
    }
    await clock.advance(0);
    expect(sent).toEqual(["a1", "b1", "c1"]);
    await clock.advance(2_000);
    expect(sent).toEqual(["a1", "b1", "c1", "a2", "a3"]);
  });

  it("a send that would wait too long is rejected with the wait, for core to repeat", async () => {
    const { outbox, clock } = open();
    const slow: Budget = { name: "slow", perWindow: 1, windowMs: 60_000 };
    await outbox.send({ budgets: [slow] }, async () => {});
    await clock.advance(10_000);
    await expect(outbox.send({ budgets: [slow] }, async () => {})).rejects.toMatchObject({
      failure: { kind: "limited", afterMs: 50_000 },
    });
  });
});

// @verifies chat.paced
describe("a platform that asks to wait", () => {
  it("is waited for if the wait is short, for the whole budget, and nothing else is repeated", async () => {
    const { outbox, clock } = open();
    const tries: number[] = [];
    const first = outbox.send({ budgets: [chat("a", 9)] }, async () => {
      tries.push(clock.now());
      if (tries.length < 3) {
        throw limited(2_000);
      }
      return "sent";
    });
    await clock.advance(0);
    let second = -1;
    void outbox.send({ budgets: [chat("a", 9)] }, async () => {
      second = clock.now();
    });
    await clock.advance(5_000);
    expect([await first, tries, second]).toEqual(["sent", [0, 2_000, 4_000], 2_000]);
    let count = 0;
    await expect(
      outbox.send({}, async () => {
        count += 1;
        throw new SendError(failures.unknown("HTTP 500"));
      }),
    ).rejects.toThrow("HTTP 500");
    expect(count).toBe(1);
  });

  it("for a long time causes rejections for the same budget, and no other", async () => {
    const { outbox, clock } = open();
    const [first, second, other] = ["a", "a", "b"].map((name, index) =>
      watch(
        outbox.send({ budgets: [chat(name), bot] }, async () =>
          index === 0 ? Promise.reject(limited(60_000)) : "sent",
        ),
      ),
    );
    await clock.advance(0);
    expect([first, second, other]).toEqual([{ end: "limited" }, { end: "limited" }, { end: "sent" }]);
  });

  it("closes the budget it names, or none", async () => {
    const { outbox, clock } = open();
    await expect(
      outbox.send({ budgets: [chat("a"), bot] }, async () => Promise.reject(limited(30_000, "bot"))),
    ).rejects.toThrow("30000 ms");
    await expect(outbox.send({ budgets: [chat("b"), bot] }, async () => {})).rejects.toThrow("30000 ms");
    expect(watch(outbox.send({ budgets: [chat("c")] }, async () => Promise.reject(limited(5_000, null))))).toEqual({});
    await clock.advance(1_000);
    await outbox.send({ budgets: [chat("c")] }, async () => {});
  });
});

// @verifies chat.results-first
describe("priorities", () => {
  it("first answers keep to a firm budget, before results", async () => {
    const { outbox, clock } = open();
    const firm = { ...chat("a"), firm: true };
    await outbox.send({ budgets: [firm] }, async () => {});
    const sent: string[] = [];
    const sends = (["result", "answer"] as const).map((priority) =>
      outbox.send({ budgets: [firm], priority }, async () => void sent.push(priority)),
    );
    await clock.advance(999);
    expect(sent).toEqual([]);
    await clock.advance(1);
    expect(sent).toEqual(["answer"]);
    await clock.advance(1_000);
    await Promise.all(sends);
    expect(sent).toEqual(["answer", "result"]);
  });

  it("first answers wait only if the platform asks for it", async () => {
    const { outbox, clock } = open({ concurrent: 1, most: 1 });
    const gate = Promise.withResolvers<void>();
    void outbox.send({ budgets: [chat("a")] }, () => gate.promise);
    await outbox.send({ budgets: [chat("a")], priority: "answer" }, async () => {});
    await expect(
      outbox.send({ budgets: [chat("b")], priority: "answer" }, async () => Promise.reject(limited(20_000))),
    ).rejects.toThrow("20000 ms");
    const early = watch(outbox.send({ budgets: [chat("b")], priority: "answer" }, async () => "sent"));
    await clock.advance(15_000);
    expect(early).toEqual({ end: "limited" });
    const late = watch(outbox.send({ budgets: [chat("b")], priority: "answer" }, async () => "sent"));
    await clock.advance(5_000);
    expect(late).toEqual({ end: "sent" });
    gate.resolve();
  });

  it("progress takes half of a budget, goes after results and is never queued or repeated", async () => {
    const { outbox, clock } = open();
    const four = { budgets: [chat("a", 4)] };
    const shown: string[] = [];
    const progress = () => watch(outbox.send({ ...four, priority: "progress" }, async () => shown.push("progress")));
    const ends = [progress(), progress(), progress()];
    await clock.advance(0);
    expect([shown.length, ends.map(({ end }) => end)]).toEqual([2, [1, 2, "limited"]]);
    void outbox.send(four, async () => shown.push("result"));
    void outbox.send(four, async () => shown.push("result"));
    void outbox.send(four, async () => shown.push("result"));
    await clock.advance(0);
    expect(shown).toEqual(["progress", "progress", "result", "result"]);
    expect(outbox.hasRoom(four.budgets)).toBe(false);
    await clock.advance(1_000);
    expect(shown.at(-1)).toBe("result");
    let tries = 0;
    await clock.advance(1_000);
    const refused = watch(
      outbox.send({ ...four, priority: "progress" }, async () => {
        tries += 1;
        throw limited(500);
      }),
    );
    await clock.advance(5_000);
    expect([tries, refused]).toEqual([1, { end: "limited" }]);
  });

  it("progress that comes at the instant when there is room leaves it to the waiting result", async () => {
    const { outbox, clock } = open();
    const one = { budgets: [chat("a")] };
    const shown: string[] = [];
    clock.setTimer(1_000, () =>
      watch(outbox.send({ ...one, priority: "progress" }, async () => shown.push("progress"))),
    );
    await outbox.send(one, async () => shown.push("first"));
    void outbox.send(one, async () => shown.push("second"));
    await clock.advance(5_000);
    expect(shown).toEqual(["first", "second"]);
  });

  it("under a flood limit the results of many conversations arrive once each, and before progress", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 500, max: 40_000 }),
        async (conversations, results, perSecond, floodMs) => {
          const { outbox, clock } = open({ concurrent: 3 });
          const arrived: string[] = [];
          /** The platform's own count, which is stricter for a while without announcing it. */
          const floodedUntil = new Map<string, number>();
          /** Results that the outbox has and that have not been delivered. */
          const waiting = new Map<string, number>();
          const count = (name: string, by: number) => waiting.set(name, (waiting.get(name) ?? 0) + by);
          const post = async (name: string, text: string) => {
            const now = clock.now();
            if (arrived.length === 2 && !floodedUntil.has(name)) {
              floodedUntil.set(name, now + floodMs);
            }
            const until = floodedUntil.get(name) ?? 0;
            if (now < until) {
              throw limited(until - now);
            }
            if (text === "progress") {
              expect(waiting.get(name) ?? 0).toBe(0);
            }
            arrived.push(text);
            count(name, text === "progress" ? 0 : -1);
          };
          /** As delivery does: a rejected result is sent again, with no send in doubt. */
          const deliver = async (name: string, text: string): Promise<void> => {
            for (;;) {
              try {
                count(name, 1);
                return await outbox.send({ budgets: [chat(name, perSecond), bot] }, () => post(name, text));
              } catch (error) {
                const { failure } = error as SendError;
                expect(failure.kind).toBe("limited");
                count(name, -1);
                await new Promise<void>((resolve) => clock.setTimer((failure as { afterMs: number }).afterMs, resolve));
              }
            }
          };
          let left = conversations * results;
          for (let index = 0; index < conversations; index += 1) {
            for (let result = 0; result < results; result += 1) {
              void deliver(`chat ${index}`, `${index}/${result}`).then(() => {
                left -= 1;
              });
            }
          }
          const tell = (index: number) =>
            outbox
              .send({ budgets: [chat(`chat ${index}`, perSecond), bot], priority: "progress" }, () =>
                post(`chat ${index}`, "progress"),
              )
              .catch(() => {});
          for (let second = 0; second < 200 && left > 0; second += 1) {
            for (let index = 0; index < conversations; index += 1) {
              void tell(index);
            }
            await clock.advance(1_000);
          }
          const all = arrived.filter((text) => text !== "progress");
          expect([...all].sort()).toEqual(
            Array.from({ length: conversations }, (_, index) =>
              Array.from({ length: results }, (__, result) => `${index}/${result}`),
            )
              .flat()
              .sort(),
          );
        },
      ),
      { numRuns: 25 },
    );
  }, 60_000);

  it("many waiting sends cost one timer, not one each", async () => {
    const { outbox, clock } = open({ concurrent: 2_000 });
    for (let index = 0; index < 1_000; index += 1) {
      void outbox.send({ budgets: [chat("a", 500)] }, async () => {});
    }
    const before = clock.timers;
    await clock.advance(1_000);
    expect(clock.timers - before).toBeLessThan(10);
  });
});
