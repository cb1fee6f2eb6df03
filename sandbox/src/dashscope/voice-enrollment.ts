import { randomBytes } from "node:crypto";
import { type Answer, type Call, inputOf, type Vendor } from "./call.ts";
import { DashscopeRefusal } from "./codes.ts";
import { cosyVoiceModels } from "./cosyvoice-speech.ts";
import type { Fields } from "./fields.ts";
import type { DashscopeVoice } from "./records.ts";
import { linkTo, type SampleRules, takeSample } from "./voice-samples.ts";
import { datesOf, findVoice, keepVoice, nothingToSay, pageOfVoices, requireRoomForVoice } from "./voices.ts";

const deployingMs = 4000;
const languages: readonly string[] = ["zh", "en", "fr", "de", "ja", "ko", "ru"];
const rules: SampleRules = { leastRateHz: 16_000, shortestMs: 3000, status: 430 };

/** The actions of `voice-enrollment`, which manage CosyVoice voices. */
export const cosyVoiceActions: Record<string, (vendor: Vendor, call: Call) => Answer | Promise<Answer>> = {
  create_voice: createVoice,
  update_voice: updateVoice,
  query_voice: queryVoice,
  list_voice: listVoices,
  delete_voice: deleteVoice,
};

async function createVoice(vendor: Vendor, call: Call): Promise<Answer> {
  const { context } = vendor;
  const input = inputOf(call);
  const [targetModel, prefix, url] = [input.text("target_model"), input.text("prefix"), input.text("url")];
  if (!cosyVoiceModels.includes(targetModel)) {
    input.refuse("target_model", `must be one of ${cosyVoiceModels.join(", ")}`);
  }
  if (!/^[A-Za-z0-9]{1,10}$/.test(prefix)) input.refuse("prefix", "must be at most 10 letters and digits");
  const language = languageIn(input);
  requireRoomForVoice(vendor);
  const sample = await takeSample(context, url, rules);
  requireRoomForVoice(vendor);
  const now = context.vendorNow();
  const voice: DashscopeVoice = {
    voice: `${targetModel}-${prefix}-${randomBytes(16).toString("hex")}`,
    family: "cosyvoice",
    targetModel,
    language,
    resourceLink: linkTo(url),
    createdAt: now,
    modifiedAt: now,
    ...deployment(vendor, call),
  };
  keepVoice(vendor, call, voice, sample);
  return { output: { voice_id: voice.voice }, usage: { count: 1 } };
}

async function updateVoice(vendor: Vendor, call: Call): Promise<Answer> {
  const input = inputOf(call);
  const url = input.text("url");
  const known = requireVoice(vendor, input);
  const sample = await takeSample(vendor.context, url, rules);
  const renewed = {
    ...known,
    resourceLink: linkTo(url),
    modifiedAt: vendor.context.vendorNow(),
    ...deployment(vendor, call),
  };
  keepVoice(vendor, call, renewed, sample);
  return nothingToSay;
}

function queryVoice(vendor: Vendor, call: Call): Answer {
  const voice = requireVoice(vendor, inputOf(call));
  return {
    output: {
      ...datesOf(voice),
      resource_link: voice.resourceLink,
      target_model: voice.targetModel,
      status: statusOf(vendor, voice),
    },
    usage: { count: 1 },
  };
}

function listVoices(vendor: Vendor, call: Call): Answer {
  const input = inputOf(call);
  const prefix = input.optionalText("prefix", 10);
  const page = pageOfVoices(
    vendor,
    input,
    ({ family, voice, targetModel }) =>
      family === "cosyvoice" && (prefix === undefined || voice.startsWith(`${targetModel}-${prefix}-`)),
  );
  const list = page.voices.map((voice) => ({
    voice_id: voice.voice,
    ...datesOf(voice),
    status: statusOf(vendor, voice),
  }));
  return { output: { voice_list: list }, usage: {} };
}

function deleteVoice(vendor: Vendor, call: Call): Answer {
  vendor.context.state.dashscopeVoices.remove(requireVoice(vendor, inputOf(call)).voice);
  return nothingToSay;
}

function languageIn(input: Fields): string | undefined {
  if (!input.has("language_hints")) return undefined;
  const hints = input.raw("language_hints");
  if (!Array.isArray(hints) || hints.length !== 1) return input.refuse("language_hints", "must hold exactly one item");
  const language: unknown = hints[0];
  return typeof language === "string" && languages.includes(language)
    ? language
    : input.refuse("language_hints", `must hold one of ${languages.join(", ")}`);
}

/** A voice can speak some time after its sample arrives, or never if the sample fails the audit. */
function deployment({ context }: Vendor, { asked }: Call): Pick<DashscopeVoice, "readyAt" | "rejected"> {
  const readyAt = context.clock.now() + context.pace(deployingMs + (asked.slowMs ?? 0));
  return { readyAt: asked.stuck ? Number.MAX_SAFE_INTEGER : readyAt, rejected: asked.failure !== undefined };
}

function statusOf({ context }: Vendor, { readyAt, rejected }: DashscopeVoice): "DEPLOYING" | "OK" | "UNDEPLOYED" {
  if (context.clock.now() < readyAt) return "DEPLOYING";
  return rejected ? "UNDEPLOYED" : "OK";
}

function requireVoice(vendor: Vendor, input: Fields): DashscopeVoice {
  const voice = findVoice(vendor, "cosyvoice", input.text("voice_id"));
  if (voice === undefined) throw new DashscopeRefusal("BadRequest.ResourceNotExist");
  return voice;
}
