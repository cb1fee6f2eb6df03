import { randomBytes } from "node:crypto";
import { spokenDurationMs } from "../media/speech.ts";
import { pay, requirePoints, wholeSeconds } from "./account.ts";
import { type Call, userId, type Vendor } from "./call.ts";
import type { Notice } from "./callbacks.ts";
import { XjcRefusal } from "./codes.ts";
import type { Speech, Tier } from "./records.ts";
import { planTask, statusOf } from "./tasks.ts";
import { Validation } from "./validation.ts";
import { isTrained } from "./voices.ts";

const workingMs = 2500;
const charactersPerPoint = 20;
const mostCharacters = 10_000;

/** The document states ranges for LITE only; PRO takes any positive number. */
const ratioRanges = {
  LITE: { speed: { least: 0.1, most: 1.9 }, other: { least: 0.1, most: 10 } },
  PRO: { speed: { least: 0.01, most: 100 }, other: { least: 0.01, most: 100 } },
} as const;

/** `voice/lite/create` and `voice/pro/create`. */
export async function createSpeech(vendor: Vendor, call: Call, tier: Tier): Promise<{ jobId: string }> {
  const { context } = vendor;
  const names = ["speakerId", "content", "kyyRole", "speedRatio", "pitchRatio", "volumeRatio", "callbackUrl"];
  const validation = new Validation(context, call.body, names);
  const { content = "", kyyRole, callbackUrl } = validation.fields;
  validation.require("speakerId");
  validation.require("content");
  validation.atMost("content", mostCharacters);
  const ranges = ratioRanges[tier];
  const speed = validation.ratio("speedRatio", ranges.speed);
  const pitch = validation.ratio("pitchRatio", ranges.other);
  const volume = validation.ratio("volumeRatio", ranges.other);
  if (kyyRole !== undefined && tier === "PRO") validation.complain("kyyRole不支持");
  if (kyyRole !== undefined && kyyRole !== "yes" && kyyRole !== "no") validation.complain("kyyRole只能是yes或no");
  if (callbackUrl !== undefined && !URL.canParse(callbackUrl)) validation.complain("callbackUrl不合法");
  validation.finish();

  const speakerId = validation.fields.speakerId!;
  const voice = context.state.voices.get(speakerId);
  if (voice?.current.accessKey !== call.accessKey) throw new XjcRefusal(20006);
  if (voice.tier !== tier) throw new XjcRefusal(20004, `speakerId不是${tier}音色`);
  if (!isTrained(voice, context.clock.now())) throw new XjcRefusal(20004, "speakerId尚未训练完成");
  const points = Math.ceil([...content].length / charactersPerPoint);
  requirePoints(context, points);

  const jobId = randomBytes(12).toString("hex");
  pay(context, call, { text: content, points, reference: jobId });
  const speech: Speech = {
    ...planTask(context, { accessKey: call.accessKey, workingMs, callbackUrl, asked: call.asked }),
    jobId,
    tier,
    sound: { kind: "speech", text: content, speed, pitch, volume, voice: speakerId },
    durationMs: spokenDurationMs(content, speed),
    expiredUrl: call.asked.expiredUrl ?? false,
  };
  context.state.speeches.put(jobId, speech);
  const notice = noticeOf(vendor, speech);
  if (speech.callback === "early") await vendor.callbacks.sendBeforeAnswer(notice);
  else vendor.callbacks.schedule(notice);
  return { jobId };
}

/** `voice/lite/create/detail` and `voice/pro/create/detail`. */
export function inspectSpeech(vendor: Vendor, call: Call, tier: Tier) {
  const validation = new Validation(vendor.context, call.body, ["jobId"]);
  validation.require("jobId");
  validation.finish();
  const speech = vendor.context.state.speeches.get(validation.fields.jobId!);
  if (speech?.accessKey !== call.accessKey || speech.tier !== tier) throw new XjcRefusal(20006);
  return reportOf(vendor, speech, statusOf(speech, vendor.context.clock.now()));
}

export function resumeSpeeches(vendor: Vendor): void {
  for (const speech of vendor.context.state.speeches.values()) vendor.callbacks.schedule(noticeOf(vendor, speech));
}

function reportOf({ files }: Vendor, speech: Speech, status: number) {
  const done = status === 3;
  return {
    status,
    errorMessage: status === 4 ? (speech.failure ?? "") : "",
    jobId: speech.jobId,
    url: done ? files.address(speech) : "",
    duration: done ? wholeSeconds(speech.durationMs) : 0,
    userId,
    accessKey: speech.accessKey,
    type: speech.tier,
  };
}

function noticeOf(vendor: Vendor, speech: Speech): Notice {
  return {
    task: speech,
    body: () => reportOf(vendor, speech, speech.failure === undefined ? 3 : 4),
    forgedBody: () => ({
      ...reportOf(vendor, speech, 1),
      status: 3,
      url: "https://forged.invalid/not-your-voice.wav",
      duration: 1,
    }),
    settled: () => vendor.context.state.speeches.put(speech.jobId, { ...speech, callbackDone: true }),
  };
}
