import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { createHttp, silentLogger, systemClock } from "@toolcast/core";
import { createProxies, type Http } from "@toolcast/core/provider";
import { createClient as createDiscord } from "@toolcast/discord/parts";
import { createClient as createSlack, Sockets } from "@toolcast/slack/parts";
import { createBotApi } from "@toolcast/telegram/parts";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import { closeServer, listen } from "../fakes/loopback-server.ts";
import { type FakeProxy, startProxy } from "../fakes/proxy.ts";
import { verifies } from "../verifies.ts";

/** How the outside world is reached: `s` for TLS, as all of it is in fact, or nothing. */
type Security = "" | "s";
let secure: Security = "";

let proxy: FakeProxy;
let http: Http;
let port = 0;
const ports = { "": 0, s: 0 };
const trustedBefore = getCACertificates("default");
const closers: (() => unknown)[] = [];
const undo: (() => unknown)[] = [];

const answers: Record<string, () => object> = {
  "/api/apps.connections.open": () => ({ ok: true, url: `ws${secure}://slack.test:${port}/link` }),
  "/api/v10/gateway/bot": () => ({
    url: `ws${secure}://gateway.test:${port}`,
    shards: 1,
    session_start_limit: { total: 1, remaining: 1, reset_after: 60_000, max_concurrency: 1 },
  }),
  "/bottoken/getMe": () => ({ ok: true, result: { id: 1, is_bot: true, first_name: "bot" } }),
};

const pem = (name: string) => readFileSync(new URL(`../fixtures/tls/${name}.pem`, import.meta.url), "utf8");

beforeAll(async () => {
  setDefaultCACertificates([...trustedBefore, pem("certificate")]);
  closers.push(() => setDefaultCACertificates(trustedBefore));
  const answer: RequestListener = (request, response) => {
    const answer = answers[request.url?.split("?")[0] ?? ""]?.() ?? { ok: true, team_id: "T1" };
    request.resume();
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  };
  for (const [kind, server] of [
    ["", createServer(answer)],
    ["s", createTlsServer({ key: pem("key"), cert: pem("certificate") }, answer)],
  ] as const) {
    const sockets = new WebSocketServer({ server });
    sockets.on("connection", (socket) => {
      socket.send(JSON.stringify({ type: "hello", num_connections: 1 }));
      socket.on("message", (data) => socket.send(String(data)));
    });
    ports[kind] = await listen(server);
    closers.push(() => closeServer(server));
  }
  port = ports[""];
});

afterAll(() => Promise.all(closers.map((close) => close())));

afterEach(async () => {
  for (const each of undo.splice(0).reverse()) {
    await each();
  }
  secure = "";
  port = ports[""];
});

async function behindProxy(no?: string): Promise<void> {
  proxy = await startProxy();
  undo.push(() => proxy.close());
  const proxies = createProxies({ https: proxy.url, http: proxy.url, no });
  undo.push(await proxies.route());
  const hosts = ["vendor", "slack"].map((name) => `${name}.test:${port}`);
  http = createHttp({
    trustedHosts: () => [...hosts, `127.0.0.1:${port}`],
    clock: systemClock,
    // Only the proxy can resolve outside names.
    lookup: async (name) => {
      if (name === "inside.test") {
        return [{ address: "10.0.0.7", family: 4 }];
      }
      throw Object.assign(new Error("unknown"), { code: "ENOTFOUND" });
    },
    proxyFor: proxies.for,
  });
  undo.push(() => http.close());
}

const limits = { timeoutMs: 10_000, maxBytes: 100_000 };

/** Every kind of outgoing connection from Toolcast, and the hosts it requests. */
const ways: [string, string[], () => Promise<unknown>][] = [
  [
    "a vendor is read",
    ["vendor"],
    () => http.request({ method: "GET", url: `http${secure}://vendor.test:${port}/a`, trust: "configured", ...limits }),
  ],
  [
    "a vendor is asked to start",
    ["vendor"],
    () =>
      http.request({
        method: "POST",
        url: `http${secure}://vendor.test:${port}/b`,
        body: "{}",
        trust: "configured",
        ...limits,
      }),
  ],
  [
    "somebody's file is loaded",
    ["media"],
    () => {
      const directory = mkdtempSync(join(tmpdir(), "toolcast-proxy-"));
      undo.push(() => rmSync(directory, { recursive: true }));
      const url = `http${secure}://media.test:${port}/c.png`;
      return http.download({ url, trust: "foreign", ...limits }, join(directory, "c.png"));
    },
  ],
  [
    "a vendor is talked to over a WebSocket",
    ["vendor"],
    () =>
      http.converse({
        ...{
          url: `ws${secure}://vendor.test:${port}/d`,
          message: "hi",
          trust: "configured",
          silenceMs: 5_000,
          ...limits,
        },
        onAnswer: (text) => text === "hi",
      }),
  ],
  [
    "Slack's Web API",
    ["slack"],
    () => createSlack("xoxb-1", `http${secure}://slack.test:${port}/api/`, silentLogger).auth.test(),
  ],
  [
    "Slack's sockets",
    ["slack", "slack"],
    async () => {
      const sockets = new Sockets({
        ...{ appToken: "xapp-1", apiUrl: `http${secure}://slack.test:${port}/api/`, clock: systemClock },
        ...{ logger: silentLogger, http, take() {} },
      });
      await sockets.start();
      await sockets.close();
    },
  ],
  [
    "Telegram's Bot API",
    ["telegram"],
    () =>
      createBotApi({ token: "token", apiRoot: `http${secure}://telegram.test:${port}`, clock: systemClock }).call(
        "getMe",
        {},
      ),
  ],
  [
    "Discord's API and gateway",
    ["discord", "gateway"],
    async () => {
      const client = createDiscord(`http${secure}://discord.test:${port}/api`);
      client.on("error", () => {});
      void client.login("token.of.nobody").catch(() => {});
      await expect.poll(() => proxy.asked.join(), { timeout: 10_000 }).toContain("gateway.test");
      // Waits for a close frame that this gateway never sends.
      void client.destroy();
    },
  ],
];

describe("behind a proxy", () => {
  test.each(
    (["", "s"] as const).flatMap((kind) => ways.map(([name, hosts, go]) => [`http${kind}`, name, hosts, go] as const)),
  )("%s: %s through it", async (scheme, _, hosts, go) => {
    verifies("reached.by-proxy");
    secure = scheme === "https" ? "s" : "";
    port = ports[secure];
    await behindProxy();
    await go();
    for (const host of hosts) {
      expect(proxy.asked.join("\n")).toContain(`${host}.test:${port}`);
    }
    const expected = `Basic ${Buffer.from("ada:open-sesame").toString("base64")}`;
    expect(new Set(proxy.credentials)).toEqual(new Set([expected]));
  });

  test("this machine and the hosts in NO_PROXY are reached directly", async () => {
    verifies("reached.by-proxy");
    await behindProxy("vendor.test");
    const url = `http://127.0.0.1:${port}`;
    await http.request({ method: "GET", url, trust: "configured", ...limits });
    await createSlack("xoxb-1", `${url}/api/`, silentLogger).auth.test();
    await createBotApi({ token: "token", apiRoot: url, clock: systemClock }).call("getMe", {});
    const named = http.request({ method: "GET", url: `http://vendor.test:${port}`, trust: "configured", ...limits });
    await expect(named).rejects.toMatchObject({ reason: "connect", sent: false });
    expect(proxy.asked).toEqual([]);
  });

  test("an address known to be private is refused, and the error of a missing proxy does not show its password", async () => {
    verifies("reached.by-proxy");
    await behindProxy();
    for (const url of [`http://inside.test:${port}/`, `http://10.0.0.7:${port}/`]) {
      await expect(http.request({ method: "GET", url, trust: "foreign", ...limits })).rejects.toMatchObject({
        reason: "blocked",
      });
    }
    expect(proxy.asked).toEqual([]);
    await proxy.close();
    const url = `http://vendor.test:${port}/`;
    const gone = http.request({ method: "POST", url, body: "{}", trust: "configured", ...limits });
    const error: unknown = await gone.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ reason: "connect", sent: false });
    expect(JSON.stringify([String(error), String((error as Error).cause)])).not.toContain("sesame");
  });
});
