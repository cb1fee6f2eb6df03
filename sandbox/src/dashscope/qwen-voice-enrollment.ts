import { randomBytes } from "node:crypto";
import { type Answer, beijingTime, type Call, inputOf, type Vendor } from "./call.ts";
import { DashscopeRefusal } from "./codes.ts";
import { takesClonedVoice } from "./qwen-speech.ts";
import type { DashscopeVoice } from "./records.ts";
import { linkTo, type SampleRules, takeSample } from "./voice-samples.ts";
import { datesOf, findVoice, keepVoice, nothingToSay, pageOfVoices, requireRoomForVoice } from "./voices.ts";

const rules: SampleRules = { leastRateHz: 24_000, shortestMs: 3000 };
const languages = ["zh", "en", "de", "it", "pt", "es", "ja", "ko", "fr", "ru"] as const;

/** The actions of `qwen-voice-enrollment`, whose voices exist at once and never change. */
export const qwenVoiceActions: Record<string, (vendor: Vendor, call: Call) => Answer | Promise<Answer>> = {
  create: createVoice,
  list: listVoices,
  delete: deleteVoice,
};

async function createVoice(vendor: Vendor, call: Call): Promise<Answer> {
  const { context } = vendor;
  const input = inputOf(call);
  const [targetModel, preferredName] = [input.text("target_model"), input.text("preferred_name")];
  if (!takesClonedVoice(targetModel)) input.refuse("target_model", "must be a qwen3-tts-vc model");
  if (!/^\w{1,16}$/.test(preferredName)) {
    input.refuse("preferred_name", "must be at most 16 letters, digits and underscores");
  }
  const language = input.oneOf("language", languages, "zh");
  input.optionalText("text");
  const data = input.object("audio").text("data");
  requireRoomForVoice(vendor);
  const sample = await takeSample(context, data, rules);
  requireRoomForVoice(vendor);
  // This family audits a sample before it answers.
  if (call.asked.failure !== undefined) {
    throw new DashscopeRefusal("Audio.PreprocessError", { message: call.asked.failure });
  }
  const now = context.vendorNow();
  const stamp = beijingTime(now).replace(/\D/g, "");
  const voice: DashscopeVoice = {
    voice: `qwen-tts-vc-${preferredName}-voice-${stamp}-${randomBytes(2).toString("hex")}`,
    family: "qwen",
    targetModel,
    language,
    resourceLink: linkTo(data),
    createdAt: now,
    modifiedAt: now,
    readyAt: context.clock.now(),
    rejected: false,
  };
  keepVoice(vendor, call, voice, sample);
  return { output: { voice: voice.voice, target_model: targetModel }, usage: { count: 1 } };
}

function listVoices(vendor: Vendor, call: Call): Answer {
  const page = pageOfVoices(vendor, inputOf(call), ({ family }) => family === "qwen");
  return {
    output: {
      page_index: page.index,
      page_size: page.size,
      total_count: page.total,
      voice_list: page.voices.map((voice) => ({
        voice: voice.voice,
        target_model: voice.targetModel,
        language: voice.language,
        ...datesOf(voice),
      })),
    },
    usage: { count: 0 },
  };
}

function deleteVoice(vendor: Vendor, call: Call): Answer {
  const name = inputOf(call).text("voice");
  const voice = findVoice(vendor, "qwen", name);
  if (voice === undefined) {
    throw new DashscopeRefusal("BadRequest.VoiceNotFound", { message: `Voice '${name}' not found.` });
  }
  vendor.context.state.dashscopeVoices.remove(voice.voice);
  return nothingToSay;
}
