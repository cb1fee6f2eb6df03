import { ToolcastError } from "../../errors/errors.ts";
import type { VoiceAddress } from "../operation.ts";
import { type Api, readTimeoutMs } from "./api.ts";
import { type DashscopeSettings, isQwenSpeech } from "./settings.ts";
import { missingVoice, voicesPath } from "./voices.ts";
import { anyAnswer } from "./wire.ts";

/** Deletes a voice at the vendor. Each model family has its own call; a missing voice counts as deleted. */
export async function deleteVoice(
  api: Api,
  { speechModel }: Pick<DashscopeSettings, "speechModel">,
  { speakerId, model = speechModel }: VoiceAddress,
  signal?: AbortSignal,
): Promise<void> {
  const body = isQwenSpeech(model)
    ? { model: "qwen-voice-enrollment", input: { action: "delete", voice: speakerId } }
    : { model: "voice-enrollment", input: { action: "delete_voice", voice_id: speakerId } };
  try {
    await api.read({ method: "POST", path: voicesPath, body, data: anyAnswer, timeoutMs: readTimeoutMs, signal });
  } catch (error) {
    if (!ToolcastError.isInstance(error) || !missingVoice.has(error.failure.vendorCode ?? "")) {
      throw error;
    }
  }
}
