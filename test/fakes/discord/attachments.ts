import { isObject } from "../json.ts";
import type { Part } from "../multipart.ts";
import { refusal } from "./api-error.ts";
import type { Context } from "./context.ts";
import type { FieldProblems } from "./field-problems.ts";
import { discordLimits } from "./limits.ts";
import { attachmentSizeLimit, type Channel, type StoredFile } from "./world.ts";

/** Discord keeps the plain characters of a name and turns spaces into underscores. */
function storedName(name: string): string {
  return name.replace(/ /g, "_").replace(/[^\p{L}\p{N}._-]/gu, "") || "unknown";
}

export function storeFile(
  context: Context,
  channel: Channel,
  file: { filename: string; contentType: string; bytes: Uint8Array; description?: string | null; ephemeral: boolean },
): StoredFile {
  const id = context.snowflakes.next();
  const filename = storedName(file.filename);
  const folder = file.ephemeral ? "ephemeral-attachments" : "attachments";
  return {
    id,
    channelId: channel.id,
    filename,
    contentType: file.contentType,
    bytes: file.bytes,
    ephemeral: file.ephemeral,
    description: file.description ?? null,
    path: `/${folder}/${channel.id}/${id}/${encodeURIComponent(filename)}`,
  };
}

/**
 * A message's files after a request: uploads (`files[n]`, described by the entry whose id is `n`), and of the old files
 * those in `attachments`, or all of them if the request has no `attachments`.
 */
export function readAttachments(
  context: Context,
  problems: FieldProblems,
  request: { raw: unknown; parts: readonly Part[]; channel: Channel; old: readonly StoredFile[]; ephemeral: boolean },
): StoredFile[] {
  const { raw, parts, channel, old, ephemeral } = request;
  const listed =
    raw === undefined || raw === null ? null : problems.list("attachments", raw, 0, discordLimits.attachments);
  const uploads = new Map<string, StoredFile>();
  for (const part of parts) {
    const index = /^files\[(\d+)\]$/.exec(part.name)?.[1];
    if (index === undefined || part.filename === null) {
      problems.add(part.name, "BASE_TYPE_CHOICES", "Files are named files[n] and have a file name.");
      continue;
    }
    if (part.bytes.byteLength > attachmentSizeLimit(context.world, channel)) {
      throw refusal("entityTooLarge");
    }
    const about = listed?.find((entry) => isObject(entry) && String(entry.id) === index);
    uploads.set(
      index,
      storeFile(context, channel, {
        filename: isObject(about) && typeof about.filename === "string" ? about.filename : part.filename,
        contentType: part.contentType ?? "application/octet-stream",
        bytes: new Uint8Array(part.bytes),
        description: isObject(about)
          ? problems.text(`attachments.${index}.description`, about.description, 0, 1_024, false)
          : null,
        ephemeral,
      }),
    );
  }
  const kept = listed === null ? [...old] : [];
  listed?.forEach((entry, index) => {
    const id = String(problems.object(`attachments.${index}`, entry).id);
    const existing = old.find((file) => file.id === id);
    if (existing !== undefined) {
      kept.push(existing);
    } else if (!uploads.has(id)) {
      problems.add(`attachments.${index}.id`, "ATTACHMENT_NOT_FOUND", "There is no file with this id.");
    }
  });
  const all = [...kept, ...uploads.values()];
  if (all.length > discordLimits.attachments) {
    problems.add("attachments", "BASE_TYPE_BAD_LENGTH", `Must be ${discordLimits.attachments} or fewer in length.`);
  }
  return all;
}
