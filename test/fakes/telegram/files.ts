import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { isObject, type JsonObject } from "../json.ts";
import { badRequest, TelegramError } from "./api-error.ts";
import { telegramLimits } from "./limits.ts";
import { musicTypes, probeMedia, voiceTypes } from "./media-probe.ts";
import { type Parameters, Upload } from "./parameters.ts";
import type { MediaKind, StoredFile, World } from "./world.ts";

/** The content of a web address, for files that the server fetches itself. */
export interface WebFile {
  readonly bytes: Uint8Array;
  readonly mimeType: string;
}

export interface Files {
  /** Stores a file from a person or the bot. */
  store(kind: MediaKind, bytes: Uint8Array, about?: StoreOptions): StoredFile;
  /** The file that a parameter names: an upload, `attach://`, a file_id or an address; throws the server's refusals. */
  take(kind: MediaKind, value: unknown, parameters: Parameters, about?: JsonObject, onlyKnown?: boolean): StoredFile;
  byId(fileId: string): StoredFile | null;
}

export interface StoreOptions {
  readonly name?: string | null;
  readonly duration?: number;
  readonly width?: number;
  readonly height?: number;
  readonly mimeType?: string;
  /** Pretends to be this large. */
  readonly size?: number;
}

const folders: Record<MediaKind, string> = {
  photo: "photos",
  video: "videos",
  audio: "music",
  voice: "voice",
  document: "documents",
  animation: "animations",
  video_note: "video_notes",
};
const extensions: Record<string, string> = {
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/webp": "webp",
  "image/gif": "gif",
  "video/mp4": "mp4",
  "audio/mpeg": "mp3",
  "audio/mp4": "m4a",
  "audio/ogg": "oga",
  "application/pdf": "pdf",
};

/** The server's reaction to an upload of the wrong kind for its method. */
function kindFor(asked: MediaKind, mimeType: string): MediaKind {
  switch (asked) {
    case "voice":
      return voiceTypes.includes(mimeType) ? "voice" : "document";
    case "audio":
      return musicTypes.includes(mimeType) ? "audio" : "document";
    case "video":
      return mimeType === "video/mp4" ? "video" : "document";
    case "animation":
      return ["video/mp4", "image/gif"].includes(mimeType) ? "animation" : "document";
    case "video_note":
      return mimeType === "video/mp4" ? "video_note" : "document";
    default:
      return asked;
  }
}

export function createFiles(
  world: World,
  options: { readonly local: boolean; readonly web: (url: string) => WebFile | null },
): Files {
  let count = 0;

  function store(kind: MediaKind, bytes: Uint8Array, about: StoreOptions = {}): StoredFile {
    count += 1;
    const probe = probeMedia(bytes);
    const mimeType = about.mimeType ?? probe.mimeType;
    // Each upload is a separate file, even with equal bytes.
    const hash = createHash("sha256").update(bytes).update(`${kind} ${count}`).digest("base64url");
    const code = { photo: "AgAC", video: "BAAC", audio: "CQAC", voice: "AwAC", document: "BQAC", animation: "CgAC" };
    const file: StoredFile = {
      fileId: `${code[kind as keyof typeof code] ?? "DQAC"}AgQAAx${hash.slice(0, 40)}-${count}`,
      uniqueId: `AgAD${hash.slice(0, 11)}`,
      kind,
      bytes,
      size: about.size ?? bytes.byteLength,
      name: about.name ?? null,
      mimeType,
      width: probe.width || (about.width ?? (kind === "video" || kind === "animation" ? 640 : 0)),
      height: probe.height || (about.height ?? (kind === "video" || kind === "animation" ? 360 : 0)),
      duration: about.duration ?? 0,
      path: `${folders[kind]}/file_${count}.${extensions[mimeType] ?? "dat"}`,
    };
    world.files.set(file.fileId, file);
    return file;
  }

  function checkPhoto(bytes: Uint8Array): void {
    if (bytes.byteLength > telegramLimits.photoBytes) {
      throw badRequest(
        `file of size ${bytes.byteLength} bytes is too big for a photo; the maximum size is ${telegramLimits.photoBytes} bytes`,
      );
    }
    const { mimeType, width, height } = probeMedia(bytes);
    if (!["image/jpeg", "image/png", "image/webp", "image/gif"].includes(mimeType)) {
      throw badRequest("IMAGE_PROCESS_FAILED");
    }
    const ratio = Math.max(width, height) / Math.max(1, Math.min(width, height));
    if (width + height > telegramLimits.photoSidesSum || ratio > telegramLimits.photoRatio || width * height === 0) {
      throw badRequest("PHOTO_INVALID_DIMENSIONS");
    }
  }

  function uploaded(kind: MediaKind, upload: Upload, about: JsonObject): StoredFile {
    const most = options.local ? telegramLimits.localUploadBytes : telegramLimits.uploadBytes;
    if (upload.bytes.byteLength > most) {
      throw new TelegramError(413, "Request Entity Too Large");
    }
    if (upload.bytes.byteLength === 0) {
      throw badRequest("file must be non-empty");
    }
    if (kind === "photo") {
      checkPhoto(upload.bytes);
    }
    const probe = probeMedia(upload.bytes);
    const number = (name: string) => (Number.isFinite(Number(about[name])) ? Number(about[name]) : 0);
    return store(kindFor(kind, probe.mimeType), upload.bytes, {
      name: upload.filename,
      duration: number("duration"),
      width: number("width") || number("length"),
      height: number("height") || number("length"),
    });
  }

  function fetched(kind: MediaKind, url: string): StoredFile {
    if (kind === "video_note") {
      throw badRequest("wrong type of the web page content");
    }
    const found = options.web(url);
    if (found === null) {
      throw badRequest("failed to get HTTP URL content");
    }
    const size = found.bytes.byteLength;
    if (size > (kind === "photo" ? telegramLimits.urlPhotoBytes : telegramLimits.urlFileBytes)) {
      throw badRequest("failed to get HTTP URL content");
    }
    const allowed: Record<MediaKind, RegExp> = {
      photo: /^image\//,
      video: /^video\/mp4$/,
      audio: /^audio\//,
      voice: /^audio\/ogg$/,
      document: /^(image\/gif|application\/pdf|application\/zip)$/,
      animation: /^(image\/gif|video\/mp4)$/,
      video_note: /(?!)/,
    };
    if (!allowed[kind].test(found.mimeType)) {
      throw badRequest("wrong type of the web page content");
    }
    if (kind === "photo") {
      checkPhoto(found.bytes);
    }
    const heavyVoice = kind === "voice" && size > telegramLimits.urlVoiceBytes;
    return store(heavyVoice ? "document" : kind, found.bytes, { mimeType: found.mimeType });
  }

  const files: Files = {
    store,
    byId: (fileId) => world.files.get(fileId) ?? null,
    take(kind, value, parameters, about = {}, onlyKnown = false) {
      const attached = typeof value === "string" && value.startsWith("attach://");
      const upload = attached ? parameters.uploads.get(value.slice("attach://".length)) : value;
      if (upload instanceof Upload) {
        if (onlyKnown) {
          throw badRequest("wrong file identifier/HTTP URL specified");
        }
        return uploaded(kind, upload, about);
      }
      if (typeof value !== "string" || value === "" || attached || isObject(value)) {
        throw badRequest(
          attached
            ? "wrong file_id: attached file is not found"
            : `there is no ${kind.replace("_", " ")} in the request`,
        );
      }
      const known = world.files.get(value);
      if (known !== undefined) {
        if (known.kind !== kind && !(kind === "document" || (kind === "video" && known.kind === "animation"))) {
          throw badRequest(`can't use file of type ${label(known.kind)} as ${label(kind)}`);
        }
        return known;
      }
      if (/^https?:\/\//i.test(value)) {
        return fetched(kind, value);
      }
      if (options.local && value.startsWith("file://")) {
        return uploaded(kind, new Upload(diskPart(value)), about);
      }
      throw badRequest("wrong file identifier/HTTP URL specified");
    },
  };
  return files;
}

/** A local server reads `file://` from its own disk. */
function diskPart(address: string) {
  const path = fileURLToPath(address);
  if (!existsSync(path)) {
    throw badRequest("wrong file identifier/HTTP URL specified");
  }
  return { name: "file", filename: basename(path), contentType: null, bytes: readFileSync(path) };
}

function label(kind: MediaKind): string {
  const names: Record<MediaKind, string> = {
    photo: "Photo",
    video: "Video",
    audio: "Audio",
    voice: "VoiceNote",
    document: "Document",
    animation: "Animation",
    video_note: "VideoNote",
  };
  return names[kind];
}
