import { type Answer, type Call, inputOf, parametersOf, pay, type Vendor } from "./call.ts";
import { DashscopeRefusal } from "./codes.ts";
import { type AudioRules, fetchAudio, fetchPicture, requireSides } from "./fetched-media.ts";
import { Fields } from "./fields.ts";
import type { DashscopeTask, Video } from "./records.ts";
import { begun, planTask } from "./tasks.ts";
import { type Shape, type VideoModel, videoModels, videoShapes } from "./video-models.ts";

const workingMs = 20_000;
const mostNegativeCharacters = 500;
const mostSeed = 2_147_483_647;
const usualSeconds = 5;
const usualRatio = "16:9";

/** The sound that a video is made to; without it, the model makes its own. */
const givenSound: AudioRules = {
  formats: ["wav", "mp3"],
  maxMegabytes: 15,
  durationMs: { above: 2000, below: 30_001 },
  durationCode: "InvalidFile.Duration",
};

/** `video-generation/video-synthesis`: a video from words, or from a picture that it begins with. */
export async function createGeneratedVideoTask(vendor: Vendor, call: Call): Promise<Answer> {
  const { context, files } = vendor;
  const model = videoModels.get(call.model);
  if (model === undefined) throw new DashscopeRefusal("ModelNotFound");
  const input = inputOf(call);
  const parameters = parametersOf(call);
  const written = model.from === "words" ? input.text("prompt") : (input.optionalText("prompt") ?? "");
  const prompt = [...written].slice(0, model.promptCharacters).join("");
  input.optionalText("negative_prompt", mostNegativeCharacters);
  const seconds = readSeconds(parameters, model);
  const shape = model.from === "words" ? readShape(parameters, model) : readResolution(parameters, model);
  parameters.number("seed", { least: 0, most: mostSeed, usual: 0, whole: true });
  parameters.flag("prompt_extend", true);
  parameters.flag("watermark", false);
  if (model.edition === "2.6") parameters.oneOf("shot_type", ["single", "multi"], "single");
  const { pictureUrl, soundUrl } = model.from === "picture" ? firstFrame(input, model) : wordsOnly(input);
  if (pictureUrl !== undefined) {
    const { megabytes, ...sides } = model.picture;
    requireSides(await fetchPicture(context, call, pictureUrl, { maxMegabytes: megabytes, takesData: true }), sides);
  }
  const sound = soundUrl === undefined ? undefined : await fetchAudio(context, call, soundUrl, givenSound);
  vendor.rates.countStart(call.model);
  const planned = planTask(vendor, call, { workingMs });
  const durationMs = seconds * 1000;
  const comment = `SANDBOX ${call.model} ${planned.taskId}`;
  const name = files.add({ kind: "video", prompt, soundPath: sound?.path, durationMs, comment });
  const video: Video = { name, durationMs, addressAt: "output", usage: usageOf(model, seconds, shape), prompt };
  const task: DashscopeTask = { ...planned, video };
  const quantity = task.trouble === undefined ? seconds : 0;
  pay(vendor, call, { text: prompt, unit: "seconds", quantity, reference: task.taskId, note: shape.resolution });
  context.state.dashscopeTasks.put(task.taskId, task);
  return begun(task);
}

function readSeconds(parameters: Fields, { durations }: VideoModel): number {
  if ("least" in durations) return parameters.number("duration", { ...durations, usual: usualSeconds, whole: true });
  const seconds = parameters.number("duration", { least: 1, most: 60, usual: usualSeconds, whole: true });
  return durations.includes(seconds)
    ? seconds
    : parameters.refuse("duration", `must be one of ${durations.join(", ")}`);
}

/** The size of a video from words: written `width*height`, in the newest edition as resolution and aspect ratio. */
function readShape(parameters: Fields, model: VideoModel): Shape {
  const shapes = videoShapes.filter(({ resolution }) => model.resolutions.includes(resolution));
  if (model.edition === "2.7") {
    const { resolution } = readResolution(parameters, model);
    const ratio = parameters.oneOf("ratio", ["16:9", "9:16", "1:1", "4:3", "3:4"], usualRatio);
    return shapes.find((one) => one.resolution === resolution && one.ratio === ratio)!;
  }
  const size = parameters.optionalText("size") ?? "1920*1080";
  const found = shapes.find(({ width, height }) => `${width}*${height}` === size);
  const sizes = shapes.map(({ width, height }) => `${width}*${height}`).join(", ");
  return found ?? parameters.refuse("size", `must be one of ${sizes}`);
}

/** A video from a picture has the picture's shape. */
function readResolution(parameters: Fields, model: VideoModel): Shape {
  if (parameters.has("size")) parameters.refuse("size", "is not a parameter of this model");
  const resolution = parameters.oneOf("resolution", model.resolutions, "1080P");
  return videoShapes.find((one) => one.resolution === resolution)!;
}

interface Media {
  pictureUrl?: string;
  soundUrl?: string;
}

function wordsOnly(input: Fields): Media {
  if (input.has("img_url") || input.has("media")) input.refuse("img_url", "is not an input of this model");
  return { soundUrl: input.optionalText("audio_url") };
}

function firstFrame(input: Fields, { edition }: VideoModel): Media {
  if (edition !== "2.7") return { pictureUrl: input.text("img_url"), soundUrl: input.optionalText("audio_url") };
  const media = input.raw("media");
  if (!Array.isArray(media)) return input.refuse("media", "must be a list");
  const urls = new Map(
    media.map((one, index) => {
      const medium = new Fields(`input.media[${index}]`, one);
      return [medium.oneOf("type", ["first_frame", "driving_audio"], "first_frame"), medium.text("url")];
    }),
  );
  return {
    pictureUrl: urls.get("first_frame") ?? input.refuse("media", "must hold a first_frame"),
    soundUrl: urls.get("driving_audio"),
  };
}

/** Each edition has its own names for what it counts. */
function usageOf({ edition, from }: VideoModel, seconds: number, { resolution, ratio }: Shape): Video["usage"] {
  const lines = Number.parseInt(resolution, 10);
  switch (edition) {
    case "2.5":
      return { video_duration: seconds, video_count: 1, SR: lines };
    case "2.6":
      return { video_duration: seconds, video_count: 1 };
    default:
      return {
        duration: seconds,
        input_video_duration: 0,
        output_video_duration: seconds,
        video_count: 1,
        SR: lines,
        ...(from === "words" ? { ratio } : {}),
      };
  }
}
