import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { samples } from "@toolcast/sandbox";
import { afterAll, beforeAll, expect, test } from "vitest";
import { verifies } from "../verifies.ts";

const launcher = fileURLToPath(new URL("../../app/bin/toolcast.js", import.meta.url));
const pngSignature = "89504e470d0a1a0a";

interface Ended {
  code: number | null;
  out: string;
  error: string;
}

/** Killed at the end, so that a failed test leaves nothing running. */
const unfinished = new Set<ChildProcess>();

let root: string;
let sandbox: Running;
let sandboxUrl: string;
let sandboxEnvironment: Record<string, string>;

/** A toolcast process and what it has said so far. */
interface Running {
  child: ChildProcess;
  out: () => string;
  error: () => string;
  ended: Promise<Ended>;
}

function begin(args: string[], environment: Record<string, string>, directory = root): Running {
  const child = spawn(process.execPath, [launcher, ...args], {
    cwd: directory,
    env: { PATH: process.env.PATH, HOME: root, LANG: "en_US.UTF-8", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let error = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (error += text));
  unfinished.add(child);
  child.once("close", () => unfinished.delete(child));
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, out, error }));
  return { child, out: () => out, error: () => error, ended };
}

/** Where what is made in the sandbox lies, below a data directory. */
function ofSandbox(data: string): string {
  return join(root, data, "sandbox", "installation");
}

function run(args: string[], environment: Record<string, string> = {}): Promise<Ended> {
  return begin(args, { ...sandboxEnvironment, TOOLCAST_DATA_DIR: join(root, "data"), ...environment }).ended;
}

async function until(condition: () => boolean | Promise<boolean>, what: string, timeoutMs = 20_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) {
      throw new Error(`waited in vain for ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function ledger(url = sandboxUrl): Promise<{ endpoint: string; text: string }[]> {
  return ((await (await fetch(`${url}/ledger`)).json()) as { entries: { endpoint: string; text: string }[] }).entries;
}

const paidFor = async (text: string, url?: string) => (await ledger(url)).filter((entry) => entry.text.includes(text));

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "toolcast-cli-"));
  sandbox = begin(["sandbox", "--speed", "20"], {});
  await until(() => sandbox.out().includes("XJC_BASE_URL="), "the sandbox");
  sandboxEnvironment = Object.fromEntries(
    sandbox
      .out()
      .trim()
      .split("\n")
      .map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]),
  );
  sandboxUrl = new URL(sandboxEnvironment.SPARK_BASE_URL!).origin;
});

afterAll(async () => {
  sandbox.child.kill("SIGTERM");
  expect((await sandbox.ended).code).toBe(0);
  for (const child of unfinished) {
    child.kill("SIGKILL");
  }
  rmSync(root, { recursive: true, force: true });
});

test("run image makes one paid start and ends with a PNG file, never over another", async () => {
  verifies("tried.command-line");
  const first = await run(["run", "image", "日照金山", "--out", "pictures/"]);
  expect(first).toMatchObject({ code: 0 });
  const [path] = first.out.trim().split("\n");
  expect(readFileSync(join(root, path!)).subarray(0, 8).toString("hex")).toBe(pngSignature);
  const second = await run(["run", "image", "--prompt", "日照金山", "--out", "pictures/", "--json"]);
  const { files, job } = JSON.parse(second.out);
  expect(files).toHaveLength(1);
  expect(files[0]).toMatch(/-2\.png$/);
  expect(job).toMatchObject({ state: "succeeded", tool: "generate_image" });
  expect(await paidFor("日照金山")).toHaveLength(2);
});

test("the same key is the same request", async () => {
  verifies("paid-once.same-key");
  const once = await run(["run", "image", "a lake", "--key", "lake-1", "--out", "keyed/", "--json"]);
  const again = await run(["run", "image", "a lake", "--key", "lake-1", "--out", "keyed/", "--json"]);
  const other = await run(["run", "image", "a dog", "--key", "lake-1", "--out", "keyed/", "--json"]);
  expect([other.code, JSON.parse(other.out).error.kind]).toEqual([2, "usage"]);
  expect([once.code, again.code]).toEqual([0, 0]);
  expect(JSON.parse(again.out)).toMatchObject({ repeated: true, job: { id: JSON.parse(once.out).job.id } });
  expect(await paidFor("a lake")).toHaveLength(1);
});

test("local files are taken, and an avatar video comes back as a file", async () => {
  verifies("tried.command-line");
  const made = await run([
    ...["run", "avatar", "--video", samples.video, "--audio", samples.voice],
    ...["--out", "avatar.mp4", "--json"],
  ]);
  expect(made).toMatchObject({ code: 0 });
  expect(readFileSync(join(root, "avatar.mp4")).subarray(4, 8).toString()).toBe("ftyp");
});

test("a voice needs the consent flag, and then speaks", async () => {
  verifies("spending.consent");
  const clone = ["run", "clone", "--audio", samples.voice, "--name", "mine"];
  const refused = await run([...clone, "--json"]);
  expect(refused.code).toBe(2);
  expect(JSON.parse(refused.out).error).toMatchObject({ kind: "usage", field: "consent" });
  expect((await ledger()).filter(({ endpoint }) => endpoint.includes("train"))).toEqual([]);
  expect((await run([...clone, "--consent"])).code).toBe(0);
  const spoken = await run(["run", "speak", "hello", "there", "--voice", "mine", "--out", "spoken.wav"]);
  expect(spoken).toMatchObject({ code: 0, out: "spoken.wav\n" });
  expect(readFileSync(join(root, "spoken.wav")).subarray(0, 4).toString()).toBe("RIFF");
});

test("a vendor's refusal exits with 1 and says code, remedy and that nothing was charged", async () => {
  verifies("understood.failure", "understood.vendor-words");
  const refused = await run(["run", "image", "hills [[10013]]", "--json"]);
  expect(refused.code).toBe(1);
  expect(JSON.parse(refused.out)).toMatchObject({
    error: { kind: "refused", provider: "spark", code: "10013", charged: "no" },
    job: { state: "failed" },
  });
  const chinese = await run(["run", "image", "hills [[10013]]", "--locale", "zh-CN"]);
  expect(chinese.error).toMatch(/10013/);
  expect(chinese.error).toMatch(/审核/);
});

test("a job that waits for a person says how to answer, and goes on after the answer", async () => {
  verifies("spending.daily-limit", "survives.held");
  const held = await run(["run", "image", "over the limit"], { DAILY_LIMIT_TOTAL: "0" });
  expect(held).toMatchObject({ code: 1, out: "" });
  expect(await paidFor("over the limit")).toEqual([]);
  const [, hint] = /toolcast (job job_\S+ --press release --wait)/.exec(held.error) ?? [];
  expect(hint).toBeDefined();
  const released = await run([...hint!.split(" "), "--out", "released.png"], { DAILY_LIMIT_TOTAL: "0" });
  expect(released).toMatchObject({ code: 0, out: "released.png\n" });
  expect(await paidFor("over the limit")).toHaveLength(1);
});

test("bad input exits with 2 in both languages and spends nothing", async () => {
  verifies("understood.bad-input");
  const before = await ledger();
  const cases = [
    ["run", "image"],
    ["run", "image", "x", "--size", "12x12"],
    ["run", "image", "x", "--count", "99"],
    ["run", "image", "x", "--seed", "many"],
    ["run", "image", "x", "--provider", "nobody"],
    ["run", "avatar", "--video", "missing.mp4", "--text", "hi"],
    ["run", "avatar", "--video", samples.voice, "--text", "hi"],
    ["run", "speak", "hi", "--voice", "nobody"],
    ["run", "nonsense"],
    ["run", "image", "x", "--colour", "red"],
    ["job", "job_unknown"],
    ["jobs", "--limit", "many"],
  ];
  const ended = await Promise.all(
    cases.map((args, index) => run(args, { TOOLCAST_LOCALE: index % 2 === 0 ? "en" : "zh-CN" })),
  );
  for (const [index, { code, out, error }] of ended.entries()) {
    const what = cases[index]!.join(" ");
    expect(code, `${what}\n${error}`).toBe(2);
    expect(out, what).toBe("");
    expect(/\p{Script=Han}/u.test(error), `${what}\n${error}`).toBe(index % 2 === 1);
  }
  expect(await ledger()).toEqual(before);
});

test("tools, jobs, job, explain and doctor answer, as text and as one JSON document", async () => {
  verifies("tried.command-line");
  const jobs = JSON.parse((await run(["jobs", "--json"])).out).jobs;
  const commands = [
    ["tools"],
    ["jobs", "--limit", "3"],
    ["job", jobs[0].id],
    ["explain", "20007"],
    ["doctor"],
    ["run", "balance"],
  ];
  const ended = await Promise.all(commands.flatMap((args) => [run(args), run([...args, "--json"])]));
  for (const [index, { code, out, error }] of ended.entries()) {
    expect(code, `${commands[index >> 1]!.join(" ")}\n${error}`).toBe(0);
    expect(out).not.toBe("");
    if (index % 2 === 1) {
      expect(error).toBe("");
      expect(() => JSON.parse(out)).not.toThrow();
    }
  }
});

test("doctor exits with 1 when a key is wrong, and never shows it", async () => {
  verifies("safe.no-secrets");
  const { code, out, error } = await run(["doctor"], { XJC_SECRET_KEY: "marker-wrong-secret" });
  expect(code).toBe(1);
  expect(out + error).not.toContain("marker-wrong-secret");
});

test("after kill -9 in the middle of run the job is there, goes on and is paid once", async () => {
  verifies("survives.kill-anywhere", "paid-once.one-start-a-step");
  const environment = { ...sandboxEnvironment, TOOLCAST_DATA_DIR: join(root, "killed") };
  const victim = begin(["run", "avatar", "--text", "killed halfway [[slow 240s]]", "--json"], environment);
  await until(async () => (await paidFor("killed halfway")).length === 1, "the paid start");
  // The vendor's answer is stored right after it was counted.
  const jobsNow = async () => JSON.parse((await run(["jobs", "--json"], environment)).out).jobs;
  await until(async () => (await jobsNow())[0]?.state === "running", "the job to run");
  victim.child.kill("SIGKILL");
  await victim.ended;
  const [job] = await jobsNow();
  expect(job).toMatchObject({ state: "running", tool: "create_avatar_video" });
  const followed = await run(["job", job.id, "--wait", "--out", "after-kill/", "--json"], environment);
  expect(followed.code).toBe(0);
  expect(JSON.parse(followed.out)).toMatchObject({ job: { id: job.id, state: "succeeded" } });
  expect(readdirSync(join(root, "after-kill"))).toHaveLength(1);
  expect(await paidFor("killed halfway")).toHaveLength(1);
});

test("what was ordered in the sandbox stays there once keys are set", async () => {
  verifies("paid-once.sandbox-apart");
  const data = { TOOLCAST_DATA_DIR: join(root, "tried-first") };
  const jobsWith = async (environment: Record<string, string>) =>
    JSON.parse((await begin(["jobs", "--json"], { ...data, ...environment }).ended).out).jobs;
  const trial = begin(["run", "avatar", "--text", "only tried [[slow 240s]]"], { ...data, SANDBOX_SPEED: "1" });
  await until(async () => (await jobsWith({}))[0]?.state === "running", "the job to run");
  trial.child.kill("SIGKILL");
  await trial.ended;
  const [{ id }] = await jobsWith({});
  expect(await jobsWith(sandboxEnvironment)).toEqual([]);
  expect((await begin(["job", id, "--wait"], { ...data, ...sandboxEnvironment }).ended).code).toBe(2);
  expect(await paidFor("only tried")).toHaveLength(0);
  expect(await jobsWith({})).toMatchObject([{ id, state: "running" }]);
});

test("Ctrl-C says that the job goes on and exits with 130", async () => {
  verifies("survives.kill-anywhere");
  const running = begin(["run", "avatar", "--text", "interrupted [[slow 40s]]"], {
    ...sandboxEnvironment,
    TOOLCAST_DATA_DIR: join(root, "data"),
  });
  await until(async () => (await paidFor("interrupted")).length === 1, "the paid start");
  running.child.kill("SIGINT");
  const { code, error } = await running.ended;
  expect(code).toBe(130);
  expect(error).toMatch(/continues .*toolcast job job_\S+ --wait/);
});

test("start with nothing set runs everything, survives kill -9 on the same port and stops cleanly", async () => {
  verifies("tried.no-setup");
  const environment = {
    TOOLCAST_DATA_DIR: join(root, "nothing-set"),
    SANDBOX_SPEED: "20",
    PORT: String(await freePort()),
  };
  const started = begin(["start"], environment);
  try {
    const record = () => JSON.parse(readFileSync(join(ofSandbox("nothing-set"), "server.json"), "utf8"));
    await until(() => started.out().includes("Toolcast is ready: "), "the address");
    expect(started.out()).toBe(`Toolcast is ready: http://127.0.0.1:${environment.PORT}\n`);
    const { pid, url } = record();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);

    // A command on the same data uses the running sandbox and shows its job to the server.
    const made = await begin(["run", "image", "shared", "--out", "shared/", "--json"], environment).ended;
    expect(made).toMatchObject({ code: 0 });
    const vendor = JSON.parse(readFileSync(join(root, "nothing-set", "sandbox.json"), "utf8"));
    expect(await paidFor("shared", vendor.url)).toHaveLength(1);

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
  expect(existsSync(join(ofSandbox("nothing-set"), "server.json"))).toBe(false);
});

test("a stop lets a paid start in flight end, and its result arrives before the process is gone", async () => {
  verifies("survives.drain");
  const data = join(root, "stopped");
  const environment = { TOOLCAST_DATA_DIR: data, SANDBOX_SPEED: "1", PORT: String(await freePort()) };
  const started = begin(["start"], environment);
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
  const log = new DatabaseSync(join(ofSandbox("stopped"), "console.sqlite"), { readOnly: true });
  const results = log.prepare("SELECT content FROM entries WHERE job_id = ? AND content LIKE ?");
  expect(results.all(jobId, '%"kind":"result"%')).toHaveLength(1);
  log.close();
});

test("a console behind a proxy answers to the name it is given, and to no other", async () => {
  verifies("safe.console");
  const token = "a-token-nobody-can-guess";
  const port = await freePort();
  const started = begin(["start"], {
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

test("when the supervisor itself is killed its server and sandbox end too", async () => {
  const data = join(root, "orphans");
  const started = begin(["start"], { TOOLCAST_DATA_DIR: data, PORT: String(await freePort()) });
  await until(() => started.out().includes("Toolcast is ready: "), "the address");
  const records = [join(ofSandbox("orphans"), "server.json"), join(data, "sandbox.json")];
  const pids = records.map((file) => JSON.parse(readFileSync(file, "utf8")).pid);
  started.child.kill("SIGKILL");
  await until(() => pids.every((pid) => !isAlive(pid)), "the children to end");
});

test("a port that was asked for and is taken is a clear error", async () => {
  verifies("tried.configuration");
  const blocker = createServer().listen(0, "127.0.0.1");
  await once(blocker, "listening");
  const { port } = blocker.address() as { port: number };
  const { code, out, error } = await run(["start"], { PORT: String(port) });
  blocker.close();
  expect(code).toBe(2);
  expect(out).toBe("");
  expect(error).toContain(`PORT: port ${port}`);
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
