import { type Context, misbehaviourOf } from "../context.ts";
import type { Exchange } from "../faults.ts";
import { fingerprint } from "../fingerprint.ts";
import { type Answer, type Call, inputOf, type Vendor } from "./call.ts";
import { chatEndpoint } from "./chat.ts";
import { DashscopeRefusal } from "./codes.ts";
import { speakCosyVoice } from "./cosyvoice-speech.ts";
import { detectFace } from "./face-detect.ts";
import { requireMode } from "./gateway.ts";
import { messageImageModels } from "./image-models.ts";
import { createImages, createInterleaved, createMessageImageTask, interleavingModel } from "./message-images.ts";
import { isQwenSpeechModel, speakQwen } from "./qwen-speech.ts";
import { qwenVoiceActions } from "./qwen-voice-enrollment.ts";
import { inferenceEndpoint } from "./speech-socket.ts";
import { createImageTask } from "./text-to-image.ts";
import { uploadEndpoints } from "./uploads.ts";
import { createGeneratedVideoTask } from "./video-generation.ts";
import { createVideoTask } from "./video-synthesis.ts";
import { cosyVoiceActions } from "./voice-enrollment.ts";

export interface Service {
  mode: "task" | "result";
  run(vendor: Vendor, call: Call): Answer | Promise<Answer>;
  /** The endpoint's work takes time, which includes a marker's extra time. */
  waitsByItself?: boolean;
}

const generationPath = "services/aigc/multimodal-generation/generation";
const speechPath = "services/audio/tts/SpeechSynthesizer";
const customization = "services/audio/tts/customization";
const actionsByModel = new Map(
  Object.entries({ "voice-enrollment": cosyVoiceActions, "qwen-voice-enrollment": qwenVoiceActions }),
);

/** By path below the base address. */
export const services: Readonly<Record<string, Service>> = {
  "services/aigc/text2image/image-synthesis": { mode: "task", run: createImageTask, waitsByItself: true },
  "services/aigc/image-generation/generation": { mode: "task", run: createMessageImageTask, waitsByItself: true },
  [generationPath]: { mode: "result", run: generate, waitsByItself: true },
  "services/aigc/image2video/face-detect": { mode: "result", run: detectFace },
  "services/aigc/image2video/video-synthesis": { mode: "task", run: createVideoTask, waitsByItself: true },
  "services/aigc/video-generation/video-synthesis": {
    mode: "task",
    run: createGeneratedVideoTask,
    waitsByItself: true,
  },
  [speechPath]: { mode: "result", run: speakCosyVoice, waitsByItself: true },
  [customization]: { mode: "result", run: customize },
};

/** By their names in orders and the ledger: a path with several actions is several endpoints. */
export const endpoints: readonly string[] = [
  ...Object.keys(services).filter((path) => path !== customization),
  ...[...actionsByModel.values()].flatMap((actions) =>
    Object.keys(actions).map((action) => `${customization}:${action}`),
  ),
  "tasks/{task_id}",
  "tasks/",
  "tasks/{task_id}/cancel",
  ...uploadEndpoints,
  inferenceEndpoint,
  chatEndpoint,
];

/** Pictures and speech share one address; the model decides. */
function generate(vendor: Vendor, call: Call): Promise<Answer> {
  if (call.model === interleavingModel && call.streams) return createInterleaved(vendor, call);
  const images = messageImageModels.get(call.model);
  if (images !== undefined) return createImages(vendor, call, images);
  if (isQwenSpeechModel(call.model)) return speakQwen(vendor, call);
  throw new DashscopeRefusal("ModelNotFound");
}

/** Speech comes in pieces of sound, and the model that mixes words and pictures only so; other pictures come whole. */
function mayStream(path: string, model: string): boolean {
  return path === speechPath || (path === generationPath && (isQwenSpeechModel(model) || model === interleavingModel));
}

function customize(vendor: Vendor, call: Call): Answer | Promise<Answer> {
  const actions = actionsByModel.get(call.model);
  if (actions === undefined) throw new DashscopeRefusal("ModelNotFound");
  const input = inputOf(call);
  const name = input.text("action");
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  return action === undefined
    ? input.refuse("action", `must be one of ${Object.keys(actions).join(", ")}`)
    : action(vendor, call);
}

/** Reads one request to the service at `path`; its id is returned with the answer. */
export async function readCall(context: Context, exchange: Exchange, path: string): Promise<Call> {
  const body = readObject(await exchange.req.text(), exchange.req.header("content-type"));
  const { model } = body;
  if (typeof model !== "string" || model === "") throw new DashscopeRefusal("BadRequest.EmptyModel");
  const streams = exchange.req.header("x-dashscope-sse") === "enable";
  requireMode(exchange, services[path]?.mode ?? "result");
  if (streams && !mayStream(path, model)) {
    throw new DashscopeRefusal("InvalidParameter", { message: "current user api does not support sse calls." });
  }
  const endpoint = path === customization ? `${path}:${actionIn(body)}` : path;
  const own = fingerprint(endpoint, body);
  return {
    endpoint,
    requestId: "",
    model,
    body,
    fingerprint: own,
    streams,
    resolvesUploads: exchange.req.header("x-dashscope-ossresourceresolve") === "enable",
    asked: misbehaviourOf(context, { vendor: "dashscope", endpoint, text: textsIn(body).join("\n"), fingerprint: own }),
  };
}

function actionIn({ input }: Record<string, unknown>): string {
  const action = input !== null && typeof input === "object" && "action" in input ? input.action : undefined;
  return typeof action === "string" ? action : "";
}

function readObject(text: string, contentType: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = value !== null && typeof value === "object" && !Array.isArray(value);
    if (isObject && contentType?.startsWith("application/json")) return value as Record<string, unknown>;
  } catch {
    // Answered below like any other body that is not an object.
  }
  throw new DashscopeRefusal("BadRequest.IllegalInput");
}

/** A sample inside the request is not text to search for markers. */
const longestText = 50_000;

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return value.length > longestText ? [] : [decoded(value)];
  if (value === null || typeof value !== "object") return [];
  return Object.values(value).flatMap(textsIn);
}

/** A marker in an address arrives percent-encoded. */
function decoded(value: string): string {
  if (!/^https?:/i.test(value)) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
