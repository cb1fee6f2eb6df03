import { mkdirSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Manifest } from "../fakes/slack/context.ts";
import type { Delivery } from "../fakes/slack/deliveries.ts";
import type { Person } from "../fakes/slack/person.ts";
import { type SlackFake, startSlack } from "../fakes/slack/slack.ts";
import { freePort } from "../free-port.ts";
import { startLoadBalancer } from "../load-balancer.ts";
import { type PostgresCluster, reasonToSkipPostgres, startPostgres } from "../postgres-cluster.ts";
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

interface Server {
  running: Running;
  /** The console's address, or a worker's. */
  url: string;
  publicUrl: string;
}

let cluster: PostgresCluster;
let terminal: Terminal;
let sandbox: SandboxProcess;
let manifest: Manifest;
let slack: SlackFake;
let servers: Server[];
let databases = 0;

describe.skipIf(reasonToSkipPostgres() !== null)("servers with roles on one database", () => {
  beforeAll(async () => {
    cluster = await startPostgres();
    terminal = openTerminal();
    sandbox = await startSandboxProcess(terminal);
    manifest = JSON.parse((await terminal.begin(["slack", "manifest"], {}).ended).out) as Manifest;
  });
  afterAll(async () => {
    await sandbox?.stop();
    terminal?.close();
    await cluster?.remove();
  });
  beforeEach(async () => {
    databases += 1;
    await cluster.createDatabase(`roles-${databases}`);
    slack = await startSlack({ manifest, rateLimits: false, fileProcessingMs: 0 });
    servers = [];
  });
  afterEach(async () => {
    await Promise.all(servers.map(stop));
    await slack.close();
  });

  async function begin(role: string, settings: Record<string, string>, how = ["--no-supervisor"]): Promise<Server> {
    const [port, publicPort] = [await freePort(), await freePort()];
    const data = join(terminal.directory, `data-${databases}`);
    mkdirSync(data, { recursive: true });
    const running = terminal.begin(["start", ...how, "--role", role], {
      ...sandbox.environment,
      ...{ DATABASE_URL: cluster.url(`roles-${databases}`), TOOLCAST_DATA_DIR: data },
      ...{ PORT: String(port), PUBLIC_PORT: String(publicPort), PUBLIC_URL: "https://toolcast.example" },
      ...{ SLACK_API_URL: slack.apiUrl, SLACK_BOT_TOKEN: slack.botToken, STOP_NOTICE_SECONDS: "0" },
      TRUSTED_HOSTS: new URL(slack.fileHost.url).host,
      ...settings,
    });
    const server = { running, url: `http://127.0.0.1:${port}`, publicUrl: `http://127.0.0.1:${publicPort}` };
    servers.push(server);
    await until(() => running.out().includes("Toolcast is ready: "), `the server for ${role}`, 60_000);
    return server;
  }

  async function stop({ running }: Server): Promise<void> {
    running.child.kill("SIGTERM");
    expect(await running.ended).toMatchObject({ code: 0 });
    expect(running.error() + running.out()).not.toContain("closing failed");
  }

  const textAt = async (url: string) => (await fetch(url)).text();
  const json = async (url: string) => (await fetch(url)).json() as Promise<Record<string, unknown>>;
  const ask = async ({ url }: Server, text: string) => {
    const body = JSON.stringify({ text });
    const answer = await fetch(`${url}/api/conversations/main/messages`, { method: "POST", body });
    return ((await answer.json()) as { jobId: string }).jobId;
  };
  const phaseOf = async ({ url }: Server, jobId: string) => (await json(`${url}/api/jobs/${jobId}`)).phase;

  async function pictureInSlack(words: string): Promise<void> {
    const ada = slack.person(words.replaceAll(" ", "-"));
    const asked = ada.command("/image", words);
    await slack.until(() => asked.state !== "waiting", "an acknowledgement");
    expect(asked).toMatchObject({ state: "acknowledged", problem: null });
    await slack.until(() => ada.visibleMessages()[0]?.images.length === 1, "the picture", 60_000);
    expect(await paidAt(sandbox.url, words)).toHaveLength(1);
  }

  test("one receives from Slack's sockets and the console, the other carries out and delivers to both", async () => {
    verifies("survives.roles", "survives.ready");
    const socket = { SLACK_APP_TOKEN: slack.appToken };
    const worker = await begin("worker", socket);
    expect(await textAt(`${worker.url}/healthz`)).toBe("ok\nrole: worker\n");
    expect(worker.running.out()).toContain(`Toolcast is ready: ${worker.url}/healthz`);
    expect(await json(`${worker.url}/readyz`)).toMatchObject({ ready: true, surfacesAway: {} });
    for (const path of ["/", "/api/state", "/mcp"]) {
      expect((await fetch(`${worker.url}${path}`)).status, path).toBe(404);
    }
    expect(slack.sockets.connected).toBe(0);

    const surfaces = await begin("surfaces", socket);
    expect(await textAt(`${surfaces.url}/healthz`)).toBe("ok\nrole: surfaces\n");
    await pictureInSlack("a fox by socket");
    for (const words of ["a first lake", "a second lake", "a third lake"]) {
      const jobId = await ask(surfaces, `/image ${words} --provider spark`);
      await until(async () => (await phaseOf(surfaces, jobId)) === "succeeded", "the result");
      expect(await paidAt(sandbox.url, words)).toHaveLength(1);
    }
    const results = async () => {
      const { entries } = await json(`${surfaces.url}/api/conversations/main/entries`);
      return (entries as { kind: string }[]).filter(({ kind }) => kind === "result").length;
    };
    await until(async () => (await results()) === 3, "the deliveries");
    slack.assertNoViolations();
  });

  test("with webhooks, a worker's public listener answers vendors and none of the platform's requests", async () => {
    verifies("survives.roles");
    const signed = { SLACK_SIGNING_SECRET: slack.signingSecret };
    const worker = await begin("worker", signed);
    const surfaces = await begin("surfaces", signed);
    slack.deliverTo(`${surfaces.publicUrl}/slack/events`);
    const post = (server: Server) => fetch(`${server.publicUrl}/slack/events`, { method: "POST", body: "{}" });
    expect([(await post(worker)).status, (await post(surfaces)).status]).toEqual([404, 401]);
    expect(await textAt(`${worker.publicUrl}/healthz`)).toBe("ok\nrole: worker\n");
    await pictureInSlack("a fox by webhook");
  });

  test("what was asked while no worker ran is carried out once one starts, also under a supervisor", async () => {
    verifies("survives.roles", "survives.no-worker");
    const surfaces = await begin("surfaces", { SLACK_APP_TOKEN: slack.appToken });
    const jobId = await ask(surfaces, "/image an early lake --provider spark");
    // As after a minute.
    const client = new pg.Client(cluster.url(`roles-${databases}`));
    await client.connect();
    await client.query(
      "INSERT INTO toolcast.locks VALUES ('workers-missed', 'receivers', extract(epoch FROM now()) * 1000 + 600000, 0)",
    );
    await client.end();
    const workers = async () => (await json(`${surfaces.url}/readyz`)).workers;
    await until(async () => String(await workers()).includes("nobody carries them out"), "the warning");
    const worker = await begin("worker", { SLACK_APP_TOKEN: slack.appToken }, []);
    expect(await textAt(`${worker.url}/healthz`)).toBe("ok\nrole: worker\n");
    await until(async () => (await phaseOf(surfaces, jobId)) === "succeeded", "the result");
    expect(await paidAt(sandbox.url, "an early lake")).toHaveLength(1);
    await until(async () => (await workers()) === undefined, "the end of the warning");
  });

  test("servers restarted one after the other acknowledge every request in time, and carry each out once", async () => {
    verifies("acknowledged.rolling-restart", "survives.stop-notice");
    const balancer = await startLoadBalancer();
    const add = async () => {
      const notice = { STOP_NOTICE_SECONDS: "3" };
      const server = await begin("all", { SLACK_SIGNING_SECRET: slack.signingSecret, ...notice });
      await balancer.add(server.publicUrl);
      return server;
    };
    try {
      const old = [await add(), await add()];
      slack.deliverTo(`${balancer.url}/slack/events`);
      // A channel each, because a channel takes one message a second.
      const people = ["ada", "bo", "cy", "dee"].map((name) =>
        slack.person(name, { channels: [slack.addChannel(`lakes-of-${name}`)] }),
      );
      const asked: Delivery[] = [];
      const ask = (person: Person | undefined) =>
        asked.push(person!.command("/image", `lake ${asked.length} --provider spark`));
      const load = setInterval(() => ask(people[asked.length % people.length]), 400);
      try {
        for (const server of old) {
          // It has answers to give when it is stopped.
          for (let each = 0; each < 4; each += 1) {
            ask(people[0]);
          }
          const stopped = stop(server);
          const refusal = async () => (await json(`${server.publicUrl}/readyz`)).stopping;
          await until(async () => (await refusal()) !== undefined, "the refusal");
          expect((await fetch(`${server.publicUrl}/readyz`)).status).toBe(503);
          expect((await fetch(`${server.publicUrl}/healthz`)).status).toBe(200);
          await stopped;
          await add();
        }
      } finally {
        clearInterval(load);
      }
      await slack.until(() => asked.every(({ state }) => state !== "waiting"), "the acknowledgements");
      expect(asked.filter(({ state }) => state !== "acknowledged")).toEqual([]);
      expect(balancer.lost).toEqual([]);
      const pictures = () =>
        people.flatMap((one) => one.visibleMessages()).filter(({ images }) => images.length === 1).length;
      await slack.until(() => pictures() === asked.length, "the pictures", 60_000);
      const paid = (await paidAt(sandbox.url, "lake ")).map(({ text }) => /lake \d+/.exec(text)?.[0]).sort();
      expect(paid).toEqual(asked.map((_, index) => `lake ${index}`).sort());
      slack.assertNoViolations();
    } finally {
      await balancer.close();
    }
  });
});
