import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ALL_FORMATS, BufferSource, Input } from "mediabunny";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Sandbox, startSandbox } from "../sandbox.ts";
import { type ManualClock, manualClock } from "../testing/manual-clock.ts";
import { type MediaHost, openMediaHost, silence } from "../testing/media-host.ts";
import { answerOf, connectXjc, type XjcClient } from "../testing/vendor-clients.ts";

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

const create = (body: Record<string, unknown>) => client.post("works/create", body);
const inspect = async (jobId: string) => (await client.post("works/inspect", { jobId })).data;
const face = () => `${host.url}/face.mp4`;
const voice = () => `${host.url}/voice.wav`;

async function finished(body: Record<string, unknown>) {
  const { data } = await create(body);
  clock.advance(12_000);
  return inspect(data.jobId);
}

async function tracksOf(address: string) {
  const bytes = await (await fetch(address)).arrayBuffer();
  using input = new Input({ formats: ALL_FORMATS, source: new BufferSource(bytes) });
  const [video, audio] = [await input.getPrimaryVideoTrack(), await input.getPrimaryAudioTrack()];
  return {
    video: video && { codec: await video.getCodec(), seconds: await video.computeDuration() },
    audio: audio && { codec: await audio.getCodec(), seconds: await audio.computeDuration() },
  };
}

test("a work waits, is made and is done; its result is an H.264 MP4 as long as the sound", async () => {
  const { data } = await create({ audioUrl: voice(), videoUrl: face(), title: "你好" });
  expect(await inspect(data.jobId)).toEqual({ status: 1, errorMessage: "", videoUrl: "", duration: 0 });
  clock.advance(1500);
  expect((await inspect(data.jobId)).status).toBe(2);
  clock.advance(10_499);
  expect((await inspect(data.jobId)).status).toBe(2);
  clock.advance(1);
  const done = await inspect(data.jobId);
  expect(done).toMatchObject({ status: 3, errorMessage: "", duration: 8 });
  expect(new URL(done.videoUrl).pathname).toMatch(/^\/xjc\/files\/[0-9a-f]{24}\.mp4$/);
  const { video, audio } = await tracksOf(done.videoUrl);
  expect(video?.codec).toBe("avc");
  expect(video?.seconds).toBeCloseTo(8.24, 1);
  expect(audio?.codec).toBe("flac");
  expect(audio?.seconds).toBeCloseTo(8.24, 1);
  expect(sandbox.ledger()).toMatchObject([
    {
      vendor: "xjc",
      endpoint: "works/create",
      text: "你好",
      points: 8,
      account: "sandbox-xjc-access",
      reference: data.jobId,
    },
  ]);
});

test("a text drives a face, and a text alone gives sound", async () => {
  const spoken = await finished({ videoUrl: face(), text: "沙箱里的数字人会说话。".repeat(4) });
  expect(spoken).toMatchObject({ status: 3, duration: 11 });
  expect((await tracksOf(spoken.videoUrl)).video?.seconds).toBeCloseTo(11, 1);
  const short = await finished({ videoUrl: face(), text: "你好" });
  expect(short.duration).toBe(5);
  const sound = await finished({ text: "四个汉字".repeat(3) });
  expect(sound).toMatchObject({ status: 3, duration: 3 });
  expect(await tracksOf(sound.videoUrl)).toMatchObject({ video: null, audio: { codec: "pcm-s16", seconds: 3 } });
});

test.each([
  ["nothing", {}, ["text不能为空", "audioUrl不能为空"]],
  ["a face alone", { videoUrl: "http://x/" }, ["text不能为空", "audioUrl不能为空"]],
  ["sound without a face", { audioUrl: "http://x/" }, ["videoUrl不能为空"]],
  ["sound and text", { audioUrl: "http://x/", videoUrl: "http://x/", text: "a" }, ["audioUrl与text不能同时传"]],
  ["a text of 10001", { text: "a".repeat(10_001) }, ["text不超过10000字"]],
  [
    "a title of 21 and a field not to send",
    { text: "a", title: "题".repeat(21), newAudioUrl: "x" },
    ["title不超过20字", "newAudioUrl不需传"],
  ],
  ["a number", { text: 5 }, ["text必须是字符串", "text不能为空", "audioUrl不能为空"]],
])("refuses %s", async (_name, body, problems) => {
  const answer = await create(body);
  expect(answer).toMatchObject({ code: 20004, data: null });
  expect(answer.msg.split(",").sort()).toEqual([...problems].sort());
  expect(sandbox.ledger()).toEqual([]);
});

test("checks the files it fetches", async () => {
  host.files.set("/short.wav", silence(4.9));
  host.files.set("/empty.wav", Buffer.alloc(0));
  host.files.set("/text.wav", Buffer.from("not a sound at all"));
  const wrong = async (body: Record<string, unknown>) =>
    (await create({ videoUrl: face(), audioUrl: voice(), ...body })).code;
  expect(await wrong({ audioUrl: "ftp://x/a.wav" })).toBe(20013);
  expect(await wrong({ audioUrl: `${host.url}/missing.wav` })).toBe(20011);
  expect(await wrong({ audioUrl: `${host.url}/short.wav` })).toBe(20014);
  expect(await wrong({ audioUrl: `${host.url}/empty.wav` })).toBe(20015);
  expect(await wrong({ audioUrl: `${host.url}/text.wav` })).toBe(20010);
  expect(await wrong({ audioUrl: face() })).toBe(20010);
  expect(await wrong({ videoUrl: "face.mp4" })).toBe(20012);
  expect(await wrong({ videoUrl: `${host.url}/missing.mp4` })).toBe(20012);
  expect(await wrong({ videoUrl: voice() })).toBe(20026);
  expect(sandbox.ledger()).toEqual([]);
  expect(await wrong({})).toBe(0);
});

test("an address keeps the digital human it had at first", async () => {
  const first = await finished({ videoUrl: face(), text: "你好" });
  host.files.set("/face.mp4", Buffer.from("somebody else"));
  const second = await finished({ videoUrl: face(), text: "再见" });
  expect([first.status, second.status]).toEqual([3, 3]);
  expect((await create({ videoUrl: `${face()}?v=2`, text: "你好" })).code).toBe(20026);
  const [one, two] = sandbox.ledger().map((entry) => entry.note);
  expect(one).toMatch(/^digital human [0-9a-f]{12} \(new address\)$/);
  expect(two).toBe(one?.replace("new", "known"));
});

test("20007 while three are being made, 20008 while twenty wait, and never more than three at once", async () => {
  const jobs: string[] = [];
  for (let count = 0; count < 20; count += 1) jobs.push((await create({ text: `t${count}` })).data.jobId);
  expect((await create({ text: "one more" })).code).toBe(20008);
  clock.advance(1500);
  const statuses = await Promise.all(jobs.map(async (jobId) => (await inspect(jobId)).status));
  expect(statuses.filter((status) => status === 2)).toHaveLength(3);
  expect(statuses.filter((status) => status === 1)).toHaveLength(17);
  expect((await create({ text: "one more" })).code).toBe(20007);
  clock.advance(10_500);
  const later = await Promise.all(jobs.map(async (jobId) => (await inspect(jobId)).status));
  expect([1, 2, 3].map((status) => later.filter((other) => other === status).length)).toEqual([14, 3, 3]);
  clock.advance(6 * 10_500);
  expect((await Promise.all(jobs.map(inspect))).every(({ status }) => status === 3)).toBe(true);
  expect((await create({ text: "one more" })).code).toBe(0);
  expect(sandbox.ledger()).toHaveLength(21);
});

test("points run out with 20005, and the balance and the bills show where they went", async () => {
  sandbox.control.limits({ balance: 13 });
  await finished({ videoUrl: face(), audioUrl: voice() });
  await finished({ videoUrl: face(), text: "你好" });
  expect((await create({ text: "a" })).code).toBe(20005);
  expect((await client.get("user/balance")).data).toEqual({
    balance: 0,
    voiceLiteUsedQuantity: 0,
    voiceLiteTotalQuantity: 20,
    voiceProUsedQuantity: 0,
    voiceProTotalQuantity: 10,
  });
  const bills = (await client.get("user/bill/list?pn=1&ds=1")).data;
  expect(bills).toEqual({ total: 2, list: [{ type: "视频合成", time: "2026-01-02 11:04:17", duration: 5, fee: 5 }] });
  expect((await client.get("user/bill/list?pn=2&ds=1")).data.list).toMatchObject([{ duration: 8, fee: 8 }]);
  expect((await client.get("user/bill/list?pn=0&ds=1")).code).toBe(20004);
});

test("a result's address expires with XML, and accepts neither HEAD nor changes", async () => {
  const { videoUrl } = await finished({ text: "你好" });
  expect((await fetch(videoUrl, { method: "HEAD" })).status).toBe(403);
  expect((await fetch(videoUrl.replace(/sign=./, "sign=x"))).status).toBe(403);
  const part = await fetch(videoUrl, { headers: { range: "bytes=0-3" } });
  expect([part.status, await part.text()]).toEqual([206, "RIFF"]);
  clock.advance(60 * 60_000 - 1);
  expect((await fetch(videoUrl)).status).toBe(200);
  clock.advance(1);
  const late = await fetch(videoUrl);
  expect([late.status, late.headers.get("content-type")]).toEqual([403, "application/xml"]);
  expect(await late.text()).toContain("<Message>Request has expired.</Message>");
});

test("markers: failed, stuck, expired address, codes, and markers in an address", async () => {
  expect(await finished({ text: "a [[fail: no face]]" })).toMatchObject({
    status: 4,
    errorMessage: "no face",
    videoUrl: "",
  });
  const { videoUrl } = await finished({ text: "b", title: "[[expired-url]]" });
  expect((await fetch(videoUrl)).status).toBe(403);
  const stuck = (await create({ text: "c [[stuck]]" })).data.jobId;
  clock.advance(24 * 60 * 60_000);
  client = await connectXjc(sandbox, clock.now());
  expect((await inspect(stuck)).status).toBe(2);
  expect((await create({ text: "d [[20007]]" })).code).toBe(20007);
  expect(
    (await create({ audioUrl: `${host.url}/${encodeURIComponent("[[10003]]")}.wav`, videoUrl: face() })).code,
  ).toBe(10003);
  expect(sandbox.ledger()).toHaveLength(3);
});

test("connection and answer failures leave exactly one entry when accepted", async () => {
  await expect(create({ text: "a [[drop-before-accept]]" })).rejects.toThrow("fetch failed");
  expect(sandbox.ledger()).toHaveLength(0);
  await expect(create({ text: "b [[drop-after-accept]]" })).rejects.toThrow("fetch failed");
  expect(sandbox.ledger()).toMatchObject([{ text: "b [[drop-after-accept]]" }]);
  await expect(create({ text: "c [[malformed]]" })).rejects.toThrow(SyntaxError);
  expect(await create({ text: "d [[no-payload]]" })).toEqual({ code: 0, msg: "", data: null });
  await expect(create({ text: "e [[http 500]]" })).rejects.toThrow("HTTP 500");
  expect(sandbox.ledger()).toHaveLength(3);
});

test("everything the vendor knows outlives the process, even with a truncated line", async () => {
  const dataDirectory = join(tmpdir(), `toolcast-sandbox-${crypto.randomUUID()}`);
  await sandbox.close();
  sandbox = await startSandbox({ clock, dataDirectory });
  client = await connectXjc(sandbox, clock.now());
  const { jobId } = (await create({ videoUrl: face(), audioUrl: voice() })).data;
  const body = { text: "x [[http 500 once]]" };
  await expect(create(body)).rejects.toThrow("HTTP 500");
  const before = sandbox.ledger();
  await sandbox.close();
  for (const name of ["ledger.jsonl", "state.jsonl"]) {
    await writeFile(join(dataDirectory, name), '{"half', { flag: "a" });
  }
  sandbox = await startSandbox({ clock, dataDirectory });
  const { token } = client;
  expect(sandbox.ledger()).toEqual(before);
  const headers = { "authorization-token": token };
  const base = `${sandbox.environment.XJC_BASE_URL}/api/model/v5`;
  const post = async (endpoint: string, json: unknown) =>
    answerOf(await fetch(`${base}/${endpoint}`, { method: "POST", headers, body: JSON.stringify(json) }));
  clock.advance(12_000);
  const done = (await post("works/inspect", { jobId })).data;
  expect(done).toMatchObject({ status: 3, duration: 8 });
  expect((await tracksOf(done.videoUrl)).audio?.codec).toBe("flac");
  expect((await post("works/create", body)).code).toBe(0);
  expect((await post("works/create", { videoUrl: face(), text: "known" })).code).toBe(0);
  expect(sandbox.ledger().at(-1)?.note).toContain("known address");
  expect((await answerOf(await fetch(`${base}/user/balance`, { headers }))).data.balance).toBe(100_000 - 8 - 1 - 5);
  const whole = sandbox.ledger();
  await sandbox.close();
  sandbox = await startSandbox({ clock, dataDirectory });
  expect(sandbox.ledger()).toEqual(whole);
  sandbox.control.reset();
  expect(sandbox.ledger()).toEqual([]);
  const renewed = `${sandbox.environment.XJC_BASE_URL}/api/model/v5/user/balance`;
  expect((await answerOf(await fetch(renewed, { headers }))).code).toBe(20002);
});
