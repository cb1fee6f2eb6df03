import type { JsonObject } from "../json.ts";
import type { Part } from "../multipart.ts";
import { DiscordError, refusal } from "./api-error.ts";
import { readAttachments } from "./attachments.ts";
import { readMessageComponents } from "./components.ts";
import type { Context } from "./context.ts";
import { readEmbeds } from "./embeds.ts";
import { FieldProblems } from "./field-problems.ts";
import { discordLimits } from "./limits.ts";
import { type AllowedMentions, readAllowedMentions, textOfComponents } from "./mentions.ts";
import { type Channel, type Message, messageFlags, type StoredFile } from "./world.ts";

/** A checked body: the contents of the future message. */
export interface MessageDraft {
  readonly content: string;
  readonly embeds: JsonObject[];
  readonly components: JsonObject[];
  readonly attachments: StoredFile[];
  readonly flags: number;
  readonly allowedMentions: AllowedMentions;
  /** Every text in it that may mention somebody. */
  readonly text: string;
}

const givenFlags =
  messageFlags.SUPPRESS_EMBEDS |
  messageFlags.SUPPRESS_NOTIFICATIONS |
  messageFlags.IS_VOICE_MESSAGE |
  messageFlags.IS_COMPONENTS_V2;

function readFlags(problems: FieldProblems, raw: unknown, allowed: number): number {
  if (raw === undefined || raw === null) {
    return 0;
  }
  if (!Number.isInteger(raw)) {
    problems.add("flags", "NUMBER_TYPE_COERCE", `Value "${String(raw)}" is not int.`);
    return 0;
  }
  if ((Number(raw) & ~allowed) !== 0) {
    problems.add("flags", "MESSAGE_FLAGS_INVALID", "These flags cannot be set here.");
  }
  return Number(raw) & allowed;
}

/** `old` is the message that an edit changes; `ephemeral` says whether the flag EPHEMERAL may be set here. */
export interface BodyRules {
  readonly channel: Channel;
  readonly old: Message | null;
  readonly mayBeEphemeral: boolean;
}

export function readMessageBody(
  context: Context,
  json: JsonObject,
  parts: readonly Part[],
  { channel, old, mayBeEphemeral }: BodyRules,
): MessageDraft {
  const problems = new FieldProblems();
  const settable = old === null ? givenFlags : messageFlags.SUPPRESS_EMBEDS | messageFlags.IS_COMPONENTS_V2;
  const flags = readFlags(problems, json.flags, settable | (mayBeEphemeral ? messageFlags.EPHEMERAL : 0));
  const newLayout = ((flags | (old?.flags ?? 0)) & messageFlags.IS_COMPONENTS_V2) !== 0;
  const ephemeral = old === null ? (flags & messageFlags.EPHEMERAL) !== 0 : old.ephemeralFor !== null;

  const content =
    json.content === undefined
      ? (old?.content ?? "")
      : (problems.text("content", json.content, 0, discordLimits.contentCharacters, false) ?? "");
  const embeds = json.embeds === undefined ? (old?.embeds ?? []) : readEmbeds(problems, json.embeds);
  const attachments = readAttachments(context, problems, {
    raw: json.attachments,
    parts,
    channel,
    old: old?.attachments ?? [],
    ephemeral,
  });
  const components =
    json.components === undefined
      ? (old?.components ?? [])
      : readMessageComponents(problems, json.components ?? [], newLayout, attachments).components;
  if (newLayout) {
    for (const [field, present] of [
      ["content", content !== ""],
      ["embeds", embeds.length > 0],
      ["poll", json.poll !== undefined && json.poll !== null],
    ] as const) {
      if (present) {
        problems.add(
          field,
          "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
          `The '${field}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`,
        );
      }
    }
  }
  const allowedMentions = readAllowedMentions(problems, json.allowed_mentions);
  problems.throwIfAny();
  const shown = newLayout
    ? components.length > 0
    : content.trim() !== "" || embeds.length > 0 || attachments.length > 0 || components.length > 0;
  if (!shown) {
    throw refusal("emptyMessage");
  }
  return {
    content,
    embeds,
    components,
    attachments,
    flags,
    allowedMentions,
    text: [content, textOfComponents(components)].filter((text) => text !== "").join("\n"),
  };
}

/** A nonce in a request: at most 25 characters, or an integer. */
export function readNonce(json: JsonObject): string | null {
  const nonce = json.nonce;
  if (nonce === undefined || nonce === null) {
    return null;
  }
  const fits = typeof nonce === "string" ? nonce.length <= discordLimits.nonceCharacters : Number.isInteger(nonce);
  if (!fits) {
    throw new DiscordError(400, 50035, "Invalid Form Body", {
      nonce: { _errors: [{ code: "NONCE_TYPE_TOO_LONG", message: "Must be 25 or fewer in length." }] },
    });
  }
  return String(nonce);
}
