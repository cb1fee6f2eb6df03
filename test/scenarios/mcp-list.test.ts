import { tmpdir } from "node:os";
import { builtInTools } from "@toolcast/core";
import { locales } from "@toolcast/core/surface";
import { encode } from "gpt-tokenizer";
import sharp from "sharp";
import { afterEach, beforeEach, expect, test } from "vitest";
import { connectHttp, connectPipe, openMcp } from "../mcp-client.ts";
import { createInstallation, type Installation, operator } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

let world: Installation;
beforeEach(async () => {
  world = await createInstallation();
});
afterEach(() => world[Symbol.asyncDispose]());

const most = 6_000;

for (const locale of locales) {
  test(`${locale}: the whole list of tools, as it is sent, has fewer than ${most} model tokens`, async () => {
    verifies("mcp.short-list");
    const card = async () => "<!doctype html>";
    const { mcp } = await openMcp(world, { locale, card, localPerson: operator.id, folders: [tmpdir()] });
    for (const connect of [connectPipe, connectHttp]) {
      // The longest possible list: with the card's tool and, over stdio, the tools that show money and those arguments
      // that save a result.
      const capabilities = { extensions: { "io.modelcontextprotocol/ui": {} } };
      const client = await connect(mcp, "legacy", { capabilities });
      const result = await client.listTools();
      expect(JSON.stringify(result).includes('"out_dir"')).toBe(connect === connectPipe);
      const counted = encode(JSON.stringify(result)).length;
      expect(counted, connect.name).toBeLessThan(most);
      // Far fewer tokens would mean that the counting broke.
      expect(counted).toBeGreaterThan(most / 4);
    }
  });
}

test("every tool's icon is a picture that clients can show", async () => {
  verifies("mcp.derived");
  const { tools } = await (await connectPipe((await openMcp(world)).mcp, "legacy")).listTools();
  const sources = new Set(tools.flatMap(({ icons = [] }) => icons.map(({ src }) => src)));
  expect(sources.size).toBe(3);
  for (const source of sources) {
    const [type, base64 = ""] = source.split(",");
    expect(type).toBe("data:image/webp;base64");
    const { format, width, height, hasAlpha } = await sharp(Buffer.from(base64, "base64")).metadata();
    expect({ format, width, height, hasAlpha }).toEqual({ format: "webp", width: 16, height: 16, hasAlpha: true });
  }
});

test("previews and folders are offered where there may be media, and accepted elsewhere too", async () => {
  verifies("mcp.derived");
  const { mcp } = await openMcp(world, { folders: [tmpdir()] });
  const client = await connectPipe(mcp, "legacy");
  const offered = (await client.listTools()).tools.flatMap(({ name, inputSchema }) =>
    "preview" in (inputSchema.properties ?? {}) && "out_dir" in (inputSchema.properties ?? {}) ? [name] : [],
  );
  const expected = builtInTools.filter(
    (tool) => (tool.effect === "spends" && tool.makesMedia !== false) || tool.name === "get_job",
  );
  expect(offered).toEqual(expected.map(({ name }) => name));
  const words = { image: "https://pictures.example/cat.png", quote_only: true, preview: true, out_dir: tmpdir() };
  const quoted = await client.callTool({ name: "describe_image", arguments: words });
  expect(quoted.isError).toBeFalsy();
});
