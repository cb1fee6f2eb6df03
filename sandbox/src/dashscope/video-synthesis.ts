import { basename } from "node:path";
import { type Answer, type Call, inputOf, parametersOf, pay, type Vendor } from "./call.ts";
import { DashscopeRefusal } from "./codes.ts";
import { type AudioRules, fetchAudio, fetchPicture, fetchVideo, type VideoRules } from "./fetched-media.ts";
import type { Fields } from "./fields.ts";
import { isBoxIn, isInside, type PortraitModel, unfitness } from "./portrait-pictures.ts";
import type { DashscopeTask, Video } from "./records.ts";
import { begun, isBusy, planTask } from "./tasks.ts";

const workingMs = 12_000;

/** Sounds of the portrait models. */
const portraitAudio: Record<PortraitModel, AudioRules> = {
  "wan2.2-s2v": {
    formats: ["wav", "mp3"],
    maxMegabytes: 15,
    durationMs: { above: 0, below: 20_000 },
    durationCode: "InvalidFile.Duration",
  },
  liveportrait: {
    formats: ["wav", "mp3"],
    maxMegabytes: 15,
    durationMs: { above: 1000, below: 300_000 },
    durationCode: "InvalidFile.AudioLengthError",
  },
  "emo-v1": {
    formats: ["wav", "mp3"],
    maxMegabytes: 15,
    durationMs: { above: 0, below: 60_000 },
    durationCode: "InvalidFile.Duration",
  },
};

export const lipSyncVideo: VideoRules = {
  maxMegabytes: 300,
  durationMs: { above: 2000, below: 120_000 },
  sides: { least: 640, most: 2048 },
  framesPerSecond: { least: 15, most: 60 },
};

const lipSyncAudio: AudioRules = {
  formats: ["wav", "mp3", "aac"],
  maxMegabytes: 30,
  durationMs: { above: 2000, below: 120_000 },
  durationCode: "InvalidFile.Duration",
};

type Plan = Pick<Video, "addressAt" | "usage" | "durationMs"> & { soundPath: string };

/** `image2video/video-synthesis`: a talking picture, or lip-sync to a sound. */
export async function createVideoTask(vendor: Vendor, call: Call): Promise<Answer> {
  const { context, files } = vendor;
  const isPortrait = Object.hasOwn(portraitAudio, call.model);
  if (!isPortrait && call.model !== "videoretalk") throw new DashscopeRefusal("ModelNotFound");
  requireFree(vendor, call);
  const plan = isPortrait
    ? await planPortrait(vendor, call, call.model as PortraitModel)
    : await planLipSync(vendor, call);
  // Downloads take time: another task may have begun meanwhile.
  requireFree(vendor, call);
  vendor.rates.countStart(call.model);
  const { soundPath, ...video } = plan;
  const planned = planTask(vendor, call, { workingMs });
  const comment = `SANDBOX ${call.model} ${planned.taskId}`;
  const name = files.add({ kind: "video", soundPath, durationMs: plan.durationMs, comment });
  const task: DashscopeTask = { ...planned, video: { ...video, name } };
  const quantity = task.trouble === undefined ? Math.round(plan.durationMs / 10) / 100 : 0;
  // A download's file name is its SHA-256.
  const note = `${call.model}, sample ${basename(soundPath).slice(0, 12)}`;
  pay(vendor, call, { text: "", unit: "seconds", quantity, reference: task.taskId, note });
  context.state.dashscopeTasks.put(task.taskId, task);
  return begun(task);
}

/** The speaking model takes one task at a time and does not queue others. */
function requireFree({ context }: Vendor, { model }: Call): void {
  if (model === "wan2.2-s2v" && isBusy(context, model)) throw new DashscopeRefusal("Throttling");
}

async function planPortrait({ context }: Vendor, call: Call, model: PortraitModel): Promise<Plan> {
  const input = inputOf(call);
  const [imageUrl, audioUrl] = [input.text("image_url"), input.text("audio_url")];
  const usage = readPortraitParameters(parametersOf(call), model);
  const picture = await fetchPicture(context, call, imageUrl);
  if (model === "emo-v1") requireBoxes(input, picture);
  const unfit = unfitness(model, picture, call.asked.nobody === true);
  if (unfit !== undefined) throw new DashscopeRefusal(unfit.code, { message: unfit.message });
  const sound = await fetchAudio(context, call, audioUrl, portraitAudio[model]);
  return { addressAt: "results", usage, durationMs: sound.durationMs, soundPath: sound.path };
}

/** Checks the parameters of each model against their ranges; gives the content of the usage. */
function readPortraitParameters(parameters: Fields, model: PortraitModel): Video["usage"] {
  if (model === "wan2.2-s2v") {
    return { SR: Number.parseInt(parameters.oneOf("resolution", ["480P", "720P"], "480P"), 10) };
  }
  const level = model === "emo-v1" ? "style_level" : "template_id";
  parameters.oneOf(level, ["normal", "calm", "active"], "normal");
  if (model === "emo-v1") return { video_ratio: "1:1" };
  parameters.number("eye_move_freq", { least: 0, most: 1, usual: 0.5 });
  parameters.number("mouth_move_strength", { least: 0, most: 1.5, usual: 1 });
  parameters.number("head_move_strength", { least: 0, most: 1, usual: 0.7 });
  parameters.number("video_fps", { least: 15, most: 30, usual: 24, whole: true });
  parameters.flag("paste_back", true);
  return { video_ratio: "standard" };
}

function requireBoxes(
  input: Fields,
  picture: { width: number; height: number; format: "png" | "jpeg" | "bmp" | "webp" },
) {
  const [face, moving] = [input.raw("face_bbox"), input.raw("ext_bbox")];
  if (!isBoxIn(picture, face)) return input.refuse("face_bbox", "must be four integers inside the image");
  if (!isBoxIn(picture, moving)) return input.refuse("ext_bbox", "must be four integers inside the image");
  if (!isInside(face, moving)) input.refuse("face_bbox", "must lie inside ext_bbox");
}

async function planLipSync({ context }: Vendor, call: Call): Promise<Plan> {
  const input = inputOf(call);
  const [videoUrl, audioUrl] = [input.text("video_url"), input.text("audio_url")];
  const referenceUrl = input.optionalText("ref_image_url");
  const parameters = parametersOf(call);
  const isExtended = parameters.flag("video_extension", false);
  parameters.number("query_face_threshold", { least: 120, most: 200, usual: 170, whole: true });
  const video = await fetchVideo(context, call, videoUrl, lipSyncVideo);
  const sound = await fetchAudio(context, call, audioUrl, lipSyncAudio);
  if (referenceUrl !== undefined) {
    await fetchPicture(context, call, referenceUrl);
    if (call.asked.nobody) throw new DashscopeRefusal("InvalidFile.FaceNotMatch");
  } else if (call.asked.nobody) throw new DashscopeRefusal("InvalidFile.Content");
  const durationMs = isExtended ? sound.durationMs : Math.min(video.durationMs, sound.durationMs);
  return { addressAt: "output", usage: { video_ratio: "standard" }, durationMs, soundPath: sound.path };
}
