import { isObject, type JsonObject } from "../json.ts";
import type { Part } from "../multipart.ts";
import { refusal } from "./api-error.ts";
import { readChoices } from "./autocomplete-choices.ts";
import type { Context } from "./context.ts";
import { FieldProblems } from "./field-problems.ts";
import { type Interaction, type InteractionKind, type Interactions, messageInteraction } from "./interactions.ts";
import { readMessageBody } from "./message-body.ts";
import type { Messages } from "./messages.ts";
import { readModal } from "./modal.ts";
import { type Message, messageFlags } from "./world.ts";

const answer = 4;
const think = 5;
const thinkUpdate = 6;
const update = 7;
const autocomplete = 8;
const modal = 9;

/** The answers that each kind of interaction accepts. */
function allowedAnswers(kind: InteractionKind, hasSource: boolean): readonly number[] {
  switch (kind) {
    case "command":
      return [answer, think, modal];
    case "component":
      return [answer, think, thinkUpdate, update, modal];
    case "autocomplete":
      return [autocomplete];
    case "modal":
      return hasSource ? [answer, think, thinkUpdate, update] : [answer, think];
  }
}

/** A slash command is answered by type 20, others by an ordinary message (a reply to the one that was used). */
function answerType(interaction: Interaction): number {
  return interaction.kind === "command" ? 20 : interaction.source === null ? 0 : 19;
}

export function takeCallback(
  context: Context,
  messages: Messages,
  interactions: Interactions,
  interaction: Interaction,
  json: JsonObject,
  parts: readonly Part[],
): void {
  const type = Number(json.type);
  const problems = new FieldProblems();
  problems.choice("type", json.type, allowedAnswers(interaction.kind, interaction.source !== null));
  problems.throwIfAny();
  const data = isObject(json.data) ? json.data : {};

  const create = (draft: ReturnType<typeof readMessageBody> | null, ephemeral: boolean): Message =>
    messages.create({
      channel: interaction.channel,
      authorId: context.world.application.botUserId,
      draft,
      type: answerType(interaction),
      reference: interaction.kind === "command" ? null : visibleSource(interaction),
      ephemeralFor: ephemeral || interaction.forcedEphemeral ? interaction.userId : null,
      interaction: messageInteraction(interaction),
    });

  switch (type) {
    case answer: {
      const draft = readMessageBody(context, data, parts, {
        channel: interaction.channel,
        old: null,
        mayBeEphemeral: true,
      });
      interaction.original = create(draft, (draft.flags & messageFlags.EPHEMERAL) !== 0);
      break;
    }
    case think: {
      const flags = Number(data.flags ?? 0);
      if ((flags & ~messageFlags.EPHEMERAL) !== 0) {
        problems.add("data.flags", "MESSAGE_FLAGS_INVALID", "Only EPHEMERAL can be set on a deferred answer.");
        problems.throwIfAny();
      }
      interaction.original = create(null, flags !== 0);
      interaction.placeholderOpen = true;
      break;
    }
    case thinkUpdate:
      interaction.original = interaction.source;
      break;
    case update: {
      const source = interaction.source!;
      if (messages.byId(source.id) === null) {
        throw refusal("unknownMessage");
      }
      messages.edit(
        source,
        readMessageBody(context, data, parts, { channel: interaction.channel, old: source, mayBeEphemeral: false }),
      );
      interaction.original = source;
      break;
    }
    case autocomplete:
      interaction.choices = readChoices(problems, data);
      break;
    default:
      interaction.modal = readModal(problems, data);
  }
  problems.throwIfAny();
  interactions.acknowledge(interaction, type);
}

/** A reply cannot refer to a message that only one person sees. */
function visibleSource(interaction: Interaction): Message | null {
  return interaction.source?.ephemeralFor === null ? interaction.source : null;
}
