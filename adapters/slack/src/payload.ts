import { z } from "zod";

/** A file as payloads describe it; one from another workspace is a stub without a name and address. */
const inboundFileSchema = z.object({
  id: z.string(),
  name: z.string().optional(),
  mimetype: z.string().optional(),
  size: z.number().optional(),
  url_private: z.string().optional(),
  url_private_download: z.string().optional(),
});
export type InboundFile = z.infer<typeof inboundFileSchema>;

const team = z.object({ id: z.string() }).nullish();
const user = z.object({ id: z.string(), username: z.string().optional(), name: z.string().optional() });
const channel = z.object({ id: z.string() });
const message = z.object({
  ts: z.string(),
  user: z.string().nullish(),
  text: z.string().nullish(),
  thread_ts: z.string().optional(),
  files: z.array(inboundFileSchema).optional(),
});

export const commandSchema = z.object({
  command: z.string(),
  text: z.string().default(""),
  user_id: z.string(),
  user_name: z.string().optional(),
  team_id: z.string(),
  enterprise_id: z.string().optional(),
  channel_id: z.string(),
  trigger_id: z.string(),
  response_url: z.string(),
});

const common = { team, user, trigger_id: z.string(), enterprise: z.object({ id: z.string() }).nullish() };

const pressSchema = z.object({
  type: z.literal("block_actions"),
  ...common,
  channel: channel.optional(),
  container: z.object({
    type: z.string(),
    message_ts: z.string().optional(),
    thread_ts: z.string().optional(),
    is_ephemeral: z.boolean().optional(),
  }),
  actions: z.array(z.object({ action_id: z.string(), block_id: z.string().optional() })).min(1),
  response_url: z.string().optional(),
});

/** A form input's value, by the type of its element. */
const inputSchema = z.object({
  value: z.string().nullish(),
  selected_option: z.object({ value: z.string() }).nullish(),
  files: z.array(inboundFileSchema).nullish(),
});

const submissionSchema = z.object({
  type: z.literal("view_submission"),
  ...common,
  view: z.object({
    id: z.string(),
    callback_id: z.string(),
    private_metadata: z.string(),
    /** The workspace of the installation; `team` is the sender's. */
    app_installed_team_id: z.string().nullish(),
    state: z.object({ values: z.record(z.string(), z.record(z.string(), inputSchema)) }),
  }),
});

const shortcutSchema = z.object({ type: z.literal("shortcut"), ...common, callback_id: z.string() });

const messageShortcutSchema = z.object({
  type: z.literal("message_action"),
  ...common,
  callback_id: z.string(),
  channel,
  message,
  response_url: z.string(),
});

export const interactionSchema = z.discriminatedUnion("type", [
  pressSchema,
  submissionSchema,
  shortcutSchema,
  messageShortcutSchema,
  z.object({ type: z.literal("view_closed") }),
]);
export type Interaction = z.infer<typeof interactionSchema>;
export type Submission = z.infer<typeof submissionSchema>;

export const eventSchema = z.object({
  type: z.literal("event_callback"),
  event_id: z.string(),
  /** In a shared channel, the sender's workspace; none for an event of a whole organisation. */
  team_id: z.string().nullish(),
  /** The installation that the event is for, and its bot; without a workspace if that is a whole organisation. */
  authorizations: z
    .array(
      z.object({
        team_id: z.string().nullish(),
        enterprise_id: z.string().nullish(),
        user_id: z.string().nullish(),
      }),
    )
    .optional(),
  event: z.looseObject({ type: z.string() }),
});

/** A workspace no longer lets the app in. */
export const removalSchema = z.union([
  z.object({ type: z.literal("app_uninstalled") }),
  // Tokens of people, which we have none of, are revoked by the same event.
  z.object({ type: z.literal("tokens_revoked"), tokens: z.object({ bot: z.array(z.string()).min(1) }) }),
]);

/** A message to the bot, or one that mentions it. */
export const saidSchema = z.object({
  type: z.enum(["message", "app_mention"]),
  channel: z.string(),
  channel_type: z.string().optional(),
  user: z.string().optional(),
  bot_id: z.string().optional(),
  subtype: z.string().optional(),
  text: z.string().default(""),
  ts: z.string(),
  thread_ts: z.string().optional(),
  /** Its sender has changed a message that was sent before. */
  edited: z.unknown().optional(),
  files: z.array(inboundFileSchema).optional(),
});
export type Said = z.infer<typeof saidSchema>;
