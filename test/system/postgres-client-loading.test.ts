import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { verifies } from "../verifies.ts";

/** Whether a program has loaded PostgreSQL's client after these statements. */
function loadsClient(statements: string): boolean {
  const program = `${statements}
    import { createRequire } from "node:module";
    const paths = Object.keys(createRequire(import.meta.url).cache);
    process.stdout.write(String(paths.some((path) => /[\\\\/]node_modules[\\\\/]pg[\\\\/]/.test(path))));`;
  return (
    execFileSync(
      process.execPath,
      ["--conditions=toolcast-source", "--no-warnings", "--input-type=module", "--eval", program],
      { cwd: import.meta.dirname, encoding: "utf8" },
    ) === "true"
  );
}

test("PostgreSQL's client is loaded by who connects, not by who imports a door", () => {
  verifies("built.door");
  expect(loadsClient(`import "@toolcast/core"; import "@toolcast/core/engine"; import "@toolcast/core/chat";`)).toBe(
    false,
  );
  const connect = `import { openPostgresEngine } from "@toolcast/core/engine"; import { systemClock as clock, systemRandom as random } from "@toolcast/core";
    await openPostgresEngine({ url: "postgres://127.0.0.1:1/none", clock: { ...clock, monotonic: () => Date.now() * 1000 }, random }).catch(() => {});`;
  expect(loadsClient(connect)).toBe(true);
});
