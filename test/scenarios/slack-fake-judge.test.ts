import { App } from "@slack/bolt";
import type { WebClient } from "@slack/web-api";
import { createEmulator } from "emulate";
import { expect, test } from "vitest";
import { openJudge } from "../fakes/slack/judge.ts";
import { isMethod, methods } from "../fakes/slack/methods.ts";
import { startSlack } from "../fakes/slack/slack.ts";
import { freePort } from "../free-port.ts";
import { createManualClock } from "../manual-clock.ts";
import { verifies } from "../verifies.ts";

const judge = openJudge(process.env.TOOLCAST_JUDGES || undefined);
const absent = "Slack's reference of methods is not at hand (TOOLCAST_JUDGES)";

const tierLabels: Record<string, RegExp> = {
  1: /^Tier 1/,
  2: /^Tier 2/,
  3: /^Tier 3/,
  4: /^Tier 4/,
  posting: /^Special/,
  special: /^Special/,
};

test("tiers, scopes and arguments match Slack's reference", ({ skip }) => {
  skip(!judge.on, absent);
  verifies("built.slack-judge");
  expect(judge.described.size).toBeGreaterThan(20);
  for (const [name, described] of judge.described) {
    const {
      tier,
      scopes = [],
      required,
      optional,
      ...own
    } = methods[name] as {
      tier: string | number;
      scopes?: readonly string[];
      required: readonly string[];
      optional: readonly string[];
      token?: string;
    };
    expect([name, described.rate_limit.label]).toEqual([name, expect.stringMatching(tierLabels[String(tier)]!)]);
    const theirs = (own.token === "user" ? described.scopes.user : described.scopes.bot) ?? [];
    if (own.token !== "app") {
      expect([name, [...scopes].sort()]).toEqual([name, theirs.map((scope) => scope.name).sort()]);
    }
    expect([name, judge.request(name, [...required, ...optional])]).toEqual([name, []]);
    const demanded = Object.keys(described.args).filter((argument) => described.args[argument]?.required);
    // According to the published types chunks replace a stream's markdown_text.
    expect([
      name,
      demanded.filter((argument) => argument !== "markdown_text").filter((argument) => !required.includes(argument)),
    ]).toEqual([name, []]);
  }
});

test("an unknown argument and an undescribed error are violations", ({ skip }) => {
  skip(!judge.on, absent);
  verifies("built.slack-judge");
  expect(judge.request("chat.postMessage", ["channel", "colour"])).toEqual(["there is no argument colour"]);
  expect(judge.answer("chat.postMessage", "no_such_error")).toEqual(["no error no_such_error is described"]);
  expect(judge.answer("chat.postMessage", "is_archived")).toEqual([]);
  expect(isMethod("chat.colour")).toBe(false);
});

/** The names of the fields and the kinds of their values; identifiers and times may differ. */
function shapeOf(value: unknown, depth = 3): unknown {
  if (Array.isArray(value)) {
    return value.length === 0 || depth === 0 ? "list" : [shapeOf(value[0], depth - 1)];
  }
  if (typeof value === "object" && value !== null) {
    return depth === 0
      ? "object"
      : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner, depth - 1)]));
  }
  return value === null ? "null" : typeof value;
}

/** Fields that both have: every kind must agree. */
function disagreements(ours: unknown, theirs: unknown, at = ""): string[] {
  if (typeof ours === "object" && typeof theirs === "object" && ours !== null && theirs !== null) {
    return Object.keys(theirs).flatMap((key) =>
      key in ours
        ? disagreements(
            (ours as Record<string, unknown>)[key],
            (theirs as Record<string, unknown>)[key],
            `${at}/${key}`,
          )
        : [],
    );
  }
  const loose = [ours, theirs].some((kind) => kind === "null" || kind === "list" || kind === "object");
  return ours === theirs || loose ? [] : [`${at}: ${JSON.stringify(ours)} here, ${JSON.stringify(theirs)} there`];
}

const png = Buffer.from("\x89PNG\r\n\x1a\nrest", "latin1");

/** The same calls on any Slack. */
async function story(client: WebClient, channel: string, user: string, pass: () => Promise<void>) {
  const answers: Record<string, unknown> = {};
  const keep = async <Answer>(name: string, call: Promise<Answer>): Promise<Answer> => {
    const answer = await call.catch((error: { data?: Answer }) => error.data as Answer);
    answers[name] = answer;
    return answer;
  };
  await keep("auth.test", client.auth.test());
  const posted = await keep("chat.postMessage", client.chat.postMessage({ channel, text: "hello" }));
  const ts = posted.ts!;
  await keep("reply", client.chat.postMessage({ channel, text: "reply", thread_ts: ts }));
  await keep("chat.update", client.chat.update({ channel, ts, text: "edited" }));
  await keep("conversations.replies", client.conversations.replies({ channel, ts }));
  await keep("conversations.history", client.conversations.history({ channel }));
  await keep("conversations.info", client.conversations.info({ channel }));
  await keep("conversations.open", client.conversations.open({ users: user }));
  await keep("users.info", client.users.info({ user }));
  await keep("team.info", client.team.info());
  await keep("chat.getPermalink", client.chat.getPermalink({ channel, message_ts: ts }));
  await keep("chat.postEphemeral", client.chat.postEphemeral({ channel, user, text: "alone" }));
  const { upload_url: url, file_id: id } = await keep(
    "files.getUploadURLExternal",
    client.files.getUploadURLExternal({ filename: "fox.png", length: png.byteLength }),
  );
  answers.upload = (await fetch(url!, { method: "POST", body: new Uint8Array(png) })).status;
  await keep(
    "files.completeUploadExternal",
    client.files.completeUploadExternal({ files: [{ id: id! }], channel_id: channel }),
  );
  await pass();
  const { file } = await keep("files.info", client.files.info({ file: id! }));
  answers["without token"] = (await fetch(file!.url_private!)).status;
  const authorization = `Bearer ${client.token}`;
  answers["with token"] = (await fetch(file!.url_private!, { headers: { authorization } })).status;
  await keep("files.delete", client.files.delete({ file: id! }));
  await keep("chat.delete", client.chat.delete({ channel, ts }));
  await keep("no channel", client.chat.postMessage({ channel: "C000000404", text: "x" }));
  await keep("no message", client.chat.update({ channel, ts: "1.000001", text: "x" }));
  await keep("no file", client.files.info({ file: "F000000404" }));
  await keep("no user", client.users.info({ user: "U000000404" }));
  return answers;
}

/** The client of a real Bolt app, which sends requests and receives nothing. */
function boltClient(token: string, slackApiUrl: string): WebClient {
  const receiver = { init() {}, start: async () => {}, stop: async () => {} };
  const clientOptions = { slackApiUrl, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true };
  return new App({ token, receiver, clientOptions, tokenVerificationEnabled: false }).client;
}

// Only what Bolt sends: the emulator has no Socket Mode, commands, shortcuts or presses, and neither its seed nor its API
// can subscribe an app to its events. What Bolt receives is tested against our own server (`slack-fake-deliveries`).
test("the published emulator answers a Bolt app's own client, for messages and files, in the same shape", async () => {
  verifies("built.slack-judge");
  const clock = createManualClock();
  const slack = await startSlack({ clock, rateLimits: false });
  const ours = await story(boltClient(slack.botToken, slack.apiUrl), slack.channel.id, slack.person("ada").id, () =>
    clock.advance(1_500),
  );
  await slack.close();
  const emulator = await createEmulator({
    service: "slack",
    port: await freePort(),
    seed: {
      tokens: { "xoxb-emulated": { login: "ada", scopes: [] } },
      slack: { team: { name: "Workshop", domain: "workshop" }, users: [{ name: "ada" }, { name: "bob" }] },
    },
  });
  try {
    const client = boltClient("xoxb-emulated", `${emulator.url}/api/`);
    const { channels } = await client.conversations.list();
    const { members } = await client.users.list({});
    const other = members!.find(({ is_bot: isBot, name }) => !isBot && name !== "ada")!;
    const theirs = await story(client, channels![0]!.id!, other.id!, () => Promise.resolve());
    for (const name of Object.keys(theirs)) {
      const [here, there] = [ours[name], theirs[name]];
      if (typeof there === "number") {
        expect([name, here]).toEqual([name, there]);
        continue;
      }
      const outcome = (answer: unknown) => {
        const { ok, error } = answer as { ok: boolean; error?: string };
        return [ok, error];
      };
      expect([name, ...outcome(here)]).toEqual([name, ...outcome(there)]);
      expect([name, disagreements(shapeOf(here), shapeOf(there))]).toEqual([name, []]);
    }
  } finally {
    await emulator.close();
  }
});
