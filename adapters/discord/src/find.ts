import type { Delivery, Json } from "@toolcast/core";
import { markerOf } from "@toolcast/core/chat";
import type { APIMessage } from "discord.js";
import type { DiscordContext } from "./context.ts";
import { carriesMarker } from "./layout-buttons.ts";
import { type Address, addressOf, interactionOf, originalOf } from "./place.ts";
import type { InteractionRecord } from "./records.ts";
import { botBudget, readFailure } from "./rest-failure.ts";
import { tidyAnswer } from "./tidy.ts";

/** Of messages after a send, how many pages of a hundred are looked through. */
const mostPages = 10;
/** Our clock and Discord's may differ by so much. */
const skewMs = 2 * 60_000;
/** Discord's ids count milliseconds from here. */
const epochMs = 1_420_070_400_000;

/**
 * Looks whether a delivery is already there: in what we have on record, in the first answer, then among our messages
 * where it was sent, by the marker in their buttons. Throws when Discord did not let us look this time; where we may not
 * look at all, nothing is.
 */
export async function find(context: DiscordContext, delivery: Delivery): Promise<{ receipt?: Json } | null> {
  const address = addressOf(delivery.place);
  if (address === null) {
    return null;
  }
  const record = await context.records.read(interactionOf(delivery, address));
  if (record?.shown?.delivery === delivery.id) {
    return { receipt: { channel: record.channel, message: record.message ?? null } };
  }
  const unseen = await context.sends.unseenSendOf(delivery.id);
  if (unseen?.message !== undefined) {
    return foundElsewhere(context, delivery, address, { channel: unseen.channel, message: unseen.message });
  }
  const answer = await firstAnswer(context, delivery, address, record);
  if (answer !== null && carriesMarker(answer.components, markerOf(delivery.id))) {
    return { receipt: { channel: answer.channel_id, message: answer.id } };
  }
  const message = await amongMessages(context, delivery.id);
  return message === null ? null : foundElsewhere(context, delivery, address, message);
}

interface FoundMessage {
  channel: string;
  message: string;
}

/** The process that sent it may have died before its first answer said so. */
async function foundElsewhere(
  context: DiscordContext,
  delivery: Delivery,
  address: Address,
  { channel, message }: FoundMessage,
): Promise<{ receipt: Json }> {
  const below = address.ephemeral ? null : message;
  await tidyAnswer(context, delivery, address, channel === address.channel ? { below } : { direct: true });
  return { receipt: { channel, message } };
}

async function amongMessages(context: DiscordContext, delivery: string): Promise<FoundMessage | null> {
  const marker = markerOf(delivery);
  for (const { channel, at } of await context.sends.sendsOf(delivery)) {
    let after = String(BigInt(Math.max(0, at - skewMs - epochMs)) << 22n);
    for (let page = 0; page < mostPages; page += 1) {
      const messages = await look(context, () => context.api.messagesAfter(channel, after));
      const found = messages?.find(({ components }) => carriesMarker(components, marker));
      if (found !== undefined) {
        return { channel, message: found.id };
      }
      const last = messages?.at(-1);
      if (last === undefined) {
        break;
      }
      after = last.id;
    }
  }
  return null;
}

/** The first answer as it is, by its token or as a message of ours; null when it cannot be seen. */
async function firstAnswer(
  context: DiscordContext,
  delivery: Delivery,
  address: Address,
  record: InteractionRecord | null,
): Promise<APIMessage | null> {
  const { api, records } = context;
  if (record !== null && records.isAlive(record)) {
    return look(context, () => api.getOriginal(record));
  }
  const original = originalOf(delivery, address);
  return original === undefined || address.ephemeral || !address.reachable
    ? null
    : look(context, () => api.getMessage(address.channel, original));
}

async function look<Result>({ outbox }: DiscordContext, request: () => Promise<Result>): Promise<Result | null> {
  try {
    return await outbox.send({ budgets: [botBudget] }, request);
  } catch (error) {
    const failure = readFailure(error);
    if (failure.kind === "refused") {
      return null;
    }
    throw new Error(failure.words);
  }
}
