import { access } from "node:fs/promises";
import { ToolcastError } from "@toolcast/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { vendorFailure } from "../doubles/scripted-provider.ts";
import {
  ada,
  createInstallation,
  type Installation,
  listVoices,
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

const grace = { ...ada, id: "chat:grace", name: "Grace" };
const call = (tool: string, input: Record<string, unknown>, caller = ada) =>
  process.runtime.call({ tool, input, caller });
const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
const words = async (id: string, caller = ada) => {
  const message = await process.runtime.jobMessage(installation.job(id), caller);
  return { lines: (message.lines ?? []).join(" "), media: message.media ?? [] };
};

async function picture(): Promise<{ id: string; asset: string }> {
  const { id } = await startJob(process, "image", { prompt: "a fox" });
  await installation.until(() => installation.job(id).state.phase === "succeeded");
  return { id, asset: installation.job(id).steps[0]!.assets[0]! };
}

async function clone(name = "mine"): Promise<string> {
  const audio = (await upload(process, "tone.wav")).id;
  const { id } = await startJob(process, "clone", { audio, consent: true, name });
  await installation.until(() => installation.job(id).state.phase === "succeeded");
  return (await listVoices(process)).find((voice) => voice.name === name)!.id;
}

describe("a file of one's own", () => {
  test("is deleted with its bytes after a question; its job says who deleted it, and a second try gets a true answer", async () => {
    verifies("safe.deleting");
    const { id, asset } = await picture();
    const path = process.runtime.media.pathOf((await process.runtime.media.read(asset))!);
    const asked = await call("delete", { item: asset });
    expect(asked).toMatchObject({ type: "answer", message: { tone: "question", private: true } });
    expect(asked.message.actions).toMatchObject([
      { style: "danger", form: { command: "delete", input: { item: asset, confirm: true } } },
    ]);
    expect(asked.message.title).toBe("Delete this file for good?");
    expect(asked.message.lines?.join(" ")).toMatch(/^It cannot .*Scripted.*under its own terms/);
    expect(await isThere(path)).toBe(true);
    expect(await call("delete", { item: asset, confirm: true })).toMatchObject({ data: { deleted: true } });
    expect([await isThere(path), await process.runtime.asset(asset, ada)]).toEqual([false, null]);
    expect(await words(id)).toEqual({ lines: "Files deleted by their owner: 1", media: [] });
    for (const item of [asset, id]) {
      const again = await call("delete", { item, confirm: true });
      expect(again).toMatchObject({ type: "answer", message: { title: "You have deleted this already." } });
    }
  });

  test("is refused with a sentence when used again; other people's copies of the same bytes stay", async () => {
    verifies("safe.deleting", "safe.owners");
    const mine = await upload(process, "picture.jpg");
    const theirs = await upload(process, "picture.jpg", grace.id);
    await call("delete", { item: mine.id, confirm: true });
    expect(await call("describe", { image: mine.id })).toMatchObject({
      type: "refused",
      message: { title: "This file was deleted by its owner." },
    });
    expect(await call("describe", { image: mine.id }, grace)).toMatchObject({
      message: { title: expect.stringContaining("no file with the id") },
    });
    expect(await isThere(process.runtime.media.pathOf(theirs))).toBe(true);
  });

  test("cannot be deleted by anybody else, not even an operator", async () => {
    verifies("safe.deleting", "safe.owners");
    const { id, asset } = await picture();
    for (const caller of [grace, operator]) {
      for (const item of [asset, id]) {
        expect(await call("delete", { item, confirm: true }, caller)).toMatchObject({
          type: "refused",
          failure: { kind: "usage", field: "item" },
          message: { title: expect.stringContaining("no file or job") },
        });
      }
    }
    expect(await process.runtime.asset(asset, ada)).not.toBeNull();
  });

  test("stays while a held job needs it, and the refusal names the job", async () => {
    verifies("safe.deleting");
    const audio = (await upload(process, "tone.wav")).id;
    const held = await startJob(process, "clone", { audio, name: "held" });
    const refused = await call("delete", { item: audio, confirm: true });
    expect(refused).toMatchObject({ type: "refused", message: { title: expect.stringContaining(held.id) } });
    expect(await process.runtime.asset(audio, ada)).not.toBeNull();
    await call("cancel", { job: held.id });
    expect(await call("delete", { item: held.id, confirm: true })).toMatchObject({ data: { files: [audio] } });
  });

  test("is deleted with the rest of its job, but another job's results stay", async () => {
    verifies("safe.deleting");
    const { asset } = await picture();
    const audio = (await upload(process, "tone.wav")).id;
    const { id } = await startJob(process, "avatar", { image: asset, audio });
    await installation.until(() => installation.job(id).state.phase === "succeeded");
    const made = installation.job(id).steps.flatMap(({ assets }) => assets);
    expect(await call("delete", { item: id, confirm: true })).toMatchObject({ data: { files: [...made, audio] } });
    expect((await process.runtime.gallery(ada)).map((one) => one.id)).toEqual([asset]);
  });

  test("leaves no time for a new job however many go with it: all are gone at once", async () => {
    verifies("safe.deleting");
    const media = installation.state("media");
    const read = media.iterator!;
    let reads = 0;
    media.iterator = (...parameters: Parameters<typeof read>) => {
      reads += 1;
      return read(...parameters);
    };
    const costs: number[] = [];
    for (const count of [1, 4]) {
      const { id } = await startJob(process, "image", { prompt: "foxes", count });
      await installation.until(() => installation.job(id).state.phase === "succeeded");
      reads = 0;
      expect(await call("delete", { item: id, confirm: true })).toMatchObject({ data: { deleted: true } });
      costs.push(reads);
    }
    expect(costs).toEqual([costs[0], costs[0]]);
    expect(await process.runtime.gallery(ada)).toEqual([]);
  });

  test("is found without an id", async () => {
    verifies("safe.deleting");
    const { id, asset } = await picture();
    const listed = await call("delete", {});
    expect(listed.message.fields).toMatchObject([{ value: asset }]);
    expect(listed.message.actions).toMatchObject([{ form: { input: { item: asset } } }]);
    const suggest = (partial: string) => process.runtime.complete("delete", "item", partial, ada);
    expect(await suggest("")).toMatchObject([{ value: asset }, { value: id }]);
    // Somebody who types asks again with every character: what everybody has kept is not read for it.
    const { media } = process.runtime;
    media.list = async () => Promise.reject(new Error("reads all records"));
    expect(await suggest(asset.slice(-6))).toMatchObject([{ value: asset }]);
  });
});

describe("a voice of one's own", () => {
  test("is deleted, at its vendor too, after a question that says who loses it, and never twice", async () => {
    verifies("safe.deleting");
    const voice = await clone();
    await call("share", { voice, with: "everybody" });
    const asked = await call("delete_voice", { voice: "mine" });
    expect(asked.message.lines?.join(" ")).toMatch(/everybody here loses it.*Scripted is asked to delete it/);
    expect([...atVendor]).toEqual(["speaker-1"]);
    const done = await call("delete_voice", { voice, confirm: true });
    expect(done).toMatchObject({ message: { lines: ["Scripted has deleted it, too."] }, data: { vendor: "deleted" } });
    expect([...atVendor]).toEqual([]);
    for (const caller of [ada, grace]) {
      for (const tool of ["delete_voice", "speak"]) {
        const input = { voice, ...(tool === "speak" ? { text: "hi" } : { confirm: true }) };
        expect(await call(tool, input, caller)).toMatchObject({
          type: "refused",
          message: { title: expect.stringMatching(caller === ada ? /^You have deleted/ : /deleted by its owner/) },
        });
      }
    }
  });

  test("cannot be deleted by anybody else", async () => {
    verifies("safe.deleting");
    const voice = await clone();
    await call("share", { voice, with: "everybody" });
    for (const caller of [grace, operator]) {
      expect(await call("delete_voice", { voice, confirm: true }, caller)).toMatchObject({ type: "refused" });
    }
    expect([...atVendor]).toEqual(["speaker-1"]);
  });

  test("stays whole while somebody's job needs it, and the refusal says so", async () => {
    verifies("safe.deleting");
    const voice = await clone();
    await call("share", { voice, with: "everybody" });
    installation.provider.everyCheck = () => ({ state: "pending", checkAfterMs: 60_000 });
    const theirs = await startJob(process, "speak", { voice, text: "hi" }, { caller: grace });
    await installation.until(() => installation.job(theirs.id).state.phase === "running");
    const refused = await call("delete_voice", { voice, confirm: true });
    expect(refused).toMatchObject({
      type: "refused",
      message: { title: expect.stringContaining("Nothing was deleted") },
    });
    expect(refused.message.title).not.toContain(theirs.id);
    expect([...atVendor]).toEqual(["speaker-1"]);
    expect((await call("voices", {})).message.fields).toHaveLength(1);
  });

  test("is deleted later at a vendor that does not answer, as soon as it does", async () => {
    verifies("safe.deleting");
    const voice = await clone();
    let isAway = true;
    installation.provider.deleteVoice = async ({ speakerId }) => {
      if (isAway) {
        throw new ToolcastError("away", vendorFailure({ kind: "unreachable", retry: { kind: "later" } }));
      }
      atVendor.delete(speakerId);
    };
    expect(await call("delete_voice", { voice, confirm: true })).toMatchObject({
      message: { tone: "warning" },
      data: { deleted: true, vendor: "later" },
    });
    expect((await call("voices", {})).message.fields).toEqual([]);
    expect(await call("speak", { voice: "mine", text: "hi" })).toMatchObject({ type: "refused" });
    isAway = false;
    await installation.until(() => atVendor.size === 0, 2 * 60 * 60_000);
    expect(await installation.state("voices").get(voice)).toBeUndefined();
  });

  test("stays at its vendor while the store is an unreleased copy, because the original may still use it", async () => {
    verifies("safe.deleting", "paid-once.copied-store");
    const voice = await clone();
    process.life.die();
    let isHeld = true;
    const held = () => (isHeld ? ({ key: "store.copied" } as const) : null);
    process = await installation.open({ identity: { held, begin() {}, release() {} } });
    const done = await call("delete_voice", { voice, confirm: true });
    expect(done).toMatchObject({ message: { tone: "warning" }, data: { deleted: true, vendor: "later" } });
    expect(done.message.lines?.join(" ")).toContain("its operator has to release it first");
    await installation.pass(2 * 60 * 60_000);
    expect([...atVendor]).toEqual(["speaker-1"]);
    isHeld = false;
    await installation.until(() => atVendor.size === 0, 2 * 60 * 60_000);
  });

  test("names what remains at a vendor that cannot delete or that refused", async () => {
    verifies("safe.deleting");
    const refusing = await clone();
    installation.provider.deleteVoice = async () => {
      throw new ToolcastError("no", vendorFailure());
    };
    expect(await call("delete_voice", { voice: refusing, confirm: true })).toMatchObject({
      data: { vendor: "refused" },
    });
    const other = await createInstallation();
    await using _ = other;
    installation[Symbol.asyncDispose]();
    installation = other;
    process = await other.open();
    const voice = await clone();
    const done = await call("delete_voice", { voice, confirm: true });
    expect(done.message.lines?.join(" ")).toContain("offers no way to delete a voice");
    expect(done).toMatchObject({ data: { vendor: "keeps" } });
  });

  test("is deleted at its vendor when its owner is forgotten", async () => {
    verifies("safe.deleting", "safe.forgotten");
    await clone();
    await call("forget", { confirm: true });
    expect([...atVendor]).toEqual([]);
  });
});

describe("a deletion that has been decided", () => {
  let isAway: boolean;
  beforeEach(() => {
    isAway = true;
    installation.provider.deleteVoice = async ({ speakerId }) => {
      if (isAway) {
        throw new ToolcastError("away", vendorFailure({ kind: "unreachable", retry: { kind: "later" } }));
      }
      atVendor.delete(speakerId);
    };
  });

  test("of a forgotten person's voice is kept while somebody else's job names it", async () => {
    verifies("safe.deleting", "safe.forgotten");
    const voice = await clone();
    await call("share", { voice, with: "everybody" });
    installation.provider.everyCheck = () => ({ state: "pending", checkAfterMs: 60_000 });
    await startJob(process, "speak", { voice, text: "hi" }, { caller: grace });
    await call("forget", { confirm: true });
    isAway = false;
    await installation.until(() => atVendor.size === 0, 2 * 60 * 60_000);
    expect(await installation.state("voices").get(voice)).toBeUndefined();
  });

  test("of a voice applies to a request that had found the voice before", async () => {
    verifies("safe.deleting");
    const voice = await clone();
    process.life.die();
    process = await installation.open({ policy: { operators: [operator.id], askAbove: 1 } });
    const late = await startJob(process, "image", { prompt: "a fox" });
    expect(await call("delete_voice", { voice, confirm: true })).toMatchObject({ data: { vendor: "later" } });
    // It is stored after the deletion has looked for jobs that need the voice.
    installation.store.entries.get(late.id)!.job.input.voice = voice;
    await installation.pass(2 * 60 * 60_000);
    expect(await call("speak", { voice: "mine", text: "hi" })).toMatchObject({ type: "refused" });
    isAway = false;
    await installation.until(() => atVendor.size === 0, 2 * 60 * 60_000);
  });

  test("of a file is still known after an earlier request to be forgotten has been fulfilled", async () => {
    verifies("safe.deleting", "safe.forgotten");
    installation.provider.everyCheck = () => ({ state: "pending", checkAfterMs: 60_000 });
    installation.provider.maxDurationMs = 2 * 60 * 60_000;
    await startJob(process, "clone", { audio: (await upload(process, "tone.wav")).id, consent: true, name: "slow" });
    await installation.until(() => installation.jobs().some(({ state }) => state.phase === "running"));
    await call("forget", { confirm: true });
    await installation.pass(60_000);
    const { id, asset } = await picture();
    await call("delete", { item: asset, confirm: true });
    installation.provider.everyCheck = () => null;
    await installation.until(() => installation.jobs().some(({ erased }) => erased), 2 * 60 * 60_000);
    await installation.pass(60_000);
    expect((await words(id)).lines).toBe("Files deleted by their owner: 1");
    expect(await process.runtime.recordAlarms()).toEqual([]);
  });
});

describe("a deletion whose process dies at any write is completed by the next one", () => {
  /** Kills at each side of each effect in turn, on an installation of its own, until the deletion outlives them all. */
  async function killEverywhere(
    furnish: () => Promise<{ tool: string; input: Record<string, unknown>; isWhole(): Promise<boolean> }>,
    isGone: (next: RunningProcess) => Promise<boolean>,
  ): Promise<number> {
    for (let killAt = 0; ; killAt += 1) {
      await installation[Symbol.asyncDispose]();
      installation = await createInstallation();
      atVendor = new Set(["speaker-1"]);
      installation.provider.deleteVoice = async ({ speakerId }) => void atVendor.delete(speakerId);
      process = await installation.open();
      const { tool, input, isWhole } = await furnish();
      process.life.die();
      const dying = await installation.open({ killAt, started: false });
      const asked = dying.runtime.call({ tool, input: { ...input, confirm: true }, caller: ada });
      await Promise.race([asked, dying.life.death]);
      const wasKilled = dying.life.dead;
      dying.life.die();
      const next = await installation.open();
      await installation.pass(3 * 60_000);
      const state = { whole: await isWhole(), gone: await isGone(next) };
      expect(state, `killed at ${killAt}`).toEqual({ whole: killAt === 0, gone: killAt > 0 });
      if (!wasKilled) {
        return killAt;
      }
    }
  }

  test("of a file", async () => {
    verifies("safe.deleting", "survives.kill-anywhere");
    let path = "";
    let asset = "";
    const kills = await killEverywhere(
      async () => {
        ({ asset } = await picture());
        path = process.runtime.media.pathOf((await process.runtime.media.read(asset))!);
        return { tool: "delete", input: { item: asset }, isWhole: () => isThere(path) };
      },
      async ({ runtime }) => !(await isThere(path)) && (await runtime.media.read(asset)) === null,
    );
    expect(kills).toBeGreaterThan(4);
  });

  test("of a voice, where asking the vendor again does no harm", async () => {
    verifies("safe.deleting", "survives.kill-anywhere");
    let voice = "";
    const kills = await killEverywhere(
      async () => {
        voice = await clone();
        return { tool: "delete_voice", input: { voice }, isWhole: async () => atVendor.size > 0 };
      },
      async () => atVendor.size === 0 && (await installation.state("voices").get(voice)) === undefined,
    );
    expect(kills).toBeGreaterThan(4);
  });
});
