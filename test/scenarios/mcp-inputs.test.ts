import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
import { connectHttp, connectPipe, eras, factsOf, openMcp, pictureOrder, textOf } from "../mcp-client.ts";
import { createInstallation, type Installation } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

let world: Installation;
beforeEach(async () => {
  world = await createInstallation();
});
afterEach(() => world[Symbol.asyncDispose]());

const half = "a cat \ud83d here";
const hasHalf = (value: unknown) => /\\ud[89a-f]/.test(JSON.stringify(value));
const pngAddress = `data:image/png;base64,${Buffer.from(fixture("picture.png")).toString("base64")}`;

for (const connect of [connectPipe, connectHttp]) {
  for (const era of eras) {
    describe(`${era}, ${connect.name}`, () => {
      test("no half character goes to the vendor or back to the agent, in any field", async () => {
        verifies("safe.whole-characters");
        const { mcp } = await openMcp(world);
        const client = await connect(mcp, era);
        const call = client.callTool(pictureOrder({ prompt: half, wait_seconds: 20, idempotency_key: half }));
        await world.pass(5_000);
        const done = await call;
        expect(factsOf(done).state).toBe("succeeded");
        const refused = await client.callTool(pictureOrder({ prompt: half, [half]: half, seed: half }));
        expect(refused.isError).toBe(true);
        const unknown = await client.callTool({ name: half, arguments: {} }).catch((error: Error) => error.message);
        const resource = await client.readResource({ uri: `job://${half}` }).catch((error: Error) => error.message);
        // There the SDK compares names with the header's before our code runs, and its refusal quotes both.
        const quoted = era === "modern" && connect === connectHttp ? [] : [unknown, resource];
        expect([done, refused, ...quoted].filter(hasHalf)).toEqual([]);
        expect(hasHalf(world.provider.starts)).toBe(false);
        expect(JSON.stringify(world.jobs())).toContain("a cat \ufffd here");
      });

      test("empty strings for optional inputs and arguments count as left out", async () => {
        verifies("understood.left-out");
        const { mcp } = await openMcp(world);
        const client = await connect(mcp, era);
        const order = pictureOrder({
          ...{ size: "", count: "", seed: " ", negative_prompt: "\u200b", provider: "" },
          ...{ idempotency_key: "", quote_only: "", preview: "", wait_seconds: 0 },
        });
        expect(factsOf(await client.callTool(order)).job_id).toMatch(/^job_/);
        const avatar = await client.callTool({
          name: "create_avatar_video",
          arguments: { video: "", image: "", audio: " ", text: "", wait_seconds: 0 },
        });
        expect(textOf(avatar)).toContain("Give a video");
      });

      test("a file inside a data: address is kept as the agent's own", async () => {
        verifies("mcp.data-addresses");
        const { mcp } = await openMcp(world);
        const client = await connect(mcp, era);
        const order = { name: "describe_image", arguments: { image: pngAddress, wait_seconds: 20 } };
        const call = client.callTool(order);
        await world.pass(5_000);
        expect(factsOf(await call).state).toBe("succeeded");
        expect(JSON.stringify(world.jobs())).not.toContain("base64");
        const text = `data:text/plain,${encodeURIComponent("just words")}`;
        const refused = await client.callTool({ name: "describe_image", arguments: { image: text } });
        expect([refused.isError, textOf(refused)]).toEqual([true, expect.stringContaining("not a picture")]);
        expect(textOf(refused)).toContain("Code: usage (image)");
      });
    });
  }
}
