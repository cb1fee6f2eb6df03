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

const picture = (input: Parameters<typeof pictureOrder>[0] = {}) => pictureOrder({ wait_seconds: 0, ...input });
const tone = "https://pictures.example/tone.wav";
/** Every price asks, because none is known. */
const asking = { policy: { operators: [], askAbove: 0 } };

describe("the idempotency key", () => {
  for (const era of eras) {
    test(`${era}: the same request twice is one job`, async () => {
      verifies("mcp.key");
      const { mcp } = await openMcp(world);
      const client = await connectPipe(mcp, era);
      const first = await client.callTool(picture({ idempotency_key: "cat-1" }));
      const again = await client.callTool(picture({ idempotency_key: "cat-1", wait_seconds: 1 }));
      await world.pass(2_000);
      expect(factsOf(again).job_id).toBe(factsOf(first).job_id);
      expect(world.jobs()).toHaveLength(1);
    });
  }

  test("another request with it is refused, and nothing is started", async () => {
    verifies("mcp.key", "mcp.errors");
    const { mcp } = await openMcp(world);
    const client = await connectPipe(mcp, "legacy");
    const first = await client.callTool(picture({ idempotency_key: "cat-1" }));
    const other = await client.callTool(picture({ idempotency_key: "cat-1", prompt: "a dog" }));
    expect(other.isError).toBe(true);
    expect(textOf(other)).toContain(factsOf(first).job_id);
    expect(world.jobs()).toHaveLength(1);
  });

  test("the same key of another person is another request", async () => {
    verifies("mcp.key", "mcp.owners");
    const tokens = ["ada", "bob"].map((name) => ({ name, token: name.repeat(12) }));
    const { mcp } = await openMcp(world, { tokens });
    for (const { token } of tokens) {
      const client = await connectHttp(mcp, "modern", { token });
      await client.callTool(picture({ idempotency_key: "cat-1" }));
    }
    expect(world.jobs().map(({ caller }) => caller.id)).toEqual(["mcp:ada", "mcp:bob"]);
  });

  test("a job that failed is told again, and not tried again", async () => {
    verifies("mcp.key");
    const { mcp } = await openMcp(world);
    const client = await connectPipe(mcp, "legacy");
    world.provider.nextStart("image", {
      end: "refused",
      failure: { kind: "refused", sentence: { en: "No.", "zh-CN": "否。" }, charged: "no", retry: { kind: "never" } },
    });
    const call = client.callTool(picture({ idempotency_key: "cat-1", wait_seconds: 20 }));
    await world.pass(5_000);
    expect(factsOf(await call)).toMatchObject({ state: "failed", done: true, charged: "no" });
    const again = await client.callTool(picture({ idempotency_key: "cat-1", wait_seconds: 20 }));
    expect(again.isError).toBe(true);
    expect(world.provider.starts).toHaveLength(1);
  });
});

describe("what needs a yes", () => {
  for (const connect of [connectPipe, connectHttp]) {
    test(`a client of 2025 hears that its call lives while its person thinks (${connect.name})`, async () => {
      verifies("mcp.progress", "mcp.agreement");
      const { mcp } = await openMcp(world, {}, asking);
      const thinking = Promise.withResolvers<void>();
      const client = await connect(mcp, "legacy", {
        async answer() {
          await thinking.promise;
          return { action: "accept", content: { agree: true } };
        },
      });
      const told: { at: number; progress: number }[] = [];
      const call = client.callTool(picture({ wait_seconds: 0 }), {
        onprogress: ({ progress }) => void told.push({ at: world.clock.now(), progress }),
      });
      await world.pass(0);
      const asked = world.clock.now();
      await world.pass(60_000);
      const whileAsked = told.filter(({ at }) => at > asked);
      expect(whileAsked.length).toBeGreaterThanOrEqual(4);
      expect(world.jobs()).toEqual([]);
      thinking.resolve();
      await world.pass(0);
      expect(factsOf(await call).state).toBe("queued");
      expect(told.map(({ progress }) => progress)).toEqual(told.map(({ progress }) => progress).sort((a, b) => a - b));
      const heard = told.length;
      await world.pass(60_000);
      expect(told).toHaveLength(heard);
    });
  }

  for (const era of eras) {
    for (const [transport, connect] of [
      ["pipe", connectPipe],
      ["http", connectHttp],
    ] as const) {
      test(`${era} over ${transport}: the person is asked, and a yes starts it`, async () => {
        verifies("mcp.agreement");
        const { mcp } = await openMcp(world, {}, asking);
        const asked: string[] = [];
        const client = await connect(mcp, era, {
          answer: (message) => {
            asked.push(message);
            return { action: "accept", content: { agree: true } };
          },
        });
        const result = await client.callTool(picture());
        expect(asked).toHaveLength(1);
        expect(asked[0]).toMatch(/Price: 2 points/);
        expect(result.isError).toBeUndefined();
        expect(world.jobs().map(({ confirmations }) => confirmations.map(({ reason }) => reason))).toEqual([["price"]]);
      });
    }

    test(`${era}: progress rises on while the person is asked`, async () => {
      verifies("mcp.progress", "mcp.agreement");
      const { mcp } = await openMcp(world, {}, asking);
      const client = await connectPipe(mcp, era, { answer: () => ({ action: "accept", content: { agree: true } }) });
      const told: number[] = [];
      const call = client.callTool(picture({ wait_seconds: 20 }), {
        onprogress: ({ progress }) => told.push(progress),
      });
      await world.pass(5_000);
      await call;
      // A client of 2026 asks again by a request of its own, whose progress begins anew.
      const rounds = era === "legacy" ? [told] : told.reduce<number[][]>(byRise, []);
      expect(rounds.every((round) => round.every((value, index) => index === 0 || value > round[index - 1]!))).toBe(
        true,
      );
      expect(told.length).toBeGreaterThan(2);
    });

    test(`${era}: an asking that fails is no answer: the argument to add is named`, async () => {
      verifies("mcp.agreement", "mcp.errors");
      const { mcp } = await openMcp(world, {}, asking);
      const answer = () => Promise.reject(new Error("the window is gone"));
      for (const connect of [connectPipe, connectHttp]) {
        const client = await connect(mcp, era, { answer });
        const call = client.callTool(picture());
        if (era === "modern") {
          // Here it is the client that asks, and that gives up.
          await expect(call).rejects.toThrow();
        } else {
          expect(textOf(await call)).toMatch(/call again with agree_to \["price"\]/);
        }
      }
      expect(world.jobs()).toEqual([]);
    });

    test(`${era}: a no stores nothing`, async () => {
      verifies("mcp.agreement");
      const { mcp } = await openMcp(world, {}, asking);
      const client = await connectPipe(mcp, era, { answer: () => ({ action: "decline" }) });
      const result = await client.callTool(picture());
      expect(result.isError).toBe(true);
      expect(textOf(result)).toMatch(/did not agree/);
      expect(world.jobs()).toEqual([]);
    });

    test(`${era}: a form sent without the yes is a no`, async () => {
      verifies("mcp.agreement");
      const { mcp } = await openMcp(world, {}, asking);
      const client = await connectPipe(mcp, era, { answer: () => ({ action: "accept", content: { agree: false } }) });
      expect((await client.callTool(picture())).isError).toBe(true);
      expect(world.jobs()).toEqual([]);
    });
  }

  test("a client that cannot ask is refused with the argument to add, and the argument starts it", async () => {
    verifies("mcp.agreement");
    const { mcp } = await openMcp(world, {}, asking);
    const client = await connectPipe(mcp, "legacy");
    const refused = await client.callTool(picture());
    expect(refused.isError).toBe(true);
    expect(textOf(refused)).toContain('agree_to ["price"]');
    expect(world.jobs()).toEqual([]);
    const begun = await client.callTool(picture({ agree_to: ["price"] }));
    expect(begun.isError).toBeUndefined();
    expect(world.jobs()).toHaveLength(1);
  });

  test("the right to a voice and its price are asked one after the other", async () => {
    verifies("mcp.agreement");
    const { mcp, runtime } = await openMcp(world, {}, asking);
    const sample = await runtime.media.keep(fixture("tone.wav"), { owner: "mcp:local", name: "me.wav", maxBytes: 1e6 });
    const asked: string[] = [];
    const client = await connectPipe(mcp, "modern", {
      answer: (message) => {
        asked.push(message);
        return { action: "accept", content: { agree: true } };
      },
    });
    await client.callTool({ name: "clone_voice", arguments: { audio: sample.id, name: "mine", wait_seconds: 0 } });
    expect(asked).toHaveLength(2);
    expect(world.jobs()[0]?.confirmations.map(({ reason }) => reason)).toEqual(["consent", "price"]);
  });

  test("a price that is only known after the files were fetched is asked about the stored job", async () => {
    verifies("mcp.agreement");
    const { mcp } = await openMcp(world, {}, asking);
    const client = await connectPipe(mcp, "legacy", { answer: () => ({ action: "accept", content: { agree: true } }) });
    const call = client.callTool({
      name: "clone_voice",
      arguments: { audio: tone, name: "mine", consent: true, wait_seconds: 40 },
    });
    await world.until(() => world.provider.starts.length === 1);
    await world.pass(8_000);
    expect(factsOf(await call)).toMatchObject({ state: "succeeded" });
    expect(world.jobs()).toHaveLength(1);
  });

  test("its no ends the stored job, which has cost nothing", async () => {
    verifies("mcp.agreement");
    const { mcp } = await openMcp(world, {}, asking);
    const client = await connectPipe(mcp, "modern", { answer: () => ({ action: "cancel" }) });
    const call = client.callTool({
      name: "clone_voice",
      arguments: { audio: tone, name: "mine", consent: true, wait_seconds: 40 },
    });
    await world.pass(8_000);
    expect(factsOf(await call)).toMatchObject({ state: "cancelled", charged: "no", may_still_be_charged: false });
    expect(world.provider.starts).toEqual([]);
  });

  for (const [why, answer] of [
    ["fails", () => Promise.reject(new Error("the window is gone"))],
    ["is cut off with its call", () => new Promise<never>(() => {})],
  ] as const) {
    test(`where its asking ${why}, it stays the one job`, async () => {
      verifies("mcp.agreement");
      const { mcp } = await openMcp(world, {}, asking);
      const client = await connectPipe(mcp, "legacy", { answer });
      const patience = new AbortController();
      const call = client.callTool(
        { name: "clone_voice", arguments: { audio: tone, name: "mine", consent: true, wait_seconds: 40 } },
        { signal: patience.signal },
      );
      const told = call.then(factsOf, () => null);
      await world.pass(8_000);
      patience.abort();
      await world.pass(60_000);
      const jobs = world.jobs();
      expect(jobs.map(({ state }) => state.phase)).toEqual(["held"]);
      expect(await told).toEqual(
        why === "fails" ? expect.objectContaining({ job_id: jobs[0]?.id, waits_for: "price" }) : null,
      );
    });
  }

  test("without a person to ask, the same call with its key and the yes lets the stored job go on", async () => {
    verifies("mcp.agreement", "mcp.key");
    const { mcp } = await openMcp(world, {}, asking);
    const client = await connectPipe(mcp, "legacy");
    const clone = (input: Record<string, unknown>) => ({
      name: "clone_voice",
      arguments: { audio: tone, name: "mine", consent: true, idempotency_key: "voice", ...input },
    });
    const call = client.callTool(clone({ wait_seconds: 40 }));
    await world.pass(8_000);
    const held = await call;
    expect(factsOf(held)).toMatchObject({ state: "held", waits_for: "price" });
    expect(textOf(held)).toMatch(/same idempotency_key and agree_to \["price"\]/);
    const agreed = client.callTool(clone({ wait_seconds: 40, agree_to: ["price"] }));
    await world.pass(8_000);
    expect(factsOf(await agreed)).toMatchObject({ state: "succeeded", job_id: factsOf(held).job_id });
  });

  test("a daily limit is nobody's yes: it is refused and names no argument", async () => {
    verifies("mcp.agreement", "mcp.errors");
    const { mcp } = await openMcp(world, {}, { policy: { operators: [], dailyPerPerson: 0 } });
    const client = await connectPipe(mcp, "modern", { answer: () => ({ action: "accept", content: { agree: true } }) });
    const refused = await client.callTool(picture());
    expect(refused.isError).toBe(true);
    expect(textOf(refused)).toMatch(/daily limit/i);
    expect(textOf(refused)).not.toContain("agree_to");
    expect(world.jobs()).toEqual([]);
  });
});

/** Splits where a value does not rise. */
function byRise(rounds: number[][], value: number): number[][] {
  const round = rounds.at(-1);
  return round === undefined || value <= round.at(-1)!
    ? [...rounds, [value]]
    : [...rounds.slice(0, -1), [...round, value]];
}
