import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openState } from "@toolcast/core";
import { expect, onTestFinished, test } from "vitest";

const names = ["a", "b", "c", "d"];

test("loses no write when several processes open a new file at once", async () => {
  const directory = mkdtempSync(join(tmpdir(), "toolcast-state-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, "toolcast.sqlite");
  // All begin at the same instant, because opening a file that does not exist yet is what could go wrong.
  const writers = names.map((name) => {
    const script = `
      import { once } from "node:events";
      import { openState } from "@toolcast/core";
      process.stdout.write("ready");
      await once(process.stdin, "data");
      const state = openState({ file: ${JSON.stringify(file)} });
      const own = state.keyv("${name}");
      for (let count = 0; count < 100; count += 1) {
        await own.set("count", ((await own.get("count")) ?? 0) + 1);
        await state.keyv("shared").set("${name}", count);
      }
      state.close();`;
    const child = spawn(process.execPath, ["--conditions=toolcast-source", "--input-type=module", "--eval", script], {
      stdio: ["pipe", "pipe", "inherit"],
      cwd: import.meta.dirname,
    });
    return { child, ready: once(child.stdout, "data"), ended: once(child, "exit") };
  });
  await Promise.all(writers.map(({ ready, ended }) => Promise.race([ready, ended])));
  for (const { child } of writers) child.stdin.end("begin");
  expect(await Promise.all(writers.map(async ({ ended }) => (await ended)[0]))).toEqual([0, 0, 0, 0]);
  const state = openState({ file });
  expect(await Promise.all(names.map((name) => state.keyv(name).get("count")))).toEqual([100, 100, 100, 100]);
  expect(await state.keyv("shared").get(names)).toEqual([99, 99, 99, 99]);
  state.close();
});
