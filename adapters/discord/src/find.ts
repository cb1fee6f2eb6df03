import type { Json } from "@toolcast/core";
import { type Answer, carriesMarker, markerOf, searchOwn } from "@toolcast/core/chat";
import type { Delivery } from "@toolcast/core/surface";
import type { APIMessage } from "discord.js";
import { sayChanged } from "./change-notice.ts";
import type { DiscordChat, DiscordContext } from "./context.ts";
import { type Address, addressOf, tokenOf } from "./place.ts";
import { botBudget, readFailure } from "./rest-failure.ts";

/** Discord's ids count milliseconds from this time. */
const epochMs = 1_420_070_400_000;

/**
 * Looks for a delivery that may already be there: in our records, in the first answer, then among our messages where it
 * was sent, by the marker in their buttons. Throws when Discord could not be asked this time; finds nothing where we
 * have no permission to look.
 */
export async function find({ context, chat }: DiscordChat, delivery: Delivery): Promise<{ receipt?: Json } | null> {
  const address = addressOf(delivery.place);
  const answer = await chat.answerOf(delivery);
  if (address === null || answer === null) {
    return null;
  }
  if (answer.shown?.delivery === delivery.id) {
    const channel = addressOf(answer.caller.place)?.channel ?? address.channel;
    if (answer.message !== undefined) {
      await sayChanged({ context, chat }, delivery, answer, answer.message);
    }
    return { receipt: { channel, message: answer.message ?? null } };
  }
  const unseen = await context.notes.unseenSendOf(delivery.id);
  const shown = unseen?.message === undefined ? await firstAnswer(context, address, answer) : null;
  if (shown !== null && carriesMarker(shown.components, markerOf(delivery.id), "custom_id")) {
    await sayChanged({ context, chat }, delivery, answer, shown.id);
    return { receipt: { channel: shown.channel_id, message: shown.id } };
  }
  const found =
    unseen?.message === undefined
      ? await amongMessages(context, delivery.id)
      : { channel: unseen.channel, message: unseen.message };
  if (found === null) {
    return null;
  }
  // The process that sent it may have died before recording that in its first answer.
  const below = address.ephemeral ? null : found.message;
  const where = found.channel === address.channel ? { below } : { direct: true as const };
  await chat.tellElsewhere(delivery, where, address.locale);
  return { receipt: found };
}

async function amongMessages(
  context: DiscordContext,
  delivery: string,
): Promise<{ channel: string; message: string } | null> {
  const { api, outbox } = context;
  const marker = markerOf(delivery);
  for (const { channel, at } of await context.notes.sendsOf(delivery)) {
    const found = await searchOwn(context, at, {
      async read(since, cursor: string | undefined) {
        const after = cursor ?? String(BigInt(Math.max(0, since - epochMs)) << 22n);
        const messages = await outbox.send({ budgets: [botBudget] }, () => api.messagesAfter(channel, after));
        return { messages, next: messages.at(-1)?.id };
      },
      isOurs: ({ components }) => carriesMarker(components, marker, "custom_id"),
    });
    if (found !== null) {
      return { channel, message: found.id };
    }
  }
  return null;
}

/** The first answer as it currently is, by its token or as the bot's own message; null when it cannot be seen. */
async function firstAnswer(context: DiscordContext, address: Address, answer: Answer): Promise<APIMessage | null> {
  const { api } = context;
  const { message } = answer;
  const token = tokenOf(answer);
  if (token !== undefined) {
    return look(context, () => api.getOriginal(token));
  }
  return message === undefined || address.ephemeral || !address.reachable
    ? null
    : look(context, () => api.getMessage(address.channel, message));
}

async function look<Result>({ outbox }: DiscordContext, request: () => Promise<Result>): Promise<Result | null> {
  try {
    return await outbox.send({ budgets: [botBudget] }, request);
  } catch (error) {
    const failure = readFailure(error);
    if (failure.kind === "refused") {
      return null;
    }
    throw new Error(failure.detail);
  }
}
