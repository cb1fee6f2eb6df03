import type { Delivery, Json } from "@toolcast/core";
import type { APIMessage } from "discord.js";
import type { DiscordContext } from "./context.ts";
import { markerOf } from "./custom-id.ts";
import { originalOf } from "./ladder.ts";
import { carriesMarker } from "./layout-buttons.ts";
import { addressOf, receiptOf } from "./place.ts";
import { readFailure, wordsOf } from "./rest-failure.ts";
import { sendsOf } from "./sends.ts";

/** Of messages after a send, how many pages of a hundred are looked through. */
const mostPages = 10;
/** Our clock and Discord's may differ by so much. */
const skewMs = 2 * 60_000;
/** Discord's ids count milliseconds from here. */
const epochMs = 1_420_070_400_000;

/**
 * Looks whether a delivery is already there: in the first answer, then among our messages where it was sent, by the
 * marker in their buttons. Throws when Discord did not let us look this time; where we may not look at all, nothing is.
 */
export async function find(context: DiscordContext, delivery: Delivery): Promise<{ receipt?: Json } | null> {
  const marker = markerOf(delivery.id);
  const answer = await firstAnswer(context, delivery);
  if (answer !== null && carriesMarker(answer.components, marker)) {
    return { receipt: { channel: answer.channel_id, message: answer.id } };
  }
  for (const { channel, at } of await sendsOf(context, delivery.id)) {
    let after = String(BigInt(Math.max(0, at - skewMs - epochMs)) << 22n);
    for (let page = 0; page < mostPages; page += 1) {
      const messages = await look(context, () => context.api.messagesAfter(channel, after));
      const found = messages?.find(({ components }) => carriesMarker(components, marker));
      if (found !== undefined) {
        return { receipt: { channel, message: found.id } };
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
async function firstAnswer(context: DiscordContext, delivery: Delivery): Promise<APIMessage | null> {
  const { api, records } = context;
  const address = addressOf(delivery.place);
  if (address === null) {
    return null;
  }
  const record = await records.alive(receiptOf(delivery.acknowledgement)?.interaction ?? address.interaction);
  if (record !== null) {
    return look(context, () => api.getOriginal(record));
  }
  const original = originalOf(delivery, address);
  return original === undefined || address.ephemeral || !address.reachable
    ? null
    : look(context, () => api.getMessage(address.channel, original));
}

async function look<Result>({ outbox }: DiscordContext, request: () => Promise<Result>): Promise<Result | null> {
  try {
    return await outbox.send("bot", request);
  } catch (error) {
    const failure = readFailure(error);
    if (failure.kind === "refused") {
      return null;
    }
    throw new Error(wordsOf(failure));
  }
}
