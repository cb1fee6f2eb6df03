import type { Caller, Message } from "@toolcast/core";
import {
  type Chat,
  type ChatEvent,
  digest,
  type EventWays,
  givenByMessage,
  readButtonId,
  type ShowOptions,
  writeButtonId,
} from "@toolcast/core/chat";
import { nearestLocale, say } from "@toolcast/core/surface";
import { ApplicationCommandType, InteractionResponseType, MessageFlags } from "discord.js";
import { pressTaken, respond, respondAlone } from "./acknowledge.ts";
import { complete } from "./autocomplete.ts";
import { compose } from "./compose.ts";
import type { DiscordContext } from "./context.ts";
import { type AnswerableInteraction, answerableSchema, type Interaction, interactionSchema } from "./interaction.ts";
import { discordLimits, tokenUseMs } from "./limits.ts";
import { pointedMessage } from "./menus.ts";
import { formFor, readForm } from "./modal.ts";
import { readOptions } from "./options.ts";
import { callerOf, platformName } from "./place.ts";

const fillAction = "fill";

/** Takes an event from the gateway. Never throws. */
export function takeInteraction(context: DiscordContext, chat: Chat, payload: unknown): void {
  const parsed = interactionSchema.safeParse(payload);
  const takeUnreadable = (problems: object) => {
    const { id } = (payload ?? {}) as { id?: unknown };
    const known = typeof id === "string" ? id : digest(JSON.stringify(payload) ?? "");
    const { data: answered } = answerableSchema.safeParse(payload);
    const answer = answered === undefined ? undefined : () => answerUnreadable(context, answered);
    chat.takeUnreadable(known.slice(0, 100), problems, { acknowledge: answer });
  };
  if (!parsed.success) {
    takeUnreadable({ problems: parsed.error.issues.length });
  } else if (parsed.data.type === 4) {
    chat.follow(parsed.data.id, complete(context, parsed.data));
  } else {
    const event = eventOf(context, parsed.data);
    if (event !== null) {
      chat.take(event);
    } else {
      takeUnreadable({ problem: "it names nobody, or no channel" });
    }
  }
}

/** The sender of an interaction we cannot read is still waiting for an answer. */
async function answerUnreadable(context: DiscordContext, interaction: AnswerableInteraction): Promise<void> {
  const locale = nearestLocale(interaction.locale);
  const sentence = { key: "answer.not-understood", values: { platform: platformName } } as const;
  const message: Message = { tone: "warning", title: say(sentence, locale), private: true };
  await refuseAlone(context, interaction, message, { locale });
}

async function refuseAlone(
  context: DiscordContext,
  interaction: Pick<Interaction, "id" | "token">,
  message: Message,
  options: ShowOptions,
): Promise<void> {
  const { components = [], allowed_mentions = {} } = (await compose(context, message, options)).body;
  await respond(context, interaction, {
    type: InteractionResponseType.ChannelMessageWithSource,
    data: { flags: MessageFlags.IsComponentsV2 | MessageFlags.Ephemeral, components, allowed_mentions },
  });
}

/** Null when it names no user or no channel. */
function eventOf(context: DiscordContext, interaction: Exclude<Interaction, { type: 4 }>): ChatEvent | null {
  const base = (caller: Caller) => ({
    ...{ id: interaction.id, caller, ways: waysOf(context, interaction, caller) },
    handle: {
      value: { application: interaction.application_id, token: interaction.token },
      expiresAt: context.clock.now() + tokenUseMs,
    },
  });
  switch (interaction.type) {
    case 2: {
      if (interaction.data.type === ApplicationCommandType.Message) {
        const menu = context.menus.get(interaction.data.name);
        const given =
          menu === undefined
            ? { input: {}, files: [], private: true }
            : givenByMessage(menu.tool, pointedMessage(interaction));
        const caller = callerOf(interaction, { ephemeral: given.private });
        return caller && { ...base(caller), event: "command", tool: menu?.tool, given };
      }
      const command = context.commands.get(interaction.data.name);
      const given =
        command === undefined ? { input: {}, files: [], private: true } : readOptions(command, interaction.data);
      const caller = callerOf(interaction, { ephemeral: given.private });
      return caller && { ...base(caller), event: "command", tool: command?.tool, given };
    }
    case 3: {
      const { id: message, flags } = interaction.message;
      const caller = callerOf(interaction, { ephemeral: ((flags ?? 0) & MessageFlags.Ephemeral) !== 0 });
      const press = readButtonId(interaction.data.custom_id);
      if (caller === null || press === null) {
        return caller && { ...base(caller), event: "gone" };
      }
      const taken = () => respondAlone(context, interaction, pressTaken);
      return { ...base(caller), event: "press", press, message, facts: { flags: flags ?? 0 }, taken };
    }
    case 5: {
      const caller = callerOf(interaction, { ephemeral: false });
      const id = readButtonId(interaction.data.custom_id);
      return id?.action === fillAction
        ? caller && { ...base(caller), event: "form", form: id.subject, ...readForm(interaction.data) }
        : caller && { ...base(caller), event: "gone" };
    }
    default:
      return interaction satisfies never;
  }
}

function waysOf(context: DiscordContext, interaction: Interaction, { locale }: Caller): EventWays {
  return {
    openForm({ id: subject, tool, given }) {
      const { id: customId } = writeButtonId({ action: fillAction, subject }, discordLimits.buttonIdBytes);
      const data = formFor(tool, given, { customId, locale });
      return data === null
        ? null
        : respond(context, interaction, { type: InteractionResponseType.Modal, data }).then(() => {});
    },
    refuse: (message, options) => refuseAlone(context, interaction, message, options),
  };
}
