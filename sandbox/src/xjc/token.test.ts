import { afterEach, beforeEach, expect, test } from "vitest";
import { type Sandbox, startSandbox } from "../sandbox.ts";
import { type ManualClock, manualClock } from "../testing/manual-clock.ts";
import { answerOf, connectXjc, requestToken } from "../testing/vendor-clients.ts";
import { tokenSign } from "./token.ts";

let clock: ManualClock;
let sandbox: Sandbox;
beforeEach(async () => {
  clock = manualClock();
  sandbox = await startSandbox({ clock });
});
afterEach(() => sandbox.close());

const ask = async (query: Record<string, string>) =>
  answerOf(await fetch(`${sandbox.environment.XJC_BASE_URL}/api/model/v5/oauth/token?${new URLSearchParams(query)}`));

test("signs the known vector", () => {
  expect(tokenSign("ak-demo", "1742727701000", "sk-demo")).toBe("a17deb0cfd35b81a5686bb403811ade4");
});

test("issues a token with an absolute expiry; a second one leaves the first valid", async () => {
  const first = await connectXjc(sandbox, clock.now());
  const second = await requestToken(sandbox, clock.now());
  expect(second).toMatchObject({ code: 0, msg: "", data: { expiresIn: clock.now() + 2 * 60 * 60_000 } });
  expect(second.data.token).not.toBe(first.token);
  expect((await first.get("user/balance")).code).toBe(0);
});

test("lists what is missing in an unreliable order", async () => {
  const orders = new Set<string>();
  for (let round = 0; round < 40; round += 1) {
    const answer = await ask({});
    expect(answer).toMatchObject({ code: 20004, data: null });
    expect(answer.msg.split(",").sort()).toEqual(["accessKey不能为空", "sign不能为空", "timestamp不能为空"]);
    orders.add(answer.msg);
  }
  expect(orders.size).toBeGreaterThan(1);
});

test("refuses an unknown account, a wrong signature and a timestamp older than three minutes", async () => {
  const stamp = String(clock.now());
  expect(await ask({ accessKey: "who", timestamp: stamp, sign: "x" })).toMatchObject({ code: 20001, data: null });
  expect(await ask({ accessKey: "sandbox-xjc-access", timestamp: stamp, sign: "x" })).toMatchObject({ code: 20003 });
  expect((await requestToken(sandbox, clock.now() - 180_000)).code).toBe(0);
  expect((await requestToken(sandbox, clock.now() - 180_001)).code).toBe(20003);
  expect((await requestToken(sandbox, clock.now() + 180_001)).code).toBe(20003);
});

test("a missing, unknown, expired or revoked token is 20002", async () => {
  const balance = `${sandbox.environment.XJC_BASE_URL}/api/model/v5/user/balance`;
  expect(await (await fetch(balance)).json()).toEqual({ code: 20002, msg: "无效token", data: null });
  expect(await (await fetch(balance, { headers: { "authorization-token": "x" } })).json()).toMatchObject({
    code: 20002,
  });
  const client = await connectXjc(sandbox, clock.now());
  clock.advance(2 * 60 * 60_000 - 1);
  expect((await client.get("user/balance")).code).toBe(0);
  clock.advance(1);
  expect((await client.get("user/balance")).code).toBe(20002);
  const next = await connectXjc(sandbox, clock.now());
  sandbox.control.expireTokens();
  expect((await next.get("user/balance")).code).toBe(20002);
});

test("POST /control/next provokes failures of calls without text", async () => {
  const order = (body: unknown) => fetch(`${sandbox.url}/control/next`, { method: "POST", body: JSON.stringify(body) });
  await order({ vendor: "xjc", endpoint: "oauth/token", marker: "10002" });
  expect((await requestToken(sandbox, clock.now())).code).toBe(10002);
  const client = await connectXjc(sandbox, clock.now());
  await order({ vendor: "xjc", endpoint: "works/inspect", marker: "[[http 503]]", times: 2 });
  expect((await client.get("user/balance")).code).toBe(0);
  await expect(client.post("works/inspect", { jobId: "a" })).rejects.toThrow("HTTP 503");
  await expect(client.post("works/inspect", { jobId: "a" })).rejects.toThrow("HTTP 503");
  expect((await client.post("works/inspect", { jobId: "a" })).code).toBe(20006);
  const wrong = await order({ vendor: "xjc", endpoint: "works/nothing", marker: "what" });
  expect([wrong.status, ((await wrong.json()) as { problems: string[] }).problems]).toEqual([
    400,
    [expect.stringMatching(/^endpoint: /), expect.stringMatching(/^marker: /)],
  ]);
});

test("the controls answer only under loopback names", async () => {
  const { request } = await import("node:http");
  const status = await new Promise((resolve) => {
    request(`${sandbox.url}/ledger`, { headers: { host: "rebound.example" } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).end();
  });
  expect(status).toBe(403);
});
