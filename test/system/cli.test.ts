import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { samples } from "@toolcast/sandbox";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Ended,
  ledgerAt,
  openTerminal,
  paidAt,
  type SandboxProcess,
  startSandboxProcess,
  type Terminal,
  until,
} from "../toolcast-process.ts";
import { verifies } from "../verifies.ts";

const pngSignature = "89504e470d0a1a0a";

let terminal: Terminal;
let root: string;
let sandbox: SandboxProcess;

function run(args: string[], environment: Record<string, string> = {}): Promise<Ended> {
  return terminal.begin(args, { ...sandbox.environment, TOOLCAST_DATA_DIR: join(root, "data"), ...environment }).ended;
}

const paidFor = (text: string) => paidAt(sandbox.url, text);

beforeAll(async () => {
  terminal = openTerminal();
  root = terminal.directory;
  sandbox = await startSandboxProcess(terminal);
});

afterAll(async () => {
  expect(await sandbox.stop()).toBe(0);
  terminal.close();
});

test("run image --quote prints the price, and orders, sends and stores nothing", async () => {
  verifies("built.price-only");
  const quote = await run(["run", "image", "a lake nobody paid for", "--count", "2", "--quote"]);
  expect(quote).toMatchObject({ code: 0, out: expect.stringContaining("Nothing was started") });
  const json = JSON.parse((await run(["run", "image", "a lake nobody paid for", "--quote", "--json"])).out);
  expect(json.data).toMatchObject({ tool: "generate_image", input: { prompt: "a lake nobody paid for" } });
  expect((await run(["jobs", "--json"])).out).not.toContain("nobody paid for");
  expect(await paidFor("nobody paid for")).toEqual([]);
});

test("run image makes one paid start, ends with a PNG file and never overwrites one", async () => {
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

test("the same key finds the same request, and no other request may use it", async () => {
  verifies("paid-once.same-key");
  const once = await run(["run", "image", "a lake", "--key", "lake-1", "--out", "keyed/", "--json"]);
  const again = await run(["run", "image", "a lake", "--key", "lake-1", "--out", "keyed/", "--json"]);
  const other = await run(["run", "image", "a dog", "--key", "lake-1", "--out", "keyed/", "--json"]);
  expect([other.code, JSON.parse(other.out).error.kind]).toEqual([2, "usage"]);
  expect([once.code, again.code]).toEqual([0, 0]);
  expect(JSON.parse(again.out)).toMatchObject({ repeated: true, job: { id: JSON.parse(once.out).job.id } });
  expect(await paidFor("a lake")).toHaveLength(1);
});

test("local files are accepted, and an avatar video comes back as a file", async () => {
  verifies("tried.command-line");
  const made = await run([
    ...["run", "avatar", "--video", samples.video, "--audio", samples.voice],
    ...["--out", "avatar.mp4", "--json"],
  ]);
  expect(made).toMatchObject({ code: 0 });
  expect(readFileSync(join(root, "avatar.mp4")).subarray(4, 8).toString()).toBe("ftyp");
});

test("a text is spoken without any voice of one's own", async () => {
  verifies("spending.preset-voices");
  const spoken = await run(["run", "speak", "hello", "--out", "hello.mp3", "--json"]);
  expect(spoken).toMatchObject({ code: 0 });
  expect(JSON.parse(spoken.out).job).toMatchObject({ state: "succeeded", provider: "dashscope" });
});

test("a voice needs the consent flag and can then speak", async () => {
  verifies("spending.consent");
  const clone = ["run", "clone", "--audio", samples.voice, "--name", "mine"];
  const refused = await run([...clone, "--json"]);
  expect(refused.code).toBe(2);
  expect(JSON.parse(refused.out).error).toMatchObject({ kind: "usage", field: "consent" });
  expect((await ledgerAt(sandbox.url)).filter(({ endpoint }) => endpoint.includes("train"))).toEqual([]);
  expect((await run([...clone, "--consent"])).code).toBe(0);
  const spoken = await run(["run", "speak", "hello", "there", "--voice", "mine", "--out", "spoken.wav"]);
  expect(spoken).toMatchObject({ code: 0, out: "spoken.wav\n" });
  expect(readFileSync(join(root, "spoken.wav")).subarray(0, 4).toString()).toBe("RIFF");
});

test("a vendor's refusal exits with 1 and gives the code, the remedy and that nothing was charged", async () => {
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

test("a job that waits for a person says how to answer, and continues after the answer", async () => {
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
  const before = await ledgerAt(sandbox.url);
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
  expect(await ledgerAt(sandbox.url)).toEqual(before);
});

test("tools, jobs, job, explain and doctor answer both as text and as one JSON document", async () => {
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

test("doctor exits with 1 if a key is wrong, and never shows it", async () => {
  verifies("safe.no-secrets");
  const { code, out, error } = await run(["doctor"], { XJC_SECRET_KEY: "marker-wrong-secret" });
  expect(code).toBe(1);
  expect(out + error).not.toContain("marker-wrong-secret");
  expect(out).toMatch(/! xjc \(warning\): Its address is on this machine/);
});

test("after kill -9 in the middle of a run the job is still there, continues and is paid for once", async () => {
  verifies("survives.kill-anywhere", "paid-once.one-start-a-step");
  const environment = { ...sandbox.environment, TOOLCAST_DATA_DIR: join(root, "killed") };
  const victim = terminal.begin(["run", "avatar", "--text", "killed halfway [[slow 240s]]", "--json"], environment);
  await until(async () => (await paidFor("killed halfway")).length === 1, "the paid start");
  // The vendor's answer is stored only after the sandbox has counted the start.
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

test("Ctrl-C says that the job continues and exits with 130", async () => {
  verifies("survives.kill-anywhere");
  const running = terminal.begin(["run", "avatar", "--text", "interrupted [[slow 40s]]"], {
    ...sandbox.environment,
    TOOLCAST_DATA_DIR: join(root, "data"),
  });
  await until(async () => (await paidFor("interrupted")).length === 1, "the paid start");
  running.child.kill("SIGINT");
  const { code, error } = await running.ended;
  expect(code).toBe(130);
  expect(error).toMatch(/continues .*toolcast job job_\S+ --wait/);
});
