import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Ended,
  ledgerAt,
  openTerminal,
  paidAt,
  type SandboxProcess,
  startSandboxProcess,
  type Terminal,
} from "../toolcast-process.ts";
import { verifies } from "../verifies.ts";

let terminal: Terminal;
let sandbox: SandboxProcess;

function run(args: string[], input?: string): Promise<Ended> {
  const environment = { ...sandbox.environment, TOOLCAST_DATA_DIR: join(terminal.directory, "data") };
  return terminal.begin(args, environment, undefined, input).ended;
}

beforeAll(async () => {
  terminal = openTerminal();
  sandbox = await startSandboxProcess(terminal);
});

afterAll(async () => {
  expect(await sandbox.stop()).toBe(0);
  terminal.close();
});

test("a result that could not be saved is refused before anything is paid or stored", async () => {
  verifies("spending.saved-first");
  writeFileSync(join(terminal.directory, "file"), "");
  const before = await ledgerAt(sandbox.url);
  for (const out of ["/dev/null", "file/below/", "lake.mp3", "/proc/lake.png"]) {
    const { code, error } = await run(["run", "image", "unsaved", "--out", out]);
    expect([out, code], error).toEqual([out, 2]);
    expect(error).toMatch(/^--out: /);
  }
  const several = await run(["run", "image", "unsaved", "--count", "2", "--out", "-"]);
  expect(several).toMatchObject({ code: 2, out: "" });
  expect(await ledgerAt(sandbox.url)).toEqual(before);
  expect(JSON.parse((await run(["jobs", "--json"])).out)).toEqual({ jobs: [] });
});

test("a text comes from standard input, and the picture goes to standard output", async () => {
  verifies("tried.pipes");
  const files = readdirSync(terminal.directory);
  const made = await run(["run", "image", "-", "--out", "-"], "a lake 湖\nfrom a pipe\n");
  expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^.PNG/) });
  expect(made.error).toMatch(/Done/);
  expect(await paidAt(sandbox.url, "a lake 湖\nfrom a pipe")).toHaveLength(1);
  expect(readdirSync(terminal.directory)).toEqual(files);
  const [job] = JSON.parse((await run(["jobs", "--json"])).out).jobs;
  expect(await run(["job", job.id, "--out", "-"])).toMatchObject({ code: 0, out: made.out });
  const flagged = await run(["run", "image", "--prompt", "-", "--out", "flagged.png"], "a flagged lake");
  expect(flagged).toMatchObject({ code: 0, out: "flagged.png\n" });
  expect(existsSync(join(terminal.directory, "flagged.png"))).toBe(true);
});

test("nothing on standard input is a missing text, and other bytes are no text", async () => {
  verifies("tried.pipes");
  expect(await run(["run", "image", "-"], "")).toMatchObject({ code: 2, error: expect.stringContaining("--prompt") });
  const before = await ledgerAt(sandbox.url);
  expect((await run(["run", "image", "-"], "x".repeat(1_100_000))).code).toBe(2);
  expect(await ledgerAt(sandbox.url)).toEqual(before);
});
