import type { Caller } from "@toolcast/core";
import type { OwnThing } from "@toolcast/core/surface";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  ada,
  createInstallation,
  type Installation,
  operator,
  type RunningProcess,
  startJob,
  upload,
} from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

let installation: Installation;
let process: RunningProcess;
let atVendor: Set<string>;
beforeEach(async () => {
  installation = await createInstallation();
  atVendor = new Set(["speaker-1"]);
  installation.provider.deleteVoice = async ({ speakerId }) => void atVendor.delete(speakerId);
  process = await installation.open();
});
afterEach(() => installation[Symbol.asyncDispose]());

const grace: Caller = { ...ada, id: "chat:grace", name: "Grace" };
const remove = (things: OwnThing[], confirmed = true, caller = ada) =>
  process.runtime.remove({ things, confirmed }, caller);
const spent = async () => (await process.runtime.overview(operator)).spend;

async function finished(tool: string, input: Record<string, unknown>, request: object = {}): Promise<string> {
  const { id } = await startJob(process, tool, input, request);
  await installation.until(() => installation.job(id).state.phase === "succeeded");
  await process.runtime.acknowledged(id, { message: id });
  await installation.until(() => installation.job(id).notices.every(({ state }) => state === "sent"));
  return id;
}
const picture = (prompt = "a fox", request: object = {}) => finished("image", { prompt }, request);
const made = (id: string) => installation.job(id).steps[0]!.assets[0]!;
async function clone(name = "mine"): Promise<string> {
  await finished("clone", { audio: (await upload(process, "tone.wav")).id, consent: true, name });
  return (await process.runtime.ownVoices(ada)).find((voice) => voice.name === name)!.id;
}

describe("a job of one's own", () => {
  test("goes with its words and what it made; what was charged stays, and its key never starts anything again", async () => {
    verifies("safe.deleting-jobs", "paid-once.one-start-a-step");
    for (const isNewest of [false, true]) {
      const key = `evt-${isNewest}`;
      const request = { tool: "image", input: { prompt: "a secret fox" } };
      const id = await picture("a secret fox", { key, request });
      const asset = made(id);
      if (!isNewest) {
        await picture("another");
      }
      const before = await spent();
      const asked = await remove([{ kind: "job", id }], false);
      expect(asked).toMatchObject({ removed: [], message: { tone: "question", private: true } });
      expect(asked.message.lines?.join(" ")).toMatch(
        /^The job is deleted.* sent to Scripted\b.*under the vendor's own terms/,
      );
      expect(await process.runtime.media.read(asset)).not.toBeNull();
      expect(await remove([{ kind: "job", id }])).toMatchObject({
        removed: [{ kind: "job", id }],
        message: { tone: "success", title: "Deleted: 1" },
      });
      expect(await process.runtime.media.read(asset)).toBeNull();
      expect(await process.runtime.job(id, ada)).toBeNull();
      expect((await process.runtime.jobs({}, ada)).map((job) => job.id)).not.toContain(id);
      expect(JSON.stringify(installation.store.entries.get(id)?.job ?? {})).not.toContain("secret");
      expect(await spent()).toEqual(before);
      const starts = installation.provider.starts.length;
      const again = { tool: "image", input: { prompt: "a secret fox" }, caller: ada, key };
      expect(await process.runtime.call({ ...again, request })).toMatchObject({ type: "refused" });
      expect(await process.runtime.call(again)).toMatchObject({ type: "refused" });
      await installation.pass(60_000);
      expect(installation.provider.starts).toHaveLength(starts);
      expect(await process.runtime.recordAlarms()).toEqual([]);
    }
  });

  test("that no vendor was sent goes without a word about vendors", async () => {
    verifies("safe.deleting-jobs", "console.deleting");
    const { id } = await startJob(process, "clone", { audio: (await upload(process, "tone.wav")).id, name: "held" });
    await process.runtime.call({ tool: "cancel", input: { job: id }, caller: ada });
    const { message } = await remove([{ kind: "job", id }], false);
    const { message: answer } = await process.runtime.call({
      tool: "delete",
      input: { item: id, record: true },
      caller: ada,
    });
    for (const { lines = [] } of [message, answer]) {
      expect(lines[0]).toMatch(/^The job is deleted/);
      expect(lines.join(" ")).not.toMatch(/vendor|Scripted/);
    }
  });

  test("that no vendor was sent does not hide what vendors keep of the files that go with it", async () => {
    verifies("safe.deleting-jobs", "console.deleting");
    const file = made(await picture());
    const { id } = await startJob(process, "clone", { audio: (await upload(process, "tone.wav")).id, name: "held" });
    await process.runtime.call({ tool: "cancel", input: { job: id }, caller: ada });
    const things: OwnThing[] = [
      { kind: "job", id },
      { kind: "file", id: file },
    ];
    const { message } = await remove(things, false);
    expect(message.lines?.join(" ")).toMatch(/Vendors that used or made them \(.*Scripted.*\) keep their copies/);
  });

  test("stays whole while it waits, runs, is unclear or is being delivered, and the refusal says what to do", async () => {
    verifies("safe.deleting-jobs");
    const audio = (await upload(process, "tone.wav")).id;
    const held = await startJob(process, "clone", { audio, name: "held" });
    const voice = await clone();
    installation.provider.everyCheck = () => ({ state: "pending", checkAfterMs: 60_000 });
    const running = await startJob(process, "speak", { text: "hi", voice });
    await installation.until(() => installation.job(running.id).state.phase === "running");
    for (const { id } of [held, running]) {
      const { message, removed } = await remove([{ kind: "job", id }]);
      expect(removed).toEqual([]);
      expect(message).toMatchObject({ tone: "warning", title: "Not deleted: 1" });
      expect(message.fields?.[0]?.value).toMatch(/has not ended.*Cancel it/);
      expect(await process.runtime.job(id, ada)).not.toBeNull();
    }
  });

  test("stays while another job needs what it made", async () => {
    verifies("safe.deleting-jobs");
    const id = await picture();
    installation.provider.everyCheck = () => ({ state: "pending", checkAfterMs: 60_000 });
    const audio = (await upload(process, "tone.wav")).id;
    const user = await startJob(process, "avatar", { image: made(id), audio });
    await installation.until(() => installation.job(user.id).state.phase === "running");
    const { message } = await remove([{ kind: "job", id }]);
    expect(message.fields?.[0]?.value).toContain(user.id);
    expect(await process.runtime.asset(made(id), ada)).not.toBeNull();
  });

  test("is nobody else's to delete, not even an operator's, and nothing of theirs is named", async () => {
    verifies("safe.deleting-jobs", "safe.owners");
    const things: OwnThing[] = [
      { kind: "job", id: await picture() },
      { kind: "file", id: (await upload(process, "picture.jpg")).id },
      { kind: "voice", id: await clone() },
    ];
    for (const caller of [grace, operator]) {
      await expect(remove(things, false, caller)).rejects.toMatchObject({ failure: { kind: "usage" } });
      const { removed, message } = await remove(things, true, caller);
      expect(removed).toEqual([]);
      expect(message.fields?.map(({ value }) => value)).toEqual(
        Array(3).fill("It is not there any more, or is not yours."),
      );
    }
    expect(await process.runtime.job(things[0]!.id, ada)).not.toBeNull();
    expect([...atVendor]).toEqual(["speaker-1"]);
  });

  test("is asked about by command, too", async () => {
    verifies("safe.deleting-jobs");
    const id = await picture();
    const call = (input: object) =>
      process.runtime.call({ tool: "delete", input: { item: id, record: "yes", ...input }, caller: ada });
    const asked = await call({});
    expect(asked.message).toMatchObject({
      tone: "question",
      title: "Delete the job “Generate an image “a fox”” for good?",
    });
    expect(asked.message.actions).toMatchObject([{ form: { input: { item: id, record: true, confirm: true } } }]);
    expect(await call({ confirm: true })).toMatchObject({ data: { deleted: true, job: id } });
    expect(await process.runtime.job(id, ada)).toBeNull();
    const file = (await upload(process, "picture.jpg")).id;
    expect(
      await process.runtime.call({ tool: "delete", input: { item: file, record: true }, caller: ada }),
    ).toMatchObject({ type: "refused", failure: { field: "item" } });
  });

  test.each([true, false])(
    "is deleted whole or not at all wherever the process dies (newest: %s)",
    async (isNewest) => {
      verifies("safe.deleting-jobs", "survives.kill-anywhere");
      for (let killAt = 0; ; killAt += 1) {
        await installation[Symbol.asyncDispose]();
        installation = await createInstallation();
        process = await installation.open();
        const id = await picture();
        if (!isNewest) {
          await picture("another");
        }
        const asset = made(id);
        process.life.die();
        const dying = await installation.open({ killAt, started: false });
        const asked = dying.runtime.remove({ things: [{ kind: "job", id }], confirmed: true }, ada);
        await Promise.race([asked, dying.life.death]);
        const wasKilled = dying.life.dead;
        dying.life.die();
        process = await installation.open();
        await installation.pass(3 * 60_000);
        const state = {
          file: (await process.runtime.media.read(asset)) !== null,
          job: (await process.runtime.job(id, ada)) !== null,
        };
        const isWhole = killAt === 0;
        expect(state, `killed at ${killAt}`).toEqual({ file: isWhole, job: isWhole });
        expect(await process.runtime.recordAlarms()).toEqual([]);
        if (!wasKilled) {
          expect(killAt).toBeGreaterThan(6);
          return;
        }
      }
    },
  );
});

test("many things go at once: what cannot go is named, the rest is gone, and vendors are asked", async () => {
  verifies("safe.deleting-jobs", "safe.deleting");
  const job = await picture();
  const file = await upload(process, "picture.jpg");
  const voice = await clone();
  const audio = (await upload(process, "tone.wav")).id;
  const held = await startJob(process, "clone", { audio, name: "held" });
  const things: OwnThing[] = [
    { kind: "file", id: file.id },
    { kind: "file", id: made(job) },
    { kind: "job", id: job },
    { kind: "voice", id: voice },
    { kind: "file", id: audio },
  ];
  const asked = await remove(things, false);
  expect(asked.message.title).toBe("Delete these for good? (5)");
  expect(asked.message.fields?.map(({ label }) => label)).toEqual(["File", "File", "Job", "Voice", "File"]);
  expect(asked.message.lines?.join(" ")).toContain("Scripted is asked to delete it");
  const { message, removed } = await remove(things);
  expect(message).toMatchObject({
    tone: "warning",
    title: "Deleted: 4. Not deleted: 1.",
    lines: ["Scripted has deleted it, too."],
  });
  expect(message.fields).toMatchObject([{ value: expect.stringContaining(held.id) }]);
  expect(removed).toHaveLength(4);
  expect([...atVendor]).toEqual([]);
  expect((await process.runtime.gallery(ada)).map(({ id }) => id)).toContain(audio);
  const repeated = await remove(things.slice(0, 2));
  expect(repeated).toMatchObject({ removed: things.slice(0, 2), message: { tone: "success" } });
});

test("one's own voices are listed with what can be done with each, and nobody else's", async () => {
  verifies("spending.voice-sharing");
  await clone();
  const [voice, ...others] = await process.runtime.ownVoices(ada);
  expect(others).toEqual([]);
  expect(voice).toMatchObject({ name: "mine", message: { title: "mine" } });
  expect(voice!.message.actions?.map(({ label }) => label)).toContain("Share…");
  await process.runtime.call({ tool: "share", input: { voice: "mine", with: "everybody" }, caller: ada });
  expect((await process.runtime.ownVoices(ada))[0]!.message.lines?.[0]).toContain("shared with: everybody here");
  expect(await process.runtime.ownVoices(grace)).toEqual([]);
});
