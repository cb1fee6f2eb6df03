import type { Locale } from "../ground/locale.ts";
import type { Message } from "../surface/message.ts";
import type { Delivery } from "../surface/surface.ts";
import type { Answer, ShowOptions } from "./answer.ts";
import type { ChatContext } from "./chat-kit.ts";
import { deservesNotice } from "./first-answer.ts";
import { linksTo } from "./message-links.ts";

/** A short message below an edited answer. */
export interface ChangeNotice {
  /** The key of its record, which is kept for a week. */
  id: string;
  message: Message;
  options: ShowOptions;
}

/** How a platform sends it. */
export interface ChangeNoticePort {
  /** The asker's language. */
  locale: Locale;
  /** Where it is sent, as the surface names it. */
  conversation: string;
  /** The answer's message, if the notice links to it. Default: the notice stands right below, so it links to nothing. */
  answerMessage?: string;
  /** It is due even if the answer is new. Default false. */
  always?: boolean;
  /** Sends it; gives its message. */
  send(notice: ChangeNotice): Promise<{ id: string }>;
}

/**
 * Notifies the asker of an edited first answer, because edits notify nobody. Sent at most once, and not if the delivery
 * may be below the answer as a message of its own, which has notified them. Best effort: the result is there either
 * way.
 */
export async function tellChanged(
  context: Pick<ChatContext, "notes" | "port" | "clock" | "logger" | "readFailure">,
  { id: delivery, message: { tone, title } }: Delivery,
  answer: Answer,
  { locale, conversation, answerMessage, always = false, send }: ChangeNoticePort,
): Promise<void> {
  const { notes, port, logger, readFailure } = context;
  if (!always && !deservesNotice(context, answer)) {
    return;
  }
  const id = `${delivery}/changed`;
  const links = linksTo(port, { what: "result", place: answer.caller.place, message: answerMessage }, locale);
  const notice = { id, message: { tone, title, private: false }, options: { locale, links } };
  try {
    const mayBeSent = await Promise.all([notes.unseenSendOf(delivery), notes.unseenSendOf(id)]);
    if (mayBeSent.every((send) => send === undefined)) {
      await notes.sendUnseen(id, conversation, () => send(notice));
    }
  } catch (error) {
    logger.info({ delivery, reason: readFailure(error).detail }, "the notice that an answer has changed was not sent");
  }
}
