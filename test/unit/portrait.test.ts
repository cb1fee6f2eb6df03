import { afterEach, beforeEach, expect, test } from "vitest";
import {
  ada,
  createInstallation,
  type Installation,
  type RunningProcess,
  startJob,
  upload,
} from "../runtime-fixture.ts";

let installation: Installation;
let process: RunningProcess;
beforeEach(async () => {
  installation = await createInstallation();
  process = await installation.open();
});
afterEach(() => installation[Symbol.asyncDispose]());

const media = async (name: string) => (await upload(process, name)).id;

test("a picture with a recording is one paid step", async () => {
  const [image, audio] = [await media("picture.png"), await media("tone.wav")];
  const { id } = await startJob(process, "avatar", { image, audio });
  await installation.until(() => installation.job(id).state.phase === "succeeded");
  expect(installation.provider.starts).toMatchObject([
    { capability: "portraitVideo", request: { image: { id: image }, audio: { id: audio } } },
  ]);
});

test("a picture with a text in one's own voice is spoken first", async () => {
  const { id: training } = await startJob(process, "clone", {
    audio: await media("tone.wav"),
    name: "mine",
    consent: true,
  });
  await installation.until(() => installation.job(training).state.phase === "succeeded");
  const image = await media("picture.png");
  const { id } = await startJob(process, "avatar", { image, voice: "mine", text: "twelve characters" });
  await installation.until(() => installation.job(id).state.phase === "succeeded");
  expect(installation.provider.starts.slice(1)).toMatchObject([
    { capability: "speech", request: { text: "twelve characters", speakerId: "speaker-1" } },
    { capability: "portraitVideo", request: { image: { id: image }, audio: { kind: "audio" } } },
  ]);
});

test("a picture with only a text has no voice to speak with and is refused before anything is stored", async () => {
  const image = await media("picture.png");
  expect(await process.runtime.call({ tool: "avatar", input: { image, text: "hi" }, caller: ada })).toMatchObject({
    type: "refused",
    failure: { kind: "usage", field: "voice", charged: "no" },
  });
  expect(installation.store.entries.size).toBe(0);
});
