import { isObject, type JsonObject } from "../json.ts";

/** Versions of the Bot API that this server can serve, oldest first. */
export const botApiVersions = ["10.1", "10.2", "10.3", "10.4", "10.5"] as const;
export type BotApiVersion = (typeof botApiVersions)[number];

export function serves(served: BotApiVersion, needed: BotApiVersion): boolean {
  return botApiVersions.indexOf(served) >= botApiVersions.indexOf(needed);
}

/** Methods newer than the oldest version here, according to the changelogs of client libraries. */
export const methodSince: Readonly<Record<string, BotApiVersion>> = {
  editEphemeralMessageText: "10.2",
  editEphemeralMessageMedia: "10.2",
  editEphemeralMessageCaption: "10.2",
  editEphemeralMessageReplyMarkup: "10.2",
  deleteEphemeralMessage: "10.2",
  setMySettings: "10.5",
};

/** Fields newer than the oldest version here, anywhere in a request: an older server does not know them. */
const fieldSince: Readonly<Record<string, BotApiVersion>> = {
  receiver_user_id: "10.2",
  ephemeral_message_id: "10.2",
  is_ephemeral: "10.2",
  blocks: "10.2",
  ephemeral_message_parameters: "10.3",
  can_stop: "10.3",
  keep_on_stop: "10.3",
  disabled: "10.3",
};

/** The value as a server of this version reads it: it ignores unknown fields, as the real one does. */
export function asKnownTo(served: BotApiVersion, value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => asKnownTo(served, item));
  }
  if (!isObject(value) || Object.getPrototypeOf(value) !== Object.prototype) {
    return value;
  }
  const known: JsonObject = {};
  for (const [name, inner] of Object.entries(value)) {
    const since = Object.hasOwn(fieldSince, name) ? fieldSince[name] : undefined;
    if (since === undefined || serves(served, since)) {
      known[name] = asKnownTo(served, inner);
    }
  }
  return known;
}
