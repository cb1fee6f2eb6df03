import type { Locale } from "../ground/locale.ts";
import type { SendEnd } from "../surface/surface.ts";
import type { Chat } from "./chat.ts";
import type { Sending } from "./delivery-routes.ts";

/** How a platform reaches the asker alone. `Conversation`: how it names that conversation. */
export interface DirectRoute<Platform, Address, Conversation> {
  /** The conversation between the bot and the asker. */
  open(sending: Sending<Platform, Address>): Promise<Conversation>;
  /** Whether the job was asked for anywhere else. */
  isElsewhere(conversation: Conversation, address: Address): boolean;
  /** Sends it there; `sending.options` include the links. */
  send(sending: Sending<Platform, Address>, conversation: Conversation): Promise<SendEnd>;
  /**
   * When the platform refuses to send it there: shows the rest of it without its files where it was asked for. Null
   * unless everything can be reached from there. Default: shows nothing.
   */
  showInstead?(sending: Sending<Platform, Address>): Promise<SendEnd | null>;
}

/**
 * Makes the `direct` route of a chat platform. The message links to the request, unless others do not see that either,
 * and the first answer then says where the result is.
 */
export function directBy<
  Platform extends { chat: Chat },
  Address extends { locale: Locale; ephemeral?: boolean },
  Conversation,
>(route: DirectRoute<Platform, Address, Conversation>): (sending: Sending<Platform, Address>) => Promise<SendEnd> {
  return async (sending) => {
    const { chat, delivery, address, answer } = sending;
    try {
      const conversation = await route.open(sending);
      const isElsewhere = route.isElsewhere(conversation, address);
      const message = isElsewhere && !address.ephemeral ? answer.message : undefined;
      const links = chat.linksTo({ what: "request", place: delivery.place, message }, address.locale);
      const end = await route.send({ ...sending, options: { ...sending.options, links } }, conversation);
      if (isElsewhere && end.end === "sent") {
        await chat.tellElsewhere(delivery, { direct: true }, address.locale);
      }
      return end;
    } catch (error) {
      const { kind } = chat.context.readFailure(error);
      const end = kind === "refused" ? await shownInstead(route, sending) : null;
      if (end === null) {
        throw error;
      }
      return end;
    }
  };
}

/** Best effort: the outcome is kept either way. */
async function shownInstead<Platform extends { chat: Chat }, Address, Conversation>(
  { showInstead }: DirectRoute<Platform, Address, Conversation>,
  sending: Sending<Platform, Address>,
): Promise<SendEnd | null> {
  try {
    return (await showInstead?.(sending)) ?? null;
  } catch (error) {
    const { readFailure, logger } = sending.chat.context;
    logger.info(
      { delivery: sending.delivery.id, reason: readFailure(error).detail },
      "an outcome that is kept could not be shown without its files",
    );
    return null;
  }
}
