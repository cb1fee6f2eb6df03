import { dashscopeCredentials } from "../credentials.ts";
import type { Sandbox } from "../sandbox.ts";

// biome-ignore lint/suspicious/noExplicitAny: what the wire holds is exactly what the tests are there to find out
export type DashscopeAnswer = { status: number; body: any };

export interface DashscopeClient {
  /** Asks for a result. */
  call(path: string, body: unknown, headers?: Record<string, string>): Promise<DashscopeAnswer>;
  /** Asks for a task. */
  submit(path: string, body: unknown): Promise<DashscopeAnswer>;
  get(path: string): Promise<DashscopeAnswer>;
}

export const imagePath = "services/aigc/text2image/image-synthesis";
export const messageTaskPath = "services/aigc/image-generation/generation";
export const generationPath = "services/aigc/multimodal-generation/generation";
export const detectPath = "services/aigc/image2video/face-detect";
export const videoPath = "services/aigc/image2video/video-synthesis";
export const speechPath = "services/audio/tts/SpeechSynthesizer";
export const voicePath = "services/audio/tts/customization";

export function connectDashscope(sandbox: Sandbox): DashscopeClient {
  const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${sandbox.environment.DASHSCOPE_BASE_URL}/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${dashscopeCredentials.apiKey}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };
  return {
    call: (path, body, headers) => send("POST", path, body, headers),
    submit: (path, body) => send("POST", path, body, { "x-dashscope-async": "enable" }),
    get: (path) => send("GET", path),
  };
}

export function imageOrder(prompt: string, parameters: Record<string, unknown> = {}, model = "wanx2.1-t2i-turbo") {
  return { model, input: { prompt }, parameters: { n: 1, ...parameters } };
}
