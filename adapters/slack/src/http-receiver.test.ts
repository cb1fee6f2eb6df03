import { createHmac } from "node:crypto";
import { type Logger, silentLogger } from "@toolcast/core";
import type { Clock } from "@toolcast/core/engine";
import { describe, expect, test, vi } from "vitest";
import { createManualClock } from "../../../test/manual-clock.ts";
import { openSlackRoom } from "../../../test/slack-room.ts";
import { verifies } from "../../../test/verifies.ts";
import { createHttpReceiver, type HttpOptions } from "./http-receiver.ts";
import { eventsPath } from "./manifest.ts";

const signingSecret = "a-secret-of-16-characters";

function signed(clock: Clock, payload: object, { secret = signingSecret, ageMs = 0 } = {}): Request {
  const body = JSON.stringify(payload);
  const timestamp = String(Math.floor((clock.now() - ageMs) / 1_000));
  const signature = createHmac("sha256", secret).update(`v0:${timestamp}:${body}`).digest("hex");
  return new Request(`https://toolcast.example${eventsPath}`, {
    ...{ method: "POST", body },
    headers: {
      "content-type": "application/json",
      "x-slack-request-timestamp": timestamp,
      "x-slack-signature": `v0=${signature}`,
    },
  });
}

function receiver({ take = () => expect.unreachable(), logger = silentLogger }: Partial<HttpOptions> = {}) {
  const clock = createManualClock();
  return { clock, receive: createHttpReceiver({ signingSecret, clock, logger, take }) };
}

const user = { id: "U00000000A1" };
const team = { id: "T00000000A1" };
const common = { user, team, trigger_id: "1.2.3" };
const said = { type: "message", channel_type: "im", channel: "D00000000A1", user: user.id, ts: "1.000001" };
const event = { type: "event_callback", team_id: team.id };
const container = { type: "message", message_ts: "1.000002" };
const channel = { id: "C00000000A1" };

/** One for each way in which the adapter takes something. */
const everyKind: Record<string, object> = {
  "a command": {
    ...{ command: "/image", text: "a fox", user_id: user.id, team_id: team.id, channel_id: channel.id },
    ...{ trigger_id: "1.2.3", response_url: "https://hooks.slack.example/commands/1" },
  },
  "a request for help": {
    ...{ command: "/image", text: "help", user_id: user.id, team_id: team.id, channel_id: channel.id },
    ...{ trigger_id: "1.2.3", response_url: "https://hooks.slack.example/commands/1" },
  },
  "a text": { ...event, event_id: "Ev1", event: { ...said, text: "hello" } },
  "a text that is a command": { ...event, event_id: "Ev2", event: { ...said, text: "image a fox" } },
  // Names no workspace: that of another one is ignored.
  "the removal of the app": { type: event.type, event_id: "Ev3", event: { type: "app_uninstalled" } },
  "a press": { ...common, type: "block_actions", channel, container, actions: [{ action_id: "old" }] },
  "a filled form": { ...common, type: "view_submission", view: { callback_id: "old", state: { values: {} } } },
  "a message's shortcut": {
    ...{ ...common, type: "message_action", callback_id: "tool:image", channel },
    ...{ message: { ts: "1.000003", text: "a fox" }, response_url: "https://hooks.slack.example/actions/1" },
  },
  "an unknown type": { ...common, type: "block_suggestion" },
};

describe("what is not taken is refused at once, so that Slack sends it again", () => {
  test.each(Object.entries(everyKind))("%s while the adapter is closing", async (_, payload) => {
    verifies("slack.not-taken");
    await using room = await openSlackRoom();
    const { slack, runtime } = await room.open();
    vi.spyOn(runtime.inbox, "take").mockRejectedValue(new Error("the store is closed"));
    vi.spyOn(runtime.inbox, "revoke").mockRejectedValue(new Error("the store is closed"));
    await slack.close();
    const { clock, receive } = receiver({ take: slack.take });
    const answer = await receive(signed(clock, payload));
    expect([answer?.status, await answer?.text(), clock.pending()]).toEqual([
      ...[503, "it could not be stored; send it again\n", 0],
    ]);
  });

  test("an event that comes again while it is being stored, if that fails", async () => {
    verifies("slack.not-taken");
    await using room = await openSlackRoom();
    const { slack, runtime } = await room.open();
    const storing = Promise.withResolvers<never>();
    vi.spyOn(runtime.inbox, "take").mockReturnValue(storing.promise);
    const { clock, receive } = receiver({ take: slack.take });
    const command = () => receive(signed(clock, everyKind["a command"]!));
    const answers = [command(), command()];
    await room.calm();
    storing.reject(new Error("the disk is full"));
    const statuses = (await Promise.all(answers)).map((answer) => answer?.status);
    expect(statuses).toEqual([503, 503]);
  });

  test("an event that nobody says anything about within Slack's three seconds", async () => {
    verifies("slack.not-taken");
    const { clock, receive } = receiver({ take() {} });
    const answer = receive(signed(clock, everyKind["a text"]!));
    await clock.advance(2_999);
    expect(clock.pending()).toBe(1);
    await clock.advance(1);
    expect((await answer)?.status).toBe(503);
  });
});

test("an unknown type is acknowledged at once, and the log names it", async () => {
  verifies("slack.not-taken");
  await using room = await openSlackRoom();
  const lines: object[] = [];
  const logger: Logger = { ...silentLogger, warn: (facts) => void lines.push(facts) };
  const { slack } = await room.open({ logger });
  const { clock, receive } = receiver({ take: slack.take });
  const answer = receive(signed(clock, { ...common, type: "block_suggestion" }));
  await room.calm();
  expect((await answer)?.status).toBe(200);
  expect(clock.pending()).toBe(0);
  expect(lines).toEqual([{ type: "block_suggestion", problems: expect.any(Number) }]);
});

test("an invalid signature is refused with the reason, which the log repeats at most every ten minutes", async () => {
  verifies("slack.not-taken", "slack.http");
  const lines: unknown[] = [];
  const logger: Logger = { ...silentLogger, warn: (facts) => void lines.push((facts as { reason: string }).reason) };
  const { clock, receive } = receiver({ logger });
  const refusal = async (request: Request) => {
    const answer = await receive(request);
    return `${answer?.status} ${await answer?.text()}`;
  };
  const bare = () => new Request(`https://toolcast.example${eventsPath}`, { method: "POST", body: "{}" });
  const wrong = () => signed(clock, {}, { secret: "another-secret-of-16" });
  for (let each = 0; each < 3; each += 1) {
    expect(await refusal(bare())).toBe("401 the request has no signature of Slack\n");
    expect(await refusal(wrong())).toBe("401 the signature was not made with SLACK_SIGNING_SECRET\n");
    expect(await refusal(signed(clock, {}, { ageMs: 301_000 }))).toMatch(
      /^401 the signature is more than five minutes/,
    );
    expect(await refusal(signed(clock, {}, { ageMs: -301_000 }))).toMatch(/clock is wrong\n$/);
  }
  expect(lines).toHaveLength(3);
  await clock.advance(10 * 60_000);
  await refusal(wrong());
  expect(lines).toHaveLength(4);
  expect(JSON.stringify(lines)).not.toContain(signingSecret);
});
