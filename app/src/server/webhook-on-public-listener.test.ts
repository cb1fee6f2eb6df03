import { request } from "node:http";
import { silentLogger } from "@toolcast/core";
import { type AdapterTools, say } from "@toolcast/core/surface";
import { telegram as definition } from "@toolcast/telegram";
import Keyv from "keyv";
import { describe, expect, test, vi } from "vitest";
import { rawCall } from "../../../test/fakes/telegram/driven-client.ts";
import type { MessageView } from "../../../test/fakes/telegram/message-view.ts";
import { startTelegram } from "../../../test/fakes/telegram/telegram.ts";
import { createInstallation } from "../../../test/runtime-fixture.ts";
import { openTelegramRoom } from "../../../test/telegram-room.ts";
import { verifies } from "../../../test/verifies.ts";
import type { Configuration } from "../configuration/configuration.ts";
import type { Installation } from "../installation.ts";
import { openAdapters } from "./adapter-connections.ts";
import { listen } from "./listener.ts";
import { publicAnswer } from "./public-answer.ts";
import { noStopNotice } from "./stop-notice.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const publicUrl = "https://toolcast.example";
const webhookSecret = "a-secret-of-the-webhook";
const fromBot = (messages: readonly MessageView[]) => messages.filter((message) => message.fromBot);

/** The adapter as the app assembles it, behind the public listener, to which Telegram really delivers. */
async function assembled({ receives = "by webhook" }: { receives?: "by webhook" | "by polling" } = {}) {
  const installation = await createInstallation();
  const { clock } = installation;
  let listener = "";
  const platform = await startTelegram({
    ...{ clock, flood: false },
    route: (url) => url.replace(publicUrl, listener),
  });
  const { runtime } = await installation.open({ attached: false, started: false });
  const keyvs = new Map<string, Keyv>();
  const state: AdapterTools["state"] = {
    keyv(name) {
      keyvs.set(name, keyvs.get(name) ?? new Keyv({ namespace: name }));
      return keyvs.get(name)!;
    },
    close() {},
  };
  // The bot left Telegram's own server long ago.
  await state.keyv("telegram-cloud").set(platform.token.split(":")[0]!, platform.apiRoot);
  const values = {
    TELEGRAM_BOT_TOKEN: platform.token,
    TELEGRAM_API_ROOT: platform.apiRoot,
    ...(receives === "by webhook" ? { TELEGRAM_WEBHOOK_SECRET: webhookSecret } : {}),
  };
  const configuration = {
    ...{ adapters: [{ definition, values }], trustedHosts: [], proxies: { for: () => null } },
    publicListener: { url: publicUrl, port: 0, host: "127.0.0.1" },
  } as unknown as Configuration;
  let connections: Awaited<ReturnType<typeof openAdapters>> | null = null;
  const opened = await listen({
    ...{ host: "127.0.0.1", port: 0 },
    answer: publicAnswer(
      runtime,
      "all",
      noStopNotice,
      async (request) => (await connections?.handlePublic(request)) ?? null,
    ),
  });
  listener = `http://127.0.0.1:${opened.port}`;
  // The app gives adapters the system's clock; here time is moved by hand.
  const byHand = {
    ...definition,
    create: (given: never, tools: AdapterTools) => definition.create(given, { ...tools, clock }),
  };
  configuration.adapters = [{ definition: byHand, values }] as never;
  // On files every process receives.
  const app: Pick<Installation, "runtime" | "state" | "receivingTurn"> = { runtime, state, receivingTurn: () => null };
  connections = await openAdapters(configuration, app as Installation, silentLogger);
  await runtime.start();
  const { away } = connections.adapters.get("telegram")!;
  return {
    ...{ platform, installation, runtime, away: () => away?.() ?? null },
    letIn: (id: number) => state.keyv("telegram-access").set(`in/${id}`, "telegram:1"),
    /** Whether Telegram reaches the public listener. */
    reachable(isOpen: boolean) {
      listener = isOpen ? `http://127.0.0.1:${opened.port}` : "http://127.0.0.1:9";
    },
    /** What `/readyz` says about Telegram; undefined while nothing is wrong. */
    async readiness(): Promise<string | undefined> {
      const answer = await fetch(`http://127.0.0.1:${opened.port}/readyz`);
      return ((await answer.json()) as { surfacesAway: { telegram?: string } }).surfacesAway.telegram;
    },
    post: (body: string, secret: string | null, path = "/telegram/webhook", method = "POST") =>
      new Promise<number>((resolve, reject) => {
        const headers = secret === null ? {} : { "x-telegram-bot-api-secret-token": secret };
        const sent = request(`${listener}${path}`, { method, headers, agent: false });
        sent.on("response", ({ statusCode = 0 }) => resolve(statusCode));
        sent.on("error", reject);
        sent.end(body);
      }),
    async pass(ms: number, stepMs = 5_000) {
      for (let left = ms; left > 0; left -= stepMs) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        await clock.advance(Math.min(stepMs, left));
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    },
    async [Symbol.asyncDispose]() {
      await connections?.close();
      await installation[Symbol.asyncDispose]();
      await opened.close();
      await platform.close();
      platform.assertNoViolations();
    },
  };
}

describe("the webhook on the public listener", () => {
  test("brings a command to its result, once, although Telegram delivers it again", async () => {
    verifies("telegram.webhook", "telegram.taken-once");
    await using app = await assembled();
    const { platform, installation } = app;
    const ada = platform.person("Ada");
    ada.start();
    await platform.until(() => fromBot(ada.visibleMessages()).length === 1, "a welcome");
    ada.write("/explain 11200");
    await platform.until(() => fromBot(ada.visibleMessages()).length === 2, "an answer");
    const { update_id: id } = platform.updates.history.at(-1)!;
    platform.webhook.repeat(id);
    await platform.until(() => platform.webhook.deliveries.at(-1)?.status === 200, "the second delivery");
    await app.pass(5_000);
    expect(platform.webhook.deliveries.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(fromBot(ada.visibleMessages())).toHaveLength(2);
    expect(installation.jobs()).toEqual([]);
  });

  test("takes nothing without its secret, and answers 200 to anything with it", async () => {
    verifies("telegram.webhook");
    await using app = await assembled();
    const ada = app.platform.person("Ada");
    const update = JSON.stringify({
      update_id: 5,
      message: {
        ...{ message_id: 1, date: 1, text: "/start", chat: { id: ada.id, type: "private" } },
        from: { id: ada.id, is_bot: false, first_name: "Ada" },
      },
    });
    const giant = "x".repeat(3_000_000);
    for (const secret of [null, "", "wrong", `${webhookSecret}x`]) {
      expect([await app.post(update, secret), await app.post(giant, secret)]).toEqual([403, 403]);
    }
    expect(await app.post(update, webhookSecret, "/telegram/webhook/elsewhere")).toBe(404);
    expect(await app.post(update, webhookSecret, "/telegram/webhook", "PUT")).toBe(405);
    expect(app.platform.requestsTo("sendMessage")).toEqual([]);
    for (const body of [giant, "", "null", "not JSON", "[]", '{"update_id":6,"message":7}', '{"update_id":7}']) {
      expect([body.slice(0, 20), await app.post(body, webhookSecret)]).toEqual([body.slice(0, 20), 200]);
    }
    expect(app.platform.requestsTo("sendMessage")).toEqual([]);
  });

  test("is set again when another program has removed it to poll, and every update arrives", async () => {
    verifies("telegram.receiving");
    await using app = await assembled();
    const { platform } = app;
    const other = rawCall(platform);
    expect((await other("getUpdates", { timeout: 0 })).status).toBe(409);
    expect(app.away()).toBeNull();
    await other("deleteWebhook");
    const ada = platform.person("Ada");
    ada.start();
    await app.pass(65_000);
    await platform.until(() => fromBot(ada.visibleMessages()).length === 1, "a welcome");
    expect([say(app.away()!, "en"), say(app.away()!, "zh-CN")]).toEqual([
      expect.stringContaining("Another program"),
      expect.stringContaining("另有程序"),
    ]);
    await app.pass(125_000);
    expect(app.away()).toBeNull();
    expect(platform.requestsTo("setWebhook")).toHaveLength(2);
  });

  test("is set again in growing pauses while the other program goes on", async () => {
    verifies("telegram.receiving");
    await using app = await assembled();
    const other = rawCall(app.platform);
    for (let minute = 0; minute < 60; minute += 1) {
      await other("deleteWebhook");
      await app.pass(60_000, 30_000);
    }
    const sets = app.platform.requestsTo("setWebhook").length;
    expect(sets).toBeGreaterThanOrEqual(6);
    expect(sets).toBeLessThanOrEqual(12);
  });
});

describe("a press that comes by webhook", () => {
  for (const [how, isReachable, jobs] of [
    ["starts at once while everything before it was received", true, 2],
    ["starts nothing if Telegram could not deliver it for hours, and says so", false, 1],
  ] as const) {
    test(how, async () => {
      verifies("telegram.late", "telegram.webhook");
      await using app = await assembled();
      const { platform, installation } = app;
      const ada = platform.person("Ada");
      await app.letIn(ada.id);
      ada.write("/image a fox");
      const picture = () => fromBot(ada.visibleMessages()).find(({ kind }) => kind === "photo");
      for (let count = 0; count < 60 && picture() === undefined; count += 1) {
        await app.pass(5_000);
      }
      await app.pass(3 * 60 * 60_000, 60_000);
      app.reachable(isReachable);
      ada.press(picture()!, picture()!.buttons.find(({ label }) => /again/i.test(label))!.label);
      await app.pass(isReachable ? 30_000 : 3 * 60 * 60_000, isReachable ? 5_000 : 60_000);
      app.reachable(true);
      for (let count = 0; count < 60 && platform.updates.pending.length > 0; count += 1) {
        await app.pass(60_000, 30_000);
      }
      await app.pass(30_000);
      expect(platform.updates.pending).toEqual([]);
      expect(installation.jobs()).toHaveLength(jobs);
      const last = fromBot(ada.visibleMessages()).at(-1);
      expect(/Nothing was started/.test(last?.text ?? "")).toBe(!isReachable);
    });
  }
});

describe("a token that is revoked while updates come", () => {
  for (const receives of ["by polling", "by webhook"] as const) {
    test(`is named in /readyz if they come ${receives}, until Telegram accepts it again`, async () => {
      verifies("telegram.receiving");
      await using app = await assembled({ receives });
      const { platform } = app;
      await app.pass(65_000);
      expect(await app.readiness()).toBeUndefined();
      const revoked = { ok: false, error_code: 401, description: "Unauthorized" };
      platform.faults.always("any", { kind: "status", status: 401, body: revoked });
      await app.pass(125_000);
      expect(await app.readiness()).toContain("TELEGRAM_BOT_TOKEN");
      expect(say(app.away()!, "zh-CN")).toContain("TELEGRAM_BOT_TOKEN：");
      expect(await app.readiness()).not.toContain(platform.token.split(":")[1]);
      platform.faults.clear();
      await app.pass(125_000);
      expect(await app.readiness()).toBeUndefined();
      const ada = platform.person("Ada");
      ada.start();
      await app.pass(5_000);
      await platform.until(() => fromBot(ada.visibleMessages()).length === 1, "a welcome");
    });
  }
});

describe("a webhook that another program removed", () => {
  test("is explained by Telegram's own words if Telegram refuses to set it again", async () => {
    verifies("telegram.receiving");
    await using app = await assembled();
    const { platform } = app;
    const refusal = { ok: false, error_code: 400, description: "Bad Request: bad webhook: Failed to resolve host" };
    await rawCall(platform)("deleteWebhook");
    platform.faults.always("setWebhook", { kind: "status", status: 400, body: refusal });
    await app.pass(65_000);
    expect(await app.readiness()).toMatch(/TELEGRAM_WEBHOOK_SECRET.*Failed to resolve host/);
    platform.faults.clear();
    await app.pass(10 * 60_000, 15_000);
    expect(await app.readiness()).toBeUndefined();
  });
});

describe("two pollers", () => {
  test("are explained, ask less and less often, and ours recovers by itself within a minute", async () => {
    verifies("telegram.receiving");
    await using room = await openTelegramRoom();
    const process = await room.open();
    const ada = await room.member("Ada");
    const conflict = {
      ok: false,
      error_code: 409,
      description: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    };
    room.platform.faults.always("getUpdates", { kind: "status", status: 409, body: conflict });
    void rawCall(room.platform)("getUpdates", { timeout: 1 });
    await room.pass(60_000);
    expect(process.poll.away?.en).toContain("Another program");
    const before = room.platform.requestsTo("getUpdates").length;
    ada.write("/jobs");
    for (let second = 0; second < 600; second += 5) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      await room.clock.advance(5_000);
    }
    const asked = room.platform.requestsTo("getUpdates").length - before;
    expect(asked).toBeGreaterThanOrEqual(9);
    expect(asked).toBeLessThanOrEqual(12);
    room.platform.faults.clear();
    await room.pass(60_000);
    expect(process.poll.away).toBeNull();
    await room.until(() => fromBot(ada.visibleMessages()).length === 1);
  });
});
