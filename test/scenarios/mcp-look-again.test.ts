import type { Client } from "@modelcontextprotocol/client";
import type { Caller, Job } from "@toolcast/core";
import { assetsOf } from "@toolcast/core/engine";
import { afterEach, beforeEach, expect, test } from "vitest";
import { countingTools } from "../doubles/counting-tools.ts";
import { connectPipe, factsOf, openMcp, pictureOrder, textOf } from "../mcp-client.ts";
import { createInstallation, type Installation } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

const hourMs = 60 * 60_000;
const agent: Caller = {
  id: "mcp:local",
  name: "local",
  locale: "en",
  place: { surface: "mcp", conversation: "agent", pulled: true },
};

let world: Installation;
beforeEach(async () => {
  world = await createInstallation();
});
afterEach(() => world[Symbol.asyncDispose]());

/** A picture that is done, the agent that ordered it, and how often it has been rendered since. */
async function donePicture() {
  const { tools, rendered } = countingTools();
  const { mcp, runtime } = await openMcp(world, {}, { tools });
  const client = await connectPipe(mcp, "legacy");
  const ordered = await client.callTool(pictureOrder({ wait_seconds: 0 }));
  await world.pass(10_000);
  const { job_id } = factsOf(ordered);
  expect(world.job(job_id).state.phase).toBe("succeeded");
  const before = rendered();
  return { client, runtime, mcp, job: job_id, rendered: () => rendered() - before };
}

const look = (client: Client, job: string) =>
  client.callTool({ name: "get_job", arguments: { job, wait_seconds: 0, preview: false } });

/** Stores the job as another process would. */
function change(id: string, changes: Partial<Job>): void {
  const entry = world.store.entries.get(id)!;
  entry.job = { ...world.job(id), ...changes, version: entry.job.version + 1 };
}

test("a job that has ended is rendered once, however often its agents look", async () => {
  verifies("mcp.look-again");
  const { client, mcp, job, rendered } = await donePicture();
  const first = await look(client, job);
  expect(textOf(first)).toContain("a cat");
  expect(await look(client, job)).toEqual(first);
  expect(await look(await connectPipe(mcp, "legacy"), job)).toEqual(first);
  expect(rendered()).toBe(1);
});

test("a change that another process has stored is seen at once", async () => {
  verifies("mcp.look-again");
  const { client, job, rendered } = await donePicture();
  await look(client, job);
  for (const amount of [31, 32, 33]) {
    const [step, ...others] = world.job(job).steps;
    change(job, { steps: [{ ...step!, charge: { amount, unit: "points" } }, ...others] });
    const seen = await look(client, job);
    expect(textOf(seen)).toContain(`${amount} points`);
    expect(await look(client, job)).toEqual(seen);
  }
  expect(rendered()).toBe(4);
});

test("media that go, without a change of their job, are gone at the next look", async () => {
  verifies("mcp.look-again");
  const { client, runtime, job } = await donePicture();
  expect(textOf(await look(client, job))).not.toContain("deleted by their owner");
  const things = assetsOf(world.job(job)).map((id) => ({ kind: "file" as const, id }));
  const other = await world.open();
  const { removed } = await other.runtime.remove({ things, confirmed: true }, agent);
  expect(removed).toHaveLength(1);
  const after = await look(client, job);
  expect(textOf(after)).toContain("Files deleted by their owner: 1");
  expect(factsOf(after).assets).toEqual([]);
  expect(await runtime.asset(things[0]!.id, agent)).toBeNull();
});

test("media that are lost are missed, and found again, at the next look", async () => {
  verifies("mcp.look-again");
  const { client, runtime, job } = await donePicture();
  const whole = await look(client, job);
  const id = assetsOf(world.job(job))[0]!;
  const asset = await runtime.asset(id, agent);
  await world.state("media").delete(id);
  const lost = await look(client, job);
  expect(textOf(lost)).not.toBe(textOf(whole));
  expect(factsOf(lost).assets).toEqual([]);
  await world.state("media").set(id, asset);
  expect(await look(client, job)).toEqual(whole);
});

test("links are renewed with the hour and change nothing else", async () => {
  verifies("mcp.look-again");
  const { client, job, rendered } = await donePicture();
  const before = factsOf(await look(client, job)).assets[0]!.url;
  expect(factsOf(await look(client, job)).assets[0]!.url).toBe(before);
  await world.pass(hourMs);
  const after = factsOf(await look(client, job)).assets[0]!.url;
  expect(after).not.toBe(before);
  expect(rendered()).toBe(1);
});

test("a job that is still made is rendered at every look", async () => {
  verifies("mcp.look-again");
  const { tools, rendered } = countingTools();
  const { mcp } = await openMcp(world, {}, { tools });
  const client = await connectPipe(mcp, "legacy");
  const { job_id } = factsOf(await client.callTool(pictureOrder({ wait_seconds: 0 })));
  const before = rendered();
  await look(client, job_id);
  await look(client, job_id);
  expect(rendered() - before).toBe(2);
});
