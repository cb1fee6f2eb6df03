import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ALL_FORMATS, BufferSource, Input } from "mediabunny";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeSpeechFile } from "../media/speech-file.ts";
import { writeWav } from "../media/wav.ts";
import { samples } from "../samples.ts";
import { type Sandbox, startSandbox } from "../sandbox.ts";
import {
  connectDashscope,
  type DashscopeClient,
  generationPath,
  speechPath,
  voicePath,
} from "../testing/dashscope-client.ts";
import { type MediaHost, openMediaHost, silence } from "../testing/media-host.ts";

let sandbox: Sandbox;
let host: MediaHost;
let client: DashscopeClient;
beforeEach(async () => {
  sandbox = await startSandbox({ speed: 1000 });
  sandbox.control.limits({ dashscopePerSecond: 1000, dashscopePerMinute: 100_000 });
  host = await openMediaHost();
  client = connectDashscope(sandbox);
});
afterEach(async () => {
  await sandbox.close();
  await host.close();
});

const sample = () => `${host.url}/voice.wav`;
const cosyVoice = (input: Record<string, unknown>) => client.call(voicePath, { model: "voice-enrollment", input });
const qwenVoice = (input: Record<string, unknown>) => client.call(voicePath, { model: "qwen-voice-enrollment", input });
const creation = (changes: Record<string, unknown> = {}) => ({
  action: "create_voice",
  target_model: "cosyvoice-v3-flash",
  prefix: "narrator",
  url: sample(),
  ...changes,
});
const qwenCreation = (changes: Record<string, unknown> = {}) => ({
  action: "create",
  target_model: "qwen3-tts-vc-2026-01-22",
  preferred_name: "narrator",
  audio: { data: sample() },
  ...changes,
});
const speak = (changes: Record<string, unknown> = {}, model = "cosyvoice-v3-flash") =>
  client.call(speechPath, { model, input: { text: "你好 world", voice: "longanyang", ...changes } });
const speakQwen = (changes: Record<string, unknown> = {}, model = "qwen3-tts-flash") =>
  client.call(generationPath, { model, input: { text: "你好 world", voice: "Cherry", ...changes } });
const noise = (seconds: number, rate = 24_000) =>
  writeWav(
    Int16Array.from({ length: seconds * rate }, (_, index) => (index % 100) * 200 - 10_000),
    rate,
  );

async function voiceThatIsReady(changes: Record<string, unknown> = {}): Promise<string> {
  const { body } = await cosyVoice(creation(changes));
  const voice_id = body.output.voice_id;
  await expect.poll(async () => (await cosyVoice({ action: "query_voice", voice_id })).body.output.status).toBe("OK");
  return voice_id;
}

async function soundAt(address: string) {
  const response = await fetch(address);
  using input = new Input({ formats: ALL_FORMATS, source: new BufferSource(await response.arrayBuffer()) });
  const track = await input.getPrimaryAudioTrack();
  return {
    type: response.headers.get("content-type"),
    codec: await track?.getCodec(),
    rate: await track?.getSampleRate(),
    seconds: await track?.computeDuration(),
  };
}

test("a CosyVoice voice is created, deployed, queried, listed, given another sample and deleted", async () => {
  const made = await cosyVoice(creation({ language_hints: ["zh"] }));
  expect(made).toEqual({
    status: 200,
    body: {
      output: { voice_id: expect.stringMatching(/^cosyvoice-v3-flash-narrator-[0-9a-f]{32}$/) },
      usage: { count: 1 },
      request_id: expect.any(String),
    },
  });
  const { voice_id } = made.body.output;
  expect(sandbox.ledger()).toMatchObject([
    { endpoint: `${voicePath}:create_voice`, reference: voice_id, counted: { unit: "voices", quantity: 1 } },
  ]);
  await expect
    .poll(async () => (await cosyVoice({ action: "query_voice", voice_id })).body.output)
    .toMatchObject({ status: "OK", target_model: "cosyvoice-v3-flash", resource_link: sample() });
  const other = (await cosyVoice(creation({ prefix: "other" }))).body.output.voice_id;
  const list = async (input: Record<string, unknown>) =>
    (await cosyVoice({ action: "list_voice", ...input })).body.output.voice_list;
  expect((await list({})).map((voice: { voice_id: string }) => voice.voice_id)).toEqual([other, voice_id]);
  expect(await list({ prefix: "narrator" })).toMatchObject([
    { voice_id, status: "OK", gmt_create: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/) },
  ]);
  expect(await list({ page_index: 1, page_size: 1 })).toMatchObject([{ voice_id }]);
  expect(await cosyVoice({ action: "update_voice", voice_id, url: sample() })).toMatchObject({ status: 200 });
  expect(sandbox.ledger()).toHaveLength(3);
  expect((await cosyVoice({ action: "delete_voice", voice_id })).status).toBe(200);
  for (const action of ["query_voice", "delete_voice", "update_voice"]) {
    expect(await cosyVoice({ action, voice_id, url: sample() })).toMatchObject({
      status: 400,
      body: { code: "BadRequest.ResourceNotExist" },
    });
  }
});

test("a voice belongs to its model, and speaks when it is ready and was not rejected", async () => {
  const voice = await voiceThatIsReady();
  expect((await speak({ voice })).status).toBe(200);
  for (const [model, wrong] of [
    ["cosyvoice-v3-plus", voice],
    ["cosyvoice-v3-flash", "nobody"],
    ["cosyvoice-v1", "longxiaochun_v2"],
    ["cosyvoice-v3.5-plus", "longanyang"],
  ]) {
    expect(await speak({ voice: wrong }, model)).toMatchObject({
      status: 400,
      body: { code: "InvalidParameter", message: "[tts:]Engine return error code: 418" },
    });
  }
  const deploying = (await cosyVoice(creation({ url: `${sample()}?[[stuck]]` }))).body.output.voice_id;
  expect((await speak({ voice: deploying })).status).toBe(400);
  const rejected = (await cosyVoice(creation({ url: `${sample()}?[[fail]]` }))).body.output.voice_id;
  await expect
    .poll(async () => (await cosyVoice({ action: "query_voice", voice_id: rejected })).body.output.status)
    .toBe("UNDEPLOYED");
  expect((await speak({ voice: rejected })).status).toBe(400);
});

test.each([
  ["a prefix of 11", { prefix: "narrators11" }, 400, "InvalidParameter"],
  ["a prefix with a dash", { prefix: "my-voice" }, 400, "InvalidParameter"],
  ["a model of another family", { target_model: "qwen3-tts-vc-2026-01-22" }, 400, "InvalidParameter"],
  ["two hints of the language", { language_hints: ["zh", "en"] }, 400, "InvalidParameter"],
  ["an unknown action", { action: "make" }, 400, "InvalidParameter"],
  ["no address", { url: "" }, 400, "InvalidParameter"],
  ["an address that is none", { url: "voice.wav" }, 400, "InvalidURL"],
])("refuses %s", async (_name, changes, status, code) => {
  expect(await cosyVoice(creation(changes))).toMatchObject({ status, body: { code } });
  expect(sandbox.ledger()).toEqual([]);
});

test("instructions and languages are taken where the model has them", async () => {
  const cases: [object, number, string?][] = [
    [{ instruction: "慢慢说", language_hints: ["zh"] }, 200],
    [{ instruction: "x".repeat(101) }, 400, "Engine return error code: 428"],
    [{ instruction: "慢慢说", voice: "longxiaochun_v3" }, 400, "Engine return error code: 428"],
    [{ language_hints: ["it"] }, 400, "language_hints"],
    [{ language_hints: ["zh", "en"] }, 400, "language_hints"],
  ];
  for (const [changes, status, message] of cases) {
    const { status: given, body } = await speak({ ...changes });
    expect([changes, given]).toEqual([changes, status]);
    expect(body.message ?? "").toContain(message ?? "");
  }
  const instructions = "slowly";
  expect((await speakQwen({ instructions }, "qwen3-tts-instruct-flash")).status).toBe(200);
  expect(await speakQwen({ instructions })).toMatchObject({ status: 400, body: { code: "InvalidParameter" } });
});

test("checks the sample: CosyVoice answers 430, Qwen as its table says", async () => {
  host.files.set("/slow.wav", noise(8, 16_000));
  host.files.set("/phone.wav", noise(8, 8000));
  host.files.set("/long.wav", noise(61));
  host.files.set("/short.wav", noise(2));
  host.files.set("/silent.wav", silence(8));
  host.files.set("/text.wav", Buffer.from("not a sound at all"));
  host.files.set("/large.wav", Buffer.alloc(11 * 1024 * 1024));
  const cosy = async (name: string) => {
    const { status, body } = await cosyVoice(creation({ url: `${host.url}/${name}` }));
    return [status, body.code];
  };
  const qwen = async (name: string) => {
    const { status, body } = await qwenVoice(qwenCreation({ audio: { data: `${host.url}/${name}` } }));
    return [status, body.code];
  };
  expect(await cosy("phone.wav")).toEqual([430, "Audio.AudioRateError"]);
  expect(await cosy("long.wav")).toEqual([430, "Audio.DurationLimitError"]);
  expect(await cosy("short.wav")).toEqual([430, "Audio.AudioShortError"]);
  expect(await cosy("silent.wav")).toEqual([430, "Audio.AudioSilentError"]);
  expect(await cosy("text.wav")).toEqual([430, "Audio.DecoderError"]);
  expect(await cosy("large.wav")).toEqual([430, "Audio.FileSizeExceed"]);
  expect(await cosy("missing.wav")).toEqual([415, "BadRequest.InputDownloadFailed"]);
  expect(await qwen("slow.wav")).toEqual([430, "Audio.AudioRateError"]);
  expect(await qwen("long.wav")).toEqual([400, "Audio.DurationLimitError"]);
  expect(await qwen("short.wav")).toEqual([400, "Audio.AudioShortError"]);
  expect(sandbox.ledger()).toEqual([]);
  expect(await cosy("slow.wav")).toEqual([200, undefined]);
});

test("a Qwen voice exists at once, from an address or from the request itself", async () => {
  const made = await qwenVoice(qwenCreation());
  expect(made.body).toEqual({
    output: {
      voice: expect.stringMatching(/^qwen-tts-vc-narrator-voice-\d{17}-[0-9a-f]{4}$/),
      target_model: "qwen3-tts-vc-2026-01-22",
    },
    usage: { count: 1 },
    request_id: expect.any(String),
  });
  const { voice } = made.body.output;
  const data = `data:audio/wav;base64,${(await readFile(samples.voice)).toString("base64")}`;
  expect((await qwenVoice(qwenCreation({ preferred_name: "a_1", audio: { data } }))).status).toBe(200);
  for (const wrong of [
    { preferred_name: "n".repeat(17) },
    { preferred_name: "a b" },
    { target_model: "qwen3-tts-flash" },
    { audio: { data: "data:text/plain;base64,AAAA" } },
    { audio: "x" },
    { language: "xx" },
  ]) {
    expect(await qwenVoice(qwenCreation(wrong))).toMatchObject({ status: 400, body: { code: "InvalidParameter" } });
  }
  expect((await qwenVoice({ action: "list", page_size: 1, page_index: 1 })).body.output).toMatchObject({
    page_index: 1,
    page_size: 1,
    total_count: 2,
    voice_list: [{ voice, target_model: "qwen3-tts-vc-2026-01-22", language: "zh" }],
  });
  expect((await speakQwen({ voice }, "qwen3-tts-vc-2026-01-22")).status).toBe(200);
  for (const [model, wrong] of [
    ["qwen3-tts-flash", voice],
    ["qwen3-tts-vc-2026-01-22", "Cherry"],
    ["qwen3-tts-flash", "longanyang"],
  ]) {
    expect(await speakQwen({ voice: wrong }, model)).toMatchObject({
      status: 400,
      body: { code: "BadRequest.VoiceNotFound", message: `Voice '${wrong}' not found.` },
    });
  }
  expect((await qwenVoice({ action: "delete", voice })).status).toBe(200);
  expect((await qwenVoice({ action: "delete", voice })).body.code).toBe("BadRequest.VoiceNotFound");
  expect((await qwenVoice(qwenCreation({ audio: { data: `${sample()}?[[fail: it mumbles]]` } }))).body).toMatchObject({
    code: "Audio.PreprocessError",
    message: "it mumbles",
  });
});

test("as many voices as the account may hold", async () => {
  sandbox.control.limits({ dashscopeVoices: 1 });
  expect((await cosyVoice(creation())).status).toBe(200);
  expect(await qwenVoice(qwenCreation())).toMatchObject({
    status: 400,
    body: { code: "Throttling.AllocationQuota", message: expect.stringContaining("voice storage") },
  });
});

test("CosyVoice speaks in the requested format and at the requested rate", async () => {
  const { body } = await speak({ format: "mp3", sample_rate: 24_000, rate: 0.5, pitch: 1.2, volume: 80 });
  expect(body).toEqual({
    output: {
      finish_reason: "stop",
      audio: {
        data: "",
        url: expect.stringContaining(".mp3?Expires="),
        id: `audio_${body.request_id}`,
        expires_at: Number(new URL(body.output.audio.url).searchParams.get("Expires")),
      },
    },
    usage: { characters: 10 },
    request_id: expect.any(String),
  });
  const slow = await soundAt(body.output.audio.url);
  expect(slow).toMatchObject({ type: "audio/mpeg", codec: "mp3", rate: 24_000, seconds: expect.closeTo(2, 0) });
  const plain = (await speak()).body.output.audio.url;
  expect(await soundAt(plain)).toEqual({ type: "audio/wav", codec: "pcm-s16", rate: 24_000, seconds: 1 });
  expect(await soundAt((await speak({ sample_rate: 8000 })).body.output.audio.url)).toMatchObject({ rate: 8000 });
  const raw = await fetch((await speak({ format: "pcm", sample_rate: 16_000 })).body.output.audio.url);
  expect((await raw.arrayBuffer()).byteLength).toBe(32_000);
  expect(sandbox.ledger()[0]).toMatchObject({
    endpoint: speechPath,
    text: "你好 world",
    counted: { unit: "characters", quantity: 10 },
    reference: body.request_id,
  });
});

test.each([
  ["no text", { text: "" }],
  ["a text of 20 001", { text: "a".repeat(20_001) }],
  ["another format", { format: "ogg" }],
  ["another sample rate", { sample_rate: 11_025 }],
  ["a rate of 2.1", { rate: 2.1 }],
  ["a pitch of 0.4", { pitch: 0.4 }],
  ["a volume of 101", { volume: 101 }],
])("CosyVoice refuses %s", async (_name, changes) => {
  expect(await speak(changes)).toMatchObject({ status: 400, body: { code: "InvalidParameter" } });
  expect(sandbox.ledger()).toEqual([]);
});

test("Qwen speaks at 24 kHz, and refuses what it does not offer over HTTP", async () => {
  const { body } = await speakQwen({ language_type: "Chinese" });
  expect(body.usage).toEqual({ characters: 10 });
  expect(await soundAt(body.output.audio.url)).toEqual({
    type: "audio/wav",
    codec: "pcm-s16",
    rate: 24_000,
    seconds: 1,
  });
  for (const answer of [
    await speakQwen({ text: "a".repeat(601) }),
    await speakQwen({ language_type: "Klingon" }),
    await speakQwen({}, "qwen3-tts-flash-realtime"),
    await client.call(generationPath, { model: "qwen3-tts-flash", input: {} }, { "x-dashscope-sse": "enable" }),
  ]) {
    expect(answer).toMatchObject({ status: 400, body: { code: "InvalidParameter" } });
  }
  expect((await speakQwen({}, "qwen9-tts")).status).toBe(404);
  const late = await speakQwen({ text: "[[expired-url]]" });
  expect((await fetch(late.body.output.audio.url)).status).toBe(403);
  const failed = await speakQwen({ text: "[[fail: hoarse]]" });
  expect(failed).toMatchObject({ status: 500, body: { code: "InternalError.Algo", message: "hoarse" } });
  expect(sandbox.ledger().map(({ counted }) => counted?.quantity)).toEqual([10, 15, 0]);
});

test("a spoken MP3 is a file the vendor itself would accept as a sample", async () => {
  host.files.set("/own.mp3", await writeSpeechFile(new Int16Array(16_000 * 8).fill(4000), "mp3", 24_000));
  expect((await cosyVoice(creation({ url: `${host.url}/own.mp3` }))).status).toBe(200);
});

test("voices outlive the process, deleted ones do not come back", async () => {
  const dataDirectory = join(tmpdir(), `toolcast-sandbox-${crypto.randomUUID()}`);
  const restart = async () => {
    await sandbox.close();
    sandbox = await startSandbox({ speed: 1000, dataDirectory });
    client = connectDashscope(sandbox);
  };
  await restart();
  const voices: string[] = [];
  for (const prefix of ["kept", "gone"]) voices.push((await cosyVoice(creation({ prefix }))).body.output.voice_id);
  await cosyVoice({ action: "delete_voice", voice_id: voices[1] });
  await restart();
  expect((await cosyVoice({ action: "list_voice" })).body.output.voice_list).toMatchObject([{ voice_id: voices[0] }]);
});
