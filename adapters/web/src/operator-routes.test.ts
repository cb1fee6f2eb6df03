import { expect, it } from "vitest";
import { testConsole } from "./testing/console.ts";
import type { OverviewView } from "./wire.ts";

const place = { surface: "discord", conversation: "channel" };
const ada = { id: "discord:1", name: "Ada", locale: "en" as const, place };

it("shows everybody's waiting jobs, charges and providers to an operator, in their language", async () => {
  const console = testConsole();
  const job = console.runtime.addJob({ caller: ada, key: "k" }, { prompt: "a harbour" });
  console.runtime.overviewNow = {
    held: { key: "store.copied" },
    phases: {
      held: 0,
      queued: 0,
      starting: 0,
      running: 0,
      succeeded: 0,
      failed: 0,
      cancelled: 0,
      unresolved: 3,
    },
    waiting: [job],
    spend: [
      { day: "2026-11-21", provider: "spark", unit: "points", person: "discord:1", amount: 6 },
      { day: "2026-11-20", provider: "gone", unit: "CNY", person: "web:local", amount: 0.14 },
    ],
    probable: [{ day: "2026-11-21", provider: "spark", unit: "points", person: "discord:1", amount: 2, unpriced: 1 }],
    providers: [
      { id: "spark", title: { en: "Spark", "zh-CN": "星火" }, running: 1, concurrent: 2, restsUntil: null },
      { id: "xjc", title: { en: "XJC", "zh-CN": "小" }, running: 0, concurrent: 1, restsUntil: 1_030_000 },
      { id: "late", title: { en: "Late", "zh-CN": "迟" }, running: 0, concurrent: 1, restsUntil: 999_000 },
    ],
  };
  console.runtime.awayNow = [{ surface: "chat", reason: { en: "No connection.", "zh-CN": "未连接。" } }];
  const overview = (await console.get("/api/overview", { "X-Toolcast-Locale": "zh-CN" })) as unknown as OverviewView;
  expect(overview.held).toContain("toolcast release");
  expect(overview.phases.find(({ phase }) => phase === "unresolved")).toEqual({
    phase: "unresolved",
    title: "结果不明",
    count: 3,
  });
  expect(overview.phases.map(({ phase }) => phase)).toEqual([
    "held",
    "queued",
    "starting",
    "running",
    "unresolved",
    "succeeded",
    "failed",
    "cancelled",
  ]);
  expect(overview.waiting).toMatchObject([
    { person: "Ada", surface: "discord", job: { id: job.id, about: "a harbour", message: { title: "绘画 queued" } } },
  ]);
  expect(overview.spend).toEqual([
    { day: "2026-11-21", provider: "星火", unit: "点", person: "discord:1", amount: 6 },
    { day: "2026-11-20", provider: "gone", unit: "CNY", person: "web:local", amount: 0.14 },
  ]);
  expect(overview.probable).toEqual([
    { day: "2026-11-21", provider: "星火", unit: "点", person: "discord:1", amount: 2, unpriced: 1 },
  ]);
  expect(overview.providers.map(({ restsForMs }) => restsForMs)).toEqual([null, 30_000, 0]);
  expect(overview.away).toEqual(["未连接。"]);
});

it("refuses everybody else", async () => {
  const console = testConsole();
  console.runtime.operator = false;
  const response = await console.request("/api/overview");
  expect(response.status).toBe(403);
  expect(await response.json()).toMatchObject({ error: { tone: "error" } });
});

it("writes nothing into the operator's conversation when they decide for somebody else", async () => {
  const console = testConsole();
  const job = console.runtime.addJob({ caller: ada, key: "k" }, { prompt: "a harbour" });
  const response = await console.post("/api/press", { action: "leave", subject: job.id });
  expect(response.status).toBe(202);
  expect(await response.json()).toMatchObject({ jobId: job.id, entries: [] });
  expect(console.runtime.presses).toMatchObject([{ action: "leave", caller: { id: "web:local" } }]);
  const { entries } = (await console.get("/api/conversations/main/entries")) as unknown as { entries: unknown[] };
  expect(entries).toEqual([]);
});
