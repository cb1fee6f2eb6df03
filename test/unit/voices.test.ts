import { builtInTools, defineTool, type Reply } from "@toolcast/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { dubbing } from "../doubles/dubbing-tool.ts";
import {
  ada,
  createInstallation,
  type Installation,
  listVoices,
  type RunningProcess,
  startJob,
  upload,
} from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

let installation: Installation;
let process: RunningProcess;
beforeEach(async () => {
  installation = await createInstallation();
  process = await installation.open();
});
afterEach(() => installation[Symbol.asyncDispose]());

const grace = { ...ada, id: "chat:grace", name: "Grace" };
const call = (tool: string, input: Record<string, unknown>, caller = ada) =>
  process.runtime.call({ tool, input, caller });

async function clone(input: Record<string, unknown>, caller = ada): Promise<string> {
  const audio = (await upload(process, "tone.wav", caller.id)).id;
  const { id } = await startJob(process, "clone", { audio, consent: true, ...input }, { caller });
  await installation.until(() => installation.job(id).state.phase === "succeeded");
  return audio;
}

const usable = (caller = ada) => listVoices(process, caller);

describe("a cloned voice", () => {
  test("belongs to its maker: others see and use it only while it is shared", async () => {
    verifies("spending.voice-ownership", "safe.owners");
    await clone({ name: "mine" });
    expect(await usable(grace)).toEqual([]);
    expect(await call("speak", { text: "hi", voice: "mine" }, grace)).toMatchObject({
      type: "refused",
      failure: { field: "voice" },
    });
    await call("share", { voice: "mine", with: "everybody" });
    expect(await usable(grace)).toMatchObject([{ name: "mine", owner: ada.id }]);
    expect(await call("speak", { text: "hi", voice: "MINE" }, grace)).toMatchObject({ type: "job" });
    expect(await call("share", { voice: "mine", shared: "no" }, grace)).toMatchObject({
      type: "refused",
      failure: { field: "voice" },
    });
    await call("share", { voice: "mine", shared: "no" });
    expect(await usable(grace)).toEqual([]);
  });

  test("of one's own comes before a shared one of the same name, which is offered by its id", async () => {
    verifies("spending.voice-ownership");
    await clone({ name: "same" }, grace);
    await call("share", { voice: "same", with: "everybody" }, grace);
    await clone({ name: "same" });
    await clone({ name: "another" });
    expect((await usable()).map(({ name, owner }) => [name, owner])).toEqual([
      ["another", ada.id],
      ["same", ada.id],
      ["same", grace.id],
    ]);
    await call("speak", { text: "hi", voice: "same" });
    await installation.until(() => installation.provider.starts.at(-1)?.capability === "speech");
    const { message } = await call("voices", {});
    const offered = message.actions?.map(({ form }) => form!.input.voice) ?? [];
    const suggested = (await process.runtime.complete("speak", "voice", "", ada)).map(({ value }) => value);
    for (const [another, own, theirs] of [offered, suggested]) {
      expect([another, own]).toEqual(["another", "same"]);
      expect(await call("share", { voice: theirs })).toMatchObject({ type: "refused" });
    }
    await call("share", { voice: "same", with: "everybody" });
    expect((await usable(grace)).map(({ owner }) => owner)).toEqual([grace.id, ada.id]);
  });

  test("is trained again by its maker only, with a new consent each time, ten times in total", async () => {
    verifies("spending.voice-ownership", "spending.consent");
    await clone({ name: "mine" });
    await call("share", { voice: "mine", with: "everybody" });
    const audio = (await upload(process, "tone.wav", grace.id)).id;
    expect(await call("clone", { audio, voice: "mine" }, grace)).toMatchObject({
      type: "refused",
      failure: { field: "voice" },
    });
    for (let training = 2; training <= 10; training += 1) {
      await clone({ voice: "mine" });
      expect(await usable()).toMatchObject([{ trainings: training }]);
    }
    expect(installation.provider.starts.at(-1)?.request).toMatchObject({ speakerId: "speaker-1" });
    const own = (await upload(process, "tone.wav")).id;
    expect(await call("clone", { audio: own, voice: "mine", consent: true })).toMatchObject({
      ...{ type: "refused", failure: { field: "voice", sentence: { key: "voice.trained-out" } } },
    });
  });

  test("is offered, already filled in, for every tool that needs one, whatever the tool and its input are called", async () => {
    verifies("built.field-roles");
    const builtIn = (name: string) => builtInTools.find(({ command }) => command === name)!;
    const { title, summary, input } = builtIn("speak");
    const narrate = defineTool({
      ...{ name: "narrate", command: "narrate", title, summary, effect: "spends" },
      input: { words: input.text!, narrator: input.voice! },
      steps: () => [],
    });
    const denied = defineTool({ ...narrate, name: "whisper", command: "whisper", operatorsOnly: true });
    const tools = [...["avatar", "clone", "voices", "job"].map(builtIn), denied, narrate, dubbing];
    process = await installation.open({ tools });
    await clone({ name: "mine" });
    await clone({ name: "yours" });
    const forms = ({ message }: Reply) =>
      (message.actions ?? []).flatMap(({ label, form }) => (form ? [[label, form]] : []));
    expect(forms(await call("voices", {}))).toEqual([
      ["Speak with “mine”", { command: "narrate", input: { narrator: "mine" } }],
      ["Speak with “yours”", { command: "narrate", input: { narrator: "yours" } }],
      ["Dub with “mine”", { command: "dub", input: { speaker: "mine" } }],
      ["Dub with “yours”", { command: "dub", input: { speaker: "yours" } }],
    ]);
    const [job] = installation.jobs();
    const { id } = (await usable()).find(({ name }) => name === job!.input.name)!;
    expect(forms(await call("job", { job: job!.id })).slice(0, 2)).toEqual([
      ["Speak with it", { command: "narrate", input: { narrator: id } }],
      ["Dub with it", { command: "dub", input: { speaker: id } }],
    ]);
  });

  test("keeps its tier", async () => {
    await clone({ name: "mine" });
    const audio = (await upload(process, "tone.wav")).id;
    expect(await call("clone", { audio, voice: "mine", tier: "pro" })).toMatchObject({
      type: "refused",
      failure: { field: "tier" },
    });
  });

  test("is private to its maker while it is made: the answer is never posted", async () => {
    verifies("delivered.private-stays-private");
    await clone({ name: "mine" });
    await installation.until(() => installation.platform.tries.length > 0);
    expect(installation.platform.tries.every(({ route }) => route === "direct" || route === "edit")).toBe(true);
  });
});
