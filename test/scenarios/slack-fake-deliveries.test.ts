import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listen } from "../fakes/loopback-server.ts";
import { bareClient, connectBolt, type DrivenSlack, startDrivenSlack } from "../fakes/slack/driven-app.ts";
import type { Person } from "../fakes/slack/person.ts";
import { type SlackFake, startSlack } from "../fakes/slack/slack.ts";
import { createManualClock, type ManualClock } from "../manual-clock.ts";
import { verifies } from "../verifies.ts";

describe("over HTTP", () => {
  let clock: ManualClock;
  let slack: SlackFake;
  let ada: Person;
  let app: Server;
  let answers: ((status: number, headers?: Record<string, string>) => void)[];
  let heard: { retry: string | undefined; reason: string | undefined; body: string }[];

  beforeEach(async () => {
    clock = createManualClock();
    slack = await startSlack({ clock });
    ada = slack.person("ada");
    answers = [];
    heard = [];
    app = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on("end", () => {
        const header = (name: string) => request.headers[name] as string | undefined;
        heard.push({ retry: header("x-slack-retry-num"), reason: header("x-slack-retry-reason"), body });
        answers.push((status, headers) => response.writeHead(status, headers).end());
      });
    });
    slack.deliverTo(`http://127.0.0.1:${await listen(app)}/slack/events`);
  });

  afterEach(async () => {
    app.closeAllConnections();
    app.close();
    await slack.close();
  });

  test("an event comes again at once, after a minute and after five, with the same id", async () => {
    verifies("built.slack-fake");
    ada.say("hello");
    const [sent] = slack.deliveries;
    await slack.until(() => answers.length === 1, "the event");
    await clock.advance(3_000);
    await slack.until(() => answers.length === 2, "the first retry");
    answers[1]!(500);
    await slack.until(() => sent!.attempts[1]!.state === "failed", "the refusal");
    await clock.advance(60_000);
    await slack.until(() => answers.length === 3, "the second retry");
    await clock.advance(3_000);
    await clock.advance(300_000);
    await slack.until(() => answers.length === 4, "the third retry");
    answers[3]!(200);
    await slack.until(() => sent!.state === "acknowledged", "the acknowledgement");
    expect(heard.map(({ retry, reason }) => [retry, reason])).toEqual([
      [undefined, undefined],
      ["1", "http_timeout"],
      ["2", "http_error"],
      ["3", "http_timeout"],
    ]);
    expect(new Set(heard.map(({ body }) => (JSON.parse(body) as { event_id: string }).event_id)).size).toBe(1);
  });

  test("X-Slack-No-Retry ends the retries, and a command has none", async () => {
    verifies("built.slack-fake");
    ada.say("hello");
    await slack.until(() => answers.length === 1, "the event");
    answers[0]!(500, { "x-slack-no-retry": "1" });
    await slack.until(() => slack.deliveries[0]!.state === "missed", "the end");
    const asked = ada.command("/image", "a fox");
    await slack.until(() => answers.length === 2, "the command");
    await clock.advance(3_000);
    expect([asked.state, asked.problem, asked.attempts.length]).toEqual(["missed", "operation_timeout", 1]);
  });

  test("Bolt refuses what another secret signed", async () => {
    verifies("built.slack-fake");
    const { address, stop } = await connectBolt(slack, "http");
    slack.deliverTo(address!);
    Object.assign(slack.app, { signingSecret: "another" });
    const asked = ada.command("/image", "a fox");
    await slack.until(() => asked.state === "missed", "the refusal");
    expect(asked.problem).toBe("dispatch_failed");
    await stop();
  });
});

describe("in Socket Mode", () => {
  let driven: DrivenSlack;
  let ada: Person;

  beforeEach(async () => {
    driven = await startDrivenSlack("socket");
    ada = driven.slack.person("ada");
  });

  afterEach(async () => {
    await driven.stop();
    driven.slack.assertNoViolations();
  });

  /** Serves the client's interactions again on its new socket. */
  async function served(): Promise<void> {
    ada.say("still there?");
    await driven.slack.until(() => driven.slack.deliveries.at(-1)!.state === "acknowledged", "the client to serve");
  }

  test("several processes share the events, and a repeated one reaches the other", async () => {
    verifies("built.slack-fake");
    const { slack, app } = driven;
    const heard: [string, number | undefined, string][] = [];
    const other = await connectBolt(slack, "socket");
    for (const [name, process] of [
      ["one", app],
      ["other", other.app],
    ] as const) {
      process.message(async ({ body, context }) => {
        heard.push([name, context.retryNum, body.event_id]);
      });
    }
    ada.say("hello");
    const [sent] = slack.deliveries;
    await slack.until(() => sent!.state === "acknowledged", "the acknowledgement");
    slack.redeliver(sent!);
    await slack.until(() => heard.length === 2, "the event again");
    slack.redeliver(sent!);
    await slack.until(() => heard.length === 3, "the event a third time");
    expect(heard.map(([name, retry]) => [name, retry ?? 0])).toEqual([
      ["one", 0],
      ["other", 1],
      ["one", 2],
    ]);
    expect(new Set(heard.map(([, , id]) => id)).size).toBe(1);
    await other.stop();
  });

  test("without a socket a command fails at once, and a ticket opens only one socket", async () => {
    verifies("built.slack-fake");
    const { slack } = driven;
    slack.sockets.drop();
    await slack.until(() => slack.sockets.connected === 0, "the drop");
    const asked = ada.command("/image", "a fox");
    await slack.until(() => asked.state === "missed", "the failure");
    expect([asked.problem, asked.attempts[0]?.receiver]).toEqual(["dispatch_failed", null]);
    const { url } = await bareClient(slack, slack.appToken).apps.connections.open();
    const open = () =>
      new Promise<boolean>((resolve) => {
        const socket = new WebSocket(url!);
        socket.addEventListener("message", () => {
          socket.close();
          resolve(true);
        });
        socket.addEventListener("error", () => resolve(false));
      });
    expect([await open(), await open()]).toEqual([true, false]);
    await slack.until(() => slack.sockets.opened === 3 && slack.sockets.connected === 1, "the client to come back");
    await served();
  });

  test("a warning leaves the socket usable for some seconds", async () => {
    verifies("built.slack-fake");
    const { slack } = driven;
    slack.sockets.warn();
    await slack.until(() => slack.sockets.connected === 0, "the client to leave");
    await slack.until(() => slack.sockets.opened === 2, "the client to come back");
    expect(slack.sockets.connected).toBe(1);
    await served();
  });

  test("an uninstalled app is notified and can do nothing more", async () => {
    verifies("built.slack-fake");
    const { slack, app } = driven;
    const heard: string[] = [];
    app.event("app_uninstalled", async () => void heard.push("uninstalled"));
    app.event("tokens_revoked", async ({ event }) => void heard.push(`revoked ${event.tokens.bot?.[0]}`));
    slack.uninstall();
    await slack.until(() => heard.length === 2, "the events");
    expect(heard.toSorted()).toEqual([`revoked ${slack.app.botUserId}`, "uninstalled"]);
    expect(ada.say("hello") && slack.deliveries).toHaveLength(2);
  });
});

describe("deadlines", () => {
  test("a trigger opens one view within three seconds", async () => {
    verifies("built.slack-fake");
    const clock = createManualClock();
    const slack = await startSlack({ clock });
    const client = bareClient(slack);
    const ada = slack.person("ada");
    const view = { type: "modal" as const, title: { type: "plain_text" as const, text: "Image" }, blocks: [] };
    const trigger = () => String(ada.command("/image").payload.trigger_id);
    const open = (trigger_id: string, given: object = view) =>
      client.views.open({ trigger_id, view: given as typeof view }).then(
        () => null,
        (error: { data: { error: string } }) => error.data.error,
      );
    const first = trigger();
    expect([await open(first), await open(first), await open("x")]).toEqual([
      null,
      "exchanged_trigger_id",
      "invalid_trigger_id",
    ]);
    const late = trigger();
    await clock.advance(3_000);
    expect(await open(late)).toBe("expired_trigger_id");
    const wrong = { ...view, title: { type: "plain_text", text: "x".repeat(25) } };
    expect(await open(trigger(), wrong)).toBe("invalid_arguments");
    await slack.close();
  });

  test("a reply address takes five uses in thirty minutes", async () => {
    verifies("built.slack-fake");
    const clock = createManualClock();
    const slack = await startSlack({ clock });
    const ada = slack.person("ada");
    const use = async (url: unknown) => {
      const body = JSON.stringify({ text: "x" });
      const response = await fetch(String(url), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      return response.status === 200 ? 200 : ((await response.json()) as { error: string }).error;
    };
    const address = ada.command("/image").payload.response_url;
    const uses = [];
    for (let count = 0; count < 6; count += 1) {
      uses.push(await use(address));
    }
    expect(uses).toEqual([200, 200, 200, 200, 200, "used_url"]);
    const other = ada.command("/image").payload.response_url;
    await clock.advance(30 * 60_000);
    expect([await use(other), ada.visibleMessages().length]).toEqual(["expired_url", 5]);
    await slack.close();
  });
});
