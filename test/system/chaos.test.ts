import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { reasonToSkipPostgres } from "../postgres-cluster.ts";
import { repository } from "../repository.ts";
import { verifies } from "../verifies.ts";

/** Only guards against hanging: half a minute on a quiet machine, as many minutes as it takes on a busy one. */
const timeoutMs = 2_400_000;

test("every promise holds under a mixed load with kills, pauses, drains, clock changes, a full disk, restored copies and failing vendors", {
  timeout: timeoutMs,
}, async () => {
  verifies(
    "paid-once.one-start-a-step",
    "paid-once.unknown-not-repeated",
    "paid-once.copied-store",
    "survives.kill-anywhere",
    "survives.lease",
    "survives.drain",
    "survives.clock",
    "spending.probable",
    "delivered.once",
    "safe.no-secrets",
  );
  const { said, code } = await runChaos("--short", "--seed", "2");
  expect(said).toMatch(
    /^restored copies +[1-9]\d* beside the original, 1 in its place with \d+ open jobs, then released$/m,
  );
  expect(said).toMatch(/every promise held\n$/);
  expect(code).toBe(0);
});

test.skipIf(reasonToSkipPostgres() !== null)(
  "every promise holds while the database is killed, restarted and failed over to its synchronous standby",
  { timeout: timeoutMs },
  async () => {
    verifies(
      "paid-once.one-start-a-step",
      "paid-once.commit-unknown",
      "paid-once.copied-store",
      "survives.kill-anywhere",
      "survives.outage",
      "delivered.once",
    );
    const { said, code } = await runChaos(
      ...["--engine", "postgres", "--short", "--jobs", "30", "--kills", "4", "--seed", "5"],
    );
    expect(said).toMatch(/^kills of the database +[1-9]\d* restarts, [1-9]\d* failovers to the standby$/m);
    expect(said).toMatch(/every promise held\n$/);
    expect(code).toBe(0);
  },
);

async function runChaos(...options: string[]): Promise<{ said: string; code: number | null }> {
  const main = join(repository, "test", "chaos", "main.ts");
  const child = spawn(process.execPath, ["--conditions=toolcast-source", "--no-warnings", main, ...options], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGTERM"));
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  }
  const [code] = await once(child, "close");
  return { said, code };
}
