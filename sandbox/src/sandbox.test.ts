import { expect, test } from "vitest";
import * as door from "./index.ts";
import { manualClock, until } from "./testing/manual-clock.ts";
import { imageBody, postImage } from "./testing/vendor-clients.ts";

test("the package exports exactly these values", () => {
  expect(Object.keys(door).sort()).toEqual(["markers", "refusal", "samples", "startSandbox"]);
});

const nothing = { starts: 0, points: 0, counted: {} };

// @verifies tried.sandbox
test("listens on loopback, lists its variables and has a front page", async () => {
  const sandbox = await door.startSandbox();
  expect(sandbox.url).toBe(`http://127.0.0.1:${sandbox.port}`);
  expect(sandbox.environment).toEqual({
    SPARK_APP_ID: "sandbox0",
    SPARK_API_KEY: "sandbox-spark-key",
    SPARK_API_SECRET: "sandbox-spark-secret",
    SPARK_BASE_URL: `${sandbox.url}/spark`,
    SPARK_CHAT_URL: `${sandbox.url}/spark`,
    DASHSCOPE_API_KEY: "sk-sandbox-dashscope-key",
    DASHSCOPE_BASE_URL: `${sandbox.url}/dashscope/api/v1`,
    OPENAI_API_KEY: "sk-sandbox-openai-key",
    OPENAI_BASE_URL: `${sandbox.url}/openai/v1`,
    OPENAI_MODEL: "sandbox-model",
    OPENAI_PICTURES: "yes",
    XJC_ACCESS_KEY: "sandbox-xjc-access",
    XJC_SECRET_KEY: "sandbox-xjc-secret",
    XJC_BASE_URL: `${sandbox.url}/xjc`,
  });
  const page = await (await fetch(sandbox.url)).text();
  expect(page).toContain(`SPARK_BASE_URL=${sandbox.url}/spark`);
  expect(page).toContain("[[drop-after-accept]]");
  expect(await (await fetch(`${sandbox.url}/healthz`)).json()).toEqual({ ok: true });
  expect(await (await fetch(`${sandbox.url}/ledger`)).json()).toEqual({
    entries: [],
    totals: { starts: 0, points: 0, byVendor: { spark: nothing, dashscope: nothing, openai: nothing, xjc: nothing } },
  });
  expect((await fetch(`${sandbox.url}/nothing`)).status).toBe(404);
  await sandbox.close();
  await expect(fetch(sandbox.url)).rejects.toThrow("fetch failed");
});

test("closing cuts everything in progress and leaves no timer behind", async () => {
  let open = 0;
  const manual = manualClock();
  const sandbox = await door.startSandbox({
    clock: {
      now: manual.now,
      setTimeout(action, delayMs) {
        open += 1;
        let counted = true;
        const withdraw = manual.setTimeout(action, delayMs);
        return () => {
          if (counted) open -= 1;
          counted = false;
          withdraw();
        };
      },
    },
  });
  const answer = postImage(sandbox, imageBody("a [[slow 20m]]"), { nowMs: manual.now() });
  const cut = expect(answer).rejects.toThrow("fetch failed");
  await until(() => open === 1);
  await sandbox.close();
  await cut;
  expect(open).toBe(0);
});

test("refuses an invalid speed and a port that is taken", async () => {
  await expect(door.startSandbox({ speed: 0 })).rejects.toThrow("speed");
  const sandbox = await door.startSandbox();
  await expect(door.startSandbox({ port: sandbox.port })).rejects.toThrow("EADDRINUSE");
  await sandbox.close();
});
