import { builtInTools, defineTool, type Reply } from "@toolcast/core";
import Keyv from "keyv";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runExclusively } from "../../core/src/job/exclusive.ts";
import { cloneVoice } from "../../core/src/tools/clone-voice.ts";
import { getJob } from "../../core/src/tools/job-tools.ts";
import { listVoices } from "../../core/src/tools/list-voices.ts";
import { synthesizeSpeech } from "../../core/src/tools/synthesize-speech.ts";
import { maxTrainings, VoiceBook, voiceIdOf } from "../../core/src/voices/voice-book.ts";
import { dubbing } from "../doubles/dubbing-tool.ts";
import { createManualClock } from "../manual-clock.ts";
import { createMemoryEngine } from "../memory-engine.ts";
import {
  ada,
  createInstallation,
  type Installation,
  type RunningProcess,
  startJob,
  upload,
} from "../runtime-fixture.ts";
import { createSeededRandom } from "../seeded-random.ts";
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

async function usable(caller = ada) {
  const reply = await call("voices", {}, caller);
  return reply.type === "answer"
    ? (reply.data as { voices: { name: string; owner: string; trainings: number }[] }).voices
    : [];
}

describe("a cloned voice", () => {
  test("belongs to its maker: others see and use it only while it is shared", async () => {
    verifies("spending.voice-ownership", "safe.owners");
    await clone({ name: "mine" });
    expect(await usable(grace)).toEqual([]);
    expect(await call("speak", { text: "hi", voice: "mine" }, grace)).toMatchObject({
      type: "refused",
      failure: { field: "voice" },
    });
    await call("share", { voice: "mine" });
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
    await call("share", { voice: "same" }, grace);
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
    await call("share", { voice: "same" });
    expect((await usable(grace)).map(({ owner }) => owner)).toEqual([grace.id, ada.id]);
  });

  test("is trained again by its maker only, with a new consent each time, ten times in total", async () => {
    verifies("spending.voice-ownership", "spending.consent");
    await clone({ name: "mine" });
    await call("share", { voice: "mine" });
    const audio = (await upload(process, "tone.wav", grace.id)).id;
    expect(await call("clone", { audio, voice: "mine" }, grace)).toMatchObject({
      type: "refused",
      failure: { field: "voice" },
    });
    for (let training = 2; training <= maxTrainings; training += 1) {
      await clone({ voice: "mine" });
      expect(await usable()).toMatchObject([{ trainings: training }]);
    }
    expect(installation.provider.starts.at(-1)?.request).toMatchObject({ speakerId: "speaker-1" });
    const own = (await upload(process, "tone.wav")).id;
    expect(await call("clone", { audio: own, voice: "mine", consent: true })).toMatchObject({
      ...{ type: "refused", failure: { field: "voice", sentence: { key: "voice.trained-out" } } },
    });
  });

  test("loses no training, and shares no name, when several processes finish clones at once", async () => {
    verifies("spending.consent");
    const state = new Keyv();
    const clock = createManualClock();
    const engine = createMemoryEngine({ clock, random: createSeededRandom() });
    const books = [1, 2].map(
      (seed) =>
        new VoiceBook(state, (work) =>
          runExclusively({ engine, clock, random: createSeededRandom(seed) }, "voices", work, 60_000),
        ),
    );
    const consent = { by: ada.id, at: 1, sampleHash: "" };
    const made = { owner: ada.id, ownerName: "Ada", name: "mine", provider: "xjc", tier: "lite" as const };
    const rest = { speakerId: "s", consents: [consent], jobs: [], shared: false, createdAt: 1 };
    const changes = Array.from({ length: 8 }, (_, index) =>
      books[index % 2]!.change(`voice_${index % 2}`, (voice) =>
        voice === null
          ? { id: `voice_${index % 2}`, ...made, ...rest }
          : { ...voice, consents: [...voice.consents, consent] },
      ),
    );
    let open = true;
    void Promise.all(changes).finally(() => {
      open = false;
    });
    for (let turn = 0; open && turn < 500; turn += 1) {
      await clock.advance(50);
    }
    await Promise.all(changes);
    const voices = await books[0]!.usableBy(ada.id);
    expect(voices.map(({ name, consents }) => [name, consents.length])).toEqual([
      ["mine", 4],
      ["mine 2", 4],
    ]);
  });

  test("is offered, already filled in, for every tool that needs one, whatever the tool and its input are called", async () => {
    verifies("built.field-roles");
    const { title, summary, input } = synthesizeSpeech;
    const narrate = defineTool({
      ...{ name: "narrate", command: "narrate", title, summary, effect: "spends" },
      input: { words: input.text, narrator: input.voice },
      steps: () => [],
    });
    const avatar = builtInTools.find(({ command }) => command === "avatar")!;
    const denied = defineTool({ ...narrate, name: "whisper", command: "whisper", operatorsOnly: true });
    const tools = [avatar, cloneVoice, listVoices, getJob, denied, narrate, dubbing];
    process = await installation.open({ tools });
    await clone({ name: "mine" });
    await clone({ name: "yours" });
    const forms = ({ message }: Reply) =>
      (message.actions ?? []).flatMap(({ label, form }) => (form ? [[label, form]] : []));
    expect(forms(await call("voices", {}))).toEqual([
      ["Speak with it: mine", { command: "narrate", input: { narrator: "mine" } }],
      ["Speak with it: yours", { command: "narrate", input: { narrator: "yours" } }],
      ["Dub with it: mine", { command: "dub", input: { speaker: "mine" } }],
      ["Dub with it: yours", { command: "dub", input: { speaker: "yours" } }],
    ]);
    const [job] = installation.jobs();
    const id = voiceIdOf(job!.id);
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
