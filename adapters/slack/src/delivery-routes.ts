import {
  answerLane,
  closedRoute,
  deliverBy,
  directBy,
  markerOf,
  SendError,
  type Sending,
  showsOther,
} from "@toolcast/core/chat";
import type { SendEnd } from "@toolcast/core/surface";
import { compose, prepare } from "./compose.ts";
import type { SlackChat, SlackContext } from "./context.ts";
import { destinationName } from "./own-messages.ts";
import {
  type Address,
  addressOf,
  type MessageAddress,
  messageName,
  ownMessage,
  placeOfWhisper,
  threadBelow,
  userOf,
} from "./place.ts";
import type { Content } from "./slack-api.ts";
import { methodBudget, readFailure } from "./slack-failure.ts";
import { directChannelOf, inviteNote, respond } from "./slack-port.ts";
import { editWithFiles, postWithFiles, type Showing, sayChanged } from "./with-files.ts";

type RouteSending = Sending<SlackChat, Address>;

/** Sends a delivery by one route. */
export const deliver = deliverBy<SlackChat, Address>(addressOf, {
  edit,
  post,
  direct: directBy({
    open: ({ context, delivery }) => directChannelOf(context, userOf(delivery.asker)),
    isElsewhere: (channel, address) => channel !== address.channel && !address.direct,
    send: async (sending, channel) => sent(await postWithFiles(showingOf(sending), { channel }, { mentions: false })),
    showInstead: showWithoutFiles,
  }),
});

/** In the first answer: as the bot's own message, or by the address that came with the event while it is valid. */
async function edit(sending: RouteSending): Promise<SendEnd> {
  const { context, answer, delivery } = sending;
  if (delivery.acknowledgement === undefined) {
    return closedRoute("sending.answer-closed", sending);
  }
  return context.outbox.inLane(answerLane(answer), async () => {
    const now = (await context.answers.read(answer.id)) ?? answer;
    const current = { ...now, message: now.message ?? answer.message };
    if (showsOther(current, delivery)) {
      return closedRoute("sending.edits-used", sending);
    }
    const own = ownMessage(current);
    return own === null ? byHandle({ ...sending, answer: current }) : intoMessage(sending, own);
  });
}

async function intoMessage(sending: RouteSending, own: MessageAddress): Promise<SendEnd> {
  const { chat, answer, delivery, address } = sending;
  const thread = threadBelow(address, own);
  const { hasFiles } = await editWithFiles(showingOf(sending), own, thread);
  await chat.shown(answer.id, delivery, messageName(own));
  if (!hasFiles) {
    await sayChanged(sending, { delivery, answer, locale: address.locale }, { channel: own.channel, thread });
  }
  return sent(own);
}

/** This route cannot share files; it can only show files already shared in the channel. */
async function byHandle(sending: RouteSending): Promise<SendEnd> {
  const { context, answer, delivery, address, options } = sending;
  const { notes } = context;
  const prepared = await prepare(context, delivery.message, options);
  if (prepared.files.length > 0 || answer.handle === undefined) {
    return closedRoute("sending.answer-closed", sending);
  }
  if ((await notes.unseenSendOf(delivery.id)) !== undefined) {
    return closedRoute("sending.unclear", sending);
  }
  const content = await compose(context, prepared, { ...options, marker: markerOf(delivery.id) });
  if (!address.ephemeral) {
    // Where the bot may read, it can tell afterwards whether everybody sees it.
    await notes.noteSend(delivery.id, destinationName(address));
  }
  const visible = { visible: !address.ephemeral, replaces: answer.message !== undefined };
  const shown = await notes.sendUnseen(delivery.id, address.channel, async () =>
    (await respond(context, answer, content, visible)) ? { id: "" } : null,
  );
  if (shown === null) {
    return closedRoute("sending.answer-closed", sending);
  }
  await context.answers.change(answer.id, {
    pending: undefined,
    watched: undefined,
    shown: { delivery: delivery.id, media: false },
  });
  return { end: "sent", receipt: { channel: address.channel } };
}

/** A message in the conversation that mentions the asker. */
async function post(sending: RouteSending): Promise<SendEnd> {
  const { address, chat, context, delivery } = sending;
  const refusal = await context.uploads.refusalOf(delivery.id);
  if (refusal !== undefined) {
    throw new SendError(refusal);
  }
  const to = { channel: address.channel, thread: address.thread };
  const message = await postWithFiles(showingOf(sending), to, { mentions: true });
  await chat.tellElsewhere(delivery, { below: messageName(message) }, address.locale);
  return sent(message);
}

/** Shows the text of an outcome that will be kept in the first answer, or by the address that came with the event. */
async function showWithoutFiles({ context, delivery, address, answer, options }: RouteSending): Promise<null> {
  const isVisible = !address.ephemeral;
  const own = showsOther(answer, delivery) ? null : ownMessage(answer);
  const note = isVisible && own === null ? { note: inviteNote(context, options.locale) } : {};
  const prepared = await prepare(context, delivery.message, options);
  const content = await compose(context, prepared, { ...options, ...note });
  const isSeen =
    (own !== null && (await isUpdated(context, own, content))) ||
    (await respond(context, answer, content, { visible: isVisible }));
  if (!isSeen && !isVisible) {
    await context.outbox.send({ budgets: methodBudget("view") }, () =>
      context.api.postEphemeral(placeOfWhisper(address), userOf(delivery.asker), content),
    );
  }
  return null;
}

/** False if Slack refuses. */
async function isUpdated({ api, outbox }: SlackContext, own: MessageAddress, content: Content): Promise<boolean> {
  try {
    await outbox.send({ budgets: methodBudget("update") }, () => api.update(own, content));
    return true;
  } catch (error) {
    if (readFailure(error).kind === "refused") {
      return false;
    }
    throw error;
  }
}

function showingOf({ context, delivery: { id, message, asker }, options }: RouteSending): Showing {
  return { context, id, message, user: userOf(asker), options };
}

function sent(message: MessageAddress): SendEnd {
  return { end: "sent", receipt: { channel: message.channel, message: messageName(message) } };
}
