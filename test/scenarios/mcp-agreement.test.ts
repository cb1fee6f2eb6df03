import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
import { connectHttp, connectPipe, eras, factsOf, openMcp, pictureOrder, textOf } from "../mcp-client.ts";
import { createInstallation, type Installation, operator } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

let world: Installation;
beforeEach(async () => {
  world = await createInstallation();
});
afterEach(() => world[Symbol.asyncDispose]());

const picture = (input: Parameters<typeof pictureOrder>[0] = {}) => pictureOrder({ wait_seconds: 0, ...input });
const picturePng = "https://pictures.example/picture.png";
/** Every price needs consent. */
const asking = { policy: { operators: [], askAbove: 0 } };

describe("what needs approval", () => {
  for (const connect of [connectPipe, connectHttp]) {
    test(`a client of 2025 sees that its call is alive while its person thinks (${connect.name})`, async () => {
      verifies("mcp.progress", "mcp.agreement");
      const { mcp } = await openMcp(world, {}, asking);
      const thinking = Promise.withResolvers<void>();
      const client = await connect(mcp, "legacy", {
        async answer() {
          await thinking.promise;
          return { action: "accept", content: { agree: true } };
        },
      });
      const reported: { at: number; progress: number }[] = [];
      const call = client.callTool(picture({ wait_seconds: 0 }), {
        onprogress: ({ progress }) => void reported.push({ at: world.clock.now(), progress }),
      });
      await world.pass(0);
      const asked = world.clock.now();
      await world.pass(60_000);
      const whileAsked = reported.filter(({ at }) => at > asked);
      expect(whileAsked.length).toBeGreaterThanOrEqual(4);
      expect(world.jobs()).toEqual([]);
      thinking.resolve();
      await world.pass(0);
      expect(factsOf(await call).state).toBe("queued");
      expect(reported.map(({ progress }) => progress)).toEqual(
        reported.map(({ progress }) => progress).sort((a, b) => a - b),
      );
      const heard = reported.length;
      await world.pass(60_000);
      expect(reported).toHaveLength(heard);
    });
  }

  for (const era of eras) {
    for (const [transport, connect] of [
      ["pipe", connectPipe],
      ["http", connectHttp],
    ] as const) {
      test(`${era} over ${transport}: the person is asked, and approval starts it`, async () => {
        verifies("mcp.agreement");
        const { mcp } = await openMcp(world, {}, asking);
        const asked: string[] = [];
        const client = await connect(mcp, era, {
          answer: (message) => {
            asked.push(message);
            return { action: "accept", content: { agree: true } };
          },
        });
        // The model's own agreement does not count if its person can be asked.
        const result = await client.callTool(picture({ count: 1, agree_to: ["price", "consent"] }));
        expect(asked).toHaveLength(1);
        for (const words of [
          "Start this? Generate an image",
          "Prompt: a cat",
          "Number of pictures: 1",
          "Price: 2 points",
        ]) {
          expect(asked[0]).toContain(words);
        }
        expect(result.isError).toBeUndefined();
        expect(world.jobs().map(({ confirmations }) => confirmations.map(({ reason }) => reason))).toEqual([["price"]]);
      });
    }

    test(`${era}: progress keeps rising while the person is asked`, async () => {
      verifies("mcp.progress", "mcp.agreement");
      const { mcp } = await openMcp(world, {}, asking);
      const client = await connectPipe(mcp, era, { answer: () => ({ action: "accept", content: { agree: true } }) });
      const reported: number[] = [];
      const call = client.callTool(picture({ wait_seconds: 20 }), {
        onprogress: ({ progress }) => reported.push(progress),
      });
      await world.pass(5_000);
      await call;
      // A client of 2026 answers by a new request, whose progress starts over.
      const rounds = era === "legacy" ? [reported] : reported.reduce<number[][]>(byRise, []);
      expect(rounds.every((round) => round.every((value, index) => index === 0 || value > round[index - 1]!))).toBe(
        true,
      );
      expect(reported.length).toBeGreaterThan(2);
    });

    test(`${era}: a failed question is no answer: the job waits for its person elsewhere`, async () => {
      verifies("mcp.agreement", "mcp.errors");
      const { mcp } = await openMcp(world, {}, asking);
      const answer = () => Promise.reject(new Error("the window is gone"));
      for (const connect of [connectPipe, connectHttp]) {
        const client = await connect(mcp, era, { answer });
        const call = client.callTool(picture());
        if (era === "modern") {
          // In this era the client asks, and the client gives up.
          await expect(call).rejects.toThrow();
        } else {
          expect(textOf(await call)).toMatch(/is waiting for their approval, which you cannot give/);
        }
      }
      expect(world.jobs().map(({ state }) => state.phase)).toEqual(era === "modern" ? [] : ["held", "held"]);
    });

    test(`${era}: a refusal stores nothing`, async () => {
      verifies("mcp.agreement");
      const { mcp } = await openMcp(world, {}, asking);
      const client = await connectPipe(mcp, era, { answer: () => ({ action: "decline" }) });
      const result = await client.callTool(picture());
      expect(result.isError).toBe(true);
      expect(textOf(result)).toMatch(/did not agree/);
      expect(world.jobs()).toEqual([]);
    });

    test(`${era}: a form sent without consent is a refusal`, async () => {
      verifies("mcp.agreement");
      const { mcp } = await openMcp(world, {}, asking);
      const client = await connectPipe(mcp, era, { answer: () => ({ action: "accept", content: { agree: false } }) });
      expect((await client.callTool(picture())).isError).toBe(true);
      expect(world.jobs()).toEqual([]);
    });
  }

  test("if nobody can be asked, the job waits for a person, and nothing the model says starts it", async () => {
    verifies("mcp.agreement");
    const { mcp, runtime } = await openMcp(
      world,
      { localPerson: operator.id },
      { policy: { operators: [operator.id], askAbove: 0 } },
    );
    const client = await connectPipe(mcp, "legacy");
    const order = picture({ agree_to: ["price"], idempotency_key: "cat" });
    const held = await client.callTool(order);
    expect(factsOf(held)).toMatchObject({ state: "held", waits_for: "price" });
    expect(textOf(held)).toContain(`toolcast job ${factsOf(held).job_id} --press release`);
    expect(textOf(held)).not.toContain("agree_to");
    expect(factsOf(await client.callTool(order)).state).toBe("held");
    const [job] = world.jobs();
    const subject = runtime.question(job!, operator)!.subject;
    // Nor can the agent press for itself.
    const byAgent = await runtime.press({ action: "release", subject, caller: job!.caller });
    expect([byAgent.type, world.provider.starts.length]).toEqual(["refused", 0]);
    await runtime.press({ action: "release", subject, caller: operator });
    await world.until(() => world.job(job!.id).state.phase === "succeeded");
    expect(world.job(job!.id).confirmations).toMatchObject([{ reason: "price", by: operator.id }]);
  });

  test("if nobody can be asked, the right to a voice waits for a person, whatever the model says", async () => {
    verifies("mcp.agreement", "spending.consent");
    const { mcp, runtime } = await openMcp(world, {}, asking);
    const sample = await runtime.media.keep(fixture("tone.wav"), { owner: "mcp:local", name: "me.wav", maxBytes: 1e6 });
    const client = await connectPipe(mcp, "legacy");
    const own = { audio: sample.id, name: "mine", consent: true, agree_to: ["consent", "price"], wait_seconds: 0 };
    const held = await client.callTool({ name: "clone_voice", arguments: own });
    expect(factsOf(held)).toMatchObject({ state: "held", waits_for: "consent" });
    await world.pass(8_000);
    expect([world.provider.starts, world.jobs()[0]?.confirmations]).toEqual([[], []]);
  });

  for (const era of eras) {
    test(`${era}: the right to a voice and its price are one question, and its answer is recorded once`, async () => {
      verifies("mcp.agreement", "spending.consent");
      const { mcp, runtime } = await openMcp(world, {}, asking);
      const keep = { owner: "mcp:local", name: "me.wav", maxBytes: 1e6 };
      const sample = await runtime.media.keep(fixture("tone.wav"), keep);
      const asked: string[] = [];
      const client = await connectPipe(mcp, era, {
        answer: (message) => {
          asked.push(message);
          return { action: "accept", content: { agree: true } };
        },
      });
      const call = client.callTool({
        name: "clone_voice",
        arguments: { audio: sample.id, name: "mine", consent: true, wait_seconds: 40 },
      });
      await world.pass(8_000);
      expect(factsOf(await call).state).toBe("succeeded");
      expect(asked).toHaveLength(1);
      for (const words of ["Clone a voice", "Name: mine", sample.id, "owner's permission", "Price: "]) {
        expect(asked[0]).toContain(words);
      }
      expect(world.jobs()[0]?.confirmations).toMatchObject([{ reason: "consent", priceShown: true }]);
    });
  }

  test("approving one price does not approve another", async () => {
    verifies("mcp.agreement");
    const { mcp } = await openMcp(world, {}, asking);
    const asked: string[] = [];
    const client = await connectPipe(mcp, "modern", {
      answer: (message) => {
        asked.push(message);
        // While the person thinks, the vendor raises its price.
        world.provider.prices.set("image", { known: true, amount: 2 + asked.length, unit: "points" });
        return { action: "accept", content: { agree: asked.length < 3 } };
      },
    });
    await client.callTool(picture());
    expect(asked.map((message) => /Price: (\d+)/.exec(message)?.[1])).toEqual(["2", "3", "4"]);
    expect(world.jobs()).toEqual([]);
  });

  test("quote_only gives the price and the questions, and starts and stores nothing", async () => {
    verifies("mcp.quote");
    const { mcp } = await openMcp(world, {}, asking);
    for (const era of eras) {
      const client = await connectPipe(mcp, era, { answer: () => Promise.reject(new Error("asked")) });
      const quote = await client.callTool(picture({ quote_only: true, idempotency_key: "cat" }));
      expect(quote.isError).toBeUndefined();
      expect(textOf(quote)).toMatch(/Price: 2 points/);
      expect(quote.structuredContent).toMatchObject({ data: { price: { amount: 2 }, asks: ["price"] } });
      const wrong = await client.callTool(picture({ quote_only: true, count: 9 }));
      expect(textOf(wrong)).toContain("Code: usage (count)");
    }
    expect([world.jobs(), world.provider.starts]).toEqual([[], []]);
  });

  test("a price known only after the files were fetched is asked about for the stored job", async () => {
    verifies("mcp.agreement");
    const { mcp } = await openMcp(world, {}, asking);
    const client = await connectPipe(mcp, "legacy", { answer: () => ({ action: "accept", content: { agree: true } }) });
    const call = client.callTool({
      name: "describe_image",
      arguments: { image: picturePng, question: "What?", wait_seconds: 40 },
    });
    await world.until(() => world.provider.starts.length === 1);
    await world.pass(8_000);
    expect(factsOf(await call)).toMatchObject({ state: "succeeded" });
    expect(world.jobs()).toHaveLength(1);
  });

  test("refusing it ends the stored job, which has cost nothing", async () => {
    verifies("mcp.agreement");
    const { mcp } = await openMcp(world, {}, asking);
    const client = await connectPipe(mcp, "modern", { answer: () => ({ action: "cancel" }) });
    const call = client.callTool({
      name: "describe_image",
      arguments: { image: picturePng, question: "What?", wait_seconds: 40 },
    });
    await world.pass(8_000);
    expect(factsOf(await call)).toMatchObject({ state: "cancelled", charged: "no", may_still_be_charged: false });
    expect(world.provider.starts).toEqual([]);
  });

  for (const [why, answer] of [
    ["fails", () => Promise.reject(new Error("the window is gone"))],
    ["is cut off with its call", () => new Promise<never>(() => {})],
  ] as const) {
    test(`if asking about it ${why}, it remains the same job`, async () => {
      verifies("mcp.agreement");
      const { mcp } = await openMcp(world, {}, asking);
      const client = await connectPipe(mcp, "legacy", { answer });
      const patience = new AbortController();
      const call = client.callTool(
        { name: "describe_image", arguments: { image: picturePng, question: "What?", wait_seconds: 40 } },
        { signal: patience.signal },
      );
      const reported = call.then(factsOf, () => null);
      await world.pass(8_000);
      patience.abort();
      await world.pass(60_000);
      const jobs = world.jobs();
      expect(jobs.map(({ state }) => state.phase)).toEqual(["held"]);
      expect(await reported).toEqual(
        why === "fails" ? expect.objectContaining({ job_id: jobs[0]?.id, waits_for: "price" }) : null,
      );
    });
  }

  test("a daily limit cannot be agreed to: it is refused and names no argument", async () => {
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

/** Splits a list wherever a value does not rise. */
function byRise(rounds: number[][], value: number): number[][] {
  const round = rounds.at(-1);
  return round === undefined || value <= round.at(-1)!
    ? [...rounds, [value]]
    : [...rounds.slice(0, -1), [...round, value]];
}
