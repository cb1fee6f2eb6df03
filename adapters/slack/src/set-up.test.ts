import { readFile } from "node:fs/promises";
import { builtInTools, createHttp, silentLogger, systemClock } from "@toolcast/core";
import { say } from "@toolcast/core/surface";
import { afterEach, describe, expect, test } from "vitest";
import { NotPossible } from "../../../test/fakes/slack/api-error.ts";
import type { Manifest } from "../../../test/fakes/slack/context.ts";
import { manifestProblems } from "../../../test/fakes/slack/manifest-rules.ts";
import { type SlackFake, startSlack } from "../../../test/fakes/slack/slack.ts";
import { openSlackRoom } from "../../../test/slack-room.ts";
import { verifies } from "../../../test/verifies.ts";
import { listenForTests } from "../../../test/web-listener.ts";
import { createClient } from "./client.ts";
import { createSlack } from "./connect.ts";
import { diagnoseSlack } from "./doctor.ts";
import { createHttpReceiver } from "./http-receiver.ts";
import { eventsPath, manifestFor } from "./manifest.ts";
import { scopes } from "./scopes.ts";
import { createSlackApi, type SlackApi } from "./slack-api.ts";
import { readFailure } from "./slack-failure.ts";
import type { Transport } from "./ways.ts";

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) {
    await close();
  }
});

const manifest = manifestFor({ tools: builtInTools }) as unknown as Manifest;

async function platformWithout(scope?: string): Promise<{ slack: SlackFake; api: SlackApi }> {
  const granted = scopes.map((row) => row.scope).filter((name) => name !== scope);
  const slack = await startSlack({ manifest, scopes: granted, rateLimits: false, fileProcessingMs: 0 });
  closers.push(() => slack.close());
  const http = createHttp({ trustedHosts: () => [new URL(slack.apiUrl).host], clock: systemClock });
  closers.push(() => http.close());
  return { slack, api: createSlackApi(createClient(slack.botToken, slack.apiUrl, silentLogger), http, []) };
}

describe("the manifest", () => {
  test.each([
    ["Socket Mode", {}],
    ["HTTP with a prefix", { prefix: "ai", publicUrl: "https://toolcast.example" }],
  ])("is one that Slack accepts: %s", (_, options) => {
    verifies("slack.manifest");
    const made = manifestFor({ tools: builtInTools, ...options });
    expect(manifestProblems(made as unknown as Manifest)).toEqual([]);
    expect(made.features.slash_commands).toHaveLength(builtInTools.length);
  });

  test("has the shortcuts that Slack has room for: those for a message's files before those for its text", () => {
    verifies("slack.manifest");
    const shown = (tools: typeof builtInTools) => {
      const made = manifestFor({ tools });
      expect(manifestProblems(made as unknown as Manifest)).toEqual([]);
      return made.features.shortcuts.map(({ callback_id }) => callback_id);
    };
    const files = ["tool:image", "tool:describe", "tool:video", "tool:avatar", "tool:clone", "tool:ask"];
    expect(shown(builtInTools)).toEqual(["open", ...files, "tool:speak", "tool:explain"]);
    const texts = builtInTools.filter(({ command }) => command === "explain");
    const many = Array.from({ length: 12 }, (_, index) => ({ ...texts[0]!, name: `n${index}`, command: `c${index}` }));
    expect(shown([...many, ...builtInTools])).toEqual(["open", ...files, "tool:c0", "tool:c1", "tool:c2"]);
  });

  const content = { text: "hello", blocks: [] };
  type Platform = Awaited<ReturnType<typeof platformWithout>>;
  /** Requests, by the scope that Slack names when it refuses them. */
  const requests: Readonly<Record<string, readonly ((platform: Platform) => Promise<unknown>)[]>> = {
    "chat:write": [
      ({ slack, api }) => api.post({ channel: slack.channel.id }, content),
      ({ slack, api }) => api.update({ channel: slack.channel.id, ts: "1.000000" }, content),
      ({ slack, api }) => api.postEphemeral({ channel: slack.channel.id }, slack.person("ada").id, content),
    ],
    "files:write": [
      ({ api }) => api.reserveUpload({ name: "a.png", bytes: 1 }),
      ({ slack, api }) => api.completeUploads([{ id: "F00000000A", title: "a" }], { channel: slack.channel.id }),
      ({ api }) => api.deleteFile("F00000000A"),
    ],
    "files:read": [({ api }) => api.file("F00000000A")],
    "im:write": [({ slack, api }) => api.openDirect(slack.person("ada").id)],
    "im:history": [({ slack, api }) => api.messages({ channel: slack.person("ada").direct.id }, "0")],
    "channels:history": [({ slack, api }) => api.messages({ channel: slack.channel.id }, "0")],
    "groups:history": [
      ({ slack, api }) => api.messages({ channel: slack.addChannel("plans", { kind: "private" }).id }, "0"),
    ],
    "mpim:history": [
      ({ slack, api }) => api.messages({ channel: slack.addChannel("three", { kind: "group" }).id }, "0"),
    ],
    "users:read": [({ slack, api }) => api.profile(slack.person("ada").id)],
    "usergroups:read": [({ api }) => api.groups()],
  };
  /** What people do that reaches the bot only with the scope. */
  const acts: Readonly<Record<string, readonly ((slack: SlackFake) => unknown)[]>> = {
    commands: [
      (slack) => slack.person("ada").command("/image", "a fox"),
      (slack) => slack.person("ada").shortcut("open"),
      (slack) => slack.person("ada").shortcut("tool:describe", slack.person("eve").say("what is this")),
    ],
    "im:history": [
      (slack) => {
        const ada = slack.person("ada");
        ada.say("image a fox", { in: ada.direct });
      },
    ],
    "app_mentions:read": [(slack) => slack.person("ada").say("@toolcast image a fox")],
  };
  const reasonOf = (asked: Promise<unknown>) =>
    asked.then(
      () => "done",
      (error: unknown) => readFailure(error).detail,
    );

  test.each(scopes.map(({ scope }) => scope))("needs the scope %s", async (scope) => {
    verifies("slack.manifest");
    const [without, complete] = [await platformWithout(scope), await platformWithout()];
    expect([...(requests[scope] ?? []), ...(acts[scope] ?? [])].length).toBeGreaterThan(0);
    for (const request of requests[scope] ?? []) {
      const [, named = ""] = /missing_scope \(([^)]*)\)/.exec(await reasonOf(request(without))) ?? [];
      expect(named.split(",")).toContain(scope);
      expect(await reasonOf(request(complete))).not.toContain("missing_scope");
    }
    for (const act of acts[scope] ?? []) {
      const reached = ({ slack }: Platform) => {
        const before = slack.deliveries.length;
        try {
          act(slack);
        } catch (error) {
          expect(error).toBeInstanceOf(NotPossible);
        }
        return slack.deliveries.length > before;
      };
      expect([reached(without), reached(complete)]).toEqual([false, true]);
    }
  });

  test("has the scope of every request that the bot makes", async () => {
    verifies("slack.manifest");
    const { slack, api } = await platformWithout();
    const called = new Set<string>();
    const recording = new Proxy(api, { get: (_, name) => async () => called.add(String(name)) });
    for (const request of Object.values(requests).flat()) {
      await request({ slack, api: recording });
    }
    // Views, addresses that Slack gave and the bot's own identity need none; a file's address is in what files:read gives.
    const free = ["identify", "respond", "openView", "updateView", "upload", "download", "forget"];
    expect([...called, ...free].toSorted()).toEqual(Object.keys(api).toSorted());
  });

  test.each(["README.md", "README.zh-CN.md"])("%s has a row for each scope", async (name) => {
    verifies("slack.manifest");
    const text = await readFile(new URL(`../${name}`, import.meta.url), "utf8");
    const rows = text.split("\n").filter((line) => /^\| `[a-z_]+(:[a-z]+)?`/.test(line));
    const named = rows.flatMap((row) => [...row.split("|")[1]!.matchAll(/`([^`]+)`/g)].map(([, scope]) => scope));
    expect(named.toSorted()).toEqual(scopes.map(({ scope }) => scope).toSorted());
  });

  test("doctor names each missing scope and its consequence, and proves the rest", async () => {
    verifies("slack.manifest");
    const { slack } = await platformWithout("usergroups:read");
    const http = createHttp({ trustedHosts: () => [], clock: systemClock });
    closers.push(() => http.close());
    const given = {
      token: slack.botToken,
      appToken: slack.appToken,
      apiUrl: slack.apiUrl,
      tools: builtInTools,
      http,
      clock: systemClock,
    };
    const found = await diagnoseSlack(given);
    const unproved = found.filter(({ level }) => level === "unproved").map(({ sentence }) => JSON.stringify(sentence));
    const proved = found.filter(({ level }) => level !== "unproved");
    expect(proved.map(({ level }) => level)).toEqual(["ok", "warning", "ok"]);
    expect(JSON.stringify(proved[1])).toContain("usergroups:read");
    // Slack tells a bot neither its events nor its commands: each is named with what it costs to lack it.
    for (const event of manifest.settings?.event_subscriptions?.bot_events ?? []) {
      expect(unproved.filter((sentence) => sentence.includes(`event ${event}. Without it you lose: `))).toHaveLength(1);
      expect(unproved.filter((sentence) => sentence.includes(`事件 ${event}。未订阅则无法使用：`))).toHaveLength(1);
    }
    for (const { command } of manifest.features?.slash_commands ?? []) {
      expect(unproved.at(-1)).toContain(command);
    }
    const refused = await diagnoseSlack({ ...given, token: "xoxb-wrong" });
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatchObject({ level: "error" });
    const withoutSockets = await diagnoseSlack({ ...given, appToken: "xapp-wrong" });
    expect(withoutSockets.at(-1)).toMatchObject({ level: "error" });
  });

  test.each(scopes)("doctor says in both languages what is lost without the scope $scope", async ({ scope, lost }) => {
    verifies("slack.manifest");
    const { slack } = await platformWithout(scope);
    const http = createHttp({ trustedHosts: () => [], clock: systemClock });
    closers.push(() => http.close());
    const { botToken: token, appToken, apiUrl } = slack;
    const found = await diagnoseSlack({ token, appToken, apiUrl, tools: builtInTools, http, clock: systemClock });
    expect(lost).toEqual({
      en: expect.stringMatching(/\w+ \w+/),
      "zh-CN": expect.stringMatching(/\p{Script=Han}{3}/u),
    });
    expect(
      found
        .filter(({ level }) => level === "warning")
        .map(({ sentence }) => [say(sentence, "en"), say(sentence, "zh-CN")]),
    ).toEqual([
      [
        expect.stringContaining(`It lacks the scope ${scope}. Without it you lose: ${lost.en}.`),
        expect.stringContaining(`缺少权限 ${scope}，因此无法使用：${lost["zh-CN"]}。`),
      ],
    ]);
  });

  test("a token that Slack refuses stops the start, naming the variable", async () => {
    verifies("slack.removed");
    const room = await openSlackRoom();
    closers.push(async () => room[Symbol.asyncDispose]());
    const { runtime } = await room.open();
    const http = createHttp({ trustedHosts: () => [], clock: systemClock });
    closers.push(() => http.close());
    const { apiUrl, appToken } = room.platform;
    const adapter = createSlack({
      ...{ runtime, http, apiUrl, appToken, token: "xoxb-wrong", logger: silentLogger },
      state: { keyv: () => ({}) as never, close() {} },
      clock: systemClock,
    });
    await expect(adapter.start()).rejects.toMatchObject({ variable: "SLACK_BOT_TOKEN" });
  });
});

describe("HTTP", () => {
  test("what Slack signed is accepted and answered, in turn by two processes; anything else is refused", async () => {
    verifies("slack.http");
    const { slack } = await platformWithout();
    const taken: string[] = [];
    const start = async (name: string, answer?: object) => {
      const take = (_: unknown, acknowledge: Transport) => {
        taken.push(name);
        void acknowledge(answer);
      };
      const receive = createHttpReceiver({
        signingSecret: slack.signingSecret,
        clock: systemClock,
        logger: silentLogger,
        take,
      });
      const listener = await listenForTests(
        async (request) => (await receive(request)) ?? new Response(null, { status: 404 }),
      );
      closers.push(() => listener.close());
      return listener.url;
    };
    const addresses = [await start("one"), await start("two", { response_type: "ephemeral", text: "taken" })];
    slack.deliverTo(...addresses.map((address) => `${address}${eventsPath}`));
    const ada = slack.person("ada");
    for (const text of ["a fox", "an owl"]) {
      const asked = ada.command("/image", text);
      await slack.until(() => asked.state !== "waiting", "an acknowledgement");
      expect(asked.state).toBe("acknowledged");
    }
    expect(taken).toEqual(["one", "two"]);
    expect(ada.visibleMessages().map(({ text }) => text)).toEqual(["taken"]);
    const send = (path: string, init: RequestInit) =>
      fetch(`${addresses[0]}${path}`, init).then(({ status }) => status);
    const now = String(Math.floor(Date.now() / 1_000));
    const headers = {
      "x-slack-request-timestamp": now,
      "x-slack-signature": "v0=00",
      "content-type": "application/json",
    };
    expect(await send(eventsPath, { method: "POST", body: "{}", headers })).toBe(401);
    expect(await send(eventsPath, { method: "POST", body: "{}" })).toBe(401);
    expect(await send(eventsPath, {})).toBe(405);
    expect(await send("/elsewhere", { method: "POST", body: "{}", headers })).toBe(404);
    expect(await send(eventsPath, { method: "POST", body: "x".repeat(2_000_000), headers })).toBe(413);
    expect(taken).toHaveLength(2);
  });

  test("doctor asks the public address as Slack does, and says what only Slack knows", async () => {
    verifies("slack.http");
    const { slack } = await platformWithout();
    const take = () => expect.unreachable();
    const receive = createHttpReceiver({
      signingSecret: slack.signingSecret,
      clock: systemClock,
      logger: silentLogger,
      take,
    });
    const listener = await listenForTests(
      async (request) => (await receive(request)) ?? new Response(null, { status: 404 }),
    );
    const publicUrl = listener.url;
    const hosts = [new URL(publicUrl).host, new URL(slack.apiUrl).host];
    const http = createHttp({ trustedHosts: () => hosts, clock: systemClock });
    closers.push(() => http.close());
    const { botToken: token, apiUrl, signingSecret } = slack;
    const given = { token, apiUrl, signingSecret, publicUrl, tools: builtInTools, http, clock: systemClock };
    const found = async (changes: Partial<typeof given> | { publicUrl: null } = {}) => {
      const findings = await diagnoseSlack({ ...given, ...changes });
      const last = findings.slice(
        findings.findIndex(({ sentence }) => say(sentence, "en").includes("every scope")) + 1,
      );
      return last.map(({ level, sentence }) => [level, say(sentence, "en"), say(sentence, "zh-CN")]);
    };
    const both = (level: string, en: string) => [level, expect.stringContaining(en), expect.stringMatching(/[一-鿿]/)];
    const unseen = both(
      "unproved",
      `request URLs of Event Subscriptions, Slash Commands and Interactivity with ${publicUrl}`,
    );
    expect(await found()).toEqual([both("ok", `accepted at ${publicUrl}/slack/events`), unseen]);
    expect(await found({ signingSecret: "another-secret-of-16" })).toEqual([
      both("error", "runs with another SLACK_SIGNING_SECRET"),
      unseen,
    ]);
    const elsewhere = new URL(apiUrl).origin;
    expect((await found({ publicUrl: elsewhere }))[0]).toEqual(both("error", "is not Toolcast on Slack (HTTP "));
    expect(await found({ publicUrl: null })).toEqual([both("error", "PUBLIC_URL is not set")]);
    await listener.close();
    expect(await found()).toEqual([both("unproved", "Nothing answered at"), unseen]);
  });

  test("without a public address does not start", async () => {
    verifies("slack.http");
    const room = await openSlackRoom();
    closers.push(async () => room[Symbol.asyncDispose]());
    const { runtime } = await room.open();
    const { apiUrl, botToken: token, signingSecret } = room.platform;
    const http = createHttp({ trustedHosts: () => [], clock: systemClock });
    closers.push(() => http.close());
    const adapter = createSlack({
      ...{ runtime, http, apiUrl, signingSecret, token, publicUrl: null, logger: silentLogger, clock: systemClock },
      state: { keyv: () => ({}) as never, close() {} },
    });
    await expect(adapter.start()).rejects.toMatchObject({ variable: "SLACK_SIGNING_SECRET" });
  });
});
