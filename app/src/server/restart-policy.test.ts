import { expect, test } from "vitest";
import { createRestartPolicy, type Exit } from "./restart-policy.ts";

const crash: Exit = { code: 1, signal: null, ready: true, uptimeMs: 500 };

test("a clean exit and a wrong configuration end the supervisor with their code", () => {
  const decide = createRestartPolicy();
  expect(decide({ ...crash, code: 0 })).toEqual({ action: "end", code: 0 });
  expect(decide({ ...crash, code: 2 })).toEqual({ action: "end", code: 2 });
});

test("a killed server is restarted at once, however often", () => {
  const decide = createRestartPolicy();
  for (let kill = 0; kill < 50; kill += 1) {
    expect(decide({ code: null, signal: "SIGKILL", ready: true, uptimeMs: 300 })).toEqual({
      action: "restart",
      delayMs: 0,
    });
  }
});

test("a crash loop is slowed down and then abandoned", () => {
  const decide = createRestartPolicy();
  const decisions = Array.from({ length: 7 }, () => decide(crash));
  expect(decisions.map((decision) => (decision.action === "restart" ? decision.delayMs : decision.action))).toEqual([
    0,
    250,
    1_000,
    2_000,
    5_000,
    10_000,
    "give-up",
  ]);
});

test("a crash after a healthy run starts the count again", () => {
  const decide = createRestartPolicy();
  decide(crash);
  decide(crash);
  expect(decide({ ...crash, uptimeMs: 60_000 })).toEqual({ action: "restart", delayMs: 0 });
  expect(decide(crash)).toEqual({ action: "restart", delayMs: 0 });
  expect(decide(crash)).toEqual({ action: "restart", delayMs: 250 });
});

test("a signal other than SIGKILL counts as a crash", () => {
  const decide = createRestartPolicy();
  decide(crash);
  expect(decide({ code: null, signal: "SIGSEGV", ready: true, uptimeMs: 100 })).toEqual({
    action: "restart",
    delayMs: 250,
  });
});
