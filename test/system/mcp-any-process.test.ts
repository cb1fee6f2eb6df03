import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type CallToolResult, type Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { freePort } from "../free-port.ts";
import { type LoadBalancer, startLoadBalancer } from "../load-balancer.ts";
import { type ClientEra, eras, factsOf, newClient } from "../mcp-client.ts";
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

const token = "a".repeat(40);

let cluster: PostgresCluster;
let terminal: Terminal;
let sandbox: SandboxProcess;
let balancer: LoadBalancer;

/** How long a picture takes is up to its words; here some seconds, at 20 times the real speed. */
const order = (prompt: string, more: Record<string, string | number> = {}) => ({
  name: "generate_image",
  arguments: { prompt: `${prompt} [[slow 100s]]`, provider: "dashscope", idempotency_key: prompt, ...more },
});

describe.skipIf(reasonToSkipPostgres() !== null)("an agent behind a load balancer", () => {
  beforeAll(async () => {
    cluster = await startPostgres();
    await cluster.createDatabase("installation");
    terminal = openTerminal();
    sandbox = await startSandboxProcess(terminal);
  });
  afterAll(async () => {
    await sandbox?.stop();
    terminal?.close();
    await cluster?.remove();
  });
  beforeEach(async () => {
    // The name under which the client knows the installation.
    balancer = await startLoadBalancer({ headers: (headers) => ({ ...headers, host: "toolcast.example" }) });
    return () => balancer.close();
  });

  async function addServer(): Promise<Running> {
    const [port, publicPort] = [await freePort(), await freePort()];
    const data = join(terminal.directory, "data");
    mkdirSync(data, { recursive: true });
    const server = terminal.begin(["start", "--no-supervisor"], {
      ...sandbox.environment,
      ...{ DATABASE_URL: cluster.url("installation"), TOOLCAST_DATA_DIR: data, MCP_TOKENS: `ada:${token}` },
      ...{ PORT: String(port), PUBLIC_PORT: String(publicPort), PUBLIC_URL: "https://toolcast.example" },
      ...{ STOP_NOTICE_SECONDS: "0", DASHSCOPE_CONCURRENT: "8" },
    });
    await until(() => server.out().includes("Toolcast is ready: "), "the server", 60_000);
    await balancer.add(`http://127.0.0.1:${publicPort}`);
    return server;
  }

  async function connect(era: ClientEra): Promise<Client> {
    const client = newClient(era);
    const requestInit = { headers: { authorization: `Bearer ${token}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL(`${balancer.url}/mcp`), { requestInit }));
    return client;
  }

  /** What is known about a job, asked of each process in turn. */
  async function everywhere(client: Client, job: string): Promise<string[]> {
    const states: string[] = [];
    for (let each = 0; each < 4; each += 1) {
      states.push(factsOf(await client.callTool({ name: "get_job", arguments: { job, wait_seconds: 0 } })).state);
    }
    return [...new Set(states)];
  }

  /** Asks again, as an agent does, while a process that has just been killed is still sent requests. */
  async function patiently(ask: () => Promise<CallToolResult>): Promise<ReturnType<typeof factsOf>> {
    let facts: ReturnType<typeof factsOf> | undefined;
    const settled = async () => {
      facts = await ask().then(factsOf, () => undefined);
      return facts?.done === true;
    };
    await until(settled, "the end of the job", 90_000);
    return facts!;
  }

  for (const era of eras) {
    test(`${era}: each request reaches another process, and what one has begun the other knows and ends`, async () => {
      verifies("mcp.any-process", "mcp.eras", "mcp.progress");
      const servers = [await addServer(), await addServer()];
      const client = await connect(era);
      for (let each = 0; each < 4; each += 1) {
        expect((await client.listTools()).tools.map(({ name }) => name)).toContain("generate_image");
      }

      const progress: number[] = [];
      const made = await client.callTool(order(`${era} lake`, { wait_seconds: 40 }), {
        onprogress: (news) => void progress.push(news.progress),
      });
      expect(factsOf(made)).toMatchObject({ state: "succeeded", charged: "yes" });
      expect(progress.length).toBeGreaterThan(1);
      expect(progress).toEqual([...progress].sort((one, other) => one - other));
      expect(await everywhere(client, factsOf(made).job_id)).toEqual(["succeeded"]);

      const begun = factsOf(await client.callTool(order(`${era} river`, { wait_seconds: 0 })));
      expect(begun.done).toBe(false);
      const cancelled = await client.callTool({ name: "cancel_job", arguments: { job: begun.job_id } });
      expect(cancelled.isError ?? false).toBe(false);
      // A task that the vendor has begun cannot be stopped there, and its picture is kept.
      const isOver = async () => ["cancelled", "succeeded"].includes((await everywhere(client, begun.job_id)).join());
      await until(isOver, "the end of the cancelled job");
      expect((await paidAt(sandbox.url, `${era} river`)).length).toBeLessThanOrEqual(1);

      // The client stops listening; its job goes on.
      const impatient = new AbortController();
      const left = client.callTool(order(`${era} sea`, { wait_seconds: 40 }), { signal: impatient.signal });
      const refused = expect(left).rejects.toThrow();
      await until(async () => (await paidAt(sandbox.url, `${era} sea`)).length === 1, "the start");
      impatient.abort();
      await refused;
      const again = await patiently(() => client.callTool(order(`${era} sea`, { wait_seconds: 20 })));
      expect(again.state).toBe("succeeded");

      expect(balancer.lost).toEqual([]);
      const counts = [...balancer.passed.values()];
      expect(counts).toHaveLength(2);
      expect(Math.min(...counts)).toBeGreaterThanOrEqual(Math.max(...counts) / 2);
      for (const words of ["lake", "sea"]) {
        expect(await paidAt(sandbox.url, `${era} ${words}`)).toHaveLength(1);
      }
      await client.close();
      await Promise.all(servers.map(stop));
    });

    test(`${era}: a process killed in the middle of calls costs the agent a repetition, and no second start`, async () => {
      verifies("mcp.any-process", "mcp.killed", "paid-once.same-key");
      const [killed, other] = [await addServer(), await addServer()];
      const client = await connect(era);
      const keys = ["fox", "owl", "elk", "cat"].map((animal) => `${era} ${animal}`);
      // The client does not notice that an answer's stream has broken, and waits for its own limit.
      const patience = { timeout: 20_000 };
      const calls = keys.map((key) => client.callTool(order(key, { wait_seconds: 40 }), patience));
      const ends = Promise.allSettled(calls);
      const running = new Map<string, string>();
      const isRunning = async (key: string) => {
        const facts = factsOf(await client.callTool(order(key, { wait_seconds: 0 })));
        running.set(key, facts.job_id);
        return facts.state === "running";
      };
      await until(async () => (await Promise.all(keys.map(isRunning))).every(Boolean), "the starts");
      killed.child.kill("SIGKILL");
      const broken = (await ends).filter(({ status }) => status === "rejected");
      expect(broken.length).toBeGreaterThan(0);
      expect(broken.length).toBeLessThan(keys.length);

      for (const key of keys) {
        const facts = await patiently(() => client.callTool(order(key, { wait_seconds: 20 })));
        expect([facts.state, facts.job_id]).toEqual(["succeeded", running.get(key)]);
        expect(await paidAt(sandbox.url, key)).toHaveLength(1);
      }
      const successor = await addServer();
      const lost = balancer.lost.length;
      for (let each = 0; each < 4; each += 1) {
        expect((await client.listTools()).tools.length).toBeGreaterThan(5);
      }
      expect(balancer.lost).toHaveLength(lost);
      await client.close();
      await Promise.all([other!, successor].map(stop));
    });
  }

  async function stop(server: Running): Promise<void> {
    server.child.kill("SIGTERM");
    expect(await server.ended).toMatchObject({ code: 0 });
  }
});
