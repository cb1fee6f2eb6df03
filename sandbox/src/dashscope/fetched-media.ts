import { readFile } from "node:fs/promises";
import type { Context } from "../context.ts";
import { download, isWebAddress } from "../download.ts";
import { probeAvi } from "../media/avi.ts";
import { type PictureFacts, pictureFacts } from "../media/picture-facts.ts";
import type { AudioFacts, VideoFacts } from "../media/probe.ts";
import type { Call } from "./call.ts";
import { DashscopeRefusal } from "./codes.ts";
import { uploadedFile } from "./uploads.ts";

const megabyte = 1024 * 1024;

/** The call that names the address: uploaded files belong to its model. */
type Asking = Pick<Call, "model" | "resolvesUploads">;

/**
 * Fetches a picture: jpeg, png, bmp or webp, at most 10 MB unless a model takes more. With `takesData`, the address may
 * also contain the picture itself.
 */
export async function fetchPicture(
  context: Context,
  call: Asking,
  address: string,
  { maxMegabytes = 10, takesData = false }: { maxMegabytes?: number; takesData?: boolean } = {},
): Promise<PictureFacts> {
  const inside = takesData ? /^data:[^,]*;base64,([\w+/]+={0,2})$/.exec(address)?.[1] : undefined;
  const bytes =
    inside === undefined
      ? await readFile((await fetchMedium(context, call, address, maxMegabytes)).path)
      : Buffer.from(inside, "base64");
  if (bytes.byteLength > maxMegabytes * megabyte) refuseSize(maxMegabytes);
  return pictureFacts(bytes) ?? refuse("InvalidFile.Format");
}

/** Refuses a picture with a side outside a model's range, both ends included. */
export function requireSides(
  { width, height }: PictureFacts,
  range: { least: number; most: number } | undefined,
): void {
  if (range === undefined) return;
  const { least, most } = range;
  if ([width, height].some((side) => side < least || side > most)) {
    refuse("InvalidFile.Resolution", `The image resolution is invalid, every side must be ${least} ~ ${most} pixels.`);
  }
}

export interface AudioRules {
  formats: readonly AudioFacts["format"][];
  maxMegabytes: number;
  /** In milliseconds, exclusive. */
  durationMs: { above: number; below: number };
  /** The code for a sound that is too long or too short. */
  durationCode: "InvalidFile.Duration" | "InvalidFile.AudioLengthError";
}

export async function fetchAudio(
  context: Context,
  call: Asking,
  address: string,
  rules: AudioRules,
): Promise<AudioFacts & { path: string }> {
  const { path } = await fetchMedium(context, call, address, rules.maxMegabytes);
  const { probe } = await import("../media/probe.ts");
  const facts = await probe(path);
  if (facts?.kind !== "audio" || !rules.formats.includes(facts.format)) return refuse("InvalidFile.Format");
  requireDuration(facts.durationMs, rules.durationMs, rules.durationCode);
  return { ...facts, path };
}

export interface VideoRules {
  maxMegabytes: number;
  /** In milliseconds, exclusive. */
  durationMs: { above: number; below: number };
  /** Each side in pixels, inclusive. */
  sides: { least: number; most: number };
  framesPerSecond: { least: number; most: number };
}

/** Fetches a video: mp4, avi or mov with H.264 or H.265. */
export async function fetchVideo(
  context: Context,
  call: Asking,
  address: string,
  rules: VideoRules,
): Promise<VideoFacts> {
  const { path } = await fetchMedium(context, call, address, rules.maxMegabytes);
  const { probe } = await import("../media/probe.ts");
  const facts = (await probeAvi(path)) ?? (await probe(path));
  if (facts?.kind !== "video") return refuse("InvalidFile.Format");
  requireUsableVideo(facts, rules);
  return facts;
}

export function requireUsableVideo(facts: VideoFacts, rules: VideoRules): void {
  if (facts.codec !== "avc" && facts.codec !== "hevc") refuse("InvalidFile.Openerror");
  const { least, most } = rules.sides;
  if ([facts.width, facts.height].some((side) => side < least || side > most)) {
    refuse("InvalidFile.Resolution", `The video resolution is invalid, every side must be ${least} ~ ${most} pixels.`);
  }
  const rate = Math.round(facts.framesPerSecond * 100) / 100;
  if (rate < rules.framesPerSecond.least || rate > rules.framesPerSecond.most) refuse("InvalidFile.FPS");
  requireDuration(facts.durationMs, rules.durationMs, "InvalidFile.Duration");
}

function requireDuration(
  durationMs: number,
  { above, below }: { above: number; below: number },
  code: AudioRules["durationCode"],
): void {
  if (durationMs > above && durationMs < below) return;
  const [least, most] = [above / 1000, below / 1000];
  refuse(
    code,
    code === "InvalidFile.Duration"
      ? `Invalid file duration. The file duration must be ${least} s ~ ${most} s.`
      : `Audio length must be between ${least}s and ${most}s.`,
  );
}

async function fetchMedium(
  context: Context,
  call: Asking,
  address: string,
  maxMegabytes: number,
): Promise<{ path: string }> {
  if (address.startsWith("oss://")) {
    const uploaded = uploadedFile(context, call, address);
    return uploaded.bytes > maxMegabytes * megabyte ? refuseSize(maxMegabytes) : uploaded;
  }
  if (!isWebAddress(address)) return refuse("InvalidURL");
  const fetched = await download(context, address, maxMegabytes * megabyte);
  const { host } = new URL(address);
  switch (fetched.end) {
    case "file":
      return fetched;
    case "unreachable":
      return refuse("InvalidURL.ConnectionRefused", `Connection to ${host} refused, please provide available URL.`);
    case "timeout":
      return refuse("InvalidURL.Timeout", `Download from ${host} timeout, please check network connection.`);
    case "refused":
      return refuse("InvalidURL", `Invalid URL provided in your request: ${host} answered ${fetched.status}.`);
    case "too-large":
      return refuseSize(maxMegabytes);
    default:
      return refuse("InvalidFile.Openerror");
  }
}

function refuseSize(maxMegabytes: number): never {
  return refuse(
    "InvalidFile.Size",
    `Invalid file size. The video/audio/image file size must be less than ${maxMegabytes}MB.`,
  );
}

function refuse(code: string, message?: string): never {
  throw new DashscopeRefusal(code, { message });
}
