import type { StartEnd } from "@toolcast/core/provider";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connectHttp, connectPipe, eras, factsOf, openMcp, pictureOrder, textOf } from "../mcp-client.ts";
import { createInstallation, type Installation, settle } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

let world: Installation;
beforeEach(async () => {
  world = await createInstallation();
});
afterEach(() => world[Symbol.asyncDispose]());

const picture = pictureOrder();
/** An operation that stays at work for this many checks. */
const slow = (checks: number) =>
  world.provider.nextCheck(...Array.from({ length: checks }, () => ({ state: "pending" as const })));
const speech = (input: Record<string, unknown> = {}) => ({
  name: "create_avatar_video",
  arguments: { video: "https://pictures.example/avc.mp4", audio: "https://pictures.example/tone.wav", ...input },
});

for (const era of eras) {
  for (const [transport, connect] of [
    ["pipe", connectPipe],
    ["http", connectHttp],
  ] as const) {
    describe(`${era} over ${transport}`, () => {
      test("a result that is ready in time is returned", async () => {
        verifies("mcp.eras", "mcp.waiting");
        const { mcp } = await openMcp(world);
        const client = await connect(mcp, era);
        expect(client.getProtocolEra()).toBe(era);
        const call = client.callTool(picture);
        await world.until(() => world.provider.starts.length === 1);
        await world.pass(1_000);
        const result = await call;
        expect(result.isError).toBeUndefined();
        expect(factsOf(result)).toMatchObject({ state: "succeeded", done: true, charged: "yes" });
        expect(textOf(result)).toContain(factsOf(result).job_id);
      });

      test("a result that is not ready in time is a job, and looking at it waits for its end", async () => {
        verifies("mcp.waiting");
        const { mcp } = await openMcp(world);
        const client = await connect(mcp, era);
        slow(5);
        const call = client.callTool(speech({ wait_seconds: 5 }));
        await world.pass(5_500);
        const handle = await call;
        const { job_id, done, next_poll_seconds } = factsOf(handle);
        expect({ done, isError: handle.isError }).toEqual({ done: false, isError: undefined });
        expect(next_poll_seconds).toBeGreaterThan(0);
        expect(textOf(handle)).toMatch(/Call get_job with job job_/);

        let ended = false;
        const look = client
          .callTool({ name: "get_job", arguments: { job: job_id, wait_seconds: 45 } })
          .then((found) => {
            ended = true;
            return found;
          });
        await world.pass(2_000);
        expect(ended).toBe(false);
        await world.until(() => world.job(job_id).state.phase === "succeeded");
        await world.pass(500);
        expect(factsOf(await look)).toMatchObject({ job_id, state: "succeeded", done: true });
      });

      test.each([
        ["en", "being sent to"],
        ["zh-CN", "正在提交给"],
      ] as const)("%s: a text is reported as it grows, and returned as in one piece", async (locale, working) => {
        verifies("mcp.text-grows");
        const { mcp } = await openMcp(world, { locale });
        const client = await connect(mcp, era);
        const { promise, resolve } = Promise.withResolvers<StartEnd>();
        world.provider.nextStart("text", () => promise);
        const heard: string[] = [];
        const call = client.callTool(
          { name: "ask_assistant", arguments: { question: "Why?", wait_seconds: 45 } },
          { onprogress: ({ message = "" }) => heard.push(message) },
        );
        await world.until(() => world.provider.starts.length === 1);
        const { onText } = world.provider.starts[0]!.context;
        for (const piece of ["Because ", "it ", "is."]) {
          onText?.(piece);
          await world.pass(1_000);
        }
        expect(heard.filter((message) => message.includes("Because"))).toEqual([
          expect.stringMatching(/Because $/),
          expect.stringMatching(/Because it $/),
          expect.stringMatching(/Because it is\.$/),
        ]);
        expect(
          heard.filter((message) => message.includes("Because")).every((message) => message.includes(working)),
        ).toBe(true);
        resolve({ end: "done", output: { media: [], text: "Because it is." } });
        await world.pass(1_000);
        const result = await call;
        expect(factsOf(result)).toMatchObject({ state: "succeeded", words: ["Because it is."] });
        expect(textOf(result)).toContain("Because it is.");
      });

      test("a call that is cut off stops waiting, and its job continues", async () => {
        verifies("mcp.abort");
        const { mcp } = await openMcp(world);
        const client = await connect(mcp, era);
        slow(3);
        const leave = new AbortController();
        const call = client.callTool(speech({ wait_seconds: 45 }), { signal: leave.signal });
        const cut = expect(call).rejects.toThrow();
        await world.until(() => world.provider.starts.length === 1);
        await settle();
        const during = world.clock.pending();
        leave.abort();
        await cut;
        await settle();
        // The timer of the waiting is gone before the job has ended.
        expect(world.clock.pending()).toBeLessThan(during);
        const [jobId] = [...world.store.entries.keys()];
        await world.until(() => world.job(jobId!).state.phase === "succeeded");
        const again = await client.callTool({ name: "list_jobs", arguments: {} });
        expect(textOf(again)).toContain(jobId);
      });
    });
  }

  describe(`${era} progress`, () => {
    test("starts at once, rises, comes at least every fifteen seconds and never after the result", async () => {
      verifies("mcp.progress");
      const { mcp } = await openMcp(world);
      const client = await connectPipe(mcp, era);
      slow(30);
      const reported: { at: number; progress: number }[] = [];
      let endedAt: number | undefined;
      const began = world.clock.now();
      const call = client
        .callTool(speech({ wait_seconds: 40 }), {
          onprogress: ({ progress }) => reported.push({ at: world.clock.now(), progress }),
          timeout: 600_000,
        })
        .then((result) => {
          endedAt = world.clock.now();
          return result;
        });
      await settle();
      expect(reported[0]).toEqual({ at: began, progress: 0 });
      await world.pass(41_000);
      await call;
      const times = [began, ...reported.map(({ at }) => at), endedAt as number];
      const gaps = times.slice(1).map((at, index) => at - times[index]!);
      expect(Math.max(...gaps)).toBeLessThanOrEqual(15_000);
      expect(reported.every(({ progress }, index) => index === 0 || progress > reported[index - 1]!.progress)).toBe(
        true,
      );
      expect(reported.at(-1)!.progress).toBeLessThan(100);
      const before = reported.length;
      await world.pass(30_000);
      expect(reported).toHaveLength(before);
    });

    test("never reports work in progress that has yet to start", async () => {
      verifies("mcp.progress");
      const { mcp } = await openMcp(world);
      const client = await connectHttp(mcp, era);
      const reported: string[] = [];
      const call = client.callTool(speech({ wait_seconds: 45 }), {
        onprogress: ({ message = "" }) => void reported.push(message),
      });
      await world.pass(20_000);
      await call;
      const begun = reported.findIndex((message) => message.includes("is working on it"));
      expect(begun).toBeGreaterThan(0);
      expect(reported.slice(begun).join("\n")).not.toMatch(/Accepted|It starts/);
    });

    test("is not sent to a client that did not ask", async () => {
      verifies("mcp.progress");
      const { mcp } = await openMcp(world);
      const client = await connectPipe(mcp, era);
      const heard: unknown[] = [];
      client.fallbackNotificationHandler = async (notification) => void heard.push(notification);
      const call = client.callTool(picture);
      await world.pass(2_000);
      await call;
      expect(heard).toEqual([]);
    });
  });
}

test("calls leave no timer and no watch behind", async () => {
  const { mcp } = await openMcp(world);
  const client = await connectPipe(mcp, "legacy");
  const call = client.callTool(picture);
  await world.pass(10_000);
  await call;
  const before = world.clock.pending();
  for (let index = 0; index < 5; index += 1) {
    const { job_id } = factsOf(await call);
    await client.callTool({ name: "get_job", arguments: { job: job_id } });
  }
  expect(world.clock.pending()).toBe(before);
});
