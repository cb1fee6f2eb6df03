import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { builtInTools, type Voice } from "@toolcast/core";
import { createWebSurface } from "@toolcast/web";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { everythingSent, openRoom, shownText } from "../discord-room.ts";
import { dubbing } from "../doubles/dubbing-tool.ts";
import { connectPipe, factsOf, openMcp, textOf } from "../mcp-client.ts";
import { ada, createInstallation, type Installation, startJob } from "../runtime-fixture.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const tools = [...builtInTools, dubbing];
const operator = { ...ada, id: "cli:local" };
const question = "Does the speaker agree to be heard?";

let installation: Installation;
beforeEach(async () => {
  installation = await createInstallation();
});
afterEach(() => installation[Symbol.asyncDispose]());

/** A voice as cloning leaves it. */
async function keepVoice(world: Installation, name: string, more: Partial<Voice> = {}): Promise<string> {
  const id = `voice_${name}`;
  await world.state("voices").set(id, {
    ...{ id, owner: ada.id, ownerName: "Ada", name, provider: "scripted", tier: "lite", speakerId: `speaker-${name}` },
    ...{ consents: [], jobs: [], shared: false, createdAt: 1 },
    ...more,
  });
  return id;
}

const speakers = ({ provider }: Installation) => provider.starts.map(({ request }) => request.speakerId);

describe("a plugin's voice, consent and provider, whatever they are called", () => {
  test("are found, tied to a provider, asked for and not repeated by core", async () => {
    verifies("built.field-roles", "spending.consent", "spending.voice-ownership");
    const process = await installation.open({ tools });
    const { runtime } = process;
    const mia = await keepVoice(installation, "Mia");
    await keepVoice(installation, "Lin", { owner: "chat:grace", ownerName: "Grace" });
    await keepVoice(installation, "Bo", { owner: "chat:grace", shared: true, provider: "elsewhere" });
    const call = (input: object) => runtime.call({ tool: "dub", input: { words: "Hello", ...input }, caller: ada });
    const refused = (field: string, key?: string) => ({
      type: "refused",
      failure: { field, ...(key === undefined ? {} : { sentence: { key } }) },
    });

    expect(await runtime.complete("dub", "speaker", "m", ada)).toMatchObject([{ value: "Mia" }]);
    expect(await runtime.complete("dub", "vendor", "scr", ada)).toMatchObject([{ value: "scripted" }]);
    expect(await call({ speaker: "Lin" })).toMatchObject(refused("speaker", "voice.not-found"));
    expect(await call({ speaker: "Mia", second_speaker: "Bo" })).toMatchObject(
      refused("second_speaker", "voice.elsewhere"),
    );
    expect(await call({ speaker: "Mia", vendor: "elsewhere" })).toMatchObject(refused("vendor", "voice.elsewhere"));
    expect(await call({ speaker: "Bo" })).toMatchObject(refused("vendor", "provider.unknown"));
    expect(await call({ speaker: "Mia", permission: "no" })).toMatchObject({
      ...{ type: "job", job: { input: { speaker: mia }, providerNamed: true } },
      ...{ job: { state: { phase: "held", hold: { reason: "consent", sentence: { en: question } } } } },
    });
    expect(installation.provider.starts).toEqual([]);

    const second = await keepVoice(installation, "Noa");
    const given = { words: "Hello", speaker: "mia", second_speaker: second, permission: true };
    const { id } = await startJob(process, "dub", given);
    await installation.until(() => installation.job(id).state.phase === "succeeded");
    expect(speakers(installation)).toEqual(["speaker-Mia", "speaker-Noa"]);
    const shown = await runtime.call({ tool: "job", input: { job: id }, caller: ada });
    const again = shown.message.actions?.find(({ form }) => form?.command === "dub");
    expect(again?.form?.input).toEqual({ words: "Hello", speaker: mia, second_speaker: second });
  });

  test("work in the console", async () => {
    verifies("built.field-roles");
    const { runtime } = await installation.open({ tools, attached: false });
    const directory = await mkdtemp(join(tmpdir(), "toolcast-roles-"));
    const web = createWebSurface({ runtime, directory, clock: installation.clock, random: createSeededRandom() });
    runtime.attach(web.surface);
    await keepVoice(installation, "Mia", { owner: "web:local" });
    const at = async (path: string, body?: object) => {
      const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
      const request = new Request(`http://localhost/api/${path}`, body === undefined ? {} : init);
      return (await web.fetch(request, { remoteAddress: "127.0.0.1" })).json();
    };
    try {
      expect(await at("complete?command=dub&field=speaker&partial=mi")).toMatchObject({
        suggestions: [{ value: "Mia" }],
      });
      expect(await at("complete?command=dub&field=vendor&partial=")).toMatchObject({
        suggestions: [{ value: "scripted" }],
      });
      await at("conversations/main/messages", { command: "dub", input: { words: "Hello", speaker: "Mia" } });
      await installation.pass(5_000);
      const [job] = installation.jobs();
      expect([job?.state.phase, job?.input.speaker, speakers(installation)]).toEqual(["held", "voice_Mia", []]);
      expect(JSON.stringify(await at("conversations/main/entries"))).toContain(question);
      const input = { words: "Hello", speaker: "Mia", permission: true };
      await at("conversations/main/messages", { command: "dub", input });
      await installation.until(() => installation.jobs().at(-1)?.state.phase === "succeeded");
      expect(speakers(installation)).toEqual(["speaker-Mia"]);
    } finally {
      web.close();
      await rm(directory, { recursive: true, force: true });
    }
  });

  test("work for agents", async () => {
    verifies("built.field-roles");
    const { mcp, runtime } = await openMcp(installation, {}, { tools, policy: { operators: [operator.id] } });
    const client = await connectPipe(mcp, "modern");
    await keepVoice(installation, "Mia", { owner: "mcp:local" });
    const order = (more: object = {}) =>
      client.callTool({ name: "dub_words", arguments: { words: "Hello", speaker: "Mia", wait_seconds: 0, ...more } });
    // Nothing the model says is a person's consent: the job waits for somebody who may give it.
    const held = await order({ permission: true, agree_to: ["consent"] });
    expect([factsOf(held).state, textOf(held)]).toEqual(["held", expect.stringContaining(question)]);
    expect(speakers(installation)).toEqual([]);
    const [job] = installation.jobs();
    const subject = runtime.question(job!, operator)!.subject;
    await runtime.press({ action: "release", subject, caller: operator });
    await installation.until(() => installation.job(job!.id).state.phase === "succeeded");
    expect(speakers(installation)).toEqual(["speaker-Mia"]);
    await client.close();
  });

  test("work in a chat", async () => {
    verifies("built.field-roles");
    await using room = await openRoom();
    await room.open({ tools });
    const person = room.platform.person("ada");
    await keepVoice(room.installation, "Mia", { owner: `discord:${person.id}` });
    expect(await person.autocomplete("dub", { option: "speaker", text: "mi" })).toMatchObject([{ value: "Mia" }]);
    const asked = await room.ask(person, "dub", { words: "Hello", speaker: "Mia" });
    const held = person.answerTo(asked)!;
    expect(shownText(held.text)).toContain(question);
    expect(speakers(room.installation)).toEqual([]);
    person.press(held, held.buttons[0]!.label!);
    await room.until(() => everythingSent(room));
    expect(speakers(room.installation)).toEqual(["speaker-Mia"]);
  });
});
