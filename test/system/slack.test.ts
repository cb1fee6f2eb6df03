import { afterAll, beforeAll, expect, test } from "vitest";
import type { Manifest } from "../fakes/slack/context.ts";
import { type SlackFake, startSlack } from "../fakes/slack/slack.ts";
import { freePort } from "../free-port.ts";
import {
  openTerminal,
  paidAt,
  type Running,
  type SandboxProcess,
  startSandboxProcess,
  type Terminal,
  until,
} from "../toolcast-process.ts";
import { verifies } from "../verifies.ts";

let terminal: Terminal;
let sandbox: SandboxProcess;

beforeAll(async () => {
  terminal = openTerminal();
  sandbox = await startSandboxProcess(terminal);
});

afterAll(async () => {
  await sandbox.stop();
  terminal.close();
});

const ready = (server: Running) => /Toolcast is ready: (\S+)/.exec(server.out())?.[1];

async function slackServer(way: "http" | "socket", more: Record<string, string> = {}) {
  const { out } = await terminal.begin(["slack", "manifest"], {}).ended;
  const manifest = JSON.parse(out) as Manifest;
  const slack = await startSlack({ manifest, rateLimits: false, fileProcessingMs: 0 });
  const [port, publicPort] = [await freePort(), await freePort()];
  const publicUrl = `http://127.0.0.1:${publicPort}`;
  const environment = {
    ...sandbox.environment,
    TOOLCAST_DATA_DIR: `${terminal.directory}/${way}`,
    PORT: String(port),
    STOP_NOTICE_SECONDS: "0",
    SLACK_API_URL: slack.apiUrl,
    SLACK_BOT_TOKEN: slack.botToken,
    TRUSTED_HOSTS: new URL(slack.fileHost.url).host,
    ...(way === "socket"
      ? { SLACK_APP_TOKEN: slack.appToken }
      : { SLACK_SIGNING_SECRET: slack.signingSecret, PUBLIC_URL: publicUrl, PUBLIC_PORT: String(publicPort) }),
    ...more,
  };
  const server = terminal.begin(["start", "--no-supervisor"], environment);
  return { slack, environment, server, publicUrl };
}

async function awayOf(url: string): Promise<Record<string, string>> {
  const answer = await fetch(`${url}/readyz`);
  return ((await answer.json()) as { surfacesAway: Record<string, string> }).surfacesAway;
}

async function askedForPicture(slack: SlackFake, words: string) {
  const ada = slack.person("ada");
  const asked = ada.command("/image", words);
  await slack.until(() => asked.state !== "waiting", "an acknowledgement");
  expect(asked).toMatchObject({ state: "acknowledged", problem: null });
  await slack.until(() => ada.visibleMessages()[0]?.images.length === 1, "the picture", 60_000);
  return ada;
}

test.each(["http", "socket"] as const)(
  "a running server takes a command from Slack and brings its picture: %s",
  async (way) => {
    verifies("slack.http", "slack.delivery", "survives.ready");
    const { slack, server, publicUrl } = await slackServer(way);
    try {
      await until(() => ready(server) !== undefined, "the server");
      if (way === "http") {
        slack.deliverTo(`${publicUrl}/slack/events`);
      }
      expect(await awayOf(ready(server)!)).toEqual({});
      const ada = await askedForPicture(slack, `a fox by ${way}`);
      expect(ada.visibleMessages().flatMap(({ files }) => files)).toHaveLength(1);
      expect(await paidAt(sandbox.url, `a fox by ${way}`)).toHaveLength(1);
      if (way === "socket") {
        slack.sockets.disable();
        await until(async () => /SLACK_APP_TOKEN/.test((await awayOf(ready(server)!)).slack ?? ""), "Slack to be away");
      }
    } finally {
      server.child.kill("SIGTERM");
      await server.ended;
      await slack.close();
    }
    slack.assertNoViolations();
    expect(`${server.out()}${server.error()}`).not.toMatch(/xoxb-|xapp-|fake-signing-secret|\/commands\//);
  },
);

test("a server that Slack could reach only by PUBLIC_URL does not start without it, and doctor says so", async () => {
  verifies("slack.http");
  const { slack, server, environment } = await slackServer("http", { PUBLIC_URL: "" });
  const { code, error } = await server.ended;
  expect([code, error]).toEqual([2, expect.stringMatching(/SLACK_SIGNING_SECRET is set without SLACK_APP_TOKEN/)]);
  const { out } = await terminal.begin(["doctor"], { ...environment, LANG: "zh_CN.UTF-8" }).ended;
  expect(out).toContain("已设置 SLACK_SIGNING_SECRET 而未设置 SLACK_APP_TOKEN");
  await slack.close();
});
