import type { TelegramMessage, TelegramPhotoSize, TelegramVoice } from "@gramio/types";
import type { JsonObject } from "../json.ts";
import type { FormattedText, StoredFile } from "./world.ts";

const identity = (file: StoredFile) => ({
  file_id: file.fileId,
  file_unique_id: file.uniqueId,
  file_size: file.size,
});

/** A small size for lists, and the full size. */
function photoSizes(file: StoredFile): TelegramPhotoSize[] {
  const scale = Math.min(1, 90 / Math.max(file.width, file.height));
  const small = {
    file_id: `${file.fileId}-s`,
    file_unique_id: `${file.uniqueId}s`,
    file_size: Math.min(file.size, 1_200),
    width: Math.max(1, Math.round(file.width * scale)),
    height: Math.max(1, Math.round(file.height * scale)),
  };
  return [small, { ...identity(file), width: file.width, height: file.height }];
}

export function voicePayload(file: StoredFile): TelegramVoice {
  return { ...identity(file), duration: file.duration, mime_type: file.mimeType };
}

/** A stored file in the form that its kind has in messages and rich blocks. */
export function filePayload(file: StoredFile, about: JsonObject = {}) {
  const named = file.name === null ? {} : { file_name: file.name };
  const common = { ...identity(file), ...named, mime_type: file.mimeType };
  const given = (name: string) => (typeof about[name] === "string" ? { [name]: about[name] as string } : {});
  switch (file.kind) {
    case "photo":
      return photoSizes(file);
    case "video":
    case "animation":
      return { ...common, width: file.width, height: file.height, duration: file.duration };
    case "video_note":
      return { ...identity(file), length: file.width || 240, duration: file.duration };
    case "audio":
      return { ...common, duration: file.duration, ...given("title"), ...given("performer") };
    case "voice":
      return voicePayload(file);
    case "document":
      return common;
  }
}

export function mediaFields(file: StoredFile, body: FormattedText, about: JsonObject): Partial<TelegramMessage> {
  const caption =
    body.text === ""
      ? {}
      : { caption: body.text, ...(body.entities.length === 0 ? {} : { caption_entities: [...body.entities] }) };
  const spoiler = about.has_spoiler === true ? { has_media_spoiler: true as const } : {};
  const above = about.show_caption_above_media === true ? { show_caption_above_media: true as const } : {};
  const payload = filePayload(file, about) as never;
  return {
    // An animation is also given as a document, for bots older than animations.
    ...(file.kind === "animation" ? { document: filePayload({ ...file, kind: "document" }) as never } : {}),
    [file.kind]: payload,
    ...caption,
    ...spoiler,
    ...above,
  };
}
