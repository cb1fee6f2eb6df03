import { isObject, type JsonObject } from "../json.ts";
import { refusedFor, SlackError } from "./api-error.ts";
import type { Arguments } from "./arguments.ts";
import { checkBlocks, withIdentifiers } from "./block-rules.ts";
import type { FileRule } from "./element-rules.ts";
import { createFieldCheck } from "./field-check.ts";
import type { Files } from "./files.ts";
import type { Ids } from "./ids.ts";
import { slackLimits } from "./limits.ts";
import { everyObject, piecesOf } from "./mrkdwn.ts";
import type { StoredFile } from "./world.ts";

const shownTypes = ["png", "jpg", "jpeg", "gif"];

const fileOf = (files: Files, given: JsonObject): StoredFile | null =>
  typeof given.id === "string" ? files.byId(given.id) : files.byAddress(String(given.url));

/** Only a processed picture that the app may see can be shown. */
export const pictureRule =
  (files: Files): FileRule =>
  (given) => {
    const file = fileOf(files, given);
    const shown =
      file !== null && file.state === "ready" && files.visibleToApp(file) && shownTypes.includes(file.filetype);
    return shown ? null : "invalid slack file";
  };

/** Identifiers of the files that blocks show as pictures. */
export function slackFilesIn(files: Files, blocks: readonly JsonObject[]): string[] {
  return everyObject(blocks).flatMap(({ slack_file: given }) => {
    const file = isObject(given) ? fileOf(files, given) : null;
    return file === null ? [] : [file.id];
  });
}

/** A message's blocks, checked and filled in; null if none were given. */
export function readBlocks(
  value: unknown,
  { files, ids, tooLong, tooMany = "invalid_blocks" }: { files: Files; ids: Ids; tooLong: string; tooMany?: string },
): JsonObject[] | null {
  if (value === undefined || value === null) {
    return null;
  }
  if (!Array.isArray(value)) {
    throw new SlackError("invalid_blocks_format");
  }
  if (value.length > slackLimits.message.blocks && tooMany !== "invalid_blocks") {
    throw new SlackError(tooMany);
  }
  const check = createFieldCheck();
  const blocks = checkBlocks(check, "/blocks", value, {
    surface: "message",
    max: slackLimits.message.blocks,
    fileRule: pictureRule(files),
  });
  if (check.problems.length > 0) {
    throw refusedFor("invalid_blocks", check.problems);
  }
  const length = piecesOf(blocks).reduce((sum, { text }) => sum + text.length, 0);
  if (length > slackLimits.message.blocksText) {
    throw new SlackError(tooLong);
  }
  return withIdentifiers(blocks, () => ids.secret());
}

/** A message's attachments; null if none were given. */
export function readAttachments(values: Arguments, malformed: string): JsonObject[] | null {
  const value = values.structure("attachments", malformed);
  if (value === undefined) {
    return null;
  }
  if (!Array.isArray(value) || !value.every(isObject)) {
    throw new SlackError(malformed);
  }
  if (value.length > slackLimits.message.attachments) {
    throw new SlackError("too_many_attachments");
  }
  return value;
}
