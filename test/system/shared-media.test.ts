import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { samples } from "@toolcast/sandbox";
import { createEmulator, type Emulator } from "emulate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../free-port.ts";
import { type PostgresCluster, reasonToSkipPostgres, startPostgres } from "../postgres-cluster.ts";
import {
  ledgerAt,
  openTerminal,
  type Running,
  type SandboxProcess,
  startSandboxProcess,
  type Terminal,
  until,
} from "../toolcast-process.ts";
import { verifies } from "../verifies.ts";

const secret = "marker-secret-key-of-the-bucket";

/** A host with a disk of its own. */
interface Host {
  running: Running;
  console: string;
  publicPort: number;
  log: () => string;
}

let cluster: PostgresCluster;
let bucket: Emulator;
let terminal: Terminal;
let sandbox: SandboxProcess;
let vendor: Forwarder;
/** Changes what is sent to the vendor. */
let tellVendor = (body: string) => body;

interface Forwarder {
  url: string;
  passed: { path: string; status: number }[];
  close(): void;
}

/** Passes requests on, with their bodies changed. */
async function startForwarder(target: () => string, change = (body: string) => body): Promise<Forwarder> {
  const passed: Forwarder["passed"] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
    }
    const text = Buffer.concat(chunks).toString();
    const { host: _host, connection: _connection, "content-length": _length, ...headers } = request.headers;
    const answer = await fetch(`${target()}${request.url}`, {
      ...{ method: request.method ?? "GET", headers: headers as Record<string, string> },
      body: text === "" ? null : change(text),
    });
    passed.push({ path: `${request.method} ${request.url?.split("/")[1]}`, status: answer.status });
    response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "text/plain" });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, passed, close: () => void server.close() };
}

describe.skipIf(reasonToSkipPostgres() !== null)("hosts that share a database and a bucket, and no disk", () => {
  beforeAll(async () => {
    cluster = await startPostgres();
    await cluster.createDatabase("installation");
    bucket = await createEmulator({
      service: "aws",
      port: await freePort(),
      seed: { aws: { region: "us-east-1", s3: { buckets: [{ name: "media" }] } } },
    });
    terminal = openTerminal();
    sandbox = await startSandboxProcess(terminal);
    vendor = await startForwarder(
      () => sandbox.url,
      (body) => tellVendor(body),
    );
  });
  afterAll(async () => {
    vendor?.close();
    await sandbox?.stop();
    terminal?.close();
    await bucket?.close();
    await cluster?.remove();
  });

  async function begin(name: string, role: string): Promise<Host> {
    const [port, publicPort] = [await freePort(), await freePort()];
    const running = terminal.begin(["start", "--no-supervisor", "--role", role], {
      ...{ ...sandbox.environment, XJC_BASE_URL: `${vendor.url}/xjc` },
      ...{ DATABASE_URL: cluster.url("installation"), TOOLCAST_DATA_DIR: join(terminal.directory, name) },
      ...{ PORT: String(port), PUBLIC_PORT: String(publicPort), PUBLIC_URL: "https://toolcast.example" },
      ...{ S3_ENDPOINT: bucket.url, S3_BUCKET: "media", S3_REGION: "us-east-1" },
      ...{ S3_ACCESS_KEY_ID: "AKIAEXAMPLE", S3_SECRET_ACCESS_KEY: secret },
    });
    await until(() => running.out().includes("Toolcast is ready: "), name, 60_000);
    return {
      ...{ running, publicPort, console: `http://127.0.0.1:${port}` },
      log: () => running.out() + running.error(),
    };
  }

  async function upload({ console }: Host, path: string, name: string): Promise<string> {
    const body = new Uint8Array(readFileSync(path));
    const answer = await fetch(`${console}/api/uploads`, { method: "POST", body, headers: { "x-file-name": name } });
    return ((await answer.json()) as { id: string }).id;
  }

  async function say({ console }: Host, command: string, input: object): Promise<string> {
    const body = JSON.stringify({ command, input });
    const answer = await fetch(`${console}/api/conversations/main/messages`, { method: "POST", body });
    return ((await answer.json()) as { jobId: string }).jobId;
  }

  const jobAt = async ({ console }: Host, id: string) =>
    (await (await fetch(`${console}/api/jobs/${id}`)).json()) as { phase: string };
  const madeAt = async ({ console }: Host, jobId: string) => {
    const { media } = (await (await fetch(`${console}/api/media`)).json()) as {
      media: { id: string; jobId?: string }[];
    };
    return media.find((one) => one.jobId === jobId)!.id;
  };
  const hashAt = async (url: string) =>
    createHash("sha256")
      .update(new Uint8Array(await (await fetch(url)).arrayBuffer()))
      .digest("hex");

  test("what one stores, the other serves: to vendors, to callers back, and to people", async () => {
    verifies("media.shared", "survives.shared-store");
    const worker = await begin("worker", "all");
    const other = await begin("other", "surfaces");
    const outside = await startForwarder(() => `http://127.0.0.1:${other.publicPort}`);
    // The vendor is given addresses of the other host, as if a load balancer sent everything there.
    tellVendor = (body) => body.replaceAll(worker.console, outside.url);

    const [video, audio] = [
      await upload(worker, samples.video, "face.mp4"),
      await upload(worker, samples.voice, "voice.wav"),
    ];
    const jobId = await say(worker, "avatar", { video, audio, title: "shared", provider: "xjc" });
    await until(async () => (await jobAt(other, jobId)).phase === "succeeded", "the video", 90_000);
    expect((await ledgerAt(sandbox.url)).filter(({ endpoint }) => endpoint.includes("works/create"))).toHaveLength(1);
    const statuses = (path: string) => [
      ...new Set(outside.passed.filter((one) => one.path === path).map(({ status }) => status)),
    ];
    expect(statuses("GET media")).toEqual([200]);
    expect(statuses("POST callbacks")).toEqual([200]);

    const made = await madeAt(other, jobId);
    const there = await hashAt(`${other.console}/api/media/${made}`);
    expect(there).toBe(await hashAt(`${worker.console}/api/media/${made}`));
    expect(await hashAt(`${other.console}/api/media/${video}`)).toBe(
      createHash("sha256").update(readFileSync(samples.video)).digest("hex"),
    );

    for (const { running, log } of [worker, other]) {
      running.child.kill("SIGTERM");
      expect(await running.ended).toMatchObject({ code: 0 });
      expect(log()).not.toContain(secret);
    }
    outside.close();
  });
});
