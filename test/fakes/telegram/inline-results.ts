import { isObject, type JsonObject } from "../json.ts";
import { badRequest } from "./api-error.ts";
import type { Context } from "./context.ts";
import { readReplyMarkup } from "./keyboards.ts";
import { parametersOf } from "./parameters.ts";
import { readRichMessage } from "./rich-messages.ts";
import { readCaption, readText } from "./send-methods.ts";
import type { Content, MediaKind } from "./world.ts";

/** The field of a result that has its file, cached or at an address. */
const fileFields: Readonly<Record<string, { kind: MediaKind; fields: readonly string[] }>> = {
  photo: { kind: "photo", fields: ["photo_file_id", "photo_url"] },
  gif: { kind: "animation", fields: ["gif_file_id", "gif_url"] },
  mpeg4_gif: { kind: "animation", fields: ["mpeg4_file_id", "mpeg4_url"] },
  video: { kind: "video", fields: ["video_file_id", "video_url"] },
  audio: { kind: "audio", fields: ["audio_file_id", "audio_url"] },
  voice: { kind: "voice", fields: ["voice_file_id", "voice_url"] },
  document: { kind: "document", fields: ["document_file_id", "document_url"] },
};

/** The message that a result becomes when it is chosen: known files and addresses only. */
export function inlineContent(context: Context, result: JsonObject): { content: Content; markup: JsonObject | null } {
  const refuse = (reason: string) => badRequest(`can't parse inline query result: ${reason}`);
  const type = String(result.type ?? "");
  const file = Object.hasOwn(fileFields, type) ? fileFields[type] : undefined;
  if (file === undefined && type !== "article") {
    throw refuse(type === "" ? `Can't find field "type"` : "Unsupported type specified");
  }
  const markup = readReplyMarkup(isObject(result.reply_markup) ? result.reply_markup : null, {
    inPrivate: false,
    inlineOnly: true,
  });
  const given = result.input_message_content;
  if (given !== undefined) {
    if (!isObject(given)) {
      throw refuse("Input message content is not specified");
    }
    if (given.rich_message !== undefined) {
      const rich = readRichMessage(context, parametersOf(given), { onlyKnownFiles: true, isDraft: false });
      return { content: rich, markup };
    }
    const body = readText({ ...given, text: given.message_text });
    const preview = isObject(given.link_preview_options) ? given.link_preview_options : null;
    return { content: { kind: "text", body, preview }, markup };
  }
  if (file === undefined) {
    throw refuse("Input message content is not specified");
  }
  const name = file.fields.find((field) => result[field] !== undefined);
  if (name === undefined) {
    throw refuse(`Can't find field "${file.fields[0]}"`);
  }
  const taken = context.files.take(file.kind, result[name], parametersOf({}), result, true);
  return { content: { kind: "media", file: taken, body: readCaption(result), about: result }, markup };
}
