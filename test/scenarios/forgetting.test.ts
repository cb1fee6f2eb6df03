import { access } from "node:fs/promises";
import { builtInTools } from "@toolcast/core";
import { describe, expect, test, vi } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
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

// The process dies at every single write of an erasure.
vi.setConfig({ testTimeout: 240_000 });

const grace = { ...ada, id: "chat:grace", name: "Grace" };
const secret = "a fox nobody may know of";
const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

const forget = ({ runtime }: RunningProcess, confirm?: boolean) =>
  runtime.call({ tool: "forget", input: confirm === undefined ? {} : { confirm }, caller: ada });

/** A picture, an upload and a shared voice of Ada's, and Grace's copy of the same recording. */
async function furnish(installation: Installation, process: RunningProcess) {
  const recording = await upload(process, "tone.wav");
  const same = await upload(process, "tone.wav", grace.id);
  const own = await upload(process, "picture.jpg");
  const image = await startJob(process, "image", { prompt: secret }, { key: "event-1" });
  const clone = await startJob(process, "clone", { audio: recording.id, consent: true, name: "Ada's own" });
  await installation.until(() => installation.jobs().every(({ state }) => state.phase === "succeeded"));
  await process.runtime.call({ tool: "share", input: { voice: "Ada's own", with: "everybody" }, caller: ada });
  await installation.until(() =>
    installation.jobs().every(({ notices }) => notices.every(({ state }) => state === "sent")),
  );
  const made = await process.runtime.media.read(installation.job(image.id).steps[0]!.assets[0]!);
  const paths = [own, made!].map((asset) => process.runtime.media.pathOf(asset));
  const [voice] = await listVoices(process);
  return { same, image, clone, voice: voice!.id, paths, shared: process.runtime.media.pathOf(same) };
}

/** Everything that is stored, as text. */
async function storedText(installation: Installation): Promise<string> {
  const state: unknown[] = [];
  for (const name of ["media", "voices", "erasures"]) {
    for await (const entry of installation.state(name).iterator?.(undefined) ?? []) {
      state.push(entry);
    }
  }
  return JSON.stringify([installation.jobs(), state]);
}

async function expectForgotten(
  installation: Installation,
  process: RunningProcess,
  before: Awaited<ReturnType<typeof furnish>>,
) {
  const { same, clone, voice, paths, shared } = before;
  const text = await storedText(installation);
  for (const word of [secret, "Ada's own", voice, '"name":"Ada"', '"owner":"chat:ada"', '"id":"chat:ada"']) {
    expect(text, word).not.toContain(word);
  }
  expect(await Promise.all(paths.map(isThere))).toEqual([false, false]);
  expect([await isThere(shared), await process.runtime.media.owned(same.id, grace.id)]).toEqual([true, same]);
  expect(await process.runtime.jobs({}, ada)).toEqual([]);
  expect(await process.runtime.jobs({}, operator)).toEqual([]);
  expect(await process.runtime.job(clone.id, operator)).toBeNull();
  expect(await process.runtime.gallery(ada)).toEqual([]);
}

describe("erasing a person's data", () => {
  test("asks first and then erases everything but the totals and what others have", async () => {
    verifies("safe.forgotten");
    await using installation = await createInstallation();
    const process = await installation.open();
    const before = await furnish(installation, process);
    const spent = (await process.runtime.overview(operator)).spend;
    expect(spent.length).toBeGreaterThan(0);
    const asked = await forget(process);
    expect(asked).toMatchObject({
      type: "answer",
      message: { tone: "question", private: true },
      data: { erased: false },
    });
    expect(asked.message.actions).toMatchObject([{ form: { command: "forget", input: { confirm: true } } }]);
    expect(asked.message.lines?.join(" ")).toContain("ask vendors (Scripted) to delete");
    expect(await process.runtime.jobs({}, ada)).toHaveLength(2);
    expect(await forget(process, true)).toMatchObject({ data: { erased: true, jobsUnderWay: 0 } });
    await expectForgotten(installation, process, before);
    expect((await process.runtime.overview(operator)).spend).toEqual(spent);
    // The platform repeats an old request: it is recognised and not carried out.
    const again = await process.runtime.call({ tool: "image", input: { prompt: secret }, caller: ada, key: "event-1" });
    expect([again.type, installation.provider.starts.length]).toEqual(["refused", 2]);
    // A person who comes back is served.
    await startJob(process, "image", { prompt: "another" });
    await installation.until(() => installation.platform.posted.length === 3);
  });

  test("takes the smaller encodes of recordings along, which no list shows", async () => {
    verifies("safe.forgotten");
    await using installation = await createInstallation();
    const process = await installation.open();
    const { media } = process.runtime;
    const { id } = await upload(process, "tone.wav");
    const encode = await media.keep(fixture("tone.mp3"), { owner: ada.id, maxBytes: 1_000_000, encodeOf: id });
    await forget(process, true);
    expect([await media.read(encode.id), await isThere(media.pathOf(encode))]).toEqual([null, false]);
  });

  test("waits for work in progress: its result arrives, then it is erased; waiting work is cancelled", async () => {
    verifies("safe.forgotten", "delivered.once");
    await using installation = await createInstallation();
    const process = await installation.open();
    installation.provider.nextStart("image", { end: "operation", reference: { vendor: "slow" } });
    installation.provider.nextCheck(
      ...Array.from({ length: 5 }, () => ({ state: "pending" as const, checkAfterMs: 60_000 })),
    );
    const { id } = await startJob(process, "image", { prompt: secret });
    await installation.until(() => installation.job(id).state.phase === "running");
    const audio = (await upload(process, "tone.wav")).id;
    const held = await startJob(process, "clone", { audio, name: "held" });
    expect(await forget(process, true)).toMatchObject({ data: { erased: true } });
    expect([installation.job(id).input.prompt, installation.job(id).erased]).toEqual([secret, undefined]);
    await installation.until(() => installation.job(id).erased === true, 2 * 60 * 60_000);
    await installation.until(() => installation.job(held.id).erased === true, 2 * 60 * 60_000);
    expect(installation.platform.posted.filter(({ message }) => (message.media ?? []).length > 0)).toHaveLength(1);
    expect(installation.job(held.id).state.phase).toBe("cancelled");
    await installation.pass(2 * 60 * 60_000);
    expect(await storedText(installation)).not.toContain(secret);
    expect(await process.runtime.gallery(ada)).toEqual([]);
  });

  test("survives the death of the process at each of its writes", async () => {
    verifies("safe.forgotten", "survives.kill-anywhere");
    for (let killAt = 1, isKilled = true; isKilled; killAt += 1) {
      await using installation = await createInstallation();
      const first = await installation.open();
      const before = await furnish(installation, first);
      first.life.die();
      const dying = await installation.open({ killAt: killAt + 1, started: false });
      await Promise.race([forget(dying, true), dying.life.death]);
      isKilled = dying.life.dead;
      dying.life.die();
      const next = await installation.open();
      if (isKilled && killAt === 1) {
        // Not even the wish was written: the person got no answer and asks again.
        await forget(next, true);
      }
      await installation.pass(2 * 60 * 60_000);
      await expectForgotten(installation, next, before);
    }
  });
});

test("what is kept, where and how long is said in every language, by a tool that every surface has", async () => {
  verifies("safe.privacy");
  expect(builtInTools.map(({ command }) => command)).toEqual(expect.arrayContaining(["privacy", "forget"]));
  await using installation = await createInstallation();
  const { runtime } = await installation.open({ retentionDays: 12 });
  for (const [locale, words] of [
    ["en", "12 days"],
    ["zh-CN", "12 天"],
  ] as const) {
    const { message } = await runtime.call({ tool: "privacy", input: {}, caller: { ...ada, locale } });
    expect([message.private, message.fields?.map(({ value }) => value).join()]).toEqual([
      true,
      expect.stringContaining(words),
    ]);
  }
});
