import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../context.ts";
import { download, isWebAddress } from "../download.ts";
import { DashscopeRefusal } from "./codes.ts";

/** What a family of voices requires of a sample. */
export interface SampleRules {
  leastRateHz: number;
  shortestMs: number;
  /** The HTTP status of every `Audio.*` code, if it overrides the table's. */
  status?: number;
}

const megabyte = 1024 * 1024;
const maxMegabytes = 10;
const longestMs = 60_000;
/** Of 32768: quieter than any recording of a voice. */
const silenceBelow = 100;

/** Takes a sample from the web or from a `data:` address; gives its SHA-256. */
export function takeSample(context: Context, address: string, rules: SampleRules): Promise<string> {
  return (address.startsWith("data:") ? readSample : fetchSample)(context, address, rules);
}

/** A sample's address as it is shown later; empty for one that came in the request. */
export function linkTo(address: string): string {
  return isWebAddress(address) ? address : "";
}

async function fetchSample(context: Context, address: string, rules: SampleRules): Promise<string> {
  if (!isWebAddress(address)) throw new DashscopeRefusal("InvalidURL");
  const fetched = await download(context, address, maxMegabytes * megabyte);
  if (fetched.end === "too-large") throw refusal("Audio.FileSizeExceed", rules);
  if (fetched.end === "empty") throw refusal("Audio.DecoderError", rules);
  if (fetched.end !== "file") {
    throw new DashscopeRefusal("BadRequest.InputDownloadFailed", {
      message: `Failed to download the input file: ${new URL(address).host}`,
    });
  }
  await requireUsable(fetched.path, rules);
  return fetched.sha256;
}

async function readSample(context: Context, text: string, rules: SampleRules): Promise<string> {
  const match = /^data:(audio\/(?:wav|x-wav|mpeg|mp4));base64,([A-Za-z0-9+/]+={0,2})$/.exec(text);
  if (match === null) {
    throw new DashscopeRefusal("InvalidParameter", { message: "The sample must be a URL or a data URL." });
  }
  const bytes = Buffer.from(match[2]!, "base64");
  if (bytes.byteLength > maxMegabytes * megabyte) throw refusal("Audio.FileSizeExceed", rules);
  await mkdir(context.mediaDirectory, { recursive: true });
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const path = join(context.mediaDirectory, sha256);
  await writeFile(path, bytes);
  await requireUsable(path, rules);
  return sha256;
}

async function requireUsable(path: string, rules: SampleRules): Promise<void> {
  const { probe } = await import("../media/probe.ts");
  const facts = await probe(path);
  if (facts?.kind !== "audio" || facts.format === "aac") throw refusal("Audio.DecoderError", rules);
  if (facts.sampleRateHz < rules.leastRateHz) throw refusal("Audio.AudioRateError", rules);
  if (facts.durationMs > longestMs) throw refusal("Audio.DurationLimitError", rules);
  if (facts.durationMs < rules.shortestMs) throw refusal("Audio.AudioShortError", rules);
  if (await isSilent(path)) throw refusal("Audio.AudioSilentError", rules);
}

/** Only uncompressed samples can be analysed here. */
async function isSilent(path: string): Promise<boolean> {
  const { readDrivingSound } = await import("../media/sound.ts");
  const sound = await readDrivingSound(path, longestMs);
  return sound?.kind === "samples" && sound.samples.every((sample) => Math.abs(sample) < silenceBelow);
}

function refusal(code: string, { status }: SampleRules): DashscopeRefusal {
  return new DashscopeRefusal(code, { status });
}
