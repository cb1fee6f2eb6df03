import type { CallToolResult } from "@modelcontextprotocol/server";
import { createMcp } from "@toolcast/mcp";
import { expect, test } from "vitest";
import { shownText } from "../discord-room.ts";
import { fixture } from "../doubles/fixture-media.ts";
import { connectPipe, factsOf, textOf } from "../mcp-client.ts";
import { oldStore, openOldRoom } from "../old-store.ts";
import { ada, operator } from "../runtime-fixture.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { verifies } from "../verifies.ts";

/** A sentence with a missing value, or something that is not text. */
const broken = /\{\w+\}|undefined|\[object|NaN/;

test("each job of an old store is shown in both languages, briefly and in detail, and to programs", async () => {
  verifies("survives.old-store");
  await using old = await openOldRoom();
  const { runtime } = old.process;
  for (const [name, id] of Object.entries(oldStore.jobs)) {
    const job = await runtime.job(id, operator);
    for (const locale of ["en", "zh-CN"] as const) {
      for (const detail of ["text", "usual", "timeline"] as const) {
        const { title, lines = [], fields = [] } = await runtime.jobMessage(job!, { ...operator, locale }, detail);
        const text = [title, ...lines, ...fields.map(({ label, value }) => `${label}: ${value}`)].join("\n");
        expect(text, name).not.toMatch(broken);
        expect(text, name).toContain(id);
      }
    }
    expect(runtime.jobJson(job!), name).toMatchObject({ id, state: job!.state.phase });
  }
  const listed = await runtime.call({ tool: "list_jobs", input: {}, caller: ada });
  expect(JSON.stringify(listed)).toContain(oldStore.jobs["queued-behind"]);
  const voices = await runtime.call({ tool: "list_voices", input: {}, caller: ada });
  expect(JSON.stringify(voices)).toMatch(/Mine[\s\S]*Shared/);
  const [asset] = (await old.job("sent")).steps[0]!.assets;
  const media = await runtime.asset(asset!, ada);
  expect(await runtime.media.bytes(media!)).toEqual(fixture("picture.png"));
});

test("Discord, the console and agents show the jobs of an old store", async () => {
  verifies("survives.old-store");
  await using old = await openOldRoom();
  const { dora, room } = old;
  const asked = await room.ask(dora, "jobs");
  expect(shownText(dora.answerTo(asked)?.text ?? "")).toContain(oldStore.jobs["discord-sent"]);
  const one = await room.ask(dora, "job", { job: oldStore.jobs["discord-sent"]! });
  expect(shownText(dora.answerTo(one)?.text ?? "")).toMatch(/“a fox”[\s\S]*Requested by you/);

  const read = async (path: string) => (await old.page(path)).text();
  const main = await read("/api/conversations/main/entries");
  expect(main).toContain("/image a lake");
  expect(main).toContain(oldStore.jobs["web-sent"]);
  const state = await read("/api/state");
  expect(state).toContain('"Rivers"');
  expect(state).not.toContain('"id":"gone"');
  expect(await read(`/api/upload-links/${oldStore.uploadLink.id}`)).toContain('"state":"open"');
  const sent = await old.page(oldStore.uploadLink.path, {
    method: "POST",
    body: fixture("picture.jpg") as Uint8Array<ArrayBuffer>,
    headers: { "content-type": "image/jpeg", "content-disposition": 'attachment; filename="picture.jpg"' },
  });
  expect(sent.status).toBe(201);

  const mcp = createMcp({ runtime: old.process.runtime, clock: room.clock, random: createSeededRandom(3) });
  const agent = await connectPipe(mcp, "legacy", {});
  for (const [name, id] of Object.entries(oldStore.jobs)) {
    const shown = (await agent.callTool({
      name: "get_job",
      arguments: { job: id, wait_seconds: 0 },
    })) as CallToolResult;
    expect([name, shown.isError ?? false, factsOf(shown).job_id]).toEqual([name, false, id]);
    expect(textOf(shown), name).not.toMatch(broken);
  }
});
