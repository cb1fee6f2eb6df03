import type { RuntimeOptions } from "@toolcast/core";
import { createHttp, systemClock } from "@toolcast/core";
import type { Clock } from "@toolcast/core/engine";
import type { OperationContext, StartEnd } from "@toolcast/core/provider";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createOperationContext, createProviderTools } from "../doubles/provider-tools.ts";
import type { SpeakingProvider, SpeakingVendor, Speech } from "../doubles/speaking-vendor.ts";
import { createManualClock } from "../manual-clock.ts";
import { createMemoryEngine } from "../memory-engine.ts";
import { ada, createInstallation, settle, startJob } from "../runtime-fixture.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { verifies } from "../verifies.ts";

const pieces = ["天空", "是蓝色的，because ", "of 🌈", "。", "就这样"];
/** Any, and often those that a protocol or a careless reader could lose. */
const letter = fc.oneof(
  fc.constantFrom(" ", "\n", "\r", '"', "\\", "🌈", "字", "\u2028"),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
);
const everyCount = pieces.map((_, index) => index);
const wholeText = pieces.join("");

/** What each needs to be set up. */
const variablesOf: Record<string, Record<string, string>> = {
  spark: { SPARK_APP_ID: "a", SPARK_API_KEY: "b", SPARK_API_SECRET: "c" },
  dashscope: { DASHSCOPE_API_KEY: "a" },
  openai: { OPENAI_API_KEY: "a", OPENAI_MODEL: "any" },
};

/** Everything a provider owes to a text that arrives in pieces, whatever its vendor's protocol. */
export function textStreamContract({ name, definition, openVendor, prices }: SpeakingProvider): void {
  /** Its text operation against a vendor that speaks like this. */
  async function speaking(talk: (speech: Speech) => unknown, clock: Clock = systemClock) {
    const vendor = await openVendor(talk);
    const [address = ""] = Object.values(vendor.environment).filter((value) => value.startsWith("http"));
    const tools = createProviderTools(address, clock);
    const text = definition.create(definition.schema.parse(vendor.environment), tools).operations.text!;
    return {
      vendor,
      text,
      ask: (changes: Partial<OperationContext> = {}) =>
        text.start({ question: "为什么？" }, createOperationContext(changes)),
      async [Symbol.asyncDispose]() {
        await tools.http.close();
        await vendor[Symbol.asyncDispose]();
      },
    };
  }

  /** Says the first `count` pieces one by one, each after the one before was read. */
  function inTurns(count: number, then: (speech: Speech) => unknown = () => {}) {
    let heard = () => {};
    return {
      talk: async (speech: Speech) => {
        for (const piece of pieces.slice(0, count)) {
          const { promise, resolve } = Promise.withResolvers<void>();
          heard = resolve;
          await speech.say(piece);
          await promise;
        }
        await then(speech);
      },
      heard: () => heard(),
    };
  }

  const expectNobodyListens = (vendor: SpeakingVendor) => expect.poll(() => vendor.listeners()).toBe(0);

  /** An installation whose only provider is this one; its vendor answers with 12 tokens sent and 20 answered. */
  async function installed(
    variables: Record<string, string>,
    policy: Omit<RuntimeOptions["policy"] & {}, "operators">,
  ) {
    const vendor = await openVendor((speech) => speech.end("好"));
    const installation = await createInstallation();
    const values = { ...vendor.environment, ...variables };
    const trustedHosts = () => definition.hosts(definition.schema.parse(values));
    // What is real about it needs the machine's time.
    const http = createHttp({ trustedHosts, clock: systemClock });
    const running = await installation.open({
      ...{ providers: [{ definition, values }], policy: { operators: [], ...policy } },
      http,
    });
    const { clock, store } = installation;
    const engine = createMemoryEngine({ clock, random: createSeededRandom(1), shared: store });
    return {
      installation,
      running,
      vendor,
      sumOf: async (kind: string, unit: string) => engine.counter([`${kind}-sum`, definition.id, unit].join("|")),
      async [Symbol.asyncDispose]() {
        await installation[Symbol.asyncDispose]();
        await http.close();
        await vendor[Symbol.asyncDispose]();
      },
    };
  }

  describe(`a text of ${name}`, () => {
    test("costs tokens; beyond the limit it is agreed to first; it is in the ledger and counts for the day", async () => {
      verifies("text.money", "spending.ask-above");
      await using world = await installed({}, { askAbove: 2_000, dailyPerPerson: 1 });
      const { installation, running } = world;
      const { id } = await startJob(running, "ask", { question: "为什么？" });
      expect(installation.job(id)).toMatchObject({
        price: { known: true, atMost: true, amount: 2_052, unit: "tokens" },
        state: { phase: "held", hold: { reason: "price" } },
      });
      expect(world.vendor.questions()).toBe(0);
      await running.runtime.press({ action: "release", subject: id, caller: ada });
      await installation.until(() => installation.job(id).state.phase === "succeeded");
      expect(installation.job(id).steps).toMatchObject([{ charge: { amount: 32, unit: "tokens" } }]);
      expect(await world.sumOf("charged", "tokens")).toBe(32);
      const next = await startJob(running, "ask", { question: "为什么？" });
      await running.runtime.press({ action: "release", subject: next.id, caller: ada });
      await installation.until(() => "hold" in installation.job(next.id).state);
      expect(installation.job(next.id).state).toMatchObject({ hold: { reason: "budget" } });
      expect(world.vendor.questions()).toBe(1);
    });

    test("costs what its operator states for the tokens of its model, in that currency", async () => {
      verifies("text.money", "spending.ask-above");
      const rates = { [prices.model]: { prompt: 1_000, completion: 10_000, unit: "CNY" } };
      await using world = await installed({ [prices.variable]: JSON.stringify(rates) }, { askAbove: 20 });
      const { installation, running } = world;
      const { id } = await startJob(running, "ask", { question: "为什么？" });
      expect(installation.job(id)).toMatchObject({
        price: { known: true, atMost: true, amount: 20.484, unit: "CNY" },
        state: { phase: "held", hold: { reason: "price" } },
      });
      await running.runtime.press({ action: "release", subject: id, caller: ada });
      await installation.until(() => installation.job(id).state.phase === "succeeded");
      expect(installation.job(id).steps).toMatchObject([{ charge: { amount: 0.212, unit: "CNY" } }]);
      expect(await world.sumOf("charged", "CNY")).toBe(0.212);
    });

    test.each([
      "{",
      '{"MODEL":1}',
      '{"MODEL":{"prompt":1,"unit":"CNY"}}',
      '{"MODEL":{"prompt":-1,"completion":1,"unit":"CNY"}}',
      '{"MODEL":{"prompt":1,"completion":1,"unit":""}}',
    ])("has no price like %s", (stated) => {
      verifies("text.money");
      const values = { ...variablesOf[definition.id], [prices.variable]: stated.replace("MODEL", prices.model) };
      expect(definition.schema.safeParse(values).error?.issues).toMatchObject([{ path: [prices.variable] }]);
    });

    test("is the same however its vendor divides it and the network cuts it, and so is what is read along", async () => {
      verifies("text.any-split");
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.string({ unit: letter, minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 5 }),
          fc.array(fc.nat(600), { maxLength: 5 }),
          async (words, cuts) => {
            fc.pre(words.join("").trim() !== "");
            await using asked = await speaking(async (speech) => {
              for (const word of words.slice(0, -1)) {
                await speech.say(word, cuts);
              }
              await speech.end(words.at(-1)!, cuts);
            });
            let read = "";
            const end = await asked.ask({ onText: (piece) => (read += piece) });
            expect(end).toMatchObject({
              end: "done",
              output: { text: words.join(""), charge: { amount: 32, unit: "tokens" } },
            });
            expect(read).toBe(words.join(""));
          },
        ),
        { numRuns: 40 },
      );
    });

    test("is the same whether somebody reads along or not", async () => {
      verifies("text.any-split");
      const ends: StartEnd[] = [];
      for (const onText of [undefined, () => {}]) {
        await using asked = await speaking(async (speech) => {
          for (const piece of pieces.slice(0, -1)) {
            await speech.say(piece);
          }
          await speech.end(pieces.at(-1)!);
        });
        ends.push(await asked.ask({ onText }));
      }
      expect(ends[0]).toMatchObject({ end: "done", output: { text: wholeText } });
      expect(ends[1]).toEqual(ends[0]);
    });

    test.each(everyCount)(
      "stopped after %i pieces ends with those, uncounted, and is no longer listened to",
      async (count) => {
        verifies("text.stop");
        const stop = new AbortController();
        const turns = inTurns(count, () => stop.abort());
        await using asked = await speaking(turns.talk);
        const end = await asked.ask({ stop: stop.signal, onText: () => turns.heard() });
        const text = pieces.slice(0, count).join("");
        expect(end).toMatchObject({ end: "done", output: { text, facts: { text }, stopped: true } });
        expect(end).not.toHaveProperty("output.charge");
        await expectNobodyListens(asked.vendor);
        expect(asked.vendor.questions()).toBe(1);
      },
    );

    const tooLate = { end: "unknown", failure: { sentence: { values: { reason: { en: "no answer in time" } } } } };

    test("waited for as a whole is given up after a minute, whatever has arrived of it", async () => {
      verifies("text.time-limit");
      const clock = createManualClock(Date.now());
      const spoken = Promise.withResolvers<Speech>();
      await using asked = await speaking(spoken.resolve, clock);
      let end: StartEnd | undefined;
      const asking = asked.ask().then((given) => {
        end = given;
      });
      const speech = await spoken.promise;
      for (const piece of pieces.slice(0, 2)) {
        await clock.advance(29_900);
        await speech.say(piece);
        await settle();
      }
      expect(end).toBeUndefined();
      await clock.advance(1_000);
      await asking;
      expect(end).toMatchObject(tooLate);
    });

    test("read along may take longer, but not be silent for a minute", async () => {
      verifies("text.time-limit");
      const clock = createManualClock(Date.now());
      const spoken = Promise.withResolvers<Speech>();
      await using asked = await speaking(spoken.resolve, clock);
      let heard = Promise.withResolvers<void>();
      let end: StartEnd | undefined;
      const asking = asked.ask({ onText: () => heard.resolve() }).then((given) => {
        end = given;
      });
      const speech = await spoken.promise;
      for (const piece of pieces.slice(0, 3)) {
        await clock.advance(59_000);
        heard = Promise.withResolvers<void>();
        const { promise } = heard;
        await Promise.race([speech.say(piece).then(() => promise), asking]);
      }
      await clock.advance(59_000);
      await settle();
      expect(end).toBeUndefined();
      await clock.advance(1_000);
      await asking;
      expect(end).toMatchObject(tooLate);
    });

    test("stopped before it is asked is not asked", async () => {
      verifies("text.stop");
      await using asked = await speaking((speech) => speech.end("好"));
      const end = await asked.ask({ stop: AbortSignal.abort() });
      expect(end).toMatchObject({ end: "not-sent", failure: { charged: "no" } });
      expect(asked.vendor.questions()).toBe(0);
    });

    test.each(everyCount)(
      "cut off after %i pieces keeps them on record, and is not asked again by itself",
      async (count) => {
        verifies("text.partial", "paid-once.unknown-not-repeated");
        const turns = inTurns(count, (speech) => speech.breakOff());
        await using asked = await speaking(turns.talk);
        await using installation = await createInstallation();
        installation.provider.everyStart = ({ context }) =>
          asked.ask({
            ...{ signal: context.signal, stop: context.stop },
            onText(piece) {
              context.onText?.(piece);
              turns.heard();
            },
          });
        const process = await installation.open();
        const { id } = await startJob(process, "ask", { question: "为什么？" });
        await installation.until(() => installation.job(id).state.phase === "unresolved");
        await installation.pass(24 * 60 * 60_000);
        const { state, steps } = installation.job(id);
        expect(state.phase).toBe("unresolved");
        expect(steps[0]!.partial ?? "").toBe(pieces.slice(0, count).join(""));
        expect(asked.vendor.questions()).toBe(1);
      },
    );
  });
}
