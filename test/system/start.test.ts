import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../free-port.ts";
import { repository } from "../repository.ts";
import {
  ofSandbox,
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
let root: string;
let sandbox: SandboxProcess;

beforeAll(async () => {
  terminal = openTerminal();
  root = terminal.directory;
  sandbox = await startSandboxProcess(terminal);
});

afterAll(async () => {
  expect(await sandbox.stop()).toBe(0);
  terminal.close();
});

test("start with nothing set runs everything, survives kill -9 on the same port and stops cleanly", async () => {
  verifies("tried.no-setup");
  const environment = {
    TOOLCAST_DATA_DIR: join(root, "nothing-set"),
    SANDBOX_SPEED: "20",
    PORT: String(await freePort()),
  };
  const started = terminal.begin(["start"], environment);
  try {
    const record = () => JSON.parse(readFileSync(join(ofSandbox(join(root, "nothing-set")), "server.json"), "utf8"));
    await until(() => started.out().includes("Toolcast is ready: "), "the address");
    expect(started.out()).toBe(`Toolcast is ready: http://127.0.0.1:${environment.PORT}\n`);
    const { pid, url } = record();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);

    // A command on the same data uses the running sandbox, and the server sees its job.
    const made = await terminal.begin(["run", "image", "shared", "--out", "shared/", "--json"], environment).ended;
    expect(made).toMatchObject({ code: 0 });
    const vendor = JSON.parse(readFileSync(join(root, "nothing-set", "sandbox.json"), "utf8"));
    expect(await paidAt(vendor.url, "shared")).toHaveLength(1);

    process.kill(pid, "SIGKILL");
    await until(() => started.error().includes("Toolcast is back: "), "the restart");
    expect(record().url).toBe(url);
    expect(record().pid).not.toBe(pid);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(started.out().match(/Toolcast is ready/g)).toHaveLength(1);
  } finally {
    started.child.kill("SIGTERM");
  }
  expect((await started.ended).code).toBe(0);
  expect(existsSync(join(ofSandbox(join(root, "nothing-set")), "server.json"))).toBe(false);
});

test("closing the reader of its output, or the terminal, stops the server cleanly", async () => {
  verifies("survives.drain");
  const leave = {
    "a closed pipe": (started: Running) => {
      started.child.stdout?.destroy();
      started.child.stderr?.destroy();
      // The next line of output meets the closed pipe.
      started.child.kill("SIGTERM");
    },
    SIGHUP: (started: Running) => void started.child.kill("SIGHUP"),
  };
  for (const [how, go] of Object.entries(leave)) {
    const data = join(root, `left-${how.replaceAll(" ", "-")}`);
    const environment = { TOOLCAST_DATA_DIR: data, SANDBOX_SPEED: "1", PORT: String(await freePort()) };
    const started = terminal.begin(["start"], environment);
    await until(() => started.out().includes("Toolcast is ready: "), "the address");
    const url = `http://127.0.0.1:${environment.PORT}`;
    const body = JSON.stringify({ text: "/image left halfway --provider spark" });
    const asked = await fetch(`${url}/api/conversations/main/messages`, { method: "POST", body });
    const { jobId } = (await asked.json()) as { jobId: string };
    const isStarting = async () =>
      ((await (await fetch(`${url}/api/jobs/${jobId}`)).json()) as { phase: string }).phase === "starting";
    await until(isStarting, "the paid start");
    go(started);
    expect((await started.ended).code, how).toBe(0);
    const log = new DatabaseSync(join(ofSandbox(data), "console.sqlite"), { readOnly: true });
    const results = log.prepare("SELECT content FROM entries WHERE job_id = ? AND content LIKE ?");
    expect(results.all(jobId, '%"kind":"result"%'), how).toHaveLength(1);
    log.close();
  }
}, 60_000);

test("output that nobody reads any more is one request to stop, whatever else is written to it", async () => {
  verifies("survives.drain");
  const program = `
    const { stopSignal } = await import(${JSON.stringify(join(repository, "app/src/server/stop-signal.ts"))});
    const { requested, urgent } = stopSignal(false);
    setInterval(() => process.stdout.write("a line\\n"), 5);
    setTimeout(() => process.exit(4), 20_000);
    await requested;
    setTimeout(() => process.exit(urgent.aborted ? 3 : 0), 100);
  `;
  const options = ["--conditions=toolcast-source", "--no-warnings", "--input-type=module", "--eval", program];
  const child = spawn(process.execPath, options, { stdio: ["ignore", "pipe", "ignore"] });
  const ended = once(child, "exit");
  await once(child.stdout, "data");
  child.stdout.destroy();
  expect(await ended).toEqual([0, null]);
});

test("a stop lets a paid start in flight end, and its result arrives before the process ends", async () => {
  verifies("survives.drain");
  const data = join(root, "stopped");
  const environment = { TOOLCAST_DATA_DIR: data, SANDBOX_SPEED: "1", PORT: String(await freePort()) };
  const started = terminal.begin(["start"], environment);
  await until(() => started.out().includes("Toolcast is ready: "), "the address");
  const url = `http://127.0.0.1:${environment.PORT}`;
  const body = JSON.stringify({ text: "/image stopped halfway --provider spark" });
  const asked = await fetch(`${url}/api/conversations/main/messages`, { method: "POST", body });
  const { jobId } = (await asked.json()) as { jobId: string };
  const isStarting = async () => {
    const { phase } = (await (await fetch(`${url}/api/jobs/${jobId}`)).json()) as { phase: string };
    return phase === "starting";
  };
  await until(isStarting, "the paid start");
  started.child.kill("SIGTERM");
  expect((await started.ended).code).toBe(0);
  expect(started.error()).not.toContain("a send ended without an answer");
  const log = new DatabaseSync(join(ofSandbox(data), "console.sqlite"), { readOnly: true });
  const results = log.prepare("SELECT content FROM entries WHERE job_id = ? AND content LIKE ?");
  expect(results.all(jobId, '%"kind":"result"%')).toHaveLength(1);
  log.close();
});

test("a console behind a proxy answers to its configured name and to no other", async () => {
  verifies("safe.console");
  const token = "a-token-nobody-can-guess";
  const port = await freePort();
  const started = terminal.begin(["start"], {
    TOOLCAST_DATA_DIR: join(root, "named"),
    PORT: String(port),
    CONSOLE_TOKEN: token,
    CONSOLE_NAMES: "console.example.com",
  });
  await until(() => started.out().includes("Toolcast is ready: "), "the address");
  const open = async (host: string) => {
    const [answer] = (await once(get({ port, path: `/?token=${token}`, headers: { host } }), "response")) as [
      IncomingMessage,
    ];
    answer.resume();
    return [answer.statusCode, answer.headers.location];
  };
  expect(await open("console.example.com")).toEqual([303, "/"]);
  expect(await open("other.example.com")).toEqual([421, undefined]);
  started.child.kill("SIGTERM");
  expect((await started.ended).code).toBe(0);
});

test("when the supervisor itself is killed, its server and sandbox end too", async () => {
  const data = join(root, "orphans");
  const started = terminal.begin(["start"], { TOOLCAST_DATA_DIR: data, PORT: String(await freePort()) });
  await until(() => started.out().includes("Toolcast is ready: "), "the address");
  const records = [join(ofSandbox(data), "server.json"), join(data, "sandbox.json")];
  const pids = records.map((file) => JSON.parse(readFileSync(file, "utf8")).pid);
  started.child.kill("SIGKILL");
  await until(() => pids.every((pid) => !isAlive(pid)), "the children to end");
});

test("a requested port that is already in use is a clear error", async () => {
  verifies("tried.configuration");
  const blocker = createServer().listen(0, "127.0.0.1");
  await once(blocker, "listening");
  const { port } = blocker.address() as { port: number };
  const { code, out, error } = await terminal.begin(["start"], {
    ...sandbox.environment,
    TOOLCAST_DATA_DIR: join(root, "taken"),
    PORT: String(port),
  }).ended;
  blocker.close();
  expect(code).toBe(2);
  expect(out).toBe("");
  expect(error).toContain(`PORT: port ${port}`);
});

test("jobs started in the sandbox stay there once keys are set", async () => {
  verifies("paid-once.sandbox-apart");
  const data = { TOOLCAST_DATA_DIR: join(root, "tried-first") };
  const jobsWith = async (environment: Record<string, string>) =>
    JSON.parse((await terminal.begin(["jobs", "--json"], { ...data, ...environment }).ended).out).jobs;
  const trial = terminal.begin(["run", "avatar", "--text", "only tried [[slow 240s]]"], {
    ...data,
    SANDBOX_SPEED: "1",
  });
  await until(async () => (await jobsWith({}))[0]?.state === "running", "the job to run");
  trial.child.kill("SIGKILL");
  await trial.ended;
  const [{ id }] = await jobsWith({});
  expect(await jobsWith(sandbox.environment)).toEqual([]);
  expect((await terminal.begin(["job", id, "--wait"], { ...data, ...sandbox.environment }).ended).code).toBe(2);
  expect(await paidAt(sandbox.url, "only tried")).toHaveLength(0);
  expect(await jobsWith({})).toMatchObject([{ id, state: "running" }]);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
