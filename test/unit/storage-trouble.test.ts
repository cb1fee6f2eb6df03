import { StorageError } from "@toolcast/core/engine";
import type { StartEnd } from "@toolcast/core/provider";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createInstallation, type Installation, type RunningProcess, startJob, upload } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

let installation: Installation;
beforeEach(async () => {
  installation = await createInstallation();
});
afterEach(() => installation[Symbol.asyncDispose]());

/** Lets a process read no media while `isAway` says so. */
function troubled({ runtime: { media } }: RunningProcess, isAway: () => boolean, trouble: Trouble): void {
  const { read } = media;
  media.read = (id) => (isAway() ? Promise.reject(new StorageError(trouble, new Error("gone"))) : read(id));
}
type Trouble = ConstructorParameters<typeof StorageError>[0];

describe.each<Trouble>(["away", "bucket", "full", "unwritable"])("storage that cannot be used (%s)", (trouble) => {
  const awaited = async (id: string, starts: number) => {
    await installation.pass(10 * 60_000);
    expect(installation.job(id).state).toMatchObject({
      phase: "queued",
      reason: { sentence: { key: `storage.${trouble}` } },
    });
    expect(installation.provider.starts).toHaveLength(starts);
  };

  test("holds up the first step and never fails its job", async () => {
    verifies("survives.outage", "paid-once.one-start-a-step");
    const process = await installation.open({ started: false });
    const video = await upload(process, "avc.mp4");
    const { id } = await startJob(process, "avatar", { video: video.id, text: "大家好" });
    let isAway = true;
    troubled(process, () => isAway, trouble);
    await process.runtime.start();
    await awaited(id, 0);
    isAway = false;
    await installation.until(() => installation.job(id).state.phase === "succeeded", 60_000);
    expect(installation.provider.starts).toHaveLength(1);
  });

  test("holds up a later step, whose job keeps what was paid", async () => {
    verifies("survives.outage", "paid-once.one-start-a-step");
    const { provider } = installation;
    provider.perCall = 1;
    const process = await installation.open();
    let isAway = true;
    troubled(process, () => isAway && provider.starts.length === 1, trouble);
    const { id } = await startJob(process, "image", { prompt: "x", count: 2 });
    await awaited(id, 1);
    isAway = false;
    await installation.until(() => installation.job(id).state.phase === "succeeded", 60_000);
    expect(provider.starts).toHaveLength(2);
    expect(installation.job(id).steps.flatMap(({ assets }) => assets)).toHaveLength(2);
  });

  test("makes vendors who fetch media ask again", async () => {
    verifies("survives.outage");
    const process = await installation.open();
    const video = await upload(process, "avc.mp4");
    const { url } = process.runtime.mediaLink(video)!;
    let isAway = true;
    troubled(process, () => isAway, trouble);
    const fetched = () => process.runtime.handlePublic(new Request(url));
    const answer = await fetched();
    expect([answer?.status, answer?.headers.get("retry-after")]).toEqual([503, "30"]);
    isAway = false;
    expect((await fetched())?.status).toBe(200);
  });

  test("holds up a question with a start's own key, which is asked when it is back", async () => {
    verifies("survives.outage", "paid-once.vendor-key");
    const { provider } = installation;
    provider.sameKeyForMs = 24 * 3_600_000;
    const first = await installation.open();
    const video = await upload(first, "avc.mp4");
    provider.nextStart("avatarVideo", () => {
      first.life.die();
      return new Promise<StartEnd>(() => {});
    });
    const { id } = await startJob(first, "avatar", { video: video.id, text: "大家好" });
    await installation.until(() => first.life.dead);
    const next = await installation.open({ started: false });
    let isAway = true;
    troubled(next, () => isAway, trouble);
    await next.runtime.start();
    await installation.pass(60_000);
    expect(installation.job(id).state.phase).toBe("starting");
    isAway = false;
    await installation.until(() => installation.job(id).state.phase === "succeeded", 5 * 60_000);
    const keys = provider.starts.map(({ context }) => context.startKey);
    expect(new Set(keys).size).toBe(keys.length - 1);
  });
});
