import {
  type Answer,
  answerLane,
  closedRoute,
  deliverBy,
  directBy,
  markerOf,
  type Sending,
  showsOther,
} from "@toolcast/core/chat";
import type { Delivery, SendEnd } from "@toolcast/core/surface";
import type { APIMessage } from "discord.js";
import { sayChanged } from "./change-notice.ts";
import { type ComposeOptions, composeAndSend } from "./compose.ts";
import type { DiscordChat } from "./context.ts";
import type { MessageBody } from "./discord-api.ts";
import { deliverBeside } from "./follow-up.ts";
import { formInPlace } from "./message-form.ts";
import { nonceOf } from "./nonce.ts";
import { type Address, addressOf, onlyByToken, tokenOf, userOf } from "./place.ts";
import { botBudget, codes, readFailure } from "./rest-failure.ts";

type RouteSending = Sending<DiscordChat, Address>;

/** Sends a delivery by one route. */
export const deliver = deliverBy<DiscordChat, Address>(addressOf, {
  edit,
  post,
  direct: directBy({
    open: openDirect,
    isElsewhere: (channel, address) => channel !== address.channel,
    send: sendDirect,
  }),
});

/**
 * Into the first answer, while its token is valid; as another message when the answer already shows another part or was
 * removed.
 */
async function edit(sending: RouteSending): Promise<SendEnd> {
  const { context, answer, delivery } = sending;
  return delivery.acknowledgement === undefined
    ? closedRoute("sending.answer-closed", sending)
    : context.outbox.inLane(answerLane(answer), async () => {
        const alive = await context.answers.alive(answer.id);
        return alive === null
          ? closedRoute("sending.answer-closed", sending)
          : editByToken({ ...sending, answer: alive });
      });
}

async function editByToken(sending: RouteSending): Promise<SendEnd> {
  const { context, answer, delivery, address, chat } = sending;
  const { outbox, api } = context;
  const token = tokenOf(answer);
  if (token === undefined) {
    return closedRoute("sending.answer-closed", sending);
  }
  if (showsOther(answer, delivery)) {
    return onlyByToken(answer) ? beside(sending) : closedRoute("sending.edits-used", sending);
  }
  const form = await formInPlace(context, delivery.message, {}, () => api.getOriginal(token));
  if (form.asContent === false) {
    const end = await playBelow(sending);
    if (end !== null) {
      return end;
    }
    // The message below may already be there. Put into the answer, the recording can at least be saved, and an edit
    // adds no second message.
  }
  const options = { ...optionsOf(sending), ...form };
  try {
    const message = await composeAndSend(context, delivery.message, options, (body) =>
      outbox.send({}, async () => api.editOriginal(token, await body())),
    );
    await chat.shown(answer.id, delivery, message.id);
    await sayChanged(sending, delivery, answer, message.id);
    return sent(message, channelOf(answer, address));
  } catch (error) {
    if (onlyByToken(answer) && codeOf(error) === codes.unknownMessage) {
      return beside(sending);
    }
    throw error;
  }
}

/** Recordings below an answer that cannot play them, which then says so. Null when they may be there already. */
async function playBelow(sending: RouteSending): Promise<SendEnd | null> {
  const { context, answer, delivery, address, chat } = sending;
  const message = await deliverBeside(context, delivery, answer, optionsOf(sending));
  if (message === null) {
    return null;
  }
  const below = answer.caller.private ? null : message.id;
  await chat.tellElsewhereInLane(delivery, { below }, address.locale);
  return sent(message, channelOf(answer, address));
}

/** As another message by the answer's token, when the answer itself cannot hold it. */
async function beside(sending: RouteSending): Promise<SendEnd> {
  const { context, answer, delivery, address } = sending;
  const message = await deliverBeside(context, delivery, answer, optionsOf(sending));
  return message === null ? closedRoute("sending.unclear", sending) : sent(message, channelOf(answer, address));
}

/** A message in the conversation that replies to the first answer and mentions the asker. */
async function post(sending: RouteSending): Promise<SendEnd> {
  const { context, answer, delivery, address, chat } = sending;
  const thinking = await context.answers.alive(address.interaction);
  if (thinking?.pending !== undefined && delivery.acknowledgement === undefined) {
    return context.outbox.inLane(answerLane(thinking), () => editByToken({ ...sending, answer: thinking }));
  }
  if (!address.reachable) {
    return postByToken(sending);
  }
  const { outbox, api, notes } = context;
  const options = { ...optionsOf(sending), mention: userOf(delivery.asker) };
  const send = (reply: boolean) =>
    composeAndSend(context, delivery.message, options, (message) =>
      outbox.inLane(`channel:${address.channel}`, () =>
        outbox.send({ budgets: [botBudget] }, async () =>
          api.createMessage(address.channel, once(delivery, await message(), reply ? answer.message : undefined)),
        ),
      ),
    );
  await notes.noteSend(delivery.id, address.channel);
  try {
    const message = await send(true).catch((error) => {
      // Without permission to read the message history the bot cannot reply; it can still post.
      if (codeOf(error) === codes.missingHistory) {
        return send(false);
      }
      throw error;
    });
    await chat.tellElsewhere(delivery, { below: message.id }, address.locale);
    return sent(message, address.channel);
  } catch (error) {
    const instead = await intoOriginal(sending, codeOf(error));
    if (instead === null) {
      throw error;
    }
    return instead;
  }
}

/** For a channel the bot is not in: only a valid token reaches it. */
async function postByToken(sending: RouteSending): Promise<SendEnd> {
  const { context, answer } = sending;
  return tokenOf(answer) === undefined
    ? closedRoute("sending.not-there", sending)
    : context.outbox.inLane(answerLane(answer), () => beside(sending));
}

/** A bot that may no longer post may still edit its own messages. */
async function intoOriginal(sending: RouteSending, code: number | undefined): Promise<SendEnd | null> {
  const { context, answer, delivery, address } = sending;
  const { outbox, api, logger } = context;
  const { message: original } = answer;
  if (code !== codes.missingPermission || original === undefined || address.ephemeral || answer.shown?.media) {
    return null;
  }
  try {
    const send = { budgets: [botBudget] };
    const form = await formInPlace(context, delivery.message, send, () => api.getMessage(address.channel, original));
    const options = { ...optionsOf(sending), ...form };
    const message = await composeAndSend(context, delivery.message, options, (body) =>
      outbox.inLane(answerLane(answer), () =>
        outbox.send(send, async () => api.editMessage(address.channel, original, await body())),
      ),
    );
    return sent(message, address.channel);
  } catch (error) {
    const failure = readFailure(error);
    logger.info({ delivery: delivery.id, reason: failure.detail }, "the first answer could not be edited either");
    if (failure.kind === "refused") {
      return null;
    }
    throw error;
  }
}

function openDirect({ context, delivery }: RouteSending): Promise<string> {
  const { outbox, api, notes } = context;
  const user = userOf(delivery.asker);
  return notes.directChannelOf(user, () => outbox.send({ budgets: [botBudget] }, () => api.openDirect(user)));
}

async function sendDirect(sending: RouteSending, channel: string): Promise<SendEnd> {
  const { context, delivery } = sending;
  const { outbox, api, notes } = context;
  await notes.noteSend(delivery.id, channel);
  const message = await composeAndSend(context, delivery.message, optionsOf(sending), (body) =>
    outbox.inLane(`channel:${channel}`, () =>
      outbox.send({ budgets: [botBudget] }, async () =>
        api.createMessage(channel, once(delivery, await body(), undefined)),
      ),
    ),
  );
  return sent(message, channel);
}

/** Discord itself keeps it from being shown twice, for some minutes. */
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

function optionsOf({ delivery, options }: RouteSending): ComposeOptions {
  return { ...options, marker: markerOf(delivery.id) };
}

/** A press on the answer may have come from another channel; its token posts to that one. */
function channelOf({ caller }: Answer, address: Address): string {
  return addressOf(caller.place)?.channel ?? address.channel;
}

function sent({ id }: APIMessage, channel: string): SendEnd {
  return { end: "sent", receipt: { channel, message: id } };
}

function codeOf(error: unknown): number | undefined {
  const failure = readFailure(error);
  return failure.kind === "refused" ? Number(failure.code) : undefined;
}
