import type { Delivery, SendEnd } from "@toolcast/core";
import { markerOf, type SendReason, sendEndOf } from "@toolcast/core/chat";
import type { APIMessage } from "discord.js";
import { formInPlace } from "./classic.ts";
import { type ComposeOptions, composeAndSend } from "./compose.ts";
import { answerLane, type DiscordContext } from "./context.ts";
import type { MessageBody } from "./discord-api.ts";
import { deliverBeside } from "./follow-up.ts";
import { nonceOf } from "./nonce.ts";
import { type Address, addressOf, interactionOf, originalOf, receiptOf, userOf } from "./place.ts";
import { type InteractionRecord, needsToken } from "./records.ts";
import { botBudget, codes, failures, readFailure } from "./rest-failure.ts";
import { speak } from "./sentences.ts";
import { tidyAnswer, tidyAnswerInLane } from "./tidy.ts";

/** Sends a delivery by one way. Throws when nobody knows whether it arrived. */
export async function deliver(
  context: DiscordContext,
  rung: "edit" | "post" | "direct",
  delivery: Delivery,
): Promise<SendEnd> {
  const address = addressOf(delivery.place);
  if (address === null) {
    return failures.closed("sending.not-there", "en");
  }
  try {
    switch (rung) {
      case "edit":
        return await edit(context, delivery, address);
      case "post":
        return await post(context, delivery, address);
      case "direct":
        return await direct(context, delivery, address);
      default:
        return rung satisfies never;
    }
  } catch (error) {
    const failure = readFailure(error);
    context.logger.warn({ delivery: delivery.id, rung, reason: failure.words }, "a message was not sent");
    const end = sendEndOf(failure, address.locale);
    if (end === null) {
      throw new Error(failure.words);
    }
    return end;
  }
}

/** Into the first answer, while its token lives; beside it when it shows another part already or was removed. */
async function edit(context: DiscordContext, delivery: Delivery, address: Address): Promise<SendEnd> {
  const receipt = receiptOf(delivery.acknowledgement);
  return receipt === null
    ? closed("sending.answer-closed", address)
    : context.outbox.inLane(answerLane(receipt.interaction), async () => {
        const record = await context.records.alive(receipt.interaction);
        return record === null
          ? closed("sending.answer-closed", address)
          : editByToken(context, delivery, record, address);
      });
}

async function editByToken(
  context: DiscordContext,
  delivery: Delivery,
  record: InteractionRecord,
  address: Address,
): Promise<SendEnd> {
  const { outbox, api, records } = context;
  const onlyByToken = needsToken(record);
  if (record.shown !== undefined && record.shown.delivery !== delivery.id && record.shown.media) {
    return onlyByToken ? beside(context, delivery, record, address) : closed("sending.edits-used", address);
  }
  const form = await formInPlace(context, delivery.message, {}, () => api.getOriginal(record));
  if (form.classic === false) {
    const end = await playBelow(context, delivery, record, address);
    if (end !== null) {
      return end;
    }
    // It may be there already. In the answer it can be saved in any case, and an edit is no second message.
  }
  const options = { ...optionsOf(delivery, address), ...form };
  try {
    const message = await composeAndSend(context, delivery.message, options, (body) =>
      outbox.send({}, async () => api.editOriginal(record, await body())),
    );
    await records.change(record.id, {
      pending: undefined,
      message: message.id,
      shown: { delivery: delivery.id, media: (delivery.message.media ?? []).length > 0 },
    });
    return sent(message, record.channel);
  } catch (error) {
    if (onlyByToken && codeOf(error) === codes.unknownMessage) {
      return beside(context, delivery, record, address);
    }
    throw error;
  }
}

/** Recordings below an answer that cannot play them, which then says so. Null when they may be there already. */
async function playBelow(
  context: DiscordContext,
  delivery: Delivery,
  record: InteractionRecord,
  address: Address,
): Promise<SendEnd | null> {
  const message = await deliverBeside(context, delivery, record, optionsOf(delivery, address));
  if (message === null) {
    return null;
  }
  await tidyAnswerInLane(context, delivery, address, { below: record.ephemeral ? null : message.id });
  return sent(message, record.channel);
}

/** Where the answer has no place for it. */
async function beside(
  context: DiscordContext,
  delivery: Delivery,
  record: InteractionRecord,
  address: Address,
): Promise<SendEnd> {
  const message = await deliverBeside(context, delivery, record, optionsOf(delivery, address));
  return message === null ? closed("sending.unclear", address) : sent(message, record.channel);
}

/** A message in the conversation, a reply to the first answer, that names the asker. */
async function post(context: DiscordContext, delivery: Delivery, address: Address): Promise<SendEnd> {
  const thinking = await context.records.alive(address.interaction);
  const isUnanswered = thinking?.pending !== undefined && delivery.acknowledgement === undefined;
  if (thinking !== null && isUnanswered) {
    return context.outbox.inLane(answerLane(thinking.id), () => editByToken(context, delivery, thinking, address));
  }
  if (!address.reachable) {
    return postByToken(context, delivery, address);
  }
  const { outbox, api } = context;
  const original = originalOf(delivery, address);
  const options = { ...optionsOf(delivery, address), mention: userOf(delivery.asker) };
  const send = (reply: boolean) =>
    composeAndSend(context, delivery.message, options, (message) =>
      outbox.inLane(`channel:${address.channel}`, () =>
        outbox.send({ budgets: [botBudget] }, async () =>
          api.createMessage(address.channel, once(delivery, await message(), reply ? original : undefined)),
        ),
      ),
    );
  await context.sends.noteSend(delivery.id, address.channel);
  try {
    const message = await send(true).catch((error) => {
      // The answer may not be replied to where the bot cannot read what was said before; it can be named all the same.
      if (codeOf(error) === codes.missingHistory) {
        return send(false);
      }
      throw error;
    });
    await tidyAnswer(context, delivery, address, { below: message.id });
    return sent(message, address.channel);
  } catch (error) {
    const instead = await intoOriginal(context, delivery, address, codeOf(error));
    if (instead === null) {
      throw error;
    }
    return instead;
  }
}

/** Where the bot itself is not in the channel: only a live token reaches it. */
async function postByToken(context: DiscordContext, delivery: Delivery, address: Address): Promise<SendEnd> {
  const record = await context.records.alive(interactionOf(delivery, address));
  return record === null
    ? closed("sending.not-there", address)
    : context.outbox.inLane(answerLane(record.id), () => beside(context, delivery, record, address));
}

/** A bot that may not write any more may still change what it wrote. */
async function intoOriginal(
  context: DiscordContext,
  delivery: Delivery,
  address: Address,
  code: number | undefined,
): Promise<SendEnd | null> {
  const original = originalOf(delivery, address);
  const record = await context.records.read(interactionOf(delivery, address));
  if (code !== codes.missingPermission || original === undefined || address.ephemeral || record?.shown?.media) {
    return null;
  }
  const { outbox, api, logger } = context;
  try {
    const form = await formInPlace(context, delivery.message, { budgets: [botBudget] }, () =>
      api.getMessage(address.channel, original),
    );
    const options = { ...optionsOf(delivery, address), ...form };
    const message = await composeAndSend(context, delivery.message, options, (body) =>
      outbox.inLane(answerLane(address.interaction), () =>
        outbox.send({ budgets: [botBudget] }, async () => api.editMessage(address.channel, original, await body())),
      ),
    );
    return sent(message, address.channel);
  } catch (error) {
    const failure = readFailure(error);
    logger.info({ delivery: delivery.id, reason: failure.words }, "the first answer could not be changed either");
    if (failure.kind === "refused") {
      return null;
    }
    throw error;
  }
}

/** Between the bot and the asker alone. */
async function direct(context: DiscordContext, delivery: Delivery, address: Address): Promise<SendEnd> {
  const { outbox, api } = context;
  const channel = await directChannelOf(context, userOf(delivery.asker));
  const original = originalOf(delivery, address);
  const server = address.guild ?? "@me";
  const options = {
    ...optionsOf(delivery, address),
    links:
      original === undefined || address.ephemeral || channel === address.channel
        ? []
        : [
            {
              label: speak("openRequest", address.locale),
              url: `https://discord.com/channels/${server}/${address.channel}/${original}`,
            },
          ],
  };
  await context.sends.noteSend(delivery.id, channel);
  const message = await composeAndSend(context, delivery.message, options, (body) =>
    outbox.inLane(`channel:${channel}`, () =>
      outbox.send({ budgets: [botBudget] }, async () =>
        api.createMessage(channel, once(delivery, await body(), undefined)),
      ),
    ),
  );
  if (channel !== address.channel) {
    await tidyAnswer(context, delivery, address, { direct: true });
  }
  return sent(message, channel);
}

/** Guarded for some minutes by Discord itself against being shown twice. */
function once({ id }: Delivery, { body, files }: MessageBody, replyTo: string | undefined): MessageBody {
  return {
    body: {
      ...body,
      nonce: nonceOf(id),
      enforce_nonce: true,
      ...(replyTo === undefined ? {} : { message_reference: { message_id: replyTo, fail_if_not_exists: false } }),
    },
    files,
  };
}

function optionsOf(delivery: Delivery, { locale }: Address): ComposeOptions {
  return { locale, marker: markerOf(delivery.id) };
}

function sent({ id }: APIMessage, channel: string): SendEnd {
  return { end: "sent", receipt: { channel, message: id } };
}

function closed(reason: SendReason, { locale }: Address): SendEnd {
  return failures.closed(reason, locale);
}

function directChannelOf({ sends, outbox, api }: DiscordContext, user: string): Promise<string> {
  return sends.directChannelOf(user, () => outbox.send({ budgets: [botBudget] }, () => api.openDirect(user)));
}

function codeOf(error: unknown): number | undefined {
  const failure = readFailure(error);
  return failure.kind === "refused" ? Number(failure.code) : undefined;
}
