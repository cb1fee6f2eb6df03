import { dashscope, type ProviderInstance } from "@toolcast/core/provider";
import { createManualClock } from "../manual-clock.ts";
import { createProviderTools } from "./provider-tools.ts";
import { type ArrivedRequest, type Reply, startRawVendor } from "./raw-vendor.ts";

export const startMs = Date.UTC(2026, 0, 1);
export const secret = "sk-marker-key";

/** The vendor's answers, by path below `/api/v1/`; `nth` counts from 1. */
export type Script = Record<string, (request: ArrivedRequest, nth: number) => Reply>;

export const paths = {
  textToImage: "services/aigc/text2image/image-synthesis",
  imageGeneration: "services/aigc/image-generation/generation",
  generation: "services/aigc/multimodal-generation/generation",
  speech: "services/audio/tts/SpeechSynthesizer",
  customization: "services/audio/tts/customization",
  detect: "services/aigc/image2video/face-detect",
  video: "services/aigc/image2video/video-synthesis",
  generatedVideo: "services/aigc/video-generation/video-synthesis",
  task: "tasks/task-1",
  cancel: "tasks/task-1/cancel",
};

export const answer = (output: unknown, usage?: unknown): Reply => ({
  body: { output, ...(usage === undefined ? {} : { usage }), request_id: "req-1" },
});
export const begun = answer({ task_status: "PENDING", task_id: "task-1" });
export const task = (task_status: string, more: object = {}, usage?: unknown): Reply =>
  answer({ task_id: "task-1", task_status, ...more }, usage);
export const no = (status: number, code: string, message = "原话"): Reply => ({
  status,
  body: { code, message, request_id: "req-9" },
});

const open: AsyncDisposable[] = [];

/** Closes everything the last test opened. */
export async function closeAll(): Promise<void> {
  for (const resource of open.splice(0)) {
    await resource[Symbol.asyncDispose]();
  }
}

/** A DashScope vendor that answers by a script, and a provider for it. */
export async function setUp(script: Script = {}, variables: Record<string, string> = {}) {
  const clock = createManualClock(startMs);
  const counts = new Map<string, number>();
  const vendor = await startRawVendor((request) => {
    const path = request.path.replace("/api/v1/", "");
    const nth = (counts.get(path) ?? 0) + 1;
    counts.set(path, nth);
    return script[path]?.(request, nth) ?? { status: 404, body: "nothing here" };
  });
  open.push(vendor);
  return { clock, vendor, provider: providerAt(vendor.url, variables, clock) };
}

/** The provider of one process. */
export function providerAt(
  url: string,
  variables: Record<string, string> = {},
  clock = createManualClock(startMs),
): ProviderInstance {
  const tools = createProviderTools(url, clock);
  open.push({ [Symbol.asyncDispose]: () => tools.http.close() });
  const values = { DASHSCOPE_API_KEY: secret, DASHSCOPE_BASE_URL: `${url}/api/v1`, ...variables };
  return dashscope.create(dashscope.schema.parse(values), tools);
}
