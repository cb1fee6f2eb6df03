import type { Condition } from "@toolcast/core/surface";
import { expect, test } from "vitest";
import { healthAnswer } from "./health-answer.ts";

// @verifies survives.ready, survives.no-worker

const usual: Condition = {
  ready: true,
  store: null,
  media: null,
  held: null,
  workers: null,
  freeBytes: 5,
  isSpaceShort: false,
  away: [],
};
const ask = (path: string, condition: Condition, { given = false, headers = {} } = {}) => {
  const health = healthAnswer({ condition: async () => condition }, "surfaces", { given, asked() {} });
  return health(new Request(`http://localhost${path}`, { headers }));
};

test("ready while everything can be written, even with a surface away, which is named", async () => {
  const away = [{ surface: "discord", reason: { en: "no connection", "zh-CN": "无法连接" } }];
  const answer = await ask("/readyz", { ...usual, away });
  expect(answer?.status).toBe(200);
  expect(await answer?.json()).toEqual({
    ...{ ready: true, store: "ok", media: "ok", freeBytes: 5, spaceIsShort: false },
    surfacesAway: { discord: "no connection" },
  });
});

test.each(["store", "media"])("not ready while the %s cannot be written, but still alive", async (what) => {
  const condition: Condition = { ...usual, ready: false, [what]: { key: "storage.full" } };
  const answer = await ask("/readyz", condition);
  expect(answer?.status).toBe(503);
  expect(JSON.stringify(await answer?.json())).toContain("installation's disk is full");
  expect((await ask("/healthz", condition))?.status).toBe(200);
  expect(await (await ask("/healthz", condition))?.text()).toBe("ok\nrole: surfaces\n");
});

test("a store held as a copy is ready, and says that it is held", async () => {
  const answer = await ask("/readyz", { ...usual, held: { key: "store.copied" } });
  expect(answer?.status).toBe(200);
  expect(await answer?.json()).toMatchObject({ ready: true, held: expect.stringContaining("toolcast release") });
});

test("while nobody works, requests can be stored all the same, and it says that nobody does", async () => {
  const answer = await ask("/readyz", { ...usual, workers: { key: "store.no-worker" } });
  expect(answer?.status).toBe(200);
  expect(await answer?.json()).toMatchObject({ ready: true, workers: expect.stringContaining("--role worker") });
});

// @verifies survives.stop-notice
test("from the request to stop on it is alive and not ready, and says why in the reader's language", async () => {
  const answer = await ask("/readyz", usual, { given: true });
  expect(answer?.status).toBe(503);
  expect(await answer?.json()).toMatchObject({
    ready: false,
    store: "ok",
    stopping: expect.stringContaining("stopping"),
  });
  const chinese = await ask("/readyz", usual, { given: true, headers: { "accept-language": "zh-CN,en;q=0.5" } });
  expect(await chinese?.json()).toMatchObject({ ready: false, stopping: expect.stringContaining("正在停止") });
  expect((await ask("/healthz", usual, { given: true }))?.status).toBe(200);
});

test("a request to stop that comes while the condition is read is in the answer", async () => {
  let given = false;
  const runtime = {
    async condition() {
      given = true;
      return usual;
    },
  };
  const health = healthAnswer(runtime, "all", {
    get given() {
      return given;
    },
    asked() {},
  });
  expect((await health(new Request("http://localhost/readyz")))?.status).toBe(503);
});

test("only who asks /readyz is counted as somebody who sends requests elsewhere", async () => {
  let asked = 0;
  const notice = {
    given: false,
    asked() {
      asked += 1;
    },
  };
  const health = healthAnswer({ condition: async () => usual }, "all", notice);
  await health(new Request("http://localhost/healthz"));
  await health(new Request("http://localhost/media/x"));
  expect(asked).toBe(0);
  await health(new Request("http://localhost/readyz"));
  expect(asked).toBe(1);
});

test("other paths are not answered", async () => {
  expect(await ask("/other", usual)).toBeNull();
});
