import { afterEach, beforeEach, expect, test } from "vitest";
import { type Sandbox, startSandbox } from "../sandbox.ts";
import { type ManualClock, manualClock } from "../testing/manual-clock.ts";
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

const train = (tier: string, body: Record<string, unknown> = {}) =>
  client.post(`voice/${tier}/train`, { speakerId: "", audioUrl: `${host.url}/voice.wav`, ...body });
const status = async (speakerId: string, tier = "lite") =>
  (await client.post(`voice/${tier}/train/detail`, { speakerId })).data.status;

async function trainedVoice(tier = "lite"): Promise<string> {
  const { speakerId } = (await train(tier)).data;
  clock.advance(8000);
  return speakerId;
}

test("a new voice waits, is trained and is done, with one entry", async () => {
  const { speakerId } = (await train("lite")).data;
  expect(await status(speakerId)).toBe(1);
  clock.advance(1500);
  expect(await status(speakerId)).toBe(2);
  clock.advance(6500);
  expect((await client.post("voice/lite/train/detail", { speakerId })).data).toEqual({
    status: 3,
    errorMessage: "",
    speakerId,
    userId: "sandbox-user",
    accessKey: "sandbox-xjc-access",
    type: "LITE",
  });
  expect((await client.post("voice/pro/train/detail", { speakerId })).code).toBe(20006);
  expect(sandbox.ledger()).toMatchObject([{ endpoint: "voice/lite/train", points: 0, reference: speakerId, text: "" }]);
  expect((await client.get("user/balance")).data).toMatchObject({ voiceLiteUsedQuantity: 1, voiceProUsedQuantity: 0 });
});

test("right after retraining starts the detail still says 3, then 1, 2 and 3", async () => {
  const speakerId = await trainedVoice();
  expect((await train("lite", { speakerId })).data.speakerId).toBe(speakerId);
  const seen: number[] = [];
  for (let tick = 0; tick < 24; tick += 1) {
    seen.push(await status(speakerId));
    clock.advance(500);
  }
  expect(seen.filter((value, index) => value !== seen[index - 1])).toEqual([3, 1, 2, 3]);
  expect((await client.get("user/balance")).data.voiceLiteUsedQuantity).toBe(1);
  expect(sandbox.ledger()).toHaveLength(2);
});

test("a voice still speaks while it is retrained, and after that failed", async () => {
  const speakerId = await trainedVoice();
  await train("lite", { speakerId: `${speakerId}[[fail: noisy]]` });
  expect((await client.post("voice/lite/create", { speakerId, content: "你好" })).code).toBe(0);
  clock.advance(20_000);
  expect((await client.post("voice/lite/train/detail", { speakerId })).data).toMatchObject({
    status: 4,
    errorMessage: "noisy",
  });
  expect((await client.post("voice/lite/create", { speakerId, content: "你好" })).code).toBe(0);
});

test("ten trainings of one code, one at a time, in its own tier", async () => {
  const speakerId = await trainedVoice("pro");
  for (let round = 2; round <= 10; round += 1) {
    expect((await train("pro", { speakerId })).code).toBe(0);
    expect((await train("pro", { speakerId })).code).toBe(10003);
    clock.advance(20_000);
  }
  expect((await train("pro", { speakerId })).code).toBe(30001);
  expect((await train("lite", { speakerId })).code).toBe(20004);
  expect((await train("lite", { speakerId: "S_nobody" })).code).toBe(20006);
  expect((await train("lite", { audioUrl: "" })).code).toBe(20004);
  expect((await train("lite", { audioUrl: `${host.url}/gone.wav` })).code).toBe(20011);
  expect(sandbox.ledger()).toHaveLength(10);
});

test("30002 when every voice of the tier is used", async () => {
  sandbox.control.limits({ voiceLiteTotal: 1 });
  const speakerId = await trainedVoice();
  expect((await train("lite")).code).toBe(30002);
  expect((await train("pro")).code).toBe(0);
  expect((await train("lite", { speakerId })).code).toBe(0);
});

test("speech is a WAV whose length follows text and pace", async () => {
  const speakerId = await trainedVoice();
  const speak = async (body: Record<string, unknown>) => {
    const { data } = await client.post("voice/lite/create", { speakerId, ...body });
    expect((await client.post("voice/lite/create/detail", { jobId: data.jobId })).data.status).toBe(1);
    clock.advance(4000);
    const detail = (await client.post("voice/lite/create/detail", { jobId: data.jobId })).data;
    const wav = Buffer.from(await (await fetch(detail.url)).arrayBuffer());
    expect([wav.toString("latin1", 0, 4), wav.readUInt32LE(24), wav.readUInt16LE(34)]).toEqual(["RIFF", 16_000, 16]);
    const samples = new Int16Array(wav.buffer, wav.byteOffset + 44, wav.readUInt32LE(40) / 2);
    return {
      detail,
      seconds: samples.length / 16_000,
      peak: samples.reduce((most, value) => Math.max(most, value), 0),
    };
  };
  const normal = await speak({ content: "四个汉字".repeat(5) });
  expect(normal.seconds).toBe(5);
  expect(normal.peak).toBeGreaterThan(3000);
  expect(normal.detail).toMatchObject({ status: 3, duration: 5, type: "LITE", userId: "sandbox-user" });
  expect((await speak({ content: "fourteen chars".repeat(5) })).seconds).toBe(5);
  expect((await speak({ content: "四个汉字".repeat(5), speedRatio: "0.5" })).seconds).toBe(10);
  const quiet = await speak({ content: "四个汉字".repeat(5), volumeRatio: "0.1", pitchRatio: "2", kyyRole: "yes" });
  expect(quiet.peak).toBeLessThan(normal.peak / 5);
  expect(sandbox.ledger().at(-1)).toMatchObject({
    endpoint: "voice/lite/create",
    text: "四个汉字".repeat(5),
    points: 1,
  });
});

test.each([
  ["lite", { speedRatio: "2" }, "speedRatio不允许小于0.1或大于1.9"],
  ["lite", { speedRatio: 1 }, "speedRatio必须是字符串"],
  ["lite", { pitchRatio: "0.05" }, "pitchRatio不允许小于0.1或大于10"],
  ["lite", { volumeRatio: "0.09" }, "volumeRatio不允许小于0.1或大于10"],
  ["lite", { volumeRatio: "10.1" }, "volumeRatio不允许小于0.1或大于10"],
  ["lite", { volumeRatio: "loud" }, "volumeRatio不允许小于0.1或大于10"],
  ["lite", { kyyRole: "maybe" }, "kyyRole只能是yes或no"],
  ["pro", { kyyRole: "yes" }, "kyyRole不支持"],
  ["lite", { content: "" }, "content不能为空"],
])("voice/%s/create refuses %j", async (tier, body, problem) => {
  const answer = await client.post(`voice/${tier}/create`, { speakerId: "S_x", content: "a", ...body });
  expect(answer).toEqual({ code: 20004, msg: problem, data: null });
});

test("only a trained voice of the right tier speaks", async () => {
  const { speakerId } = (await train("lite")).data;
  const speak = async (tier: string, id: string) =>
    (await client.post(`voice/${tier}/create`, { speakerId: id, content: "a", speedRatio: "", kyyRole: "" })).code;
  expect(await speak("lite", speakerId)).toBe(20004);
  clock.advance(8000);
  expect(await speak("lite", speakerId)).toBe(0);
  expect(await speak("pro", speakerId)).toBe(20004);
  expect(await speak("lite", "S_nobody")).toBe(20006);
});
