import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { isKnownDead, thisProcess } from "./process-identity.ts";

test("a process is known to be dead once it has ended, and not before", async () => {
  expect(isKnownDead(thisProcess())).toBe(false);
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  const [machine] = thisProcess().split(":");
  expect(isKnownDead(`${machine}:${child.pid}:`)).toBe(false);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(isKnownDead(`${machine}:${child.pid}:`)).toBe(true);
});

test.runIf(process.platform === "linux")(
  "a process whose id now belongs to another process is known to be dead",
  () => {
    const [machine, pid, start] = thisProcess().split(":");
    expect(isKnownDead(`${machine}:${pid}:${Number(start) - 1}`)).toBe(true);
  },
);

test("processes elsewhere, and malformed names, are never known to be dead", () => {
  expect(isKnownDead("elsewhere:999999999:1")).toBe(false);
  expect(isKnownDead("")).toBe(false);
  expect(isKnownDead("holder_abc.1")).toBe(false);
  expect(isKnownDead(`${thisProcess().split(":")[0]}::`)).toBe(false);
});
