import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { countingTools } from "../doubles/counting-tools.ts";
import { connectHttp, connectPipe, eras, factsOf, openMcp, pictureOrder, textOf } from "../mcp-client.ts";
import { createInstallation, type Installation } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

let world: Installation;
beforeEach(async () => {
  world = await createInstallation();
});
afterEach(() => world[Symbol.asyncDispose]());

const picture = (input: Parameters<typeof pictureOrder>[0] = {}) => pictureOrder({ wait_seconds: 0, ...input });

test.each(["text once it is done", "a handle"])("a job is rendered once a call: %s", async (shown) => {
  verifies("chat.rendered-once");
  const { tools, rendered } = countingTools();
  const { mcp } = await openMcp(world, {}, { tools });
  const client = await connectPipe(mcp, "legacy");
  const called = client.callTool(pictureOrder({ wait_seconds: shown === "a handle" ? 0 : 20 }));
  await world.pass(10_000);
  expect(factsOf(await called)).toHaveProperty("job_id");
  expect(rendered()).toBe(1);
});

describe("the idempotency key", () => {
  for (const era of eras) {
    test(`${era}: the same request twice is one job`, async () => {
      verifies("mcp.key");
      const { mcp } = await openMcp(world);
      const client = await connectPipe(mcp, era);
      const first = await client.callTool(picture({ idempotency_key: "cat-1" }));
      const again = await client.callTool(picture({ idempotency_key: "cat-1", wait_seconds: 1 }));
      await world.pass(2_000);
      expect(factsOf(again).job_id).toBe(factsOf(first).job_id);
      expect(world.jobs()).toHaveLength(1);
    });
  }

  test("refuses another request, and nothing is started", async () => {
    verifies("mcp.key", "mcp.errors");
    const { mcp } = await openMcp(world);
    const client = await connectPipe(mcp, "legacy");
    const first = await client.callTool(picture({ idempotency_key: "cat-1" }));
    const other = await client.callTool(picture({ idempotency_key: "cat-1", prompt: "a dog" }));
    expect(other.isError).toBe(true);
    expect(textOf(other)).toContain(factsOf(first).job_id);
    expect(world.jobs()).toHaveLength(1);
  });

  test("is another person's own: the same key of theirs is another request", async () => {
    verifies("mcp.key", "mcp.owners");
    const tokens = ["ada", "bob"].map((name) => ({ name, token: name.repeat(12) }));
    const { mcp } = await openMcp(world, { tokens });
    for (const { token } of tokens) {
      const client = await connectHttp(mcp, "modern", { token });
      await client.callTool(picture({ idempotency_key: "cat-1" }));
    }
    expect(world.jobs().map(({ caller }) => caller.id)).toEqual(["mcp:ada", "mcp:bob"]);
  });

  test("of a failed job returns the failure and does not try again", async () => {
    verifies("mcp.key");
    const { mcp } = await openMcp(world);
    const client = await connectPipe(mcp, "legacy");
    world.provider.nextStart("image", {
      end: "refused",
      failure: { kind: "refused", sentence: { en: "No.", "zh-CN": "否。" }, charged: "no", retry: { kind: "never" } },
    });
    const call = client.callTool(picture({ idempotency_key: "cat-1", wait_seconds: 20 }));
    await world.pass(5_000);
    expect(factsOf(await call)).toMatchObject({ state: "failed", done: true, charged: "no" });
    const again = await client.callTool(picture({ idempotency_key: "cat-1", wait_seconds: 20 }));
    expect(again.isError).toBe(true);
    expect(world.provider.starts).toHaveLength(1);
  });
});
