import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { connectHttp, connectPipe, eras, factsOf, openMcp, pictureOrder, textOf } from "../mcp-client.ts";
import { createInstallation, type Installation } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

let world: Installation;
let root: string;
let folder: string;
beforeEach(async () => {
  world = await createInstallation();
  root = realpathSync(mkdtempSync(join(tmpdir(), "toolcast-saving-")));
  folder = join(root, "allowed");
  mkdirSync(join(folder, "below"), { recursive: true });
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});

for (const era of eras) {
  test(`${era}: a result is saved in an allowed folder under the given name, and nothing is overwritten`, async () => {
    verifies("mcp.saving");
    const { mcp } = await openMcp(world, { folders: [folder] });
    const client = await connectPipe(mcp, era);
    const order = pictureOrder({
      count: 2,
      out_dir: "below",
      out_name: "../lake",
      wait_seconds: 20,
      idempotency_key: "lake",
    });
    const call = client.callTool(order);
    await world.pass(5_000);
    const result = await call;
    const saved = readdirSync(join(folder, "below"));
    expect(saved).toHaveLength(2);
    for (const name of saved) {
      expect(textOf(result)).toContain(join(folder, "below", name));
    }
    // It can also be saved when it is looked at later.
    const look = { name: "get_job", arguments: { job: factsOf(result).job_id, out_dir: folder } };
    await client.callTool(look);
    expect(readdirSync(folder)).toHaveLength(3);
    expect(existsSync(join(root, "lake.png"))).toBe(false);
  });
}

test("a folder that is not allowed is refused before anything is spent, and over HTTP nothing is saved", async () => {
  verifies("mcp.saving");
  symlinkSync(root, join(folder, "out"));
  const { mcp } = await openMcp(world, { folders: [folder] });
  const client = await connectPipe(mcp, "legacy");
  for (const directory of [root, "..", "out", "none", "/etc"]) {
    const refused = await client.callTool(pictureOrder({ out_dir: directory, wait_seconds: 0 }));
    expect([refused.isError, textOf(refused)]).toEqual([true, expect.stringContaining("Code: usage (out_dir)")]);
  }
  const remote = await connectHttp(mcp, "legacy");
  expect(textOf(await remote.callTool(pictureOrder({ out_dir: folder })))).toContain("over HTTP");
  expect(world.jobs()).toEqual([]);
  const offered = async (one: typeof client) =>
    (await one.listTools()).tools.filter(({ inputSchema }) => "out_dir" in (inputSchema.properties ?? {})).length;
  expect([(await offered(client)) > 0, await offered(remote)]).toEqual([true, 0]);
});
