import type { Output, ProducedMedia, StartEnd } from "@toolcast/core/provider";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
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
beforeEach(async () => {
  installation = await createInstallation();
  installation.provider.perCall = 4;
});
afterEach(() => installation[Symbol.asyncDispose]());

const phase = (id: string) => installation.job(id).state.phase;
const at = (name: string) => ({ url: `https://vendor.example/${name}` });
const half = (name: string): Uint8Array => fixture(name).slice(0, fixture(name).length / 2);
function overwritten(name: string): Uint8Array {
  const bytes = fixture(name).slice();
  return bytes.fill(0x5a, bytes.length / 2, bytes.length / 2 + 40);
}

async function pictures(media: ProducedMedia[], count = media.length) {
  const output: Output = { media, charge: { amount: 2, unit: "points" } };
  installation.provider.nextStart("image", { end: "done", output });
  const process = await installation.open({ policy: { operators: [operator.id] } });
  const { id } = await startJob(process, "image", { prompt: "x", count });
  return { id, process };
}

/** The provider's places that are taken. */
const placesTaken = () => [...installation.store.entries.values()].flatMap(({ holds }) => [...(holds ?? [])]);

describe("if one of several pictures cannot be fetched", () => {
  verifies("paid-once.missing-parts", "survives.lost-result");

  test.each([
    ["its address answers 404", "picture.png?status=404"],
    ["its address gives something else", "tone.wav"],
    ["its declared size is 2 GiB", "picture.png?declared=2147483648"],
  ])("%s: the others are delivered, and the missing one is reported", async (_name, bad) => {
    for (const media of [
      [at("picture.png"), at(bad)],
      [at(bad), at("picture.png")],
    ]) {
      const { id, process } = await pictures(media);
      await installation.until(() => phase(id) === "succeeded", 10 * 60_000);
      const job = installation.job(id);
      expect(job.steps[0]).toMatchObject({
        assets: [expect.any(String)],
        missing: [{ kind: "unreachable", charged: expect.any(String) }],
        charge: { amount: 2 },
      });
      const message = await process.runtime.jobMessage(job, ada);
      expect(message.media).toHaveLength(1);
      expect(message.lines?.[0]).toMatch(
        /^1 of the results you asked for could not be made: The provider has finished, but/,
      );
      expect(placesTaken()).toEqual([]);
    }
  });

  test("an address that fails for a moment is waited for, but not for ever", async () => {
    const passing = at("picture.gif");
    installation.failingAddresses.add(passing.url);
    const { id } = await pictures([at("picture.png"), passing]);
    await installation.pass(5 * 60_000);
    expect(phase(id)).toBe("running");
    await installation.until(() => phase(id) === "succeeded");
    expect(installation.job(id).steps[0]).toMatchObject({ assets: [expect.any(String)], missing: [{}] });
  });

  test("one that is gone is no reason to stop waiting for the only other one, whichever comes first", async () => {
    const [gone, passing] = [at("gone.png?status=404"), at("picture.gif")];
    for (const media of [
      [gone, passing],
      [passing, gone],
    ]) {
      installation.failingAddresses.add(passing.url);
      const { id } = await pictures(media);
      await installation.pass(installation.provider.maxDurationMs - 60_000);
      expect(phase(id)).toBe("running");
      installation.failingAddresses.delete(passing.url);
      await installation.until(() => phase(id) === "succeeded", 60_000);
      expect(installation.job(id).steps[0]).toMatchObject({ assets: [expect.any(String)], missing: [{}] });
    }
  });

  test("bytes that came with the answer exist nowhere else: the good ones are delivered at once", async () => {
    const { id } = await pictures([{ bytes: half("picture.png") }, { bytes: fixture("picture.png") }]);
    await installation.until(() => phase(id) === "succeeded", 60_000);
    expect(installation.job(id).steps[0]).toMatchObject({ assets: [expect.any(String)], missing: [{}] });
  });

  describe("a plugin's answer with bytes and addresses", () => {
    const mixed = [{ bytes: fixture("picture.png") }, at("picture.jpg"), { bytes: fixture("picture.gif") }];
    const typesOf = async ({ runtime }: RunningProcess, id: string) => {
      const ids = installation.job(id).steps[0]!.assets;
      return Promise.all(ids.map(async (asset) => (await runtime.media.read(asset))?.type));
    };

    test("delivers both as the result, in their order", async () => {
      const { id, process } = await pictures(mixed);
      await installation.until(() => phase(id) === "succeeded", 60_000);
      expect(await typesOf(process, id)).toEqual(["image/png", "image/jpeg", "image/gif"]);
      expect(installation.job(id).steps[0]).not.toHaveProperty("missing");
    });

    test.each([
      ["the address is gone", [{ bytes: fixture("picture.png") }, at("picture.jpg?status=404")], ["image/png"]],
      [
        "some bytes are broken",
        [{ bytes: half("picture.png") }, { bytes: fixture("picture.gif") }, at("picture.jpg")],
        ["image/gif", "image/jpeg"],
      ],
    ])("%s: the others are the result, and the missing one is reported", async (_name, media, types) => {
      const { id, process } = await pictures(media);
      await installation.until(() => phase(id) === "succeeded", 10 * 60_000);
      expect(await typesOf(process, id)).toEqual(types);
      expect(installation.job(id).steps[0]?.missing).toHaveLength(1);
    });

    test.each([
      ["bytes and an address", mixed.slice(0, 2), ["succeeded 2", "unresolved 0"]],
      ["bytes alone", [mixed[0]!, mixed[2]!], ["succeeded 1, 1 missing", "succeeded 2", "unresolved 0"]],
    ])(
      "%s: a process that dies at any step gives both, tells what is lost, or does not know",
      async (_name, pair, all) => {
        const ends = new Set<string>();
        const { process: whole } = await pictures(pair);
        await installation.until(() => installation.jobs().every(({ state }) => state.phase === "succeeded"));
        const names = whole.life.effects.map(({ name }) => name);
        const started = names.findIndex((name) => name.startsWith("image."));
        // From the record of what was made onwards it is like every result.
        const recorded = names.indexOf("engine.write", started) + 1;
        whole.life.die();
        for (let killAt = started + 1; killAt <= recorded; killAt += 1) {
          installation.provider.nextStart("image", { end: "done", output: { media: pair } });
          const first = await installation.open({ killAt });
          await Promise.race([startJob(first, "image", { prompt: "x", count: 2 }), first.life.death]);
          await installation.pass(60_000);
          first.life.die();
          const next = await installation.open();
          const { id } = installation.jobs().at(-1)!;
          await installation.until(() => ["succeeded", "unresolved"].includes(phase(id)), 10 * 60_000);
          const { missing = [] } = installation.job(id).steps[0]!;
          const lost = missing.length === 0 ? "" : `, ${missing.length} missing`;
          ends.add(`${phase(id)} ${(await typesOf(next, id)).length}${lost}`);
          next.life.die();
        }
        expect([...ends].sort()).toEqual(all);
      },
    );
  });

  test("a plugin's odd part beside a good one hides nothing", async () => {
    const media = [{ bytes: fixture("picture.png") }, { bytes: "text" }, null];
    installation.provider.nextStart("image", { end: "done", output: { media } } as unknown as StartEnd);
    const { id } = await startJob(await installation.open(), "image", { prompt: "x", count: 3 });
    await installation.until(() => phase(id) === "succeeded", 60_000);
    expect(installation.job(id).steps[0]).toMatchObject({ assets: [expect.any(String)], missing: [{}, {}] });
  });
});

describe("a result is read completely before it counts", () => {
  verifies("survives.lost-result", "paid-once.unknown-not-repeated");

  test.each([
    ["half a PNG", half("picture.png")],
    ["a PNG with bytes overwritten", overwritten("picture.png")],
    ["half a JPEG", half("picture.jpg")],
    ["a recording", fixture("tone.wav")],
    ["a video", fixture("avc.mp4")],
    ["a page", new TextEncoder().encode("<html><body>Gone</body></html>")],
    ["nothing", new Uint8Array()],
  ])("%s is no picture", async (_name, bytes) => {
    const { id, process } = await pictures([{ bytes }]);
    await installation.until(() => phase(id) === "unresolved", 60_000);
    const job = installation.job(id);
    expect(job.state).toMatchObject({ evidence: { failure: { sentence: { key: "media.made-unusable" } } } });
    expect((await process.runtime.jobMessage(job, ada)).lines?.[0]).toMatch(
      /^The provider has finished, but its result cannot be used: /,
    );
    expect(job.steps[0]?.assets).toEqual([]);
    expect(placesTaken()).toEqual([]);
  });

  test.each([
    ["a recording instead of a video", "tone.wav", "unresolved"],
    ["a video", "avc.mp4", "succeeded"],
    ["a video of 2 GiB", "avc.mp4?declared=2147483648", "succeeded"],
    ["a video one byte above 2 GiB", "avc.mp4?declared=2147483649", "unresolved"],
  ])("%s: tried for some minutes, then decided, and its place is free", async (_name, made, end) => {
    const process = await installation.open();
    const video = await upload(process, "avc.mp4");
    installation.provider.nextCheck(
      ...Array.from({ length: 20 }, () => ({ state: "done" as const, output: { media: [at(made)] } })),
    );
    const { id } = await startJob(process, "avatar", { video: video.id, text: "大家好" });
    await installation.until(() => phase(id) === end, 10 * 60_000);
    if (end === "unresolved") {
      expect(installation.provider.checks).toHaveLength(8);
    }
    expect(placesTaken()).toEqual([]);
  });

  test("a result that is complete at the second look is the result", async () => {
    const process = await installation.open();
    const video = await upload(process, "avc.mp4");
    installation.provider.nextCheck({ state: "done", output: { media: [{ bytes: half("avc.mp4") }] } });
    const { id } = await startJob(process, "avatar", { video: video.id, text: "大家好" });
    await installation.until(() => phase(id) === "succeeded", 60_000);
    expect(installation.provider.checks).toHaveLength(2);
  });
});
