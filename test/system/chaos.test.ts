import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
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
  const child = spawn(
    process.execPath,
    [
      "--conditions=toolcast-source",
      "--no-warnings",
      join(repository, "test", "chaos", "main.ts"),
      "--short",
      "--seed",
      "2",
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  onTestFinished(() => void child.kill("SIGTERM"));
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  }
  const [code] = await once(child, "close");
  expect(said).toMatch(
    /^restored copies +[1-9]\d* beside the original, 1 in its place with \d+ open jobs, then released$/m,
  );
  expect(said).toMatch(/every promise held\n$/);
  expect(code).toBe(0);
});
