import { type Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { openState, type State } from "@toolcast/core";
import type { Mcp, McpOptions } from "@toolcast/mcp";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eras, factsOf, fetchFrom, newClient, openMcp, pictureOrder, textOf } from "../mcp-client.ts";
import { createInstallation, type Installation, type OpenOptions, settle } from "../runtime-fixture.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { verifies } from "../verifies.ts";

const address = "http://127.0.0.1/mcp";
const [ada, bob] = [
  { name: "ada", token: "a".repeat(40) },
  { name: "bob", token: "b".repeat(40) },
];

let world: Installation;
let processes: Mcp[];
let sharedState: State | undefined;
beforeEach(async () => {
  world = await createInstallation();
  processes = [];
});
afterEach(async () => {
  await Promise.all(processes.map((mcp) => mcp.close()));
  sharedState?.close();
  await world[Symbol.asyncDispose]();
});

/** Every price needs consent. */
const asking = { policy: { operators: [], askAbove: 0 } };

/** So many processes with the same sessions. */
async function open(count: number, options: Partial<McpOptions> = {}, more: OpenOptions = {}): Promise<void> {
  sharedState = openState({ file: ":memory:", clock: world.clock });
  for (let number = 0; number < count; number += 1) {
    const { mcp } = await openMcp(world, { sharedState, random: createSeededRandom(40 + number), ...options }, more);
    processes.push(mcp);
  }
}

/** What a client's requests went to, in their order: its method and the number of the process. */
type Log = { what: string; process: number }[];

/** Sends each request to another process than the one before. `choose` overrules that; "none" refuses it. */
async function connect(
  client: Client,
  options: { token?: string; choose?: (what: string) => number | "none" | undefined } = {},
) {
  const log: Log = [];
  let next = 0;
  const transport = new StreamableHTTPClientTransport(new URL(address), {
    fetch: (url, init) => {
      const body = typeof init?.body === "string" ? JSON.parse(init.body) : {};
      const what = body.method ?? (body.result === undefined ? String(init?.method) : "answer");
      const process = options.choose?.(what) ?? next++ % processes.length;
      if (process === "none") {
        return Promise.resolve(new Response(null, { status: 405 }));
      }
      log.push({ what, process });
      return fetchFrom(processes[process]!, String(url), init);
    },
    ...(options.token === undefined ? {} : { requestInit: { headers: { authorization: `Bearer ${options.token}` } } }),
  });
  await client.connect(transport);
  return { transport, log };
}

const reached = (log: Log, what: string) =>
  new Set(log.filter((entry) => entry.what === what).map(({ process }) => process));

for (const era of eras) {
  test(`${era}: every request may reach another process`, async () => {
    verifies("mcp.any-process");
    await open(3);
    const client = newClient(era);
    const { log } = await connect(client);
    for (let round = 0; round < 6; round += 1) {
      expect((await client.listTools()).tools.length).toBeGreaterThan(5);
    }
    expect(reached(log, "tools/list").size).toBe(3);
    const call = client.callTool(pictureOrder());
    await world.pass(2_000);
    const { job_id } = factsOf(await call);
    for (let round = 0; round < 3; round += 1) {
      expect(factsOf(await client.callTool({ name: "get_job", arguments: { job: job_id } })).state).toBe("succeeded");
    }
    expect(reached(log, "tools/call").size).toBe(3);
    await client.close();
  });
}

test("what a client declared when it connected is known everywhere, and its user's answer reaches the call", async () => {
  verifies("mcp.any-process", "mcp.agreement");
  await open(2, {}, asking);
  for (const [calledAt, answeredAt] of [
    [0, 1],
    [1, 0],
    [1, 1],
  ]) {
    const asked: string[] = [];
    const client = newClient("legacy", {
      answer: (message) => {
        asked.push(message);
        return { action: "accept", content: { agree: true } };
      },
    });
    const choose = (what: string) => (what === "tools/call" ? calledAt : what === "answer" ? answeredAt : 0);
    const { log } = await connect(client, { choose });

    const calls = ["a fox", "a lake"].map((prompt) => client.callTool(pictureOrder({ prompt })));
    await world.pass(4_000);
    for (const call of calls) {
      expect(textOf(await call), `${calledAt} ${answeredAt}`).toContain("job_");
    }
    expect([asked.length, log.filter(({ what }) => what === "answer").length]).toEqual([2, 2]);
    await client.close();
  }
});

test("calls at two processes ask at once, and each gets its own answer", async () => {
  verifies("mcp.any-process");
  await open(2, {}, asking);
  const client = newClient("legacy", {
    answer: (message) =>
      message.includes("a fox") ? { action: "accept", content: { agree: true } } : { action: "decline" },
  });
  await connect(client);
  const calls = ["a fox", "a lake", "a fox again", "a lake again"].map((prompt) =>
    client.callTool(pictureOrder({ prompt })),
  );
  await world.pass(4_000);
  const results = await Promise.all(calls);
  expect(world.provider.starts.length).toBe(2);
  expect(results.map((result) => factsOf(result)?.state)).toEqual(["succeeded", undefined, "succeeded", undefined]);
  await client.close();
});

test("a call ends when it is cancelled at another process", async () => {
  verifies("mcp.any-process", "mcp.abort");
  const begun = Promise.withResolvers<AbortSignal>();
  await open(2, {
    extend: (server) =>
      void server.registerTool("hang", {}, ({ mcpReq: { signal } }) => {
        begun.resolve(signal);
        return new Promise(() => {});
      }),
  });
  const client = newClient("legacy");
  await connect(client, { choose: (what) => (what === "notifications/cancelled" ? 1 : 0) });
  const leave = new AbortController();
  const call = client.callTool({ name: "hang", arguments: {} }, { signal: leave.signal });
  const cut = expect(call).rejects.toThrow();
  const signal = await begun.promise;
  await world.pass(1_000);
  expect(signal.aborted).toBe(false);
  leave.abort();
  await cut;
  await world.pass(1_000);
  expect(signal.aborted).toBe(true);
  await client.close();
});

test("changes reach the stream, wherever it is open and wherever the client subscribed", async () => {
  verifies("mcp.any-process", "mcp.resources");
  await open(3, {}, { started: false });
  const heard: string[] = [];
  const client = newClient("legacy");
  client.setNotificationHandler("notifications/resources/updated", ({ params }) => void heard.push(params.uri));
  const places: Record<string, number> = { GET: 2, "resources/subscribe": 0, "resources/unsubscribe": 1 };
  await connect(client, { choose: (what) => places[what] });
  const jobs: string[] = [];
  for (const prompt of ["a fox", "a lake", "a tree"]) {
    jobs.push(`job://${factsOf(await client.callTool(pictureOrder({ prompt, wait_seconds: 0 }))).job_id}`);
  }
  await client.subscribeResource({ uri: jobs[0]! });
  await client.subscribeResource({ uri: jobs[1]! });
  await world.pass(1_000);
  await client.unsubscribeResource({ uri: jobs[1]! });
  await world.pass(1_000);
  heard.length = 0;
  for (const uri of jobs) {
    await client.callTool({ name: "cancel_job", arguments: { job: uri.slice("job://".length) } });
  }
  await world.pass(2_000);
  expect(new Set(heard)).toEqual(new Set([jobs[0]]));
  await client.close();
});

test("what a client subscribed to is announced when it opens its stream at another process", async () => {
  verifies("mcp.any-process", "mcp.resources");
  await open(2);
  const heard: string[] = [];
  const client = newClient("legacy");
  client.setNotificationHandler("notifications/resources/updated", ({ params }) => void heard.push(params.uri));
  const { transport } = await connect(client, { choose: (what) => (what === "GET" ? 1 : 0) });
  await settle();
  const { job_id } = factsOf(await client.callTool(pictureOrder({ wait_seconds: 0 })));
  await client.subscribeResource({ uri: `job://${job_id}` });
  await world.pass(1_000);
  heard.length = 0;
  // Its stream was at this process.
  const response = await fetchFrom(processes[0]!, address, {
    headers: { accept: "text/event-stream", "mcp-session-id": transport.sessionId! },
  });
  const reader = response.body!.getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toContain(`job://${job_id}`);
  await reader.cancel();
  await client.close();
});

test("a session that its client ends, or that was never its owner's, is found nowhere", async () => {
  verifies("mcp.any-process", "mcp.owners", "mcp.sessions");
  await open(2, { tokens: [ada, bob] });
  const client = newClient("legacy");
  const { transport } = await connect(client, { token: ada.token });
  const { sessionId = "" } = transport;
  const list = async (process: number, { token }: typeof ada) => {
    const response = await fetchFrom(processes[process]!, address, {
      method: "POST",
      headers: {
        ...{ "content-type": "application/json", accept: "application/json, text/event-stream" },
        ...{ authorization: `Bearer ${token}`, "mcp-session-id": sessionId },
      },
      body: JSON.stringify({ jsonrpc: "2.0", id: 2, method: "tools/list" }),
    });
    await response.text();
    return response.status;
  };
  expect([await list(0, ada), await list(1, ada)]).toEqual([200, 200]);
  expect([await list(0, bob), await list(1, bob)]).toEqual([404, 404]);
  await transport.terminateSession();
  expect([await list(0, ada), await list(1, ada)]).toEqual([404, 404]);
  await client.close();
});

test("a session that nobody uses ends everywhere, and one whose stream is open at a single process stays", async () => {
  verifies("mcp.any-process", "mcp.sessions");
  await open(2, { sessionIdleMs: 60_000 });
  const client = newClient("legacy");
  const { transport } = await connect(client, { choose: (what) => (what === "GET" ? "none" : 0) });
  const stream = (process: number) =>
    fetchFrom(processes[process]!, address, {
      headers: { accept: "text/event-stream", "mcp-session-id": transport.sessionId! },
    });
  const used = await stream(1);
  await world.pass(300_000);
  expect((await client.listTools()).tools.length).toBeGreaterThan(5);
  await used.body!.cancel();
  await world.pass(120_000);
  expect([(await stream(0)).status, (await stream(1)).status]).toEqual([404, 404]);
});

test("a session goes on when the process it began at has stopped", async () => {
  verifies("mcp.any-process");
  await open(2);
  const client = newClient("legacy");
  let at = 0;
  await connect(client, { choose: () => at });
  await client.listTools();
  at = 1;
  await processes[0]!.close();
  const call = client.callTool(pictureOrder());
  await world.pass(2_000);
  expect(factsOf(await call).state).toBe("succeeded");
  await client.close();
});
