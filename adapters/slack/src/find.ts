import type { Json } from "@toolcast/core";
import { markerOf } from "@toolcast/core/chat";
import type { Delivery } from "@toolcast/core/surface";
import type { SlackChat } from "./context.ts";
import { findMessage, readDestination } from "./own-messages.ts";
import { addressOf, messageName, ownMessage, threadBelow } from "./place.ts";
import { sayChanged } from "./with-files.ts";

/**
 * Looks for a delivery that may already be there: in our records, in the first answer, then where it was sent, by the
 * marker in its blocks. Throws when Slack could not be asked this time; finds nothing where we have no permission to
 * look.
 */
export async function find({ context, chat }: SlackChat, delivery: Delivery): Promise<{ receipt?: Json } | null> {
  const address = addressOf(delivery.place);
  const answer = await chat.answerOf(delivery);
  if (address === null || answer === null) {
    return null;
  }
  /** The notice that follows an edit is sent once, whoever finds that it is due. */
  const notice = async (message: string | undefined) => {
    const edited = ownMessage({ caller: answer.caller, message });
    if (edited !== null && (delivery.message.media ?? []).length === 0) {
      const to = { channel: edited.channel, thread: threadBelow(address, edited) };
      await sayChanged({ context, chat }, { delivery, answer, locale: address.locale }, to);
    }
  };
  if (answer.shown?.delivery === delivery.id) {
    await notice(answer.message);
    return { receipt: { channel: address.channel, message: answer.message ?? null } };
  }
  const markers = [markerOf(delivery.id)];
  const own = ownMessage(answer);
  const inAnswer =
    own === null
      ? null
      : await findMessage(context, { channel: own.channel, thread: threadBelow(address, own) }, 0, markers);
  if (inAnswer !== null) {
    const message = messageName(inAnswer);
    await chat.shown(answer.id, delivery, message);
    await notice(message);
    return { receipt: { channel: inAnswer.channel, message } };
  }
  const unseen = await context.notes.unseenSendOf(delivery.id);
  for (const { channel, at } of await context.notes.sendsOf(delivery.id)) {
    const found = await findMessage(context, readDestination(channel), at, markers);
    if (found !== null) {
      const message = messageName(found);
      if (unseen !== undefined) {
        // The event's own address showed it: there is no other first answer that could point to it.
        await chat.shown(answer.id, delivery, message);
        return { receipt: { channel: found.channel, message } };
      }
      const where = found.channel === address.channel ? { below: message } : { direct: true as const };
      await chat.tellElsewhere(delivery, where, address.locale);
      return { receipt: { channel: found.channel, message } };
    }
  }
  return unseen?.message === undefined ? null : { receipt: { channel: unseen.channel } };
}
