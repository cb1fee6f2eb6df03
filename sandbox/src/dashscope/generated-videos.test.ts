import { ALL_FORMATS, BufferSource, Input } from "mediabunny";
import { afterEach, beforeEach, expect, test } from "vitest";
import { drawPicture } from "../media/picture.ts";
import { type Sandbox, startSandbox } from "../sandbox.ts";
import {
  connectDashscope,
  type DashscopeClient,
  generationPath,
  messageTaskPath,
} from "../testing/dashscope-client.ts";
import { type ManualClock, manualClock } from "../testing/manual-clock.ts";
import { type MediaHost, openMediaHost } from "../testing/media-host.ts";

const path = "services/aigc/video-generation/video-synthesis";

let clock: ManualClock;
let sandbox: Sandbox;
let host: MediaHost;
let client: DashscopeClient;
const portrait = drawPicture({ prompt: "portrait", width: 600, height: 800 });
const address = async (bytes: Promise<Buffer>) => `data:image/png;base64,${(await bytes).toString("base64")}`;

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

async function refusal(where: string, order: unknown): Promise<unknown> {
  const { status, body } = await client.submit(where, order);
  return status === 200 ? undefined : [body.code, body.message];
}

const no = (code: string, words: RegExp) => [code, expect.stringMatching(words)];

const refused = (model: string, input: object, parameters: object = {}) => refusal(path, { model, input, parameters });

test("a video plays for as long as was asked for, and that is billed", async () => {
  const parameters = { resolution: "720P", ratio: "9:16", duration: 3 };
  const { body } = await client.submit(path, { model: "wan2.7-t2v", input: { prompt: "一只猫" }, parameters });
  clock.advance(22_000);
  const { output, usage } = (await client.get(`tasks/${body.output.task_id}`)).body;
  expect(usage).toEqual({
    ...{ duration: 3, input_video_duration: 0, output_video_duration: 3, video_count: 1 },
    ...{ SR: 720, ratio: "9:16" },
  });
  const bytes = await (await fetch(output.video_url)).arrayBuffer();
  using input = new Input({ formats: ALL_FORMATS, source: new BufferSource(bytes) });
  const [film, sound] = [await input.getPrimaryVideoTrack(), await input.getPrimaryAudioTrack()];
  expect(await film?.computeDuration()).toBeCloseTo(3, 1);
  expect(await sound?.computeDuration()).toBeCloseTo(3, 1);
  expect(sandbox.ledger()).toMatchObject([
    { endpoint: path, text: "一只猫", counted: { unit: "seconds", quantity: 3 } },
  ]);
});

test("each edition takes its own sizes and lengths", async () => {
  const words = { prompt: "x" };
  expect(await refused("wan2.7-t2v", words, { resolution: "480P" })).toEqual(no("InvalidParameter", /resolution/));
  expect(await refused("wan2.7-t2v", words, { size: "1280*720" })).toEqual(no("InvalidParameter", /size/));
  expect(await refused("wan2.7-t2v", words, { ratio: "2:1" })).toEqual(no("InvalidParameter", /ratio/));
  expect(await refused("wan2.7-t2v", words, { duration: 16 })).toEqual(no("InvalidParameter", /duration/));
  expect(await refused("wan2.6-t2v", words, { size: "832*480" })).toEqual(no("InvalidParameter", /size/));
  expect(await refused("wan2.6-t2v", words, { shot_type: "none" })).toEqual(no("InvalidParameter", /shot_type/));
  expect(await refused("wan2.5-t2v-preview", words, { size: "832*480", duration: 10 })).toBeUndefined();
  expect(await refused("wan2.5-t2v-preview", words, { duration: 6 })).toEqual(no("InvalidParameter", /duration/));
  expect(await refused("wan2.7-t2v", { prompt: " " })).toEqual(no("InvalidParameter", /prompt/));
  expect(await refused("wan1-t2v", words)).toEqual(no("ModelNotFound", /.*/));
});

test("a first frame comes as an address or inside one, within its limits", async () => {
  const inside = await address(portrait);
  const small = await address(drawPicture({ prompt: "", width: 300, height: 300 }));
  const frame = (url: string) => ({ media: [{ type: "first_frame", url }] });
  expect(await refused("wan2.7-i2v", frame(inside))).toBeUndefined();
  expect(await refused("wan2.7-i2v", frame(`${host.url}/portrait.png`))).toBeUndefined();
  expect(await refused("wan2.7-i2v", frame(small))).toBeUndefined();
  expect(await refused("wan2.6-i2v", { img_url: inside })).toBeUndefined();
  expect(await refused("wan2.6-i2v", { img_url: small })).toEqual(no("InvalidFile.Resolution", /360/));
  expect(await refused("wan2.6-i2v", frame(inside))).toEqual(no("InvalidParameter", /img_url/));
  expect(await refused("wan2.7-i2v", { media: [] })).toEqual(no("InvalidParameter", /first_frame/));
  expect(await refused("wan2.7-i2v", frame("data:image/png;base64,AAAA"))).toEqual(no("InvalidFile.Format", /.*/));
  expect(await refused("wan2.7-t2v", { prompt: "x", img_url: inside })).toEqual(no("InvalidParameter", /img_url/));
});

test("a picture is changed by the models that can, in its own shape unless a size is asked for", async () => {
  const inside = await address(portrait);
  const order = (model: string, pictures: number, parameters: object = {}) => ({
    ...{ model, parameters: { n: 1, ...parameters } },
    input: {
      messages: [{ role: "user", content: [...Array(pictures).fill({ image: inside }), { text: "改成蓝色" }] }],
    },
  });
  const edited = (model: string, pictures: number, parameters?: object) =>
    refusal(messageTaskPath, order(model, pictures, parameters));
  expect(await edited("wan2.7-image", 1)).toBeUndefined();
  expect(await edited("wan2.7-image", 10)).toEqual(no("InvalidParameter", /at most 9/));
  expect(await edited("wan2.7-image-pro", 1, { size: "4K" })).toEqual(no("InvalidParameter", /size/));
  expect(await edited("wan2.6-image", 1, { enable_interleave: true })).toEqual(no("InvalidParameter", /interleave/));
  expect(await edited("wan2.6-t2i", 1)).toEqual(no("InvalidParameter", /at most 0/));
  const direct = (model: string, pictures: number, parameters?: object) =>
    client
      .call(generationPath, order(model, pictures, parameters))
      .then(({ status, body }) => (status === 200 ? undefined : [body.code, body.message]));
  expect(await direct("qwen-image-edit", 0)).toEqual(no("InvalidParameter", /picture/));
  expect(await direct("qwen-image-edit", 1, { size: "1024*1024" })).toEqual(no("InvalidParameter", /size/));
  expect(await direct("qwen-image-edit", 1, { n: 2 })).toEqual(no("InvalidParameter", /\bn\b/));
});
