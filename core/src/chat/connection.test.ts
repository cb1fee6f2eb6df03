import { beforeEach, expect, it } from "vitest";
import { createManualClock, type ManualClock } from "../../../test/manual-clock.ts";
import { AdapterStartError } from "../runtime/adapter.ts";
import { neverOurTurn, type ReceivingTurn } from "../runtime/receiving-turn.ts";
import { Connection, type ConnectionOptions, unreachable } from "./connection.ts";
import { sendFailures } from "./send-failure.ts";

// @verifies chat.connects

const minuteMs = 60_000;
const problem = new AdapterStartError("BOARD_TOKEN", { en: "Copy the token again.", "zh-CN": "请重新复制令牌。" });

/** What only the adapter knows about a connection that was made. */
const lost = { en: "It was lost.", "zh-CN": "连接已中断。" };
const awayOf = (connection: Connection) => connection.away(() => lost);

let clock: ManualClock;
let steps: string[];
let logged: string[];
let trouble: unknown;
let troubleAt: string;

beforeEach(() => {
  clock = createManualClock();
  steps = [];
  logged = [];
  trouble = null;
  troubleAt = "introduce";
});

function open(options: Partial<ConnectionOptions> = {}): Connection {
  const log = (level: string) => (_facts: object, words: string) => void logged.push(`${level}: ${words}`);
  const step = (name: string) => async () => {
    steps.push(name);
    if (trouble !== null && troubleAt === name) {
      throw trouble;
    }
  };
  return new Connection({
    ...{ platform: "Board", clock, readFailure: sendFailures("Board").connection },
    logger: { debug() {}, info() {}, warn: log("warn"), error: log("error") },
    ...{ introduce: step("introduce"), recover: step("recover"), receive: step("receive") },
    ...options,
  });
}

/** How often it introduced us after each of these pauses. */
async function triesAfter(pausesMs: readonly number[]): Promise<number[]> {
  const tries: number[] = [];
  for (const pauseMs of pausesMs) {
    await clock.advance(pauseMs - 1);
    const early = steps.filter((step) => step === "introduce").length;
    await clock.advance(1);
    await new Promise((resolve) => setImmediate(resolve));
    tries.push(early, steps.filter((step) => step === "introduce").length);
  }
  return tries;
}

it("is retried with growing pauses of at most five minutes while the platform cannot be reached", async () => {
  trouble = new Error("no route");
  const connection = open();
  await connection.start();
  expect(awayOf(connection)).toEqual(unreachable("Board"));
  const pauses = [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000];
  expect(await triesAfter(pauses)).toEqual([1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9]);
  expect(new Set(logged)).toEqual(new Set(["warn: Board cannot be reached; trying again"]));
  trouble = null;
  await clock.advance(300_000);
  expect([awayOf(connection), steps.slice(-3)]).toEqual([lost, ["introduce", "recover", "receive"]]);
  await clock.advance(60 * minuteMs);
  expect(steps.filter((step) => step === "receive")).toHaveLength(1);
});

it("settles once what an earlier process left open, however often the rest is retried", async () => {
  [trouble, troubleAt] = [new Error("no route"), "receive"];
  const connection = open();
  await connection.start();
  trouble = null;
  await clock.advance(5_000);
  expect(awayOf(connection)).toBe(lost);
  expect(steps).toEqual(["introduce", "recover", "receive", "introduce", "receive"]);
});

it("rejects a start only for an error that an operator has to fix", async () => {
  trouble = problem;
  await expect(open().start()).rejects.toBe(problem);
  expect(clock.pending()).toBe(0);

  trouble = new Error("no route");
  const connection = open();
  await connection.start();
  trouble = problem;
  await clock.advance(5_000);
  expect(awayOf(connection)).toBe(problem.sentence);
  const before = steps.length;
  await clock.advance(2 * minuteMs);
  trouble = null;
  await clock.advance(60 * minuteMs);
  expect(steps.length).toBeGreaterThan(before);
  expect(awayOf(connection)).toBe(lost);
});

it("is retried after a minute to an hour once the platform has ended it, and from a minute again after it lasted long", async () => {
  const connection = open();
  await connection.start();
  for (const _round of [1, 2]) {
    steps = ["introduce"];
    trouble = problem;
    connection.refused(problem, { code: 7 });
    expect(awayOf(connection)).toBe(problem.sentence);
    expect(await triesAfter([minuteMs, 2 * minuteMs, 4 * minuteMs])).toEqual([1, 2, 2, 3, 3, 4]);
    trouble = null;
    await clock.advance(60 * minuteMs);
    expect(awayOf(connection)).toBe(lost);
    await clock.advance(61 * minuteMs);
  }
  expect(logged.filter((line) => line.startsWith("error"))).toEqual(Array(2).fill("error: Copy the token again."));
});

it("stops retrying once it is closed, and receives nothing if it was closed during an attempt", async () => {
  trouble = new Error("no route");
  const connection = open();
  await connection.start();
  connection.close();
  await clock.advance(60 * minuteMs);
  expect(steps).toEqual(["introduce"]);

  trouble = null;
  const other = open();
  const started = other.start();
  other.close();
  await started;
  expect(steps).not.toContain("receive");
});

it("says that people get no answers while a connection that was made cannot be made again", async () => {
  let gained = () => {};
  const turn = {
    ...{ isOurs: false, isSought: true },
    async begin(on: { gained(): void }) {
      gained = on.gained;
    },
  };
  const connection = open({ turn });
  await connection.start();
  expect(awayOf(connection)).toBeNull();
  turn.isOurs = true;
  trouble = new Error("ECONNRESET");
  gained();
  await new Promise((resolve) => setImmediate(resolve));
  expect(awayOf(connection)).toEqual(unreachable("Board"));
  trouble = null;
  await clock.advance(5_000);
  await new Promise((resolve) => setImmediate(resolve));
  expect(awayOf(connection)).toEqual(lost);
});

// @verifies survives.roles
it.each([true, false])(
  "introduces a process that only delivers, and never receives there: webhooks %s",
  async (anyReceives) => {
    const connection = open({ turn: neverOurTurn, anyReceives });
    await connection.start();
    await clock.advance(60 * minuteMs);
    expect(steps).toEqual(["introduce", "recover"]);
    expect([connection.isStandby, awayOf(connection)]).toEqual([true, null]);
  },
);

it("seeks no turn for events that any process may take", async () => {
  const sought: string[] = [];
  const turn: ReceivingTurn = { isOurs: false, isSought: true, begin: async () => void sought.push("turn") };
  const connection = open({ turn, anyReceives: true });
  await connection.start();
  expect([steps, sought, connection.isStandby]).toEqual([["introduce", "recover", "receive"], [], false]);
});
