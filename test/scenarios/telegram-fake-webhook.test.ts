import { createServer, type Server } from "node:http";
import { Telegraf } from "telegraf";
import { afterEach, beforeEach, expect, test } from "vitest";
import { closeServer, listen } from "../fakes/loopback-server.ts";
import { type RawCall, rawCall } from "../fakes/telegram/driven-client.ts";
import { startTelegram, type TelegramFake } from "../fakes/telegram/telegram.ts";
import { createManualClock, type ManualClock } from "../manual-clock.ts";
import { verifies } from "../verifies.ts";

const publicUrl = "https://bot.example/telegram";

interface Heard {
  readonly text: string;
  readonly secret: unknown;
}

let clock: ManualClock;
let telegram: TelegramFake;
let call: RawCall;
let receiver: Server;
let heard: Heard[];
let answers: (() => Promise<number> | number)[];
let atOnce: number;
let mostAtOnce: number;

beforeEach(async () => {
  clock = createManualClock();
  heard = [];
  answers = [];
  atOnce = 0;
  mostAtOnce = 0;
  receiver = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) {
      body += String(chunk);
    }
    const { message } = JSON.parse(body) as { message: { text: string } };
    heard.push({ text: message.text, secret: request.headers["x-telegram-bot-api-secret-token"] });
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    const status = await (answers.shift() ?? (() => 200))();
    atOnce -= 1;
    response.writeHead(status);
    response.end();
  });
  const port = await listen(receiver);
  telegram = await startTelegram({ clock, route: () => `http://127.0.0.1:${port}/` });
  call = rawCall(telegram);
});

afterEach(async () => {
  await telegram.close();
  await closeServer(receiver);
  telegram.assertNoViolations();
});

test("the real client receives updates by webhook, and only with the secret", async () => {
  verifies("built.telegram-fake");
  const bot = new Telegraf(telegram.token, { telegram: { apiRoot: telegram.apiRoot, webhookReply: true } });
  bot.start(async (ctx) => {
    await ctx.sendChatAction("typing");
    await ctx.reply(`welcome ${ctx.payload}`);
  });
  const server = createServer(bot.webhookCallback("/telegram", { secretToken: "s3cret_-" }));
  const port = await listen(server);
  const own = await startTelegram({ clock, token: telegram.token, route: () => `http://127.0.0.1:${port}/telegram` });
  const driven = new Telegraf(own.token, { telegram: { apiRoot: own.apiRoot } });
  bot.telegram.options.apiRoot = own.apiRoot;
  await driven.telegram.setWebhook(publicUrl, { secret_token: "s3cret_-" });
  const ada = own.person("Ada");
  ada.start("invite_1");
  await own.until(() => ada.visibleMessages().length === 2, "the welcome");
  expect(ada.visibleMessages().at(-1)?.text).toBe("welcome invite_1");
  // The client answered in the webhook's response, which counts as a call like any other.
  expect(own.requestsTo("sendChatAction").map(({ status }) => status)).toEqual([200]);
  await driven.telegram.setWebhook(publicUrl, { secret_token: "another" });
  ada.write("/start again");
  await own.until(() => own.webhook.deliveries.some(({ status }) => status === 403), "the refusal");
  await own.close();
  await closeServer(server);
  own.assertNoViolations();
});

test("an update that is not answered with 2xx comes again, and the chat's next ones wait behind it", async () => {
  verifies("built.telegram-fake");
  await call("setWebhook", { url: publicUrl, secret_token: "abc" });
  answers = [() => 500, () => 502];
  const [ada, bo] = [telegram.person("Ada"), telegram.person("Bo")];
  ada.write("one");
  await telegram.until(() => heard.length === 2, "an attempt and the next at once");
  ada.write("two");
  bo.write("aside");
  await telegram.until(() => heard.length === 3 && telegram.updates.pending.length === 2, "the other chat");
  expect(heard.map(({ text }) => text)).toEqual(["one", "one", "aside"]);
  const info = (await call("getWebhookInfo")).result as Record<string, unknown>;
  expect([info.pending_update_count, info.last_error_message]).toEqual([
    2,
    "Wrong response from the webhook: 502 Bad Gateway",
  ]);
  await clock.advance(2_000);
  await telegram.until(() => telegram.updates.pending.length === 0, "everything");
  expect(heard.map(({ text, secret }) => [text, secret]).slice(3)).toEqual(
    expect.arrayContaining([
      ["one", "abc"],
      ["two", "abc"],
    ]),
  );
  const own = heard.map(({ text }) => text).filter((text) => text !== "aside");
  expect(own).toEqual(["one", "one", "one", "two"]);
});

test("chats are served in parallel, within max_connections", async () => {
  verifies("built.telegram-fake");
  await call("setWebhook", { url: publicUrl, max_connections: 2 });
  const releases: (() => void)[] = [];
  answers = Array.from({ length: 3 }, () => () => new Promise<number>((resolve) => releases.push(() => resolve(200))));
  for (const name of ["Ada", "Bo", "Cy"]) {
    telegram.person(name).write(name);
  }
  await telegram.until(() => releases.length === 2, "two at once");
  releases.shift()!();
  await telegram.until(() => releases.length === 2, "the third");
  for (const release of releases) {
    release();
  }
  await telegram.until(() => telegram.updates.pending.length === 0, "everything");
  expect(mostAtOnce).toBe(2);
});

test("the same update can come any number of times", async () => {
  verifies("built.telegram-fake");
  await call("setWebhook", { url: publicUrl });
  telegram.person("Ada").write("once");
  await telegram.until(() => telegram.updates.pending.length === 0, "the delivery");
  for (let count = 0; count < 4; count += 1) {
    telegram.webhook.repeat(telegram.updates.history[0]!.update_id);
  }
  await telegram.until(() => heard.length === 5, "the repeats");
});

test("a webhook and a poller exclude each other", async () => {
  verifies("built.telegram-fake");
  const poll = call("getUpdates", { timeout: 50 });
  await telegram.until(() => telegram.updates.polling, "the poll");
  await call("setWebhook", { url: publicUrl });
  expect((await poll).description).toBe("Conflict: terminated by setWebhook request");
  const refused = await call("getUpdates");
  expect([refused.status, refused.description]).toEqual([
    409,
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
  ]);
  await call("deleteWebhook", { drop_pending_updates: true });
  expect((await call("getUpdates")).result).toEqual([]);
});

test("the cloud requires HTTPS, one of four ports and a plain secret", async () => {
  verifies("built.telegram-fake");
  const refusals: string[] = [];
  for (const values of [
    { url: "http://bot.example/" },
    { url: "https://bot.example:8080/" },
    { url: publicUrl, secret_token: "no spaces" },
    { url: publicUrl, secret_token: "x".repeat(257) },
  ]) {
    refusals.push((await call("setWebhook", values)).description);
  }
  expect(refusals).toEqual([
    "Bad Request: bad webhook: An HTTPS URL must be provided for webhook",
    "Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
    "Bad Request: secret token contains unallowed characters",
    "Bad Request: secret token is too long",
  ]);
});
