import { tmpdir } from "node:os";
import { locales } from "@toolcast/core/surface";
import { encode } from "gpt-tokenizer";
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
