import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import { verifies } from "../verifies.ts";

// A bound against hanging: thousands of durable writes take minutes beside other work.
vi.setConfig({ testTimeout: 600_000 });

test("a process that has carried out many jobs holds no more than before", async () => {
  verifies("survives.soak");
  const main = fileURLToPath(new URL("../soak/main.ts", import.meta.url));
  const young = ["--min-semi-space-size=16", "--max-semi-space-size=16"];
  const options = ["--conditions=toolcast-source", "--expose-gc", ...young, "--no-warnings"];
  const child = spawn(process.execPath, [...options, main, "2000"], { stdio: ["ignore", "pipe", "inherit"] });
  const output = await text(child.stdout);
  expect(output).toContain("Nothing has grown.");
  expect(output.split("\n").filter((line) => /^\d+ jobs: heap/.test(line))).toHaveLength(8);
});
