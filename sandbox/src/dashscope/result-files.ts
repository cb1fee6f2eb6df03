import { createHmac, randomBytes } from "node:crypto";
import type { Context } from "../context.ts";
import { drawPicture } from "../media/picture.ts";
import type { DrivingSound } from "../media/sound.ts";
import { hum, spokenDurationMs } from "../media/speech.ts";
import { speechContentTypes, writeSpeechFile } from "../media/speech-file.ts";
import { denied, openStoredFiles, send } from "../stored-files.ts";
import type { DashscopeResult } from "./records.ts";

export interface ResultFiles {
  /** Remembers how to make a result and names it. */
  add(result: DashscopeResult): string;
  /** Its address, good until `expiresAt` (epoch milliseconds of the vendor's clock). */
  address(name: string, expiresAt: number): string;
  serve(request: {
    method: string;
    name: string;
    query: URLSearchParams;
    range: string | undefined;
  }): Promise<Response>;
}

const accessKeyId = "LTAI-sandbox";
const extensions = { picture: () => "png", video: () => "mp4", speech: (format: string) => format } as const;

export function openResultFiles(context: Context): ResultFiles {
  const files = openStoredFiles(context);

  /** How the object store signs an address: method, no content, the second it expires, the object. */
  function signatureOf(name: string, expires: string): string {
    return createHmac("sha1", context.state.signingKey())
      .update(`GET\n\n\n${expires}\n/dashscope-result-sandbox/${name}`)
      .digest("base64");
  }

  return {
    add(result) {
      const extension = extensions[result.kind](result.kind === "speech" ? result.format : "");
      const name = `${randomBytes(16).toString("hex")}.${extension}`;
      context.state.dashscopeResults.put(name, result);
      return name;
    },
    address(name, expiresAt) {
      const expires = String(Math.floor(expiresAt / 1000));
      const query = new URLSearchParams({
        Expires: expires,
        OSSAccessKeyId: accessKeyId,
        Signature: signatureOf(name, expires),
      });
      return `${context.origin()}/dashscope/results/${name}?${query}`;
    },
    async serve({ method, name, query, range }) {
      const expires = query.get("Expires") ?? "";
      // The method is signed as well, so HEAD fails although GET works.
      if (method !== "GET" || query.get("Signature") !== signatureOf(name, expires)) {
        return denied(
          "SignatureDoesNotMatch",
          "The request signature we calculated does not match the signature you provided.",
        );
      }
      if (context.vendorNow() >= Number(expires) * 1000) return denied("AccessDenied", "Request has expired.");
      const result = context.state.dashscopeResults.get(name);
      if (!result) return denied("NoSuchKey", "The specified key does not exist.", 404);
      const content = await files.contentOf(name, () => make(result));
      return send(content, contentTypeOf(result), range);
    },
  };
}

function contentTypeOf(result: DashscopeResult): string {
  if (result.kind === "picture") return "image/png";
  return result.kind === "video" ? "video/mp4" : speechContentTypes[result.format];
}

/** A made video hums its words, so that somebody who plays it hears that it has sound. */
async function soundOf({
  soundPath,
  prompt = "",
  durationMs,
}: Extract<DashscopeResult, { kind: "video" }>): Promise<DrivingSound | undefined> {
  if (soundPath === undefined) {
    const voice = { text: prompt, voice: "video", speed: 1, pitch: 1, volume: 0.5 };
    return { kind: "samples", samples: hum(voice, durationMs) };
  }
  const { readDrivingSound } = await import("../media/sound.ts");
  return readDrivingSound(soundPath, durationMs);
}

async function make(result: DashscopeResult): Promise<Buffer> {
  switch (result.kind) {
    case "picture":
      return drawPicture(result);
    case "video": {
      const sound = await soundOf(result);
      const { makeVideo } = await import("../media/video.ts");
      return makeVideo({ durationMs: result.durationMs, sound, comment: result.comment });
    }
    case "speech": {
      const samples = hum(result, spokenDurationMs(result.text, result.speed));
      return writeSpeechFile(samples, result.format, result.rateHz);
    }
  }
}
