import { afterEach, beforeEach, expect, test } from "vitest";
import { type Sandbox, startSandbox } from "../sandbox.ts";
import { type ManualClock, manualClock, until } from "../testing/manual-clock.ts";
import { type MediaHost, openMediaHost } from "../testing/media-host.ts";
import { connectXjc, type XjcClient } from "../testing/vendor-clients.ts";

let clock: ManualClock;
let sandbox: Sandbox;
let host: MediaHost;
let client: XjcClient;
beforeEach(async () => {
  clock = manualClock();
  sandbox = await startSandbox({ clock });
  host = await openMediaHost();
  client = await connectXjc(sandbox, clock.now());
});
afterEach(async () => {
  await sandbox.close();
  await host.close();
});

const create = async (text: string) =>
  (await client.post("works/create", { text, callbackUrl: `${host.url}/called` })).data.jobId as string;
const posted = (count: number) => until(() => host.posts.length === count);

test("reports the end of a work in the documented shape", async () => {
  const jobId = await create("你好");
  clock.advance(12_000);
  expect(host.posts).toEqual([]);
  clock.advance(1);
  await posted(1);
  expect(host.posts[0]).toEqual({
    path: "/called",
    body: {
      status: 3,
      errorMessage: "",
      videoUrl: expect.stringContaining("/xjc/files/"),
      duration: 1,
      jobId,
      userId: "sandbox-user",
      accessKey: "sandbox-xjc-access",
      modelType: "SANDBOX",
    },
  });
});

test("reports the end of a training and of a speech", async () => {
  const callbackUrl = `${host.url}/called`;
  const { speakerId } = (await client.post("voice/lite/train", { audioUrl: `${host.url}/voice.wav`, callbackUrl }))
    .data;
  clock.advance(8001);
  await posted(1);
  const owner = { userId: "sandbox-user", accessKey: "sandbox-xjc-access", type: "LITE" };
  expect(host.posts[0]!.body).toEqual({ status: 3, errorMessage: "", speakerId, ...owner });
  const { jobId } = (await client.post("voice/lite/create", { speakerId, content: "你好", callbackUrl })).data;
  clock.advance(4001);
  await posted(2);
  expect(host.posts[1]!.body).toMatchObject({
    status: 3,
    jobId,
    url: expect.stringContaining(".wav"),
    duration: 1,
    ...owner,
  });
});

test("tries again when the answer is not 200, three times in all", async () => {
  host.postStatuses.push(500, 404, 200);
  await create("你好");
  clock.advance(12_001);
  await posted(1);
  await until(() => {
    clock.advance(1000);
    return host.posts.length === 3;
  });
});

test("late, lost and failed", async () => {
  await create("a [[callback late]]");
  await create("b [[callback lost]]");
  const failed = await create("c [[fail: bad luck]]");
  clock.advance(12_001);
  await posted(1);
  expect(host.posts[0]!.body).toMatchObject({ jobId: failed, status: 4, errorMessage: "bad luck", videoUrl: "" });
  clock.advance(60_000);
  await posted(2);
  clock.advance(600_000);
  await fetch(`${sandbox.url}/healthz`);
  expect(host.posts).toHaveLength(2);
});

test("twice, and forged before the real one", async () => {
  const twice = await create("a [[callback twice]]");
  clock.advance(14_001);
  await posted(2);
  expect(host.posts.map(({ body }) => [body.jobId, body.status])).toEqual([
    [twice, 3],
    [twice, 3],
  ]);
  const forged = await create("b [[callback forged]]");
  clock.advance(500);
  await posted(3);
  expect(host.posts[2]!.body).toMatchObject({
    jobId: forged,
    status: 3,
    videoUrl: expect.stringContaining("forged.invalid"),
  });
  expect((await client.post("works/inspect", { jobId: forged })).data.status).toBe(1);
  clock.advance(11_501);
  await posted(4);
  expect(host.posts[3]!.body.videoUrl).toContain(sandbox.url);
});

test("early arrives before the caller knows the job", async () => {
  const jobId = await create("a [[callback early]]");
  expect(host.posts.map(({ body }) => body.jobId)).toEqual([jobId]);
  expect((await client.post("works/inspect", { jobId })).data.status).toBe(3);
});

test("nothing is reported after a reset", async () => {
  await create("a");
  sandbox.control.reset();
  clock.advance(60_000);
  await fetch(`${sandbox.url}/healthz`);
  expect(host.posts).toEqual([]);
});
