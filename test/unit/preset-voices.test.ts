import { describeTool } from "@toolcast/core/surface";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ada, createInstallation, type Installation, operator, startJob, upload } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

const same = (words: string) => ({ en: words, "zh-CN": words });
const presets = [
  {
    ...{ name: "Nora", alias: "诺拉", speakerId: "n-1", model: "fast" },
    ...{ character: { en: "calm woman", "zh-CN": "沉稳女声" }, languages: { en: "Norwegian", "zh-CN": "挪威语" } },
  },
  { name: "Olav", speakerId: "o-1", model: "fast", character: same("old man"), languages: same("Nynorsk") },
];

let installation: Installation;
beforeEach(async () => {
  installation = await createInstallation();
  installation.provider.presetVoices = presets;
});
afterEach(() => installation[Symbol.asyncDispose]());

const open = () => installation.open();
const requests = () =>
  installation.provider.starts.filter(({ capability }) => capability === "speech").map(({ request }) => request);

/** Ada's own voice of that name, shared if `shared`. */
async function clone(name: string): Promise<void> {
  const process = await open();
  const audio = (await upload(process, "tone.wav")).id;
  const facts = { speakerId: "cloned", tier: "lite" };
  installation.provider.nextStart("voiceCloning", { end: "done", output: { media: [], facts } });
  const { id } = await startJob(process, "clone", { audio, name, consent: true });
  await installation.until(() => installation.job(id).state.phase === "succeeded");
}

test("speech without a voice uses the vendor's first one, under the model it belongs to", async () => {
  verifies("spending.preset-voices");
  const process = await open();
  const job = await startJob(process, "speak", { text: "hello" });
  await installation.until(() => installation.job(job.id).state.phase === "succeeded");
  expect(requests()).toEqual([{ text: "hello", speakerId: "n-1", model: "fast" }]);
  expect(installation.job(job.id).input).toEqual({ text: "hello", voice: "preset:scripted:n-1" });
});

test("speech without a voice uses a person's only own voice; with two, the vendor's first one", async () => {
  verifies("spending.preset-voices");
  await clone("Mine");
  await startJob(await open(), "speak", { text: "a" });
  await installation.until(() => requests().length === 1);
  await clone("Another");
  await startJob(await open(), "speak", { text: "b" });
  await installation.until(() => requests().length === 2);
  expect(requests().map(({ speakerId }) => speakerId)).toEqual(["cloned", "n-1"]);
});

test.each(["olav", "preset:scripted:o-1"])("a voice is taken by its name or id: %s", async (voice) => {
  verifies("spending.preset-voices");
  await startJob(await open(), "speak", { text: "hello", voice });
  await installation.until(() => requests().length === 1);
  expect(requests()[0]).toMatchObject({ speakerId: "o-1", model: "fast" });
});

test("by its other name too, and a voice of one's own of the same name comes first", async () => {
  verifies("spending.preset-voices", "spending.voice-ownership");
  await clone("Nora");
  const process = await open();
  await startJob(process, "speak", { text: "a", voice: "诺拉" });
  await installation.until(() => requests().length === 1);
  await startJob(process, "speak", { text: "b", voice: "nora" });
  await installation.until(() => requests().length === 2);
  expect(requests().map(({ speakerId }) => speakerId)).toEqual(["n-1", "cloned"]);
});

test("the list has them with character and languages, apart from the caller's, and a button for the first", async () => {
  verifies("spending.preset-voices");
  await clone("Mine");
  const reply = await (await open()).runtime.call({ tool: "voices", input: {}, caller: ada });
  expect(reply).toMatchObject({
    message: {
      title: "Voices you may use: 3",
      fields: [
        { label: "Mine" },
        { label: "Scripted: Norwegian", value: "Nora (calm woman)" },
        { label: "Scripted: Nynorsk", value: "Olav (old man)" },
      ],
    },
    data: {
      voices: [{ name: "Mine" }],
      presets: [
        { name: "Nora", provider: "scripted", model: "fast", character: "calm woman", default: true },
        { name: "Olav", languages: "Nynorsk", default: false },
      ],
    },
  });
  const forms = reply.message.actions?.map(({ form }) => form) ?? [];
  expect(forms).toContainEqual({ command: "speak", input: { voice: "Nora" } });
  const chinese = { ...ada, locale: "zh-CN" as const };
  const inChinese = await (await open()).runtime.call({ tool: "voices", input: {}, caller: chinese });
  expect(inChinese.message.fields).toContainEqual({ label: "脚本：挪威语", value: "Nora（沉稳女声）" });
});

describe("suggestions", () => {
  const suggested = async (tool: string, typed: string) => (await open()).runtime.complete(tool, "voice", typed, ada);

  test("say character and languages, and are found by them", async () => {
    verifies("spending.preset-voices", "provider.suggested");
    await clone("Mine");
    expect((await suggested("speak", "")).map(({ value }) => value)).toEqual(["Mine", "Nora", "Olav"]);
    expect(await suggested("speak", "norwegian")).toEqual([{ value: "Nora", label: "Nora (calm woman; Norwegian)" }]);
    expect((await suggested("speak", "诺拉")).map(({ value }) => value)).toEqual(["Nora"]);
  });

  test("are only one's own voices where only those will do", async () => {
    verifies("spending.preset-voices");
    await clone("Mine");
    for (const tool of ["share", "delete_voice", "clone"]) {
      expect(
        (await suggested(tool, "")).map(({ value }) => value),
        tool,
      ).toEqual(["Mine"]);
    }
  });
});

test("nobody shares, deletes or trains one", async () => {
  verifies("spending.preset-voices");
  const process = await open();
  const audio = (await upload(process, "tone.wav")).id;
  for (const [tool, input] of [
    ["share", {}],
    ["delete_voice", { confirm: true }],
    ["clone", { audio, consent: true }],
  ] as const) {
    for (const caller of [ada, operator]) {
      const reply = await process.runtime.call({ tool, input: { ...input, voice: "Nora" }, caller });
      expect(reply, tool).toMatchObject({ type: "refused", failure: { field: "voice" } });
    }
  }
});

test("where no provider has any, a voice is required", async () => {
  verifies("spending.preset-voices");
  const described = ({ runtime }: Awaited<ReturnType<typeof open>>) => {
    const speak = describeTool(runtime.tools.find(({ command }) => command === "speak")!, "en");
    return speak.fields.find(({ name }) => name === "voice");
  };
  expect(described(await open())).toMatchObject({
    required: false,
    summary: "A voice by name. Default: your only own one, otherwise Nora (calm woman).",
  });
  installation.provider.presetVoices = undefined;
  const process = await open();
  expect(described(process)).toMatchObject({ required: true, summary: "The name of one of your voices." });
  expect(await process.runtime.call({ tool: "speak", input: { text: "hello" }, caller: ada })).toMatchObject({
    type: "refused",
    failure: { field: "voice" },
  });
});

test("a video is spoken by one, and without a voice by the provider's video operation itself", async () => {
  verifies("spending.preset-voices");
  const process = await open();
  const video = (await upload(process, "avc.mp4")).id;
  const text = "Hello and welcome to everybody here.";
  await startJob(process, "avatar", { video, text });
  await startJob(process, "avatar", { video, text, voice: "Olav" });
  await installation.until(() => requests().length === 1);
  expect(requests()[0]).toMatchObject({ speakerId: "o-1" });
});
