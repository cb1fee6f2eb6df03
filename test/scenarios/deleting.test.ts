import { describe, expect, test, vi } from "vitest";
import { connectHttp, connectPipe, factsOf, openMcp, pictureOrder, textOf } from "../mcp-client.ts";
import { createInstallation } from "../runtime-fixture.ts";
import { everythingSent, newestJob, openTelegramRoom } from "../telegram-room.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

describe("an agent", () => {
  test("sees that the tool is destructive, deletes its own person's file after asking, and gets a true answer", async () => {
    verifies("safe.deleting");
    await using world = await createInstallation();
    const { mcp } = await openMcp(world);
    const client = await connectPipe(mcp, "modern");
    const { tools } = await client.listTools();
    for (const name of ["delete_media", "delete_voice"]) {
      expect(tools.find((tool) => tool.name === name)?.annotations).toMatchObject({
        readOnlyHint: false,
        destructiveHint: true,
      });
    }
    const ordering = client.callTool(pictureOrder({ wait_seconds: 20 }));
    await world.pass(5_000);
    const { job_id } = factsOf(await ordering);
    const ask = (input: object) => client.callTool({ name: "delete_media", arguments: { item: job_id, ...input } });
    expect(textOf(await ask({}))).toContain("Delete this file for good?");
    expect(textOf(await ask({ confirm: true }))).toContain("Deleted: 1");
    expect(textOf(await ask({ confirm: true }))).toContain("You have deleted this already.");
    const job = await client.callTool({ name: "get_job", arguments: { job: job_id } });
    expect([job.isError ?? false, textOf(job)]).toEqual([
      false,
      expect.stringContaining("Files deleted by their owner: 1"),
    ]);
  });

  test("cannot delete somebody else's file", async () => {
    verifies("safe.deleting", "mcp.owners");
    await using world = await createInstallation();
    const tokens = ["ada", "bob"].map((name) => ({ name, token: name.repeat(12) }));
    const { mcp, runtime } = await openMcp(world, { tokens });
    const ada = await connectHttp(mcp, "modern", { token: tokens[0]!.token });
    const ordering = ada.callTool(pictureOrder({ wait_seconds: 20 }));
    await world.pass(5_000);
    const { job_id } = factsOf(await ordering);
    const [asset] = world.job(String(job_id)).steps[0]!.assets;
    const bob = await connectHttp(mcp, "modern", { token: tokens[1]!.token });
    for (const item of [job_id, asset]) {
      const refused = await bob.callTool({ name: "delete_media", arguments: { item, confirm: true } });
      expect([refused.isError, textOf(refused)]).toEqual([true, expect.stringContaining("no file or job")]);
    }
    expect(await runtime.media.read(asset!)).not.toBeNull();
  });
});

test("a person in Telegram deletes a result by command, and its job says so from then on", async () => {
  verifies("safe.deleting");
  await using room = await openTelegramRoom();
  await room.open();
  const ada = await room.member("Ada");
  const said = () =>
    ada
      .visibleMessages()
      .filter(({ fromBot }) => fromBot)
      .at(-1)!;
  ada.write("/image a fox");
  await room.until(() => everythingSent(room), 60 * 60_000, 15_000);
  const { id } = newestJob(room);
  ada.write(`/delete ${id}`);
  await room.pass(5_000);
  expect(said().text).toContain("Delete this file for good?");
  ada.write(`/delete ${id} --confirm`);
  await room.pass(5_000);
  expect(said().text).toContain("Deleted: 1");
  ada.write(`/job ${id}`);
  await room.pass(5_000);
  expect(said().text).toContain("Files deleted by their owner: 1");
});
