import { createHttp, type Logger, silentLogger } from "@toolcast/core";
import { slack as definition } from "@toolcast/slack";
import Keyv from "keyv";
import { afterEach, expect, test } from "vitest";
import { type FakeProxy, startProxy } from "../fakes/proxy.ts";
import { startSlack } from "../fakes/slack/slack.ts";
import { createInstallation } from "../runtime-fixture.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { verifies } from "../verifies.ts";

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) {
    await close();
  }
});

/** The whole adapter, as the app makes it, with its two sockets open. */
async function connected({ proxy }: { proxy?: FakeProxy } = {}) {
  const installation = await createInstallation();
  closers.push(async () => installation[Symbol.asyncDispose]());
  const { clock } = installation;
  const slack = await startSlack({ clock, rateLimits: false, fileProcessingMs: 0 });
  closers.push(() => slack.close());
  const { runtime } = await installation.open({ attached: false, started: false });
  const hosts = [slack.apiUrl, slack.fileHost.url].map((url) => new URL(url).host);
  const http = createHttp({ trustedHosts: () => hosts, clock });
  closers.push(() => http.close());
  const keyvs = new Map<string, Keyv>();
  const state = {
    keyv(namespace: string) {
      const keyv = keyvs.get(namespace) ?? new Keyv({ namespace });
      keyvs.set(namespace, keyv);
      return keyv;
    },
    close() {},
  };
  const logged: string[] = [];
  const settings = definition.schema.parse({
    ...{ SLACK_BOT_TOKEN: slack.botToken, SLACK_APP_TOKEN: slack.appToken, SLACK_API_URL: slack.apiUrl },
  });
  const adapter = await definition.create(settings, {
    ...{ runtime, state, clock, trustedHosts: hosts, publicUrl: null, random: createSeededRandom(3) },
    http: proxy === undefined ? http : { ...http, proxyFor: () => new URL(proxy.url) },
    logger: { ...silentLogger, warn: (_facts: object, text: string) => logged.push(text) } as Logger,
  });
  let closing: Promise<void> | undefined;
  const close = async () => {
    let isDone = false;
    closing ??= adapter.close();
    void closing.then(() => {
      isDone = true;
    });
    // Work that is left waits for time to pass.
    while (!isDone) {
      await clock.advance(1_000);
    }
  };
  closers.push(close);
  runtime.attach(adapter.surface, () => adapter.away?.() ?? null);
  const open = (count: number) => slack.until(() => slack.sockets.connected === count, `${count} sockets`);
  const opened = (count: number) => slack.until(() => slack.sockets.opened === count, `${count} sockets in all`);
  const away = async () => (await runtime.condition()).away.map(({ reason }) => reason.en);
  expect(await away()).toEqual(["Slack cannot be reached; trying again."]);
  await adapter.start();
  await open(2);
  await runtime.start();
  const ada = slack.person("ada");
  const asks = async () => {
    const asked = ada.command("/image", "a fox");
    await slack.until(() => asked.state !== "waiting", "an acknowledgement");
    return asked.problem;
  };
  const jobs = (count: number) => slack.until(() => installation.jobs().length === count, `${count} jobs`);
  /** How often a socket could not be opened. */
  const failures = () => logged.filter((text) => text === "a socket to Slack could not be opened").length;
  return { clock, slack, runtime, away, open, opened, ada, asks, jobs, failures, close };
}

test("while Slack refreshes its sockets every command is taken: before, during and after", async () => {
  verifies("slack.acknowledged");
  const { clock, slack, away, opened, open, asks, jobs } = await connected();
  expect(await asks()).toBeNull();
  await clock.advance(3_600_000);
  slack.sockets.warn();
  // Both sockets have been warned, and no other is open.
  for (let count = 0; count < 4; count += 1) {
    expect(await asks()).toBeNull();
  }
  await opened(4);
  expect([await asks(), await asks()]).toEqual([null, null]);
  await clock.advance(10_000);
  await open(2);
  expect([await away(), await asks(), await asks()]).toEqual([[], null, null]);
  expect(slack.sockets.opened).toBe(4);
  await jobs(9);
});

test("a command that is still being stored when its socket is warned is acknowledged through it", async () => {
  verifies("slack.acknowledged");
  const { clock, slack, runtime, opened, ada } = await connected();
  await clock.advance(3_600_000);
  const { promise: stored, resolve: store } = Promise.withResolvers<void>();
  const take = runtime.inbox.take.bind(runtime.inbox);
  let storing = false;
  runtime.inbox.take = async (event) => {
    storing = true;
    await stored;
    return take(event);
  };
  const asked = ada.command("/image", "a fox");
  await slack.until(() => storing, "the command");
  slack.sockets.warn();
  await opened(4);
  store();
  await slack.until(() => asked.state !== "waiting", "its acknowledgement");
  expect(asked).toMatchObject({ state: "acknowledged", problem: null });
});

test("a socket that Slack warned of and never closed is closed", async () => {
  verifies("slack.acknowledged");
  const { clock, slack, opened, open } = await connected();
  await clock.advance(3_600_000);
  slack.sockets.warn({ closes: false });
  await opened(4);
  await clock.advance(30_000);
  await open(2);
  expect(slack.sockets.opened).toBe(4);
});

test("when one connection breaks, commands come through the other until it is replaced", async () => {
  verifies("slack.acknowledged");
  const { clock, slack, away, open, asks } = await connected();
  await clock.advance(3_600_000);
  slack.sockets.drop(1);
  await open(1);
  expect([await away(), await asks(), await asks()]).toEqual([[], null, null]);
  await open(2);
  expect([await asks(), await asks()]).toEqual([null, null]);
});

test("when every connection breaks and none can be made, the pauses grow to a minute, and a message is not lost", async () => {
  verifies("slack.acknowledged");
  const { clock, slack, away, open, ada, jobs, failures } = await connected();
  await clock.advance(3_600_000);
  const brokenAt = clock.now();
  slack.faults.always("apps.connections.open", { kind: "status", status: 503 });
  slack.sockets.drop();
  await open(0);
  ada.say("image a fox", { in: ada.direct });
  const said = slack.deliveries.at(-1)!;
  const triedAfter = [0, 1, 3, 7, 15, 31, 63, 123, 183];
  for (const [index, seconds] of triedAfter.entries()) {
    await clock.advance(brokenAt + seconds * 1_000 - clock.now());
    // Each of the two sockets on its own.
    await slack.until(() => failures() === 2 * (index + 1), `the tries after ${seconds} seconds`);
  }
  const tries = slack.requestsTo("apps.connections.open").filter(({ at }) => at >= brokenAt);
  expect(tries.map(({ at }) => (at - brokenAt) / 1_000)).toEqual(triedAfter.flatMap((at) => [at, at]));
  expect([await away(), said.state]).toEqual([["Slack cannot be reached; trying again."], "waiting"]);
  slack.faults.clear();
  await clock.advance(60_000);
  await open(2);
  await clock.advance(5 * 60_000);
  await slack.until(() => said.state !== "waiting", "the message");
  expect([await away(), said.state]).toEqual([[], "acknowledged"]);
  await jobs(1);
});

test("a token that may no longer open sockets is tried once a minute, until it may", async () => {
  verifies("slack.acknowledged");
  const { clock, slack, away, open, asks, failures } = await connected();
  await clock.advance(3_600_000);
  const before = slack.requestsTo("apps.connections.open").length;
  slack.sockets.disable();
  await slack.until(() => failures() === 2, "the refusals");
  expect(await away()).toEqual([expect.stringContaining("SLACK_APP_TOKEN")]);
  await clock.advance(59_000);
  expect(slack.requestsTo("apps.connections.open").length - before).toBe(2);
  slack.app.appScopes.add("connections:write");
  await clock.advance(1_000);
  await open(2);
  expect([await away(), await asks()]).toEqual([[], null]);
});

test("a server that closes every socket at once is not asked again without a pause", async () => {
  verifies("slack.acknowledged");
  const { clock, slack, open } = await connected();
  slack.onChange(() => slack.sockets.drop());
  slack.sockets.drop();
  await open(0);
  await clock.advance(999);
  expect(slack.requestsTo("apps.connections.open")).toHaveLength(2);
  await clock.advance(1);
  await slack.until(() => slack.sockets.opened === 4, "one more try each");
});

test("through a proxy, sockets that are replaced leave no connection open", async () => {
  verifies("reached.by-proxy");
  const proxy = await startProxy();
  closers.push(() => proxy.close());
  const { clock, slack, opened, open, close } = await connected({ proxy });
  for (let round = 1; round <= 6; round += 1) {
    await clock.advance(3_600_000);
    slack.sockets.warn();
    await opened(2 + 2 * round);
    await clock.advance(10_000);
    await open(2);
  }
  // The two sockets, and what is kept open to ask for the next.
  expect(proxy.tunnels()).toBeLessThanOrEqual(4);
  await close();
  await expect.poll(() => proxy.tunnels()).toBe(0);
});

test("an app that was removed is away, and says what to do", async () => {
  verifies("slack.removed");
  const { slack, away } = await connected();
  for (const told of slack.uninstall()) {
    await slack.until(() => told?.state === "acknowledged", "the notice");
  }
  expect(await away()).toEqual([expect.stringMatching(/removed from the workspace.* SLACK_BOT_TOKEN/)]);
});
