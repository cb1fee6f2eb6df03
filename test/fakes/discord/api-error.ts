import type { JsonObject } from "../json.ts";

/** A refusal in Discord's own format: `{ code, message, errors }` with an HTTP status. */
export class DiscordError extends Error {
  readonly status: number;
  readonly code: number;
  readonly errors: JsonObject | null;
  /** Additional fields of the body, e.g. `retry_after`. */
  readonly extra: JsonObject;

  constructor(status: number, code: number, message: string, errors: JsonObject | null = null, extra: JsonObject = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.errors = errors;
    this.extra = extra;
  }

  body(): JsonObject {
    return { message: this.message, code: this.code, ...(this.errors ? { errors: this.errors } : {}), ...this.extra };
  }
}

/** The refusals this server knows, in Discord's words. */
const known = {
  generalNotFound: [404, 0, "404: Not Found"],
  methodNotAllowed: [405, 0, "405: Method Not Allowed"],
  unauthorized: [401, 0, "401: Unauthorized"],
  unknownApplication: [404, 10002, "Unknown Application"],
  unknownChannel: [404, 10003, "Unknown Channel"],
  unknownGuild: [404, 10004, "Unknown Guild"],
  unknownMember: [404, 10007, "Unknown Member"],
  unknownMessage: [404, 10008, "Unknown Message"],
  unknownUser: [404, 10013, "Unknown User"],
  unknownWebhook: [404, 10015, "Unknown Webhook"],
  unknownInteraction: [404, 10062, "Unknown interaction"],
  unknownCommand: [404, 10063, "Unknown application command"],
  commandsADay: [400, 30034, "Max number of daily application command creates has been reached (200)"],
  commandsAtMost: [400, 30032, "Maximum number of application commands reached (100)."],
  entityTooLarge: [413, 40005, "Request entity too large"],
  alreadyAcknowledged: [400, 40060, "Interaction has already been acknowledged."],
  followUpsAtMost: [
    400,
    40094,
    "This interaction has reached its maximum number of follow up messages: the app is not installed in the server.",
  ],
  missingAccess: [403, 50001, "Missing Access"],
  otherAuthor: [403, 50005, "Cannot edit a message authored by another user"],
  emptyMessage: [400, 50006, "Cannot send an empty message"],
  directMessageRefused: [403, 50007, "Cannot send messages to this user"],
  missingPermissions: [403, 50013, "Missing Permissions"],
  invalidWebhookToken: [401, 50027, "Invalid Webhook Token"],
  invalidRecipient: [400, 50033, "Invalid Recipient(s)"],
  threadArchived: [400, 50083, "Thread is archived"],
  badJson: [400, 50109, "The request body contains invalid JSON."],
  noMutualGuild: [403, 50278, "Cannot send messages to this user due to having no mutual guilds"],
  noHistoryForReply: [400, 160002, "Cannot reply without permission to read message history"],
} as const satisfies Record<string, readonly [number, number, string]>;

export type RefusalName = keyof typeof known;

export function refusal(name: RefusalName): DiscordError {
  const [status, code, message] = known[name];
  return new DiscordError(status, code, message);
}
