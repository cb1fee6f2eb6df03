import { randomBytes } from "node:crypto";
import { spokenDurationMs } from "../media/speech.ts";
import { pay, requirePoints, wholeSeconds } from "./account.ts";
import { type Call, userId, type Vendor } from "./call.ts";
import type { Notice } from "./callbacks.ts";
import { XjcRefusal } from "./codes.ts";
import { downloadAudio, downloadVideo } from "./download.ts";
import { nextFreePlace, requirePlace } from "./places.ts";
import type { Face, SoundSource, Work } from "./records.ts";
import { planTask, statusOf } from "./tasks.ts";
import { type Fields, Validation } from "./validation.ts";

const workingMs = 10_500;
const shortestVideoMs = 5000;
const longestSpokenVideoMs = 300_000;

/** `works/create`: a video spoken by a sound file, a video spoken by a text, or a text alone as sound. */
export async function createWork(vendor: Vendor, call: Call): Promise<{ jobId: string }> {
  const { context } = vendor;
  const fields = readFields(vendor, call);
  requirePlace(context);
  const face = fields.videoUrl === undefined ? undefined : await faceAt(vendor, fields.videoUrl);
  const { sound, durationMs } = await soundOf(vendor, fields, face !== undefined);
  const points = face ? wholeSeconds(durationMs) : Math.ceil(wholeSeconds(durationMs) / 10);
  // Downloads take time: places and points may have run out by now.
  requirePlace(context);
  requirePoints(context, points);

  const jobId = randomBytes(12).toString("hex");
  const reused = face !== undefined && context.state.faces.get(face.videoUrl) !== undefined;
  pay(context, call, {
    text: fields.text ?? fields.title ?? "",
    points,
    reference: jobId,
    note: face && `digital human ${face.sha256.slice(0, 12)} (${reused ? "known address" : "new address"})`,
  });
  if (face && !reused) context.state.faces.put(face.videoUrl, face);
  const work: Work = {
    ...planTask(context, {
      accessKey: call.accessKey,
      workingMs,
      callbackUrl: fields.callbackUrl,
      asked: call.asked,
      notBefore: nextFreePlace(context),
    }),
    jobId,
    title: fields.title ?? "未命名",
    sound,
    face: face?.sha256,
    durationMs,
    points,
    expiredUrl: call.asked.expiredUrl ?? false,
  };
  context.state.works.put(jobId, work);
  const notice = noticeOf(vendor, work);
  if (work.callback === "early") await vendor.callbacks.sendBeforeAnswer(notice);
  else vendor.callbacks.schedule(notice);
  return { jobId };
}

/** `works/inspect`. */
export function inspectWork(vendor: Vendor, call: Call) {
  const validation = new Validation(vendor.context, call.body, ["jobId"]);
  validation.require("jobId");
  validation.finish();
  const work = vendor.context.state.works.get(validation.fields.jobId!);
  if (work?.accessKey !== call.accessKey) throw new XjcRefusal(20006);
  return reportOf(vendor, work, statusOf(work, vendor.context.clock.now()));
}

export function resumeWorks(vendor: Vendor): void {
  for (const work of vendor.context.state.works.values()) vendor.callbacks.schedule(noticeOf(vendor, work));
}

function readFields({ context }: Vendor, call: Call): Fields {
  const names = ["audioUrl", "videoUrl", "text", "title", "callbackUrl", "newAudioUrl"];
  const validation = new Validation(context, call.body, names);
  const { audioUrl, videoUrl, text, callbackUrl, newAudioUrl } = validation.fields;
  validation.atMost("text", 10_000);
  validation.atMost("title", 20);
  if (newAudioUrl !== undefined) validation.complain("newAudioUrl不需传");
  if (callbackUrl !== undefined && !URL.canParse(callbackUrl)) validation.complain("callbackUrl不合法");
  if (audioUrl !== undefined && text !== undefined) validation.complain("audioUrl与text不能同时传");
  if (audioUrl !== undefined && videoUrl === undefined) validation.complain("videoUrl不能为空");
  if (audioUrl === undefined && text === undefined) {
    validation.complain("text不能为空");
    validation.complain("audioUrl不能为空");
  }
  validation.finish();
  return validation.fields;
}

/** The vendor fetches an address once: it stays the same person, whatever is there later. */
async function faceAt({ context }: Vendor, videoUrl: string): Promise<Face> {
  const known = context.state.faces.get(videoUrl);
  if (known) return known;
  const { sha256 } = await downloadVideo(context, videoUrl);
  return { videoUrl, sha256, firstUsedAt: context.clock.now() };
}

async function soundOf(
  { context }: Vendor,
  fields: Fields,
  withFace: boolean,
): Promise<{ sound: SoundSource; durationMs: number }> {
  if (fields.audioUrl !== undefined) {
    const { path, facts } = await downloadAudio(context, fields.audioUrl);
    return { sound: { kind: "file", path, durationMs: facts.durationMs }, durationMs: facts.durationMs };
  }
  const text = fields.text ?? "";
  const spokenMs = spokenDurationMs(text, 1);
  const durationMs = withFace ? Math.min(Math.max(spokenMs, shortestVideoMs), longestSpokenVideoMs) : spokenMs;
  return { sound: { kind: "speech", text, speed: 1, pitch: 1, volume: 1, voice: "default" }, durationMs };
}

function reportOf({ files }: Vendor, work: Work, status: number) {
  const done = status === 3;
  return {
    status,
    errorMessage: status === 4 ? (work.failure ?? "") : "",
    videoUrl: done ? files.address(work) : "",
    duration: done ? wholeSeconds(work.durationMs) : 0,
  };
}

function noticeOf(vendor: Vendor, work: Work): Notice {
  const owner = { jobId: work.jobId, userId, accessKey: work.accessKey, modelType: "SANDBOX" };
  return {
    task: work,
    body: () => ({ ...reportOf(vendor, work, work.failure === undefined ? 3 : 4), ...owner }),
    forgedBody: () => ({
      status: 3,
      errorMessage: "",
      videoUrl: "https://forged.invalid/not-your-video.mp4",
      duration: 1,
      ...owner,
    }),
    settled: () => vendor.context.state.works.put(work.jobId, { ...work, callbackDone: true }),
  };
}
