import { cpSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../free-port.ts";
import {
  openTerminal,
  paidAt,
  type SandboxProcess,
  startSandboxProcess,
  type Terminal,
  until,
} from "../toolcast-process.ts";
import { verifies } from "../verifies.ts";

let terminal: Terminal;
let sandbox: SandboxProcess;

beforeAll(async () => {
  terminal = openTerminal();
  sandbox = await startSandboxProcess(terminal);
});

afterAll(async () => {
  expect(await sandbox.stop()).toBe(0);
  terminal.close();
});

test("a copied data directory says everywhere that it is held, and continues after `toolcast release`", async () => {
  verifies("paid-once.copied-store");
  const [original, copy] = [join(terminal.directory, "original"), join(terminal.directory, "copy")];
  const port = String(await freePort());
  const run = (args: string[], data = copy) =>
    terminal.begin(args, { ...sandbox.environment, TOOLCAST_DATA_DIR: data, PORT: port }).ended;
  const paidFor = async (text: string) => (await paidAt(sandbox.url, text)).length;
  expect(await run(["run", "image", "made before the backup", "--out", "made/"], original)).toMatchObject({ code: 0 });
  const waiting = await run(["run", "image", "ordered before the backup", "--no-wait"], original);
  expect(waiting).toMatchObject({ code: 0 });
  cpSync(original, copy, { recursive: true });

  const started = terminal.begin(["start"], {
    ...sandbox.environment,
    STOP_NOTICE_SECONDS: "0",
    TOOLCAST_DATA_DIR: copy,
    PORT: port,
  });
  await until(() => started.out().includes("Toolcast is ready: "), "the address", 60_000);
  const url = `http://127.0.0.1:${port}`;
  const read = async (path: string) => (await (await fetch(url + path)).json()) as { held?: string | null };
  const notice = expect.stringContaining("toolcast release");
  expect(await read("/readyz")).toMatchObject({ ready: true, held: notice });
  expect(await read("/api/overview")).toMatchObject({ held: notice });
  expect(started.error()).toContain("toolcast release");
  const doctor = JSON.parse((await run(["doctor", "--json"])).out);
  expect(doctor).toMatchObject({
    ok: false,
    findings: expect.arrayContaining([{ subject: expect.any(String), level: "error", message: notice }]),
  });

  const body = JSON.stringify({ text: "/image asked in the console --provider spark" });
  const asked = await fetch(`${url}/api/conversations/main/messages`, { method: "POST", body });
  expect(asked.status).toBe(403);
  expect(await asked.text()).toContain("toolcast release");
  const ordered = await run(["run", "image", "asked of the copy"]);
  expect(ordered).toMatchObject({ code: 1, out: "" });
  expect(ordered.error).toContain("Nothing was started or stored");
  const listed = (await run(["jobs"])).out;
  expect(listed).toContain("ordered before the backup");
  expect(listed).not.toContain("asked");
  const watched = await run(["job", waiting.out.trim(), "--wait"]);
  expect(watched).toMatchObject({ code: 1, out: "" });
  expect(watched.error).toContain("Waiting for the operator's release");
  expect((await run(["release"])).code).toBe(2);
  expect(await paidFor("asked")).toBe(0);
  expect(await paidFor("ordered")).toBe(0);

  const released = await run(["release", "--yes", "--json"]);
  expect(released).toMatchObject({ code: 0 });
  expect(JSON.parse(released.out)).toEqual({ released: true });
  await until(async () => (await paidFor("ordered before the backup")) === 1, "the job that waited", 60_000);
  expect((await run(["run", "image", "asked again", "--out", "made/"])).code).toBe(0);
  expect(await read("/readyz")).not.toHaveProperty("held");
  expect(await read("/api/overview")).toMatchObject({ held: null });
  expect(JSON.parse((await run(["release", "--yes", "--json"])).out)).toEqual({ released: false });
  expect(await paidFor("asked")).toBe(1);
  expect(await paidFor("made before the backup")).toBe(1);
  expect(await paidFor("ordered before the backup")).toBe(1);

  started.child.kill("SIGTERM");
  expect((await started.ended).code).toBe(0);
}, 300_000);

test("a backup of a running server is restored with its jobs and media, and is held until it is released", async () => {
  verifies("survives.backup");
  const [original, copy] = [join(terminal.directory, "running"), join(terminal.directory, "restored")];
  const port = String(await freePort());
  const run = (args: string[], data = copy) =>
    terminal.begin(args, { ...sandbox.environment, TOOLCAST_DATA_DIR: data, PORT: port }).ended;
  expect(await run(["run", "image", "kept in a backup", "--out", "kept/"], original)).toMatchObject({ code: 0 });
  const started = terminal.begin(["start"], {
    ...sandbox.environment,
    STOP_NOTICE_SECONDS: "0",
    TOOLCAST_DATA_DIR: original,
    PORT: port,
  });
  await until(() => started.out().includes("Toolcast is ready: "), "the address", 60_000);
  const saved = await run(["backup", "saved.tar.gz", "--json"], original);
  expect(saved, saved.error).toMatchObject({ code: 0 });
  expect(JSON.parse(saved.out)).toMatchObject({ format: 1, dataDirectory: original });

  expect(await run(["restore", "saved.tar.gz"], original)).toMatchObject({ code: 2 });
  expect(await run(["restore", "saved.tar.gz"])).toMatchObject({
    code: 0,
    out: expect.stringContaining("toolcast release"),
  });
  started.child.kill("SIGTERM");
  await started.ended;
  const jobs = await run(["jobs"]);
  expect(jobs.out).toContain("kept in a backup");
  const [id] = jobs.out.match(/job_[\w-]+/) ?? [];
  expect(await run(["job", id!, "--out", "again/"])).toMatchObject({ code: 0 });
  expect(await run(["run", "image", "asked of the restored one"])).toMatchObject({ code: 1, out: "" });
  expect(await run(["release", "--yes"])).toMatchObject({ code: 0 });
  expect(await run(["run", "image", "asked after the release", "--out", "after/"])).toMatchObject({ code: 0 });
  expect(await paidAt(sandbox.url, "kept in a backup")).toHaveLength(1);
  expect(await paidAt(sandbox.url, "asked of the restored one")).toHaveLength(0);
}, 300_000);
