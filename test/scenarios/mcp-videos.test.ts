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

const pngAddress = `data:image/png;base64,${Buffer.from(fixture("picture.png")).toString("base64")}`;

for (const connect of [connectPipe, connectHttp]) {
  describe.each(eras)(`%s, ${connect.name}`, (era) => {
    test("a picture is made, changed and made to move, each by what the call before returned", async () => {
      verifies("mcp.results");
      const { mcp } = await openMcp(world);
      const client = await connect(mcp, era);
      const ask = async (order: Parameters<typeof client.callTool>[0]) => {
        const call = client.callTool(order);
        await world.pass(10_000);
        return factsOf(await call);
      };
      const [made] = (await ask(pictureOrder({ wait_seconds: 20 }))).assets;
      const [changed] = (await ask(pictureOrder({ prompt: "blue", image: made!.asset_id, wait_seconds: 20 }))).assets;
      const filmed = await ask({
        name: "generate_video",
        arguments: { prompt: "it flies", image: changed!.asset_id, duration: 2, size: "720p", wait_seconds: 20 },
      });
      expect([filmed.state, filmed.assets.length]).toEqual(["succeeded", 1]);
      expect(world.provider.starts).toMatchObject([
        { capability: "image" },
        { capability: "imageEditing", request: { image: { id: made!.asset_id } } },
        { capability: "video", request: { image: { id: changed!.asset_id }, durationSeconds: 2, size: "720P" } },
      ]);
    });

    test("a picture to begin with may be inside a data: address; a wrong length is refused for its input", async () => {
      verifies("mcp.data-addresses", "understood.bad-input");
      const { mcp } = await openMcp(world);
      const client = await connect(mcp, era);
      const order = (input: object) => ({ name: "generate_video", arguments: { prompt: "it runs", ...input } });
      const call = client.callTool(order({ image: pngAddress, wait_seconds: 20 }));
      await world.pass(10_000);
      expect(factsOf(await call).state).toBe("succeeded");
      const refused = await client.callTool(order({ duration: 61 }));
      expect([refused.isError, textOf(refused)]).toEqual([true, expect.stringContaining("Code: usage (duration)")]);
      expect(world.provider.starts).toHaveLength(1);
    });

    test("a price alone starts nothing", async () => {
      verifies("mcp.results");
      const { mcp } = await openMcp(world);
      const client = await connect(mcp, era);
      const quoted = await client.callTool({
        name: "generate_video",
        arguments: { prompt: "a fox", quote_only: true },
      });
      expect(textOf(quoted)).toContain("2 points");
      expect(world.provider.starts).toEqual([]);
    });
  });
}
