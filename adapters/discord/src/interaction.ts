import { z } from "zod";

const snowflake = z.string().regex(/^\d{1,20}$/);

const user = z.object({
  id: snowflake,
  username: z.string(),
  global_name: z.string().nullish(),
});

const attachment = z.object({
  id: snowflake,
  filename: z.string(),
  size: z.number().optional(),
  url: z.string(),
  content_type: z.string().nullish(),
});
export type InboundFile = z.infer<typeof attachment>;

const option = z.object({
  name: z.string(),
  type: z.number(),
  value: z.union([z.string(), z.number(), z.boolean()]).optional(),
  focused: z.boolean().nullish(),
});

/** A message as its menu's entries see it; what is odd in it is left out. */
const pointed = z.object({
  author: z.object({ id: snowflake }).nullish().catch(null),
  content: z.string().nullish().catch(null),
  attachments: z.array(attachment).nullish().catch(null),
  components: z.unknown(),
});
export type InboundMessage = z.infer<typeof pointed>;

const resolved = z
  .object({
    attachments: z.record(z.string(), attachment).nullish(),
    messages: z.record(z.string(), pointed).nullish().catch(null),
  })
  .nullish();

/** What a filled form's field holds: words, or chosen values. */
const filled = z.object({
  custom_id: z.string().nullish(),
  value: z.union([z.string(), z.boolean()]).nullish(),
  values: z.array(z.string()).nullish(),
});

const commandData = z.object({
  id: snowflake.nullish(),
  name: z.string(),
  type: z.number(),
  /** The message whose menu was used. */
  target_id: snowflake.nullish(),
  options: z.array(option).nullish(),
  resolved,
});

/** What every interaction has. Unknown keys are left alone: Discord adds some every month. */
const common = {
  id: snowflake,
  application_id: snowflake,
  token: z.string().min(1).max(2_000),
  locale: z.string().nullish(),
  guild_id: snowflake.nullish(),
  channel_id: snowflake.nullish(),
  channel: z.object({ parent_id: snowflake.nullish(), type: z.number().nullish() }).nullish(),
  member: z.object({ user, nick: z.string().nullish(), roles: z.array(snowflake).nullish() }).nullish(),
  user: user.nullish(),
  app_permissions: z.string().nullish(),
  attachment_size_limit: z.number().nullish(),
  context: z.number().nullish(),
  authorizing_integration_owners: z.record(z.string(), z.string()).nullish(),
};

const message = z.object({ id: snowflake, flags: z.number().nullish() });

/** Tolerant: reads only the fields used here and trusts nothing beyond their types. */
export const interactionSchema = z.discriminatedUnion("type", [
  z.object({ ...common, type: z.literal(2), data: commandData }),
  z.object({
    ...common,
    type: z.literal(3),
    data: z.object({ custom_id: z.string(), component_type: z.number() }),
    message,
  }),
  z.object({ ...common, type: z.literal(4), data: commandData }),
  z.object({
    ...common,
    type: z.literal(5),
    data: z.object({
      custom_id: z.string(),
      components: z.array(z.object({ component: filled.nullish(), components: z.array(filled).nullish() })),
      resolved,
    }),
    message: message.nullish(),
  }),
]);

export type Interaction = z.infer<typeof interactionSchema>;
export type CommandInteraction = Extract<Interaction, { type: 2 }>;
export type AutocompleteInteraction = Extract<Interaction, { type: 4 }>;
export type FormInteraction = Extract<Interaction, { type: 5 }>;

/**
 * The minimum needed to answer an interaction that is otherwise not understood. Requests for suggestions can only be
 * answered with choices.
 */
export const answerableSchema = z.object({
  id: snowflake,
  token: common.token,
  type: z.number().refine((type) => type !== 1 && type !== 4),
  locale: z.string().nullish().catch(null),
});
export type AnswerableInteraction = z.infer<typeof answerableSchema>;
