import type { PostgresCondition } from "@toolcast/core/engine";
import { expect, test } from "vitest";
import { conditionFindings } from "./database-findings.ts";

const good: PostgresCondition = {
  ...{ version: "16.4", keepsSessions: true, synchronousCommit: "on", needsStandby: true },
  standbys: { connected: 1, synchronous: 1 },
};
const saidOf = (change: Partial<PostgresCondition>) =>
  conditionFindings({ ...good, ...change }).map(({ level, sentence }) => [level, (sentence as { en: string }).en]);

// @verifies understood.database
test("doctor says whether a failover can lose a commit", () => {
  expect(saidOf({}).map(([level]) => level)).toEqual(["ok", "ok"]);
  expect(saidOf({ synchronousCommit: "local" })[1]).toEqual(["warning", expect.stringContaining("ALTER ROLE")]);
  const none = { connected: 0, synchronous: 0 };
  expect(saidOf({ standbys: none })[1]).toEqual(["error", expect.stringContaining("synchronous_standby_names")]);
  const asynchronous = { needsStandby: false, standbys: { connected: 1, synchronous: 0 } };
  expect(saidOf(asynchronous)[1]).toEqual(["warning", expect.stringContaining("asynchronous")]);
  expect(saidOf({ needsStandby: false, standbys: none })[1]).toEqual(["ok", expect.stringContaining("no standby")]);
  const shared = saidOf({ keepsSessions: false });
  expect(shared).toContainEqual(["error", expect.stringContaining("pool_mode")]);
});
