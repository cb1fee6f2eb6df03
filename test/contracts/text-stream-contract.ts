import { systemClock } from "@toolcast/core";
import type { OperationContext, StartEnd } from "@toolcast/core/provider";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createOperationContext, createProviderTools } from "../doubles/provider-tools.ts";
import type { SpeakingProvider, SpeakingVendor, Speech } from "../doubles/speaking-vendor.ts";
import { createInstallation, startJob } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

const pieces = ["天空", "是蓝色的，because ", "of 🌈", "。", "就这样"];
const everyCount = pieces.map((_, index) => index);
const wholeText = pieces.join("");

/** Everything a provider owes to a text that arrives in pieces, whatever its vendor's protocol. */
export function textStreamContract({ name, definition, openVendor }: SpeakingProvider): void {
  /** Its text operation against a vendor that speaks like this. */
  async function speaking(talk: (speech: Speech) => unknown) {
    const vendor = await openVendor(talk);
    const [address = ""] = Object.values(vendor.environment).filter((value) => value.startsWith("http"));
    const tools = createProviderTools(address, systemClock);
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

  describe(`a text of ${name}`, () => {
    test("is the same however its vendor divides it and the network cuts it, and so is what is read along", async () => {
      verifies("text.any-split");
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 5 }),
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
