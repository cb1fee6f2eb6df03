import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bareClient } from "../fakes/slack/driven-app.ts";
import { isMethod, methods } from "../fakes/slack/methods.ts";
import type { Person } from "../fakes/slack/person.ts";
import { type SlackFake, startSlack } from "../fakes/slack/slack.ts";
import { createManualClock, type ManualClock } from "../manual-clock.ts";
import { verifies } from "../verifies.ts";

let clock: ManualClock;
let slack: SlackFake;
let ada: Person;
let here: string;

/** The answer that the real client gets, refusals included. */
async function call(
  method: string,
  values: Record<string, unknown> = {},
  token?: string,
): Promise<Record<string, unknown>> {
  try {
    return (await bareClient(slack, token).apiCall(method, values)) as unknown as Record<string, unknown>;
  } catch (error) {
    const { data, retryAfter, code } = error as { data?: Record<string, unknown>; retryAfter?: number; code?: string };
    return data ?? { error: code, retryAfter };
  }
}

const errorOf = async (method: string, values?: Record<string, unknown>, token?: string) =>
  (await call(method, values, token)).error;

beforeEach(async () => {
  clock = createManualClock();
  slack = await startSlack({ clock });
  ada = slack.person("ada");
  here = slack.channel.id;
});

afterEach(async () => {
  await slack.close();
  slack.assertNoViolations();
});

const button = { type: "button", action_id: "go", text: { type: "plain_text", text: "Go" } };
const section = (text: string) => ({ type: "section", text: { type: "mrkdwn", text } });

describe("tokens and scopes", () => {
  test("every method refuses without its scope and says which one it needs", async () => {
    verifies("built.slack-fake");
    for (const [name, method] of Object.entries(methods)) {
      if (!isMethod(name) || "token" in method || (method.scopes ?? []).length === 0) {
        continue;
      }
      slack.revokeScope(...(method.scopes ?? []));
      const refused = await call(name, Object.fromEntries(method.required.map((argument) => [argument, "x"])));
      expect([name, refused.error, refused.needed]).toEqual([name, "missing_scope", (method.scopes ?? []).join(",")]);
      slack.grantScope(...(method.scopes ?? []));
    }
  });

  test("a channel's kind decides which scope reads it", async () => {
    verifies("built.slack-fake");
    const secret = slack.addChannel("secret", { kind: "private" });
    slack.revokeScope("groups:history", "groups:read");
    expect((await call("conversations.history", { channel: secret.id })).needed).toBe("groups:history");
    expect((await call("conversations.info", { channel: secret.id })).needed).toBe("groups:read");
    expect((await call("conversations.history", { channel: here })).ok).toBe(true);
  });

  test("each kind of token is accepted for its own methods only", async () => {
    verifies("built.slack-fake");
    expect(await errorOf("auth.test", {}, "xoxb-other")).toBe("invalid_auth");
    expect(await errorOf("chat.postMessage", { channel: here, text: "x" }, slack.appToken)).toBe(
      "not_allowed_token_type",
    );
    expect(await errorOf("apps.connections.open")).toBe("not_allowed_token_type");
    expect(await errorOf("files.sharedPublicURL", { file: "F1" })).toBe("not_allowed_token_type");
    slack.revokeTokens();
    expect(await errorOf("auth.test")).toBe("token_revoked");
    slack.uninstall();
    expect(await errorOf("auth.test")).toBe("account_inactive");
    expect(() => ada.command("/image")).toThrow("not a valid command");
  });
});

describe("places", () => {
  test("the bot can post where it is a member, unless the channel is archived", async () => {
    verifies("built.slack-fake");
    const away = slack.addChannel("away", { withBot: false });
    const secret = slack.addChannel("secret", { withBot: false, kind: "private" });
    expect(await errorOf("chat.postMessage", { channel: away.id, text: "x" })).toBe("not_in_channel");
    expect(await errorOf("chat.postMessage", { channel: secret.id, text: "x" })).toBe("channel_not_found");
    slack.grantScope("chat:write.public");
    await clock.advance(1_000);
    expect((await call("chat.postMessage", { channel: away.id, text: "x" })).ok).toBe(true);
    slack.archive(slack.channel);
    expect(await errorOf("chat.postMessage", { channel: here, text: "x" })).toBe("is_archived");
    expect(await errorOf("chat.postEphemeral", { channel: here, user: ada.id, text: "x" })).toBe("is_archived");
  });

  test("a direct message reaches only those who accept it", async () => {
    verifies("built.slack-fake");
    const opened = (await call("conversations.open", { users: ada.id })) as { channel: { id: string } };
    expect((await call("chat.postMessage", { channel: opened.channel.id, text: "x" })).ok).toBe(true);
    expect(ada.notifications.map(({ reason }) => reason)).toEqual(["direct"]);
    slack.closeDirect(ada);
    expect(await errorOf("chat.postMessage", { channel: ada.id, text: "x" })).toBe("messages_tab_disabled");
    slack.closeDirect(ada, "user_disabled");
    expect(await errorOf("conversations.open", { users: ada.id })).toBe("user_disabled");
  });

  test("only the bot's own messages can be edited, ephemeral ones never, and an edit notifies nobody", async () => {
    verifies("built.slack-fake");
    const said = ada.say("mine");
    expect(await errorOf("chat.update", { channel: here, ts: said.ts, text: "x" })).toBe("cant_update_message");
    const { message_ts: ts } = await call("chat.postEphemeral", { channel: here, user: ada.id, text: "x" });
    expect(await errorOf("chat.update", { channel: here, ts, text: "y" })).toBe("message_not_found");
    const posted = await call("chat.postMessage", { channel: here, text: "hello" });
    await call("chat.update", { channel: here, ts: posted.ts, text: `<@${ada.id}> <!channel>` });
    expect(ada.notifications).toEqual([]);
    expect(slack.allMessages().at(-1)?.mentions).toMatchObject({ userIds: [ada.id], broadcasts: ["channel"] });
  });

  test("in a thread, one person sees something of their own only once there is a reply", async () => {
    verifies("built.slack-fake");
    const { ts: thread_ts } = ada.say("mine");
    const whisper = () => call("chat.postEphemeral", { channel: here, user: ada.id, text: "x", thread_ts });
    expect([(await whisper()).ok, ada.visibleMessages().length]).toEqual([true, 1]);
    await call("chat.postMessage", { channel: here, text: "hello", thread_ts });
    await whisper();
    expect(ada.visibleMessages().map(({ threadTs }) => threadTs)).toEqual([null, thread_ts, thread_ts]);
  });

  test("guests and strangers can be told apart, with their workspace", async () => {
    verifies("built.slack-fake");
    const guest = slack.person("guest", { kind: "single-channel guest" });
    const stranger = slack.person("eve", { kind: "stranger" });
    const info = async (user: string) => (await call("users.info", { user, include_locale: true })).user;
    expect(await info(guest.id)).toMatchObject({ is_restricted: true, is_ultra_restricted: true });
    expect(await info(stranger.id)).toMatchObject({ is_stranger: true, team_id: stranger.user.teamId });
    expect(stranger.user.teamId).not.toBe(slack.world.team.id);
    expect(await info(ada.id)).toMatchObject({ is_restricted: false, locale: "en-US" });
    const group = slack.addGroup("makers", ada);
    expect(await call("usergroups.users.list", { usergroup: group.id })).toMatchObject({ users: [ada.id] });
  });
});

describe("message content", () => {
  test.each([
    [
      "51 blocks",
      Array.from({ length: 51 }, () => ({ type: "divider" })),
      "no more than 50 items allowed [json-pointer:/blocks]",
    ],
    [
      "a long section",
      [section("x".repeat(3_001))],
      "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ],
    [
      "26 buttons",
      [{ type: "actions", elements: Array.from({ length: 26 }, (_, index) => ({ ...button, action_id: `${index}` })) }],
      "no more than 25 items",
    ],
    [
      "a long label",
      [{ type: "actions", elements: [{ ...button, text: { type: "plain_text", text: "x".repeat(76) } }] }],
      "less than 76 characters",
    ],
    [
      "a long value",
      [{ type: "actions", elements: [{ ...button, value: "x".repeat(2_001) }] }],
      "less than 2001 characters",
    ],
    [
      "no alt text",
      [{ type: "image", image_url: "https://example.com/a.png" }],
      "missing required field [json-pointer:/blocks/0/alt_text]",
    ],
    [
      "one id twice",
      [
        { type: "divider", block_id: "a" },
        { type: "divider", block_id: "a" },
      ],
      "block_id already exists",
    ],
    [
      "11 context elements",
      [{ type: "context", elements: Array.from({ length: 11 }, () => section("x").text) }],
      "no more than 10 items",
    ],
    [
      "11 cards",
      [{ type: "carousel", elements: Array.from({ length: 11 }, () => ({ type: "card", title: section("x").text })) }],
      "no more than 10 items",
    ],
    ["a video", [{ type: "video" }], "not available to this app: video"],
    ["an unknown type", [{ type: "poster" }], "unsupported type: poster"],
  ])("%s is refused with the place of the fault", async (_name, blocks, words) => {
    verifies("built.slack-fake");
    const refused = await call("chat.postMessage", { channel: here, text: "x", blocks });
    const { messages } = refused.response_metadata as { messages: string[] };
    expect(refused.error).toBe("invalid_blocks");
    expect(messages.join()).toContain(words);
  });

  test("texts have their own limits", async () => {
    verifies("built.slack-fake");
    const { ts } = await call("chat.postMessage", { channel: here, text: "x" });
    expect(await errorOf("chat.update", { channel: here, ts, text: "x".repeat(4_001) })).toBe("msg_too_long");
    await clock.advance(1_000);
    expect(await errorOf("chat.postMessage", { channel: here })).toBe("no_text");
    await clock.advance(1_000);
    const long = Array.from({ length: 5 }, () => section("x".repeat(2_900)));
    expect(await errorOf("chat.postMessage", { channel: here, text: "x", blocks: long })).toBe("msg_blocks_too_long");
    await clock.advance(1_000);
    const both = { channel: here, text: "x", markdown_text: "y" };
    expect(await errorOf("chat.postMessage", both)).toBe("markdown_text_conflict");
    await clock.advance(1_000);
    expect(await call("chat.postMessage", { channel: here, text: "x".repeat(40_001) })).toMatchObject({
      warning: "message_truncated",
    });
    await clock.advance(1_000);
    const reply = await call("chat.postMessage", { channel: here, text: "r", thread_ts: ts });
    await clock.advance(1_000);
    const nested = { channel: here, text: "x", thread_ts: reply.ts };
    expect(await errorOf("chat.postMessage", nested)).toBe("cannot_reply_to_message");
  });

  test("mentions, broadcasts and links in foreign text are noticed, and escaped ones are not counted", async () => {
    verifies("built.slack-fake");
    const hostile = `<!channel> <@${ada.id}> https://evil.example/a <https://evil.example/b|bank>`;
    await call("chat.postMessage", { channel: here, text: hostile });
    const seen = slack.allMessages().at(-1)!;
    expect(seen.mentions).toMatchObject({ userIds: [ada.id], broadcasts: ["channel"] });
    expect(seen.unfurls).toEqual(["https://evil.example/b", "https://evil.example/a"]);
    expect(ada.notifications.map(({ reason }) => reason)).toEqual(["mention"]);
    await clock.advance(1_000);
    const plain = hostile.replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("https://", "https:\u200b//");
    const blocks = [section(plain), { type: "context", elements: [{ type: "plain_text", text: "<!here>" }] }];
    await call("chat.postMessage", { channel: here, text: plain, blocks, unfurl_media: false });
    const inert = slack.allMessages().at(-1)!;
    expect([inert.mentions.broadcasts, inert.mentions.userIds, inert.unfurls]).toEqual([[], [], []]);
    expect(inert.text).toContain("<!channel>");
  });
});

describe("rates and faults", () => {
  test("a message a second in a channel, and each method's own limit per minute", async () => {
    verifies("built.slack-fake");
    expect((await call("chat.postMessage", { channel: here, text: "1" })).ok).toBe(true);
    expect(await call("chat.postMessage", { channel: here, text: "2" })).toMatchObject({ retryAfter: 1 });
    const other = slack.addChannel("other");
    expect((await call("chat.postMessage", { channel: other.id, text: "2" })).ok).toBe(true);
    const { ts } = slack.allMessages().at(-1)!;
    for (let count = 0; count < 50; count += 1) {
      expect((await call("chat.update", { channel: here, ts, text: `${count}` })).ok).toBe(true);
    }
    expect(await call("chat.update", { channel: here, ts, text: "x" })).toMatchObject({ retryAfter: 60 });
    await clock.advance(60_000);
    expect((await call("chat.update", { channel: here, ts, text: "x" })).ok).toBe(true);
  });

  test("faults happen before or after the request is carried out", async () => {
    verifies("built.slack-fake");
    const post = () => call("chat.postMessage", { channel: slack.addChannel("c").id, text: "x" });
    const count = () => [...slack.world.messages.values()].flat().length;
    slack.faults.next("chat.postMessage", { kind: "status", status: 503 });
    await post();
    expect(count()).toBe(0);
    slack.faults.next("chat.postMessage", { kind: "drop", when: "after" });
    await post();
    expect(count()).toBe(1);
    slack.faults.next("chat.postMessage", { kind: "error", error: "internal_error", when: "after" });
    expect([(await post()).error, count()]).toEqual(["internal_error", 2]);
    slack.faults.next("chat.postMessage", { kind: "rate-limit", retryAfterSeconds: 30 });
    expect([await post(), count()]).toMatchObject([{ retryAfter: 30 }, 2]);
    slack.faults.next("chat.postMessage", { kind: "latency", ms: 2_000, when: "after" });
    const sending = post();
    await slack.until(() => count() === 3 && clock.pending() > 0, "the wait");
    await clock.advance(2_000);
    expect((await sending).ok).toBe(true);
  });
});

test("streams begin in a thread with a recipient, and no other call can edit them meanwhile", async () => {
  verifies("built.slack-fake");
  const { ts: thread } = ada.say("go");
  expect(await errorOf("chat.startStream", { channel: here, thread_ts: thread, markdown_text: "a" })).toBe(
    "missing_recipient_team_id",
  );
  const recipient = { recipient_team_id: slack.world.team.id, recipient_user_id: ada.id };
  const { ts } = await call("chat.startStream", { channel: here, thread_ts: thread, markdown_text: "a", ...recipient });
  await call("chat.appendStream", { channel: here, ts, markdown_text: "b" });
  expect(await errorOf("chat.update", { channel: here, ts, text: "x" })).toBe("streaming_state_conflict");
  await call("chat.stopStream", { channel: here, ts, markdown_text: "c" });
  expect(slack.allMessages().at(-1)).toMatchObject({ text: "abc", streaming: false, threadTs: thread });
  expect(await errorOf("chat.appendStream", { channel: here, ts, markdown_text: "d" })).toBe(
    "message_not_in_streaming_state",
  );
  const status = { channel_id: here, thread_ts: thread, status: "processing" };
  expect(await call("agents.sessions.setStatus", status)).toMatchObject({ agent_status: "processing" });
});

test("ids of an organisation are given with the workspace's", async () => {
  verifies("built.slack-fake");
  const grid = await startSlack({ clock, grid: "organisation" });
  const answer = await bareClient(grid).auth.test();
  expect(answer).toMatchObject({ is_enterprise_install: true, enterprise_id: grid.world.enterprise!.id });
  const asked = grid.person("ada").command("/image", "x");
  expect(asked.payload).toMatchObject({ enterprise_id: grid.world.enterprise!.id, is_enterprise_install: "true" });
  await grid.close();
});
