import { type MessageKey, type Sentence, say } from "@toolcast/core/surface";
import { expect, test } from "vitest";
import { ada, createInstallation, settle, startJob } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

const unknown = (key: string, values?: Record<string, unknown>) => ({ key: key as MessageKey, values }) as Sentence;

test("a stored sentence that this version does not have shows its key and its values", () => {
  verifies("survives.unknown-words");
  expect(say(unknown("job.dreamt"), "en")).toBe("job.dreamt");
  expect(
    say(
      unknown("job.dreamt", {
        by: { person: "chat:ada", name: "Ada" },
        count: 1_200,
        tool: { en: "A", "zh-CN": "甲" },
      }),
      "zh-CN",
    ),
  ).toBe("job.dreamt (by: Ada, count: 1,200, tool: 甲)");
  expect(say(unknown("job.dreamt", { colour: { hue: 3 }, list: [1], nothing: null }), "en")).toBe(
    'job.dreamt (colour: {"hue":3}, list: [1], nothing: null)',
  );
  for (const key of ["constructor", "__proto__", "toString"]) {
    expect(say(unknown(key), "en")).toBe(key);
  }
});

test("a job with such sentences is shown whole", async () => {
  verifies("survives.unknown-words");
  await using world = await createInstallation();
  const process = await world.open();
  const { id } = await startJob(process, "generate_image", { prompt: "a fox" });
  await world.until(() => world.job(id).notices.some(({ state }) => state === "sent"));
  const { job } = world.store.entries.get(id)!;
  job.timeline.push({ at: world.clock.now(), event: "dreamt", sentence: unknown("timeline.dreamt", { depth: 3 }) });
  job.state = { phase: "held", hold: { reason: "price", sentence: unknown("job.hold.mood", { mood: "blue" }) } };
  const { lines, fields } = await process.runtime.jobMessage(world.job(id), ada, "timeline");
  expect(lines).toEqual(["job.hold.mood (mood: blue)"]);
  expect(fields?.map(({ value }) => value)).toContain("timeline.dreamt (depth: 3)");
  expect(JSON.stringify(process.runtime.jobJson(world.job(id)))).toContain("job.hold.mood (mood: blue)");
});

test.each(["pending", "sending", "unknown"] as const)(
  "a notice that is %s by a route the surface does not have is kept, not sent from the first route on again",
  async (state) => {
    verifies("survives.unknown-words", "delivered.once");
    await using world = await createInstallation({ finds: false });
    const first = await world.open({ attached: false });
    const { id } = await startJob(first, "generate_image", { prompt: "a fox" });
    await world.until(() => world.job(id).state.phase === "succeeded");
    first.life.die();
    Object.assign(world.store.entries.get(id)!.job.notices[0]!, { state, rung: "pigeon", attempts: 1 });
    const { runtime } = await world.open();
    await world.pass(10 * 60_000);
    await settle();
    expect(world.platform.tries).toEqual([]);
    expect(world.job(id).notices[0]).toMatchObject({ state: "undeliverable", rung: "kept" });
    const { media = [] } = await runtime.jobMessage(world.job(id), ada);
    expect(media).toHaveLength(1);
  },
);
