import { randomBytes } from "node:crypto";
import { pay, voicesUsed } from "./account.ts";
import { type Call, userId, type Vendor } from "./call.ts";
import type { Notice } from "./callbacks.ts";
import { XjcRefusal } from "./codes.ts";
import { downloadAudio } from "./download.ts";
import type { Task, Tier, Voice } from "./records.ts";
import { planTask, queueingMs, statusOf } from "./tasks.ts";
import { Validation } from "./validation.ts";

const workingMs = 6500;
const staleMs = 2000;
const mostTrainings = 10;

/** `voice/lite/train` and `voice/pro/train`; an empty speaker id makes a new voice, a known one is retrained. */
export async function trainVoice(vendor: Vendor, call: Call, tier: Tier): Promise<{ speakerId: string }> {
  const { context } = vendor;
  const validation = new Validation(context, call.body, ["speakerId", "audioUrl", "callbackUrl"]);
  const { callbackUrl } = validation.fields;
  validation.require("audioUrl");
  if (callbackUrl !== undefined && !URL.canParse(callbackUrl)) validation.complain("callbackUrl不合法");
  validation.finish();
  // A marker may be in the speaker id, the only free field of this call.
  const speakerId = (validation.fields.speakerId ?? "").replace(/\[\[.*?\]\]/g, "").trim();
  requireTrainable(vendor, call, tier, speakerId);
  const sample = await downloadAudio(context, validation.fields.audioUrl!);
  // The download takes time: another training may have begun or the last free voice be gone.
  const known = requireTrainable(vendor, call, tier, speakerId);

  const now = context.clock.now();
  const reference = known?.speakerId ?? `S_${randomBytes(6).toString("hex")}`;
  pay(context, call, { text: "", points: 0, reference, note: `sample ${sample.sha256.slice(0, 12)}` });
  const staleUntil = known ? now + context.pace(staleMs) : 0;
  const voice: Voice = {
    speakerId: reference,
    tier,
    trainings: (known?.trainings ?? 0) + 1,
    trainedBefore: known ? isTrained(known, now) : false,
    current: planTask(context, {
      accessKey: call.accessKey,
      workingMs,
      callbackUrl,
      asked: call.asked,
      notBefore: known ? staleUntil + context.pace(queueingMs) : 0,
    }),
    staleUntil,
    staleStatus: known?.current.failure === undefined ? 3 : 4,
    staleError: known?.current.failure ?? "",
  };
  context.state.voices.put(reference, voice);
  const notice = noticeOf(vendor, voice);
  if (voice.current.callback === "early") await vendor.callbacks.sendBeforeAnswer(notice);
  else vendor.callbacks.schedule(notice);
  return { speakerId: reference };
}

/** `voice/lite/train/detail` and `voice/pro/train/detail`. */
export function inspectVoice(vendor: Vendor, call: Call, tier: Tier) {
  const validation = new Validation(vendor.context, call.body, ["speakerId"]);
  validation.require("speakerId");
  validation.finish();
  const voice = vendor.context.state.voices.get(validation.fields.speakerId!);
  if (voice?.current.accessKey !== call.accessKey || voice.tier !== tier) throw new XjcRefusal(20006);
  const now = vendor.context.clock.now();
  // A trap of the real vendor: right after retraining starts, the detail still reports the end of the previous
  // training.
  if (now < voice.staleUntil) return reportOf(voice, voice.staleStatus, voice.staleError);
  return reportOf(voice, statusOf(voice.current, now), voice.current.failure);
}

/** A voice can speak once any of its trainings has succeeded. */
export function isTrained(voice: Voice, now: number): boolean {
  return voice.trainedBefore || statusOf(voice.current, now) === 3;
}

export function resumeVoices(vendor: Vendor): void {
  for (const voice of vendor.context.state.voices.values()) vendor.callbacks.schedule(noticeOf(vendor, voice));
}

function requireTrainable({ context }: Vendor, call: Call, tier: Tier, speakerId: string): Voice | undefined {
  if (speakerId === "") {
    const total = tier === "LITE" ? context.limits.voiceLiteTotal : context.limits.voiceProTotal;
    if (voicesUsed(context, tier) >= total) throw new XjcRefusal(30002);
    return undefined;
  }
  const voice = context.state.voices.get(speakerId);
  if (voice?.current.accessKey !== call.accessKey) throw new XjcRefusal(20006);
  if (voice.tier !== tier) throw new XjcRefusal(20004, `speakerId不是${tier}音色`);
  if (isUnderTraining(voice.current, context.clock.now())) throw new XjcRefusal(10003);
  if (voice.trainings >= mostTrainings) throw new XjcRefusal(30001, `同一个音色代号最多训练${mostTrainings}次`);
  return voice;
}

function isUnderTraining(training: Task, now: number): boolean {
  return statusOf(training, now) < 3;
}

function reportOf(voice: Voice, status: number, failure: string | undefined) {
  return {
    status,
    errorMessage: status === 4 ? (failure ?? "") : "",
    speakerId: voice.speakerId,
    userId,
    accessKey: voice.current.accessKey,
    type: voice.tier,
  };
}

function noticeOf(vendor: Vendor, voice: Voice): Notice {
  const training = voice.current;
  return {
    task: training,
    body: () => reportOf(voice, training.failure === undefined ? 3 : 4, training.failure),
    forgedBody: () => reportOf(voice, 4, undefined),
    settled() {
      const latest = vendor.context.state.voices.get(voice.speakerId);
      if (latest?.trainings !== voice.trainings) return;
      vendor.context.state.voices.put(voice.speakerId, { ...latest, current: { ...training, callbackDone: true } });
    },
  };
}
