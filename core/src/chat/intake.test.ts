import { describe, expect, test } from "vitest";
import { createManualClock } from "../../../test/manual-clock.ts";
import { createMemoryInbox, type MemoryInboxRows } from "../../../test/memory-inbox.ts";
import { silentLogger } from "../ground/logger.ts";
import { Intake, type IntakeOptions } from "./intake.ts";
import { Turnstile } from "./turnstile.ts";

// @verifies chat.intake

const clock = createManualClock();
const settled = async () => {
  for (let turn = 0; turn < 30; turn += 1) {
    await Promise.resolve();
  }
};

function open(handle: IntakeOptions["handle"], { rows = new Map() as MemoryInboxRows, holder = "one" } = {}) {
  const inbox = createMemoryInbox({ rows, clock, holder, leaseMs: 30_000, act: async (change) => change() });
  const intake = new Intake({
    ...{ surface: "board", inbox, clock, logger: silentLogger, turnstile: new Turnstile(clock) },
    ...{ laneOf: (content) => String(content).slice(0, 1), handle, isOnHold: () => false },
  });
  const take = (content: string) => intake.take({ id: content, content });
  const states = () => [...rows.values()].map(({ entry }) => [entry.state, entry.content]);
  return { intake, inbox, rows, take, states };
}

describe("an event", () => {
  test("may be forgotten by the platform as soon as it is stored; conversations are served side by side and in order", async () => {
    const begun: string[] = [];
    const slow = Promise.withResolvers<void>();
    const { take, states } = open(async ({ id }) => {
      begun.push(id);
      await (id === "a1" ? slow.promise : undefined);
      return { rest: Promise.resolve() };
    });
    expect(await Promise.all(["a1", "a2", "b1", "b2"].map(take))).toEqual([true, true, true, true]);
    await settled();
    expect(begun).toEqual(["a1", "b1", "b2"]);
    slow.resolve();
    await settled();
    expect(begun).toEqual(["a1", "b1", "b2", "a2"]);
    expect(states()).toEqual(Array(4).fill(["done", null]));
  });

  test("that comes again is dealt with once", async () => {
    const begun: string[] = [];
    const { take } = open(async ({ id }) => {
      begun.push(id);
      return { rest: Promise.resolve() };
    });
    expect(await Promise.all(["a1", "a1"].map(take))).toEqual([true, true]);
    await settled();
    expect([await take("a1"), begun]).toEqual([true, ["a1"]]);
  });

  test("of a process that died is dealt with by the next one, before what comes then", async () => {
    const rows: MemoryInboxRows = new Map();
    const dead = open(() => new Promise(() => {}), { rows, holder: "dead" });
    await Promise.all(["a1", "a2"].map(dead.take));
    await clock.advance(40_000);
    for (const row of rows.values()) {
      row.lease = null;
    }
    const begun: [string, boolean][] = [];
    const next = open(
      async ({ id, isRepeated }) => {
        begun.push([id, isRepeated]);
        return { rest: Promise.resolve() };
      },
      { rows, holder: "next" },
    );
    await next.intake.recover();
    await next.take("a3");
    await settled();
    expect(begun).toEqual([
      ["a1", true],
      ["a2", true],
      ["a3", false],
    ]);
    await next.intake.close();
  });

  test("stays stored until the rest of its work has ended, and its lease does not run out meanwhile", async () => {
    const rest = Promise.withResolvers<void>();
    const { take, states, rows } = open(async () => ({ rest: rest.promise }));
    await take("a1");
    for (let minute = 0; minute < 12; minute += 1) {
      await clock.advance(10_000);
      await settled();
      expect(rows.get("board-intake:a1")?.lease?.until).toBeGreaterThan(clock.now());
    }
    expect(states()).toEqual([["open", "a1"]]);
    rest.resolve();
    await settled();
    expect(states()).toEqual([["done", null]]);
  });

  test("that fails because of its content is given up after three tries, and the next one is served", async () => {
    const begun: string[] = [];
    const { take, states } = open(async ({ id }) => {
      begun.push(id);
      if (id === "a1") {
        throw new TypeError("this is not what it seems");
      }
      return { rest: Promise.resolve() };
    });
    await Promise.all(["a1", "a2"].map(take));
    await settled();
    await clock.advance(1_000);
    await settled();
    await clock.advance(2_000);
    await settled();
    expect(begun).toEqual(["a1", "a1", "a1", "a2"]);
    expect(states()).toEqual([
      ["refused", null],
      ["done", null],
    ]);
  });

  test("is tried for as long as the store is at fault", async () => {
    let tries = 0;
    const { take, states } = open(async () => {
      tries += 1;
      if (tries < 8) {
        throw Object.assign(new Error("database or disk is full"), { errcode: 13 });
      }
      return { rest: Promise.resolve() };
    });
    await take("a1");
    for (let second = 0; second < 200; second += 1) {
      await settled();
      await clock.advance(1_000);
    }
    expect([tries, states()]).toEqual([8, [["done", null]]]);
  });

  test("under way at the end of a process is left to the next one", async () => {
    const { intake, take, rows } = open(() => new Promise(() => {}));
    await take("a1");
    await settled();
    const closed = intake.close();
    await clock.advance(10_000);
    await closed;
    expect(rows.get("board-intake:a1")).toMatchObject({ lease: null, entry: { state: "open", content: "a1" } });
    expect(await take("a2")).toBe(false);
  });
});
