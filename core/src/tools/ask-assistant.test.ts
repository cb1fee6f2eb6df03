import type { StartEnd } from "@toolcast/core/provider";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { VendorStart } from "../../../test/doubles/scripted-provider.ts";
import {
  ada,
  createInstallation,
  type Installation,
  type RunningProcess,
  startJob,
  upload,
} from "../../../test/runtime-fixture.ts";

let installation: Installation;
let process: RunningProcess;
beforeEach(async () => {
  installation = await createInstallation();
  process = await installation.open();
});
afterEach(() => installation[Symbol.asyncDispose]());

/** Asks, and returns what reached the vendor. */
async function ask(input: Record<string, unknown>, answer: string, caller = ada) {
  installation.provider.nextStart("text", { end: "done", output: { media: [], text: answer } });
  const { id } = await startJob(process, "ask", input, { caller });
  await installation.until(() => installation.job(id).state.phase === "succeeded");
  return { id, request: installation.provider.starts.at(-1)!.request };
}

/** A model that speaks and ends as the test says. */
function speakingModel(obeys = true) {
  const { promise: started, resolve: start } = Promise.withResolvers<VendorStart>();
  const { promise: ended, resolve: end } = Promise.withResolvers<StartEnd>();
  let said = "";
  installation.provider.nextStart("text", (vendorStart) => {
    const { stop } = vendorStart.context;
    const stopped = () => end({ end: "done", output: { media: [], text: said, stopped: true } });
    if (obeys) {
      stop?.addEventListener("abort", stopped);
    }
    start(vendorStart);
    return ended;
  });
  return {
    started,
    end,
    async say(piece: string) {
      said += piece;
      (await started).context.onText?.(piece);
    },
  };
}

const partialOf = (id: string) => installation.job(id).steps[0]?.partial;
const linesOf = async (id: string) =>
  (await process.runtime.jobMessage((await process.runtime.job(id, ada))!, ada)).lines ?? [];

describe("a conversation", () => {
  test("goes on with what was asked and answered in its place, until its person starts over", async () => {
    await ask({ question: "1?" }, "1!");
    expect((await ask({ question: "2?" }, "2!")).request).toMatchObject({
      history: [{ question: "1?", answer: "1!" }],
    });
    const elsewhere = { ...ada, place: { ...ada.place, conversation: "other" } };
    expect((await ask({ question: "x?" }, "x!", elsewhere)).request).toMatchObject({ history: [] });
    expect((await ask({ question: "y?" }, "y!", { ...ada, id: "chat:bob" })).request).toMatchObject({ history: [] });
    expect((await ask({ question: "3?", new: true }, "3!")).request).toMatchObject({ history: [] });
    const { id, request } = await ask({ question: "4?", instructions: "Briefly." }, "4!");
    expect(request).toMatchObject({
      ...{ question: "4?", instructions: "Briefly.", history: [{ question: "3?", answer: "3!" }] },
    });
    expect(installation.job(id).steps).toMatchObject([{ name: "answer", text: "4!", assets: [] }]);
    const { actions } = await process.runtime.jobMessage((await process.runtime.job(id, ada))!, ada);
    expect(actions).toContainEqual(expect.objectContaining({ form: { command: "ask", input: {} }, style: "primary" }));
  });

  test("may be about a picture, and is stored with no more of it than fits", async () => {
    const image = (await upload(process, "picture.png")).id;
    expect((await ask({ question: "What is it?", image }, "A mountain.")).request).toMatchObject({
      image: { id: image },
    });
    await ask({ question: "long?" }, "a".repeat(59_990));
    expect((await ask({ question: "?" }, "!")).request).toMatchObject({ history: [{ question: "long?" }] });
  });
});

describe("an answer that arrives in pieces", () => {
  /** @verifies text.partial */
  test("is on record and shown within a second, and ends as it would have in one piece", async () => {
    const model = speakingModel();
    const { id } = await startJob(process, "ask", { question: "Why?" });
    await installation.until(() => installation.provider.starts.length === 1);
    await model.say("Because ");
    await installation.until(() => partialOf(id) === "Because ", 0);
    await model.say("it ");
    await model.say("is.");
    await installation.pass(1_000);
    expect(partialOf(id)).toBe("Because it is.");
    const message = await process.runtime.jobMessage((await process.runtime.job(id, ada))!, ada);
    expect(message).toMatchObject({ tone: "progress", growing: true });
    expect(message.lines?.at(-1)).toBe("Because it is.");
    expect(message.actions?.[0]).toMatchObject({ action: "cancel", label: "Stop" });
    model.end({ end: "done", output: { media: [], text: "Because it is.", charge: { amount: 9, unit: "tokens" } } });
    await installation.until(() => installation.job(id).state.phase === "succeeded");
    const streamed = installation.job(id).steps[0]!;
    expect(streamed).toMatchObject({ text: "Because it is.", charge: { amount: 9, unit: "tokens" } });
    expect(streamed.partial).toBeUndefined();
    expect(await linesOf(id)).toContain("Because it is.");
    expect(installation.provider.starts).toHaveLength(1);
  });

  /** @verifies text.stop */
  test.each([0, 1, 2])(
    "is stopped after %i pieces: they are kept, and its person sees that tokens are charged",
    async (count) => {
      const model = speakingModel();
      const { id } = await startJob(process, "ask", { question: "Why?" });
      await installation.until(() => installation.provider.starts.length === 1);
      for (const piece of ["a", "b"].slice(0, count)) {
        await model.say(piece);
      }
      await process.runtime.press({ action: "cancel", subject: id, caller: ada });
      await installation.until(() => installation.job(id).state.phase === "cancelled");
      const text = ["a", "b"].slice(0, count).join("");
      expect(installation.job(id)).toMatchObject({
        steps: [{ state: "done", stopped: true, text }],
        probable: [{ amount: 2 }],
      });
      const [said, kept] = await linesOf(id);
      expect(said).toMatch(/^Stopped.*tokens.*charged all the same/);
      expect(kept).toBe(text === "" ? undefined : text);
      expect((await ask({ question: "Next?" }, "!")).request).toMatchObject({ history: [] });
    },
  );

  /** @verifies text.stop */
  test("is stopped by somebody in another process", async () => {
    const model = speakingModel();
    const { id } = await startJob(process, "ask", { question: "Why?" });
    await installation.until(() => installation.provider.starts.length === 1);
    const other = await installation.open({ started: false, attached: false });
    await other.runtime.press({ action: "cancel", subject: id, caller: ada });
    await installation.until(() => installation.job(id).state.phase === "cancelled", 2_000);
    expect((await model.started).context.stop?.aborted).toBe(true);
  });

  test("that ended before its stop was heard has succeeded, and is shown", async () => {
    const model = speakingModel(false);
    const { id } = await startJob(process, "ask", { question: "Why?" });
    await installation.until(() => installation.provider.starts.length === 1);
    await process.runtime.press({ action: "cancel", subject: id, caller: ada });
    model.end({ end: "done", output: { media: [], text: "All of it." } });
    await installation.until(() => installation.job(id).state.phase === "succeeded");
    expect(await linesOf(id)).toContain("All of it.");
  });

  /** @verifies text.partial */
  test("and breaks off is shown as incomplete, and not asked again", async () => {
    const model = speakingModel();
    const { id } = await startJob(process, "ask", { question: "Why?" });
    await installation.until(() => installation.provider.starts.length === 1);
    await model.say("Because ");
    await installation.pass(0);
    const sentence = { en: "It broke.", "zh-CN": "中断了。" };
    const failure = { kind: "unknown", sentence, charged: "unknown", retry: { kind: "never" } } as const;
    model.end({ end: "unknown", failure });
    await installation.until(() => installation.job(id).state.phase === "unresolved");
    expect((await linesOf(id)).slice(-2)).toEqual([expect.stringContaining("Incomplete"), "Because "]);
    await installation.pass(60 * 60_000);
    expect(installation.provider.starts).toHaveLength(1);
    await process.runtime.press({ action: "leave", subject: id, caller: ada });
    expect((await linesOf(id)).at(-1)).toBe("Because ");
  });

  /** @verifies text.partial */
  test("and dies with its process is shown as incomplete, and not asked again", async () => {
    const model = speakingModel();
    const { id } = await startJob(process, "ask", { question: "Why?" });
    await installation.until(() => installation.provider.starts.length === 1);
    await model.say("Because ");
    await model.say("it");
    await installation.pass(1_000);
    process.life.die();
    process = await installation.open();
    await installation.until(() => installation.job(id).state.phase === "unresolved");
    expect((await linesOf(id)).at(-1)).toBe("Because it");
    await installation.pass(60 * 60_000);
    expect(installation.provider.starts).toHaveLength(1);
    await process.runtime.press({ action: "start-again", subject: id, caller: ada });
    await installation.until(() => installation.job(id).state.phase === "succeeded");
    expect(partialOf(id)).toBeUndefined();
    expect(installation.provider.starts).toHaveLength(2);
  });
});

test("the price is said to be the most it can be, and is agreed to like any other", async () => {
  installation.provider.prices.set("text", { known: true, atMost: true, amount: 2_100, unit: "tokens" });
  process = await installation.open({ policy: { operators: [], askAbove: 1_000, dailyPerPerson: 1 } });
  const reply = await process.runtime.call({ tool: "ask", input: { question: "Why?", quote: true }, caller: ada });
  expect(JSON.stringify(reply)).toContain("at most 2,100 tokens");
  const { id } = await startJob(process, "ask", { question: "Why?" });
  await installation.until(() => installation.job(id).state.phase === "held");
  expect(installation.provider.starts).toEqual([]);
});

test.each([
  ["en", "No language model is set up here; whoever"],
  ["zh-CN", "此处尚未配置语言模型"],
] as const)("without a model it says so in one sentence: %s", async (locale, sentence) => {
  installation.provider.without.add("text");
  process = await installation.open();
  const reply = await process.runtime.call({ tool: "ask", input: { question: "?" }, caller: { ...ada, locale } });
  expect(reply).toMatchObject({ type: "refused", message: { title: expect.stringContaining(sentence) } });
  expect(installation.jobs()).toEqual([]);
});
