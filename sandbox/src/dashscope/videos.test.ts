import { ALL_FORMATS, BufferSource, Input } from "mediabunny";
import { afterEach, beforeEach, expect, test } from "vitest";
import { drawPicture } from "../media/picture.ts";
import { writeSpeechFile } from "../media/speech-file.ts";
import { type Sandbox, startSandbox } from "../sandbox.ts";
import { connectDashscope, type DashscopeClient, detectPath, videoPath } from "../testing/dashscope-client.ts";
import { type ManualClock, manualClock } from "../testing/manual-clock.ts";
import { type MediaHost, openMediaHost, silence } from "../testing/media-host.ts";
import { requireUsableVideo } from "./fetched-media.ts";
import { lipSyncVideo } from "./video-synthesis.ts";

let clock: ManualClock;
let sandbox: Sandbox;
let host: MediaHost;
let client: DashscopeClient;
const portrait = drawPicture({ prompt: "portrait", width: 600, height: 800 });
beforeEach(async () => {
  clock = manualClock();
  sandbox = await startSandbox({ clock });
  sandbox.control.limits({ dashscopePerSecond: 100 });
  host = await openMediaHost();
  host.files.set("/portrait.png", await portrait);
  client = connectDashscope(sandbox);
});
afterEach(async () => {
  await sandbox.close();
  await host.close();
});

const at = (name: string) => `${host.url}/${name}`;
const detect = async (model: string, image = "portrait.png", parameters?: unknown) =>
  client.call(detectPath, { model, input: { image_url: at(image) }, ...(parameters ? { parameters } : {}) });
const portraitOrder = (model: string, input: Record<string, unknown> = {}, parameters?: unknown) => ({
  model,
  input: { image_url: at("portrait.png"), audio_url: at("voice.wav"), ...input },
  ...(parameters ? { parameters } : {}),
});
const lipSyncOrder = (input: Record<string, unknown> = {}, parameters: Record<string, unknown> = {}) => ({
  model: "videoretalk",
  input: { video_url: at("face.mp4"), audio_url: at("voice.wav"), ...input },
  parameters,
});
const submit = (order: unknown) => client.submit(videoPath, order);
const refused = async (order: unknown) => {
  const { status, body } = await submit(order);
  return [status, body.code];
};

async function finished(order: unknown) {
  const { body } = await submit(order);
  clock.advance(14_000);
  return (await client.get(`tasks/${body.output.task_id}`)).body;
}

async function secondsOf(address: string) {
  const bytes = await (await fetch(address)).arrayBuffer();
  using input = new Input({ formats: ALL_FORMATS, source: new BufferSource(bytes) });
  const [video, audio] = [await input.getPrimaryVideoTrack(), await input.getPrimaryAudioTrack()];
  return { video: await video?.computeDuration(), audio: await audio?.computeDuration() };
}

test("each detector has its own wording for yes and no", async () => {
  host.files.set("/small.png", await drawPicture({ prompt: "", width: 399, height: 500 }));
  host.files.set("/wide.png", await drawPicture({ prompt: "", width: 900, height: 440 }));
  host.files.set("/note.png", Buffer.from("not a picture"));
  const output = async (...asked: Parameters<typeof detect>) => (await detect(...asked)).body.output;
  expect((await detect("wan2.2-s2v-detect")).body).toEqual({
    output: { check_pass: true, humanoid: true },
    usage: { image_count: 1 },
    request_id: expect.any(String),
  });
  expect(await output("wan2.2-s2v-detect", "small.png")).toMatchObject({ check_pass: false, humanoid: true });
  expect(await output("wan2.2-s2v-detect", "portrait.png?[[no-face]]")).toMatchObject({
    check_pass: false,
    humanoid: false,
    code: "InvalidFile.NoHuman",
  });
  expect(await output("liveportrait-detect")).toEqual({ pass: true, message: "success" });
  expect(await output("liveportrait-detect", "portrait.png?[[no-face]]")).toEqual({
    pass: false,
    message: "No human face detected.",
  });
  expect(await output("liveportrait-detect", "wide.png")).toMatchObject({ pass: false });
  expect(await output("emo-detect-v1", "portrait.png", { ratio: "1:1" })).toEqual({
    check_pass: true,
    face_bbox: [178, 237, 421, 480],
    ext_bbox: [30, 104, 570, 644],
  });
  expect(await output("emo-detect-v1", "small.png", { ratio: "3:4" })).toMatchObject({ check_pass: false });
  expect((await detect("emo-detect-v1")).body.code).toBe("BadRequest.EmptyParameters");
  expect((await detect("emo-detect-v1", "portrait.png", { ratio: "16:9" })).body.code).toBe("InvalidParameter");
  expect((await detect("wan2.2-s2v-detect", "note.png")).body.code).toBe("InvalidFile.Format");
  expect((await detect("wan2.2-s2v-detect", "portrait.png?[[InvalidFile.FacePose]]")).body.code).toBe(
    "InvalidFile.FacePose",
  );
  expect((await detect("face-detect")).status).toBe(404);
  expect(sandbox.ledger()).toEqual([]);
});

test("a talking portrait: the address is inside results, the seconds are the sound's", async () => {
  const done = await finished(portraitOrder("wan2.2-s2v", {}, { resolution: "720P" }));
  expect(done.output).toMatchObject({ task_status: "SUCCEEDED", results: { video_url: expect.any(String) } });
  expect(done.output).not.toHaveProperty("video_url");
  expect(done.usage).toEqual({ video_duration: 8.24, SR: 720 });
  const seconds = await secondsOf(done.output.results.video_url);
  expect(seconds.video).toBeCloseTo(8.24, 1);
  expect(seconds.audio).toBeCloseTo(8.24, 1);
  expect(sandbox.ledger()).toMatchObject([
    {
      endpoint: videoPath,
      text: "",
      counted: { unit: "seconds", quantity: 8.24 },
      note: expect.stringMatching(/^wan2\.2-s2v, sample [0-9a-f]{12}$/),
    },
  ]);
  const live = await finished(portraitOrder("liveportrait", {}, { template_id: "calm", video_fps: 30 }));
  expect(live.usage).toEqual({ video_duration: 8.24, video_ratio: "standard" });
  const { face_bbox, ext_bbox } = (await detect("emo-detect-v1", "portrait.png", { ratio: "3:4" })).body.output;
  const emo = await finished(portraitOrder("emo-v1", { face_bbox, ext_bbox }, { style_level: "active" }));
  expect(emo.output.results.video_url).toContain(".mp4?Expires=");
});

test("lip-sync: the address is at the top level, and the shorter of both counts unless the video is extended", async () => {
  host.files.set("/long.mp3", await writeSpeechFile(new Int16Array(16_000 * 20).fill(3000), "mp3", 24_000));
  const done = await finished(lipSyncOrder());
  expect(done.output).toMatchObject({ task_status: "SUCCEEDED", video_url: expect.any(String) });
  expect(done.output).not.toHaveProperty("results");
  expect(done.usage).toEqual({ video_duration: 8.24, video_ratio: "standard" });
  const cut = await finished(lipSyncOrder({ audio_url: at("long.mp3"), ref_image_url: at("portrait.png") }));
  expect(cut.usage.video_duration).toBe(12);
  const whole = await finished(
    lipSyncOrder({ audio_url: at("long.mp3") }, { video_extension: true, query_face_threshold: 120 }),
  );
  expect(whole.usage.video_duration).toBeCloseTo(20, 0);
  expect((await secondsOf(whole.output.video_url)).audio).toBeCloseTo(20, 0);
});

test("the speaking model makes one at a time and queues none; the other models queue", async () => {
  expect((await submit(portraitOrder("wan2.2-s2v"))).status).toBe(200);
  expect(await refused(portraitOrder("wan2.2-s2v"))).toEqual([429, "Throttling"]);
  for (let count = 0; count < 3; count += 1) expect((await submit(portraitOrder("liveportrait"))).status).toBe(200);
  clock.advance(14_000);
  expect((await submit(portraitOrder("wan2.2-s2v"))).status).toBe(200);
});

test("a failed video is not billed, and a marker may be in an address", async () => {
  const failed = await finished(portraitOrder("liveportrait", { audio_url: at("voice.wav?[[fail: 画面中没有人脸]]") }));
  expect(failed.output).toMatchObject({ task_status: "FAILED", message: "画面中没有人脸" });
  expect(sandbox.ledger()[0]?.counted).toEqual({ unit: "seconds", quantity: 0 });
});

test("checks portraits against their documents", async () => {
  host.files.set("/small.png", await drawPicture({ prompt: "", width: 399, height: 500 }));
  host.files.set("/long.wav", silence(20));
  host.files.set("/endless.wav", silence(301));
  host.files.set("/blip.wav", silence(1));
  host.files.set("/note.wav", Buffer.from("not a sound"));
  host.files.set("/large.png", Buffer.alloc(10 * 1024 * 1024 + 1));
  host.files.set("/empty.png", Buffer.alloc(0));
  const s2v = (input: Record<string, unknown>, parameters?: unknown) =>
    refused(portraitOrder("wan2.2-s2v", input, parameters));
  expect(await s2v({ image_url: "portrait.png" })).toEqual([400, "InvalidURL"]);
  expect(await s2v({ image_url: "oss://bucket/portrait.png" })).toEqual([400, "InvalidURL"]);
  expect(await s2v({ image_url: at("missing.png") })).toEqual([400, "InvalidURL"]);
  expect(await s2v({ image_url: "http://127.0.0.1:1/a.png" })).toEqual([400, "InvalidURL.ConnectionRefused"]);
  expect(await s2v({ image_url: at("voice.wav") })).toEqual([400, "InvalidFile.Format"]);
  expect(await s2v({ image_url: at("large.png") })).toEqual([400, "InvalidFile.Size"]);
  expect(await s2v({ image_url: at("empty.png") })).toEqual([400, "InvalidFile.Openerror"]);
  expect(await s2v({ image_url: at("small.png") })).toEqual([400, "InvalidFile.Resolution"]);
  expect(await s2v({ image_url: at("portrait.png?[[no-face]]") })).toEqual([400, "InvalidFile.NoHuman"]);
  expect(await s2v({ audio_url: at("note.wav") })).toEqual([400, "InvalidFile.Format"]);
  expect(await s2v({ audio_url: at("long.wav") })).toEqual([400, "InvalidFile.Duration"]);
  expect(await s2v({}, { resolution: "1080P" })).toEqual([400, "InvalidParameter"]);
  expect(await s2v({ audio_url: undefined })).toEqual([400, "InvalidParameter"]);
  const live = (input: Record<string, unknown>, parameters?: unknown) =>
    refused(portraitOrder("liveportrait", input, parameters));
  expect(await live({ audio_url: at("endless.wav") })).toEqual([400, "InvalidFile.AudioLengthError"]);
  expect(await live({ audio_url: at("blip.wav") })).toEqual([400, "InvalidFile.AudioLengthError"]);
  expect(await live({}, { mouth_move_strength: 2 })).toEqual([400, "InvalidParameter"]);
  const emo = (input: Record<string, unknown>) => refused(portraitOrder("emo-v1", input));
  expect(await emo({})).toEqual([400, "InvalidParameter"]);
  expect(await emo({ face_bbox: [0, 0, 10, 10], ext_bbox: [0, 0, 601, 10] })).toEqual([400, "InvalidParameter"]);
  expect(await emo({ face_bbox: [0, 0, 10, 10], ext_bbox: [5, 5, 50, 50] })).toEqual([400, "InvalidParameter"]);
  expect(await refused(portraitOrder("emo-v9"))).toEqual([404, "ModelNotFound"]);
  expect(sandbox.ledger()).toEqual([]);
});

test("checks videos against their document", async () => {
  host.files.set("/blip.wav", silence(2));
  host.files.set("/flat.avi", avi({ width: 640, height: 480, frames: 100, frameMicroseconds: 40_000 }));
  host.files.set("/film.avi", avi({ width: 640, height: 640, frames: 250, frameMicroseconds: 40_000 }));
  const video = (input: Record<string, unknown>, parameters?: Record<string, unknown>) =>
    refused(lipSyncOrder(input, parameters));
  expect(await video({ video_url: at("voice.wav") })).toEqual([400, "InvalidFile.Format"]);
  expect(await video({ video_url: at("flat.avi") })).toEqual([400, "InvalidFile.Resolution"]);
  expect(await video({ audio_url: at("face.mp4") })).toEqual([400, "InvalidFile.Format"]);
  expect(await video({ audio_url: at("blip.wav") })).toEqual([400, "InvalidFile.Duration"]);
  expect(await video({}, { query_face_threshold: 201 })).toEqual([400, "InvalidParameter"]);
  expect(await video({ ref_image_url: at("portrait.png?[[no-face]]") })).toEqual([400, "InvalidFile.FaceNotMatch"]);
  expect(sandbox.ledger()).toEqual([]);
  expect(await video({ video_url: at("film.avi") })).toEqual([200, undefined]);
});

const film = {
  kind: "video",
  format: "mp4",
  codec: "avc",
  width: 640,
  height: 2048,
  durationMs: 2001,
  framesPerSecond: 15,
} as const;

test.each([
  [{}, undefined],
  [{ codec: "hevc", durationMs: 119_999, framesPerSecond: 60 }, undefined],
  [{ codec: "vp9" }, "InvalidFile.Openerror"],
  [{ width: 639 }, "InvalidFile.Resolution"],
  [{ height: 2049 }, "InvalidFile.Resolution"],
  [{ framesPerSecond: 14.9 }, "InvalidFile.FPS"],
  [{ framesPerSecond: 60.1 }, "InvalidFile.FPS"],
  [{ durationMs: 2000 }, "InvalidFile.Duration"],
  [{ durationMs: 120_000 }, "InvalidFile.Duration"],
])("a video with %j: %s", (changes, code) => {
  const check = () => requireUsableVideo({ ...film, ...changes }, lipSyncVideo);
  if (code === undefined) check();
  else expect(check).toThrow(expect.objectContaining({ code }));
});

/** The start of an AVI file, which is all that the vendor reads. */
function avi(facts: { width: number; height: number; frames: number; frameMicroseconds: number }): Buffer {
  const file = Buffer.alloc(256);
  file.write("RIFF", 0, "latin1");
  file.write("AVI LIST", 8, "latin1");
  file.write("hdrlavih", 20, "latin1");
  file.writeUInt32LE(56, 28);
  file.writeUInt32LE(facts.frameMicroseconds, 32);
  file.writeUInt32LE(facts.frames, 48);
  file.writeUInt32LE(facts.width, 64);
  file.writeUInt32LE(facts.height, 68);
  file.write("LIST", 88, "latin1");
  file.write("strlstrh", 96, "latin1");
  file.writeUInt32LE(56, 104);
  file.write("vidsH264", 108, "latin1");
  return file;
}
