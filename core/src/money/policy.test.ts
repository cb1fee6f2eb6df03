import { describe, expect, test } from "vitest";
import type { Job } from "../job/job.ts";
import type { Caller } from "../people/caller.ts";
import { Policy } from "./policy.ts";

const ada: Caller = { id: "chat:ada", name: "Ada", locale: "en", place: { surface: "chat", conversation: "main" } };

// @verifies slack.closed
describe("an outsider", () => {
  const guest = { ...ada, id: "chat:guest", outsider: true };
  const asks = (access: { tool: string; allowed: string[] }[] = [], operators: string[] = []) => {
    const policy = new Policy({ operators, access });
    return (effect: "reads" | "spends") => policy.mayUse({ command: "image", effect }, guest);
  };

  test("may read, and spends only if a rule names them", () => {
    expect(asks()("reads")).toBe(true);
    expect(asks()("spends")).toBe(false);
    expect(asks([{ tool: "image", allowed: [ada.id] }])("spends")).toBe(false);
    expect(asks([{ tool: "image", allowed: [guest.id] }])("spends")).toBe(true);
    expect(asks([{ tool: "*", allowed: [guest.id] }])("spends")).toBe(true);
    expect(asks([], [guest.id])("spends")).toBe(true);
  });
});

// @verifies spending.daily-limit
test("daily limits count days in the time zone that vendors bill in, whatever zone this machine is in", () => {
  const policy = (timeZone?: string) => new Policy({ operators: [], ...(timeZone && { timeZone }) });
  const beforeMidnight = Date.UTC(2026, 0, 31, 15, 59, 59, 999);
  expect(policy().dayOf(beforeMidnight)).toBe("2026-01-31");
  expect(policy().dayOf(beforeMidnight + 1)).toBe("2026-02-01");
  expect(policy("America/New_York").dayOf(beforeMidnight + 1)).toBe("2026-01-31");
  // The clock may be set back, and another zone be asked about meanwhile.
  expect(policy().dayOf(beforeMidnight)).toBe("2026-01-31");
  // Summer time began there in this night.
  expect(policy("Europe/Paris").dayOf(Date.UTC(2026, 2, 28, 23))).toBe("2026-03-29");
  expect(policy("Europe/Paris").dayOf(Date.UTC(2026, 2, 29, 22))).toBe("2026-03-30");
  const counters = policy().countersFor({ caller: ada, confirmations: [] } as unknown as Job, beforeMidnight + 1);
  expect(counters.map(({ name }) => name)).toEqual(["starts:2026-02-01:chat:ada", "starts:2026-02-01:everybody"]);
});

// @verifies spending.daily-limit
test("only counters with a limit are asked for when a request comes in", () => {
  const limits = (options: { dailyPerPerson?: number; dailyTotal?: number }) =>
    new Policy({ operators: [], ...options })
      .limitsFor({ caller: ada, confirmations: [] } as unknown as Job, 0)
      .map(({ scope, max }) => [scope, max]);
  expect(limits({})).toEqual([]);
  expect(limits({ dailyTotal: 7 })).toEqual([["total", 7]]);
  expect(limits({ dailyPerPerson: 3, dailyTotal: 7 })).toEqual([
    ["person", 3],
    ["total", 7],
  ]);
});
