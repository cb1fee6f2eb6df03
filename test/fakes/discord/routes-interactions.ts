import { refusal } from "./api-error.ts";
import type { Context } from "./context.ts";
import { takeCallback } from "./interaction-callback.ts";
import { type Interaction, type Interactions, interactionTypes, messageInteraction } from "./interactions.ts";
import { discordLimits } from "./limits.ts";
import { readMessageBody } from "./message-body.ts";
import { messagePayload } from "./message-payload.ts";
import type { Messages } from "./messages.ts";
import type { Answer, ApiRequest, Handlers } from "./routes.ts";
import { type Message, messageFlags } from "./world.ts";

type Names = "callback" | "follow-up" | `${"get" | "edit" | "delete"}-${"original" | "follow-up"}`;

export function interactionHandlers(context: Context, messages: Messages, interactions: Interactions): Handlers<Names> {
  const { world } = context;
  const interactionOf = ({ parameters }: ApiRequest) =>
    interactions.byToken(parameters.webhook_id!, parameters.webhook_token!);

  /** The answer or a follow-up of an interaction, as its token reaches it. */
  function messageOf(request: ApiRequest, interaction: Interaction): Message {
    const id = request.parameters.message_id ?? interaction.original?.id;
    const own = [interaction.original, ...interaction.followUps].find((message) => message?.id === id);
    if (!own || messages.byId(own.id) === null) {
      throw refusal(interaction.original === null ? "unknownWebhook" : "unknownMessage");
    }
    return own;
  }

  function get(request: ApiRequest): Answer {
    return { status: 200, body: messagePayload(context, messageOf(request, interactionOf(request))) };
  }

  function edit(request: ApiRequest): Answer {
    const interaction = interactionOf(request);
    const message = messageOf(request, interaction);
    const { channel } = interaction;
    const draft = readMessageBody(context, request.json, request.parts, {
      channel,
      old: message,
      mayBeEphemeral: false,
    });
    messages.edit(message, draft);
    if (message === interaction.original) {
      interaction.placeholderOpen = false;
    }
    return { status: 200, body: messagePayload(context, message) };
  }

  function remove(request: ApiRequest): Answer {
    const interaction = interactionOf(request);
    messages.remove(messageOf(request, interaction));
    interaction.placeholderOpen = false;
    return { status: 204 };
  }

  return {
    callback: (request) => {
      const { interaction_id, interaction_token } = request.parameters;
      const interaction = interactions.unanswered(interaction_id!, interaction_token!);
      takeCallback(context, messages, interactions, interaction, request.json, request.parts);
      if (request.query.get("with_response") !== "true") {
        return { status: 204 };
      }
      const { original, callbackType, channel } = interaction;
      return {
        status: 200,
        body: {
          interaction: {
            id: interaction.id,
            type: interactionTypes[interaction.kind],
            channel_id: channel.id,
            ...(channel.guildId === null ? {} : { guild_id: channel.guildId }),
            ...(original === null
              ? {}
              : {
                  response_message_id: original.id,
                  response_message_loading: (original.flags & messageFlags.LOADING) !== 0,
                  response_message_ephemeral: original.ephemeralFor !== null,
                }),
          },
          ...(original !== null && (callbackType === 4 || callbackType === 7)
            ? { resource: { type: callbackType, message: messagePayload(context, original) } }
            : {}),
        },
      };
    },
    "follow-up": (request) => {
      const interaction = interactionOf(request);
      const { channel } = interaction;
      if (!world.channels.has(channel.id)) {
        throw refusal("unknownChannel");
      }
      const draft = readMessageBody(context, request.json, request.parts, { channel, old: null, mayBeEphemeral: true });
      const waits = request.query.get("wait") !== "false";
      if (interaction.placeholderOpen && interaction.original && messages.byId(interaction.original.id) !== null) {
        interaction.placeholderOpen = false;
        messages.edit(interaction.original, { ...draft, flags: draft.flags & ~messageFlags.EPHEMERAL });
        return { status: 200, body: messagePayload(context, interaction.original) };
      }
      if (!interaction.appIsThere && interaction.followUps.length >= discordLimits.followUpsWhenUserInstalled) {
        throw refusal("followUpsAtMost");
      }
      const ephemeral = interaction.forcedEphemeral || (draft.flags & messageFlags.EPHEMERAL) !== 0;
      const original = interaction.original;
      const message = messages.create({
        channel,
        authorId: world.application.botUserId,
        draft,
        type: original !== null && original.ephemeralFor === null ? 19 : 0,
        reference: original !== null && original.ephemeralFor === null && messages.byId(original.id) ? original : null,
        ephemeralFor: ephemeral ? interaction.userId : null,
        interaction: messageInteraction(interaction),
      });
      interaction.followUps.push(message);
      return waits ? { status: 200, body: messagePayload(context, message) } : { status: 204 };
    },
    "get-original": get,
    "edit-original": edit,
    "delete-original": remove,
    "get-follow-up": get,
    "edit-follow-up": edit,
    "delete-follow-up": remove,
  };
}
