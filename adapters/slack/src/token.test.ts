import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHttp, silentLogger, systemClock, systemRandom } from "@toolcast/core";
import { downloadFrom } from "@toolcast/core/chat";
import Keyv from "keyv";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fixture } from "../../../test/doubles/fixture-media.ts";
import { closeServer, listen } from "../../../test/fakes/loopback-server.ts";
import { openSlackRoom } from "../../../test/slack-room.ts";
import { verifies } from "../../../test/verifies.ts";
import { createClient } from "./client.ts";
import { slack } from "./definition.ts";
import { createSlackApi } from "./slack-api.ts";
import { slackFileHosts } from "./slack-hosts.ts";

const closers: (() => Promise<unknown>)[] = [];
let directory = "";

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "toolcast-token-"));
  closers.push(() => rm(directory, { recursive: true }));
});

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) {
    await close();
  }
});

interface Seen {
  path: string;
  authorization: string | undefined;
}

/** A server that serves one picture, or redirects everything to `elsewhere`. */
async function startServer(elsewhere?: string): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    seen.push({ path: request.url ?? "", authorization: request.headers.authorization });
    if (elsewhere !== undefined) {
      response.writeHead(302, { location: `${elsewhere}/stolen` }).end();
      return;
    }
    response.writeHead(200, { "content-type": "image/png" }).end(fixture("picture.png"));
  });
  const url = `http://127.0.0.1:${await listen(server)}`;
  closers.push(() => closeServer(server));
  return { url, seen };
}

function httpTo(...urls: string[]) {
  const hosts = urls.map((url) => new URL(url).host);
  const http = createHttp({ trustedHosts: () => hosts, clock: systemClock });
  closers.push(() => http.close());
  return http;
}

describe("the bot's token", () => {
  test("goes to Slack's own file hosts and that of its API, not to hosts that an operator trusts", async () => {
    verifies("slack.token");
    const [own, trusted] = [await startServer(), await startServer()];
    const apiUrl = `${own.url}/api/`;
    const client = createClient("xoxb-secret", apiUrl, silentLogger);
    const api = createSlackApi(client, httpTo(own.url, trusted.url), slackFileHosts(apiUrl));
    const load = (url: string) => api.download(url, join(directory, "file"), 1_000_000);
    await load(`${own.url}/files-pri/a.png`);
    expect(own.seen).toEqual([{ path: "/files-pri/a.png", authorization: "Bearer xoxb-secret" }]);
    await expect(load(`${trusted.url}/files-pri/a.png`)).rejects.toThrow("not on the platform's file servers");
    expect(trusted.seen).toEqual([]);
    expect(slackFileHosts(undefined)).toEqual(["files.slack.com"]);
    await expect(load("http://files.slack.com/files-pri/a.png")).rejects.toThrow("not encrypted");
  });

  test("does not follow a redirect, and neither does the rest of the request on any platform", async () => {
    verifies("slack.token");
    const elsewhere = await startServer();
    const files = await startServer(elsewhere.url);
    const http = httpTo(files.url, elsewhere.url);
    for (const headers of [{ authorization: "Bearer xoxb-secret" }, undefined]) {
      const hosts = [new URL(files.url).host];
      const load = downloadFrom(http, { url: `${files.url}/file/bot123:secret/a.png`, hosts, headers });
      await expect(load(join(directory, "file"), 1_000_000)).rejects.toThrow("HTTP 302");
    }
    expect(files.seen).toHaveLength(2);
    expect(elsewhere.seen).toEqual([]);
  });

  test("stays away from a trusted host that a message's file names, and nothing is started", async () => {
    verifies("slack.token");
    await using room = await openSlackRoom();
    const { platform, installation, clock } = room;
    const { runtime, life } = await installation.open({ attached: false, started: false });
    const { botToken: token, appToken, apiUrl, fileHost } = platform;
    const given = { token, appToken, apiUrl, signingSecret: undefined };
    const trustedHosts = [...slack.hosts(given), new URL(fileHost.url).host];
    const http = createHttp({ trustedHosts: () => trustedHosts, clock: systemClock });
    const state = { keyv: (namespace: string) => new Keyv({ namespace }), close() {} };
    const adapter = await slack.create(given, {
      ...{ runtime, state, http, trustedHosts, clock, publicUrl: null },
      ...{ random: systemRandom, logger: silentLogger },
    });
    closers.push(async () => http.close());
    try {
      runtime.attach(adapter.surface);
      await adapter.start();
      await runtime.start();
      const ada = platform.person("ada");
      const picture = { filename: "cat.png", bytes: Buffer.from(fixture("picture.png")) };
      const { channelId, ts } = ada.say("what is this", { files: [picture] });
      await room.pass(2_000);
      await room.taken(ada.shortcut("tool:describe", { channelId, ts }));
      await room.pass(2_000);
      expect(ada.visibleMessages().at(-1)?.text).toContain("could not be loaded from Slack");
      expect(fileHost.requests.filter(({ method }) => method === "GET")).toEqual([]);
      expect(installation.jobs()).toEqual([]);
    } finally {
      await adapter.close();
      life.die();
    }
  });
});
