import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPluginHome, installCore, installTesting, type PluginHome, runTests } from "../plugin-home.ts";
import { repository } from "../repository.ts";
import { verifies } from "../verifies.ts";

let home: PluginHome;

/** The contract's slowest tests run in the repository only. */
const quick = ["-t", "acknowledged in time while|comes again|between|stranger|stays private|hostile"];

beforeAll(async () => {
  home = createPluginHome();
  await installCore(home);
  await installTesting(home);
  for (const example of ["toolcast-inkpress", "toolcast-pinboard"]) {
    cpSync(join(repository, "docs", "examples", example), join(home.directory, example), { recursive: true });
  }
});

afterAll(() => home.remove());

/** Runs the work on the plugin with a mistake in it. */
async function broken<Result>(example: string, right: string, wrong: string, work: () => Promise<Result>) {
  const source = readFileSync(join(home.directory, example, "index.js"), "utf8");
  expect(source).toContain(right);
  home.write(`${example}/index.js`, source.replace(right, wrong));
  try {
    return await work();
  } finally {
    home.write(`${example}/index.js`, source);
  }
}

test("a provider's author runs its contract outside the repository and learns of a paid start reported as refused", async () => {
  verifies("built.plugin-contracts");
  const right = await runTests(home, "toolcast-inkpress");
  expect(right, right.out + right.error).toMatchObject({ code: 0 });
  expect(right.out).toMatch(/Tests +30 passed \| 2 skipped/);

  const wrong = await broken(
    "toolcast-inkpress",
    'failures.startEnd(trouble ?? "unreadable")',
    "failures.startEnd({ httpStatus: 400 })",
    () => runTests(home, "toolcast-inkpress", ["-t", "no-payload|one paid start"]),
  );
  expect(wrong.code).toBe(1);
  expect(wrong.out).toMatch(/✓.*goes to its end with one paid start/);
  expect(wrong.out).toMatch(/×.*unknown: no-payload/);
});

test("a surface's author runs the chat contract outside the repository and learns of a private answer shown to all", async () => {
  verifies("built.plugin-contracts");
  const right = await runTests(home, "toolcast-pinboard", quick);
  expect(right, right.out + right.error).toMatchObject({ code: 0 });
  expect(right.out).toMatch(/Tests +12 passed \| \d+ skipped/);

  const wrong = await broken(
    "toolcast-pinboard",
    "event.private || (tool?.private ?? false)",
    "tool?.private ?? false",
    () => runTests(home, "toolcast-pinboard", ["-t", "stays private"]),
  );
  expect(wrong.code).toBe(1);
  expect(wrong.out).toMatch(/×.*what is private stays private/);
});
