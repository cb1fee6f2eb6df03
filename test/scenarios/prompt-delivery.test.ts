import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteEngine, systemRandom } from "@toolcast/core";
import type { Clock } from "@toolcast/core/engine";
import { expect, onTestFinished, test } from "vitest";
import { openRoom } from "../discord-room.ts";
import { createInstallation, settle, startJob } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

const prompt = "a lake at dawn";

/** An engine on a real disk, with a clock that is set later. */
function engineOnDisk() {
  const directory = mkdtempSync(join(tmpdir(), "toolcast-prompt-"));
  let clock: Clock = { now: () => 0, monotonic: () => 0, setTimer: () => () => {} };
  const engine = openSqliteEngine({
    file: join(directory, "jobs.sqlite"),
    clock: {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      setTimer: (delayMs, act) => clock.setTimer(delayMs, act),
    },
    random: systemRandom,
  });
  onTestFinished(async () => {
    await engine.close();
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  });
  return {
    engine,
    use(given: Clock) {
      clock = given;
    },
  };
}

test.each(["in memory", "on disk"])(
  "no time passes between a vendor's callback and the message (%s)",
  async (where) => {
    verifies("survives.prompt-delivery");
    const installation = await createInstallation();
    onTestFinished(() => installation[Symbol.asyncDispose]());
    const { clock, provider, platform } = installation;
    const disk = where === "on disk" ? engineOnDisk() : undefined;
    disk?.use(clock);
    const process = await installation.open(disk === undefined ? {} : { engine: disk.engine });
    provider.nextStart("image", { end: "operation", reference: { vendor: "slow" }, checkAfterMs: 60 * 60_000 });
    const job = await startJob(process, "image", { prompt });
    await settle();
    await clock.advance(10 * 60_000);
    const [start] = provider.starts;
    const calledAt = clock.now();

    const answer = await process.runtime.handlePublic(new Request(start!.context.callbackUrl!, { method: "POST" }));
    expect(answer?.status).toBe(200);
    await settle();
    expect(clock.now()).toBe(calledAt);
    expect(platform.posted.map(({ delivery }) => delivery.id)).toEqual([`${job.id}.1`]);
    expect(provider.checks).toHaveLength(1);
  },
);

test("nor on a chat platform, whose sends have budgets", async () => {
  verifies("survives.prompt-delivery");
  const { engine, use } = engineOnDisk();
  const room = await openRoom({ state: engine.state });
  onTestFinished(() => room[Symbol.asyncDispose]());
  use(room.clock);
  const { runtime } = await room.open({ engine, state: engine.state, random: systemRandom });
  const { provider } = room.installation;
  provider.nextStart("image", { end: "operation", reference: { vendor: "slow" }, checkAfterMs: 60 * 60_000 });
  const dora = room.platform.person("dora", { installedApp: true });
  await room.ask(dora, "image", { prompt });
  await room.pass(5 * 60_000, 60_000);
  const calledAt = room.clock.now();
  await runtime.handlePublic(new Request(provider.starts[0]!.context.callbackUrl!, { method: "POST" }));
  await room.calm();
  expect(room.clock.now()).toBe(calledAt);
  const [job] = await engine.list({});
  expect(job?.notices).toEqual([expect.objectContaining({ about: "outcome", state: "sent" })]);
});
