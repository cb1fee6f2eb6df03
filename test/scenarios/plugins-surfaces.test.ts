import { describeTool } from "@toolcast/core/surface";
import { toLangChainTools } from "@toolcast/langchain";
import { createMcp } from "@toolcast/mcp";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makePoster } from "../../docs/examples/toolcast-inkpress/index.js";
import { openRoom } from "../discord-room.ts";
import { connectPipe } from "../mcp-client.ts";
import { ada, createInstallation, type Installation } from "../runtime-fixture.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { verifies } from "../verifies.ts";

let installation: Installation;
beforeEach(async () => {
  installation = await createInstallation();
});
afterEach(() => installation[Symbol.asyncDispose]());

test("a plugin's tool is native on every surface, in both languages where the surface has them", async () => {
  verifies("built.plugins", "built.tool-is-one-file");
  expect(describeTool(makePoster, "zh-CN")).toMatchObject({
    ...{ name: "make_poster", command: "poster", title: "海报", primary: "headline" },
    fields: [
      { name: "headline", title: "标题", required: true, kind: "text", maxLength: 60 },
      {
        name: "colour",
        required: false,
        kind: "choice",
        choices: [{ value: "black", title: "黑色" }, { value: "red" }],
      },
      // Every tool that spends has it.
      { name: "quote", required: false, kind: "flag", role: "quote" },
    ],
  });

  await using room = await openRoom();
  await room.open({ tools: [makePoster] });
  expect(room.platform.commands().find(({ name }) => name === "poster")).toMatchObject({
    ...{ name: "poster", description_localizations: { "zh-CN": "印制带标题的海报。" } },
    options: expect.arrayContaining([
      expect.objectContaining({ name: "headline", required: true, max_length: 60 }),
      expect.objectContaining({
        name: "colour",
        choices: [expect.objectContaining({ value: "black" }), expect.anything()],
      }),
    ]),
  });

  const { runtime } = await installation.open({ tools: [makePoster] });
  const [forChains] = toLangChainTools(runtime, ada);
  expect(forChains?.name).toBe("make_poster");
  const mcp = createMcp({ runtime, clock: installation.clock, random: createSeededRandom(3) });
  const client = await connectPipe(mcp, "modern");
  const { tools } = await client.listTools();
  expect(tools).toMatchObject([{ name: "make_poster", inputSchema: { required: ["headline"] } }]);
  await client.close();
});
