import { builtInTools, createHttp, defineTool, type Logger, systemClock, type Tool } from "@toolcast/core";
import { say } from "@toolcast/core/surface";
import Keyv from "keyv";
import { describe, expect, test, vi } from "vitest";
import type { JsonObject } from "../../../test/fakes/json.ts";
import type { BotApiVersion } from "../../../test/fakes/telegram/api-versions.ts";
import { rawCall } from "../../../test/fakes/telegram/driven-client.ts";
import type { MessageView } from "../../../test/fakes/telegram/message-view.ts";
import { startTelegram } from "../../../test/fakes/telegram/telegram.ts";
import { createInstallation } from "../../../test/runtime-fixture.ts";
import { createTelegram } from "./connect.ts";
import { diagnoseTelegram } from "./doctor.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const fromBot = (messages: readonly MessageView[]) => messages.filter((message) => message.fromBot);

function recorder(): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  const write = (...parts: unknown[]) => lines.push(JSON.stringify(parts));
  return { lines, logger: { debug: write, info: write, warn: write, error: write } as unknown as Logger };
}

describe("start and stop of the whole adapter", () => {
  async function whole(given: {
    publicUrl?: string;
    webhookSecret?: string;
    token?: string;
    logger?: Logger;
    operators?: string[];
    version?: BotApiVersion;
    tools?: Tool[];
    turn?: Parameters<typeof createTelegram>[0]["turn"];
  }) {
    const { operators = [], version, tools, ...settings } = given;
    const installation = await createInstallation();
    const telegram = await startTelegram({
      clock: systemClock,
      flood: false,
      version,
      route: () => "http://127.0.0.1:9",
    });
    const { runtime } = await installation.open({ attached: false, started: false, policy: { operators }, tools });
    const host = new URL(telegram.apiRoot).host;
    const http = createHttp({ trustedHosts: () => [host], clock: systemClock });
    const keyvs = new Map<string, Keyv>();
    const state = {
      keyv(name: string) {
        keyvs.set(name, keyvs.get(name) ?? new Keyv({ namespace: name }));
        return keyvs.get(name)!;
      },
      close() {},
    };
    const options = {
      ...{
        token: telegram.token,
        apiRoot: telegram.apiRoot,
        clock: systemClock,
        publicUrl: null,
        // Nobody listens there.
        cloudRoot: "http://127.0.0.1:9",
        runtime,
        state,
        http,
      },
      ...settings,
    };
    const adapter = createTelegram(options);
    const doctor = () => diagnoseTelegram({ ...options, tools: runtime.tools });
    return {
      ...{ telegram, adapter, doctor, options, state },
      async [Symbol.asyncDispose]() {
        await adapter.close();
        await installation[Symbol.asyncDispose]();
        await http.close();
        await telegram.close();
        telegram.assertNoViolations();
      },
    };
  }

  test("registers commands in both languages when they have changed, and only then", async () => {
    // @verifies telegram.receiving
    await using one = await whole({});
    const before = await one.doctor();
    expect(before.some(({ level }) => level === "warning")).toBe(true);
    await one.adapter.start();
    const english = one.telegram.commands.get("default  |") ?? [...one.telegram.commands.values()][0];
    expect(english?.map(({ command }) => command)).toContain("image");
    expect(one.telegram.requestsTo("setMyCommands")).toHaveLength(4);
    expect((await one.doctor()).every(({ level }) => level === "ok")).toBe(true);
    const ada = one.telegram.person("Ada");
    ada.start();
    await one.telegram.until(() => fromBot(ada.visibleMessages()).length === 1, "a welcome");
  });

  test("sends commands again when only their privacy has changed, and not to a server that keeps none", async () => {
    // @verifies telegram.commands
    await using one = await whole({});
    await one.adapter.start();
    const { telegram } = one;
    const sent = () => telegram.requestsTo("setMyCommands").length;
    const groups = telegram
      .requestsTo("setMyCommands")
      .filter(({ values }) => JSON.stringify(values).includes("group"));
    for (const { values } of groups) {
      const commands = (values.commands as JsonObject[]).map(({ is_ephemeral: _, ...command }) => command);
      await rawCall(telegram)("setMyCommands", { ...values, commands });
    }
    const before = sent();
    await one.options.state.keyv("telegram-commands").clear();
    expect((await one.doctor()).filter(({ level }) => level !== "ok")).toHaveLength(1);
    const next = createTelegram(one.options);
    await next.start();
    expect(sent() - before).toBe(2);
    expect((await one.doctor()).every(({ level }) => level === "ok")).toBe(true);
    await next.close();

    await using old = await whole({ version: "10.1" });
    await old.adapter.start();
    const later = createTelegram(old.options);
    await later.start();
    expect(old.telegram.requestsTo("setMyCommands")).toHaveLength(4);
    expect((await old.doctor()).every(({ level }) => level === "ok")).toBe(true);
    await later.close();
  });

  test("offers the other commands when the name or description of one of them is not acceptable", async () => {
    // @verifies telegram.commands
    const bad = (command: string, summary: string) =>
      defineTool({
        ...{ name: command.toLowerCase().replaceAll(/[^a-z0-9_]/g, "_"), command, effect: "reads" },
        title: { en: summary, "zh-CN": summary },
        summary: { en: summary, "zh-CN": summary },
        input: {},
        answer: async () => ({ message: { tone: "info", title: "" }, data: null }),
      });
    const tools = [...builtInTools, bad("x".repeat(33), "Too long"), bad("no-summary", " ")];
    await using one = await whole({ tools });
    await one.adapter.start();
    expect(one.telegram.requestsTo("setMyCommands").map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    for (const commands of one.telegram.commands.values()) {
      expect(commands.map(({ command }) => command)).toEqual(expect.arrayContaining(["image", "speak", "help"]));
    }
  });

  test("offers operators their own commands in their chats, until they are operators no longer", async () => {
    // @verifies telegram.commands
    await using one = await whole({ operators: ["telegram:70000001"] });
    await one.adapter.start();
    const [olga, ada] = [one.telegram.person("Olga"), one.telegram.person("Ada", { languageCode: "zh-hans" })];
    expect(olga.id).toBe(70_000_001);
    const offered = (person: typeof olga) =>
      [...one.telegram.commands.keys()].filter((key) => key.includes(`${person.id}`));
    olga.start();
    ada.start();
    await one.telegram.until(() => offered(olga).length === 2, "the operator's commands");
    expect(offered(ada)).toEqual([]);
    const names = (key: string) => one.telegram.commands.get(key)?.map(({ command }) => command) ?? [];
    const [own = ""] = offered(olga);
    expect(names(own)).toEqual(expect.arrayContaining([...names("default  |"), "balance"]));
    expect(names("default  |")).not.toContain("balance");
    const before = one.telegram.requestsTo("setMyCommands").length;
    olga.start();
    await one.telegram.until(() => fromBot(olga.visibleMessages()).length === 2, "a second welcome");
    expect(one.telegram.requestsTo("setMyCommands")).toHaveLength(before);
    await using later = await createInstallation();
    const { runtime } = await later.open({ attached: false, started: false });
    const next = createTelegram({ ...one.options, runtime });
    await next.start();
    expect(offered(olga)).toEqual([]);
    await next.close();
  });

  test("an operator's first message costs the same however many operators there are", async () => {
    // @verifies telegram.commands
    const ids = Array.from({ length: 6 }, (_, index) => 70_000_001 + index);
    await using one = await whole({ operators: ids.map((id) => `telegram:${id}`) });
    await one.adapter.start();
    const asked = () =>
      one.telegram.requestsTo("getMyCommands").length + one.telegram.requestsTo("setMyCommands").length;
    const costs: number[] = [];
    for (const id of ids) {
      const operator = one.telegram.person(`Operator ${id}`);
      expect(operator.id).toBe(id);
      const before = asked();
      operator.start();
      const offered = () => [...one.telegram.commands.keys()].filter((key) => key.includes(`${id}`)).length === 2;
      await one.telegram.until(offered, "the operator's commands");
      costs.push(asked() - before);
    }
    expect(costs).toEqual(ids.map(() => 4));
  });

  test("does not call a press late that was made after another process, whose turn it was, received everything", async () => {
    // @verifies telegram.late
    let take = () => {};
    const turn = {
      isOurs: false,
      isSought: true,
      async begin({ gained }: { gained(): void }) {
        take = gained;
      },
    };
    await using one = await whole({ turn });
    const { telegram, adapter, state } = one;
    const ada = telegram.person("Ada");
    ada.start();
    await state.keyv("telegram-access").set(`in/${ada.id}`, "telegram:1");
    await state.keyv("telegram-backlog").set("caught-up", Date.now() - 3 * 60 * 60_000);
    await adapter.start();
    const again = { text: "Again", callback_data: "t1:start:job_gone.again:" };
    await rawCall(telegram)("sendMessage", {
      ...{ chat_id: ada.id, text: "A result" },
      reply_markup: { inline_keyboard: [[again]] },
    });
    // The other process has received what there was, and dies.
    await state.keyv("telegram-backlog").set("caught-up", Date.now());
    const press = ada.press(fromBot(ada.visibleMessages()).at(-1)!, "Again");
    turn.isOurs = true;
    take();
    await telegram.until(() => press.answer !== null, "an answer");
    expect(press.answer?.text).toContain("no longer");
  });

  test("doctor says what the bot may do in the groups it knows", async () => {
    // @verifies telegram.doctor-rights
    await using one = await whole({});
    await one.adapter.start();
    const { telegram } = one;
    const ada = telegram.person("Ada");
    const titles = ["Free", "Quiet", "Ours", "Left"];
    const groups = titles.map((title) => telegram.addGroup(title, [ada]));
    const [, quiet, ours, left] = groups;
    for (const group of groups) {
      ada.write("/jobs", { in: group });
      await telegram.until(() => fromBot(ada.visibleMessages(group)).length === 1, "an answer");
    }
    Object.assign(quiet!.permissions, { can_send_photos: false, can_send_voice_notes: false });
    ada.addBot(ours!, "administrator");
    ada.removeBot(left!);
    const findings = (await one.doctor()).filter(({ sentence }) =>
      titles.some((title) => say(sentence, "en").startsWith(title)),
    );
    expect(findings.map(({ level, sentence }) => [level, say(sentence, "en"), say(sentence, "zh-CN")])).toEqual([
      ["ok", expect.stringContaining("every kind"), expect.stringContaining("普通成员")],
      [
        "warning",
        expect.stringContaining("not allowed to send photos, voice messages"),
        expect.stringContaining("图片、语音"),
      ],
      ["ok", expect.stringContaining("administrator"), expect.stringContaining("管理员")],
      ["warning", expect.stringContaining("no longer in this group"), expect.stringContaining("已不在")],
    ]);
  });

  test("doctor says that groups are read whole, and whose the webhook is", async () => {
    // @verifies telegram.doctor
    await using one = await whole({});
    const { telegram } = one;
    const said = async () => (await one.doctor()).map(({ level, sentence }) => `${level}: ${say(sentence, "en")}`);
    expect((await said()).join("\n")).toMatch(
      /ok: In groups it reads only commands[\s\S]*ok: Updates come by long polling/,
    );
    telegram.bot.readsAllGroupMessages = true;
    await rawCall(telegram)("setWebhook", { url: "https://else.example/hook" });
    const warned = await one.doctor();
    expect(warned.map(({ level, sentence }) => [level, say(sentence, "en"), say(sentence, "zh-CN")])).toEqual(
      expect.arrayContaining([
        ["warning", expect.stringContaining("Privacy mode is off"), expect.stringContaining("隐私模式已关闭")],
        ["warning", expect.stringContaining("webhook for this bot differs"), expect.stringContaining("不一致")],
      ]),
    );
  });

  test("doctor says that Telegram could not deliver to the webhook, and how much waits", async () => {
    // @verifies telegram.doctor
    await using one = await whole({ publicUrl: "https://toolcast.example", webhookSecret: "a-secret-of-the-webhook" });
    const { telegram } = one;
    await one.adapter.start();
    telegram.person("Ada").start();
    const info = async () => JSON.stringify((await rawCall(telegram)("getWebhookInfo")).result);
    await vi.waitFor(async () => expect(await info()).toContain("last_error_message"), 10_000);
    const findings = await one.doctor();
    expect(findings.map(({ level, sentence }) => [level, say(sentence, "en"), say(sentence, "zh-CN")])).toContainEqual([
      "warning",
      expect.stringMatching(/last delivery to the webhook failed \(.+\); 1 update/),
      expect.stringMatching(/未能送达 webhook（.+），有 1 条/),
    ]);
  });

  test("a token that Telegram refuses ends the start with advice, and appears in no log", async () => {
    // @verifies telegram.receiving, telegram.secrets
    const { logger, lines } = recorder();
    const token = "7000000002:AAanother-token-of-another-bot-0123456";
    await using one = await whole({ token, logger });
    await expect(one.adapter.start()).rejects.toMatchObject({ variable: "TELEGRAM_BOT_TOKEN" });
    expect((await one.doctor()).map(({ level }) => level)).toEqual(["error"]);
    expect(lines.join()).not.toContain(token);
  });

  test("by webhook: wrong secrets are refused, an update is answered with 200 once it is stored", async () => {
    // @verifies telegram.webhook
    const webhookSecret = "a-secret-of-the-webhook";
    await using one = await whole({ publicUrl: "https://toolcast.example", webhookSecret });
    await one.adapter.start();
    const [set] = one.telegram.requestsTo("setWebhook");
    expect(set?.values).toMatchObject({
      ...{ url: "https://toolcast.example/telegram/webhook", secret_token: webhookSecret },
      allowed_updates: ["message", "callback_query", "stopped_message_generation", "inline_query", "guest_message"],
    });
    const post = (body: string, secret: string, path = "/telegram/webhook") =>
      one.adapter.handlePublic?.(
        new Request(`https://toolcast.example${path}`, {
          ...{ method: "POST", body },
          headers: { "x-telegram-bot-api-secret-token": secret },
        }),
      );
    const ada = one.telegram.person("Ada");
    ada.start();
    const update = JSON.stringify(one.telegram.updates.history.at(-1));
    expect((await post(update, "wrong"))?.status).toBe(403);
    expect(await post(update, webhookSecret, "/elsewhere")).toBeNull();
    for (const body of [update, update, "not JSON", '{"update_id":5,"message":7}', "x".repeat(2_000_000)]) {
      expect((await post(body, webhookSecret))?.status).toBe(200);
    }
    await one.telegram.until(() => fromBot(ada.visibleMessages()).length === 1, "a welcome");
  });

  test("a secret without a public address is named", async () => {
    // @verifies telegram.webhook
    await using one = await whole({ webhookSecret: "a-secret-of-the-webhook" });
    await expect(one.adapter.start()).rejects.toMatchObject({ variable: "TELEGRAM_WEBHOOK_SECRET" });
  });
});
