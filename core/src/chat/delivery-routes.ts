import type { Locale } from "../ground/locale.ts";
import type { Place } from "../people/caller.ts";
import type { Delivery, SendEnd } from "../surface/surface.ts";
import type { Answer, ShowOptions } from "./answer.ts";
import type { Chat } from "./chat.ts";
import { type SendReason, sendEndOf } from "./send-failure.ts";

/**
 * The delivery routes of a chat platform: `edit` into the first answer, `post` as another message in the conversation,
 * `direct` as a message to the asker alone. Their names are stored with jobs.
 */
export type ChatRoute = "edit" | "post" | "direct";

/** A delivery on its way by one route. `Platform`: what the parts of the adapter share; `Address`: its kind of place. */
export type Sending<Platform, Address> = Platform & {
  delivery: Delivery;
  /** Where the job was asked for. */
  address: Address;
  /** The first answer it belongs to, even if that is no longer stored. */
  answer: Answer;
  /** How to show it: in the asker's language. */
  options: ShowOptions;
};

/**
 * Makes the function behind `Surface.deliver` from one function per route: it tries once, and rejects if it is unknown
 * whether the delivery arrived. `addressOf` returns null for a place that is not the platform's.
 */
export function deliverBy<
  Platform extends { chat: Chat },
  Address extends { locale: Locale },
  Route extends string = ChatRoute,
>(
  addressOf: (place: Place) => Address | null,
  routes: Record<Route, (sending: Sending<Platform, Address>) => Promise<SendEnd>>,
): (platform: Platform, route: Route, delivery: Delivery) => Promise<SendEnd> {
  return async (platform, route, delivery) => {
    const { failures, readFailure, logger } = platform.chat.context;
    const address = addressOf(delivery.place);
    const answer = await platform.chat.answerOf(delivery);
    if (address === null || answer === null) {
      return failures.closed("sending.not-there", "en");
    }
    const { locale } = address;
    try {
      return await routes[route]({ ...platform, delivery, address, answer, options: { locale } });
    } catch (error) {
      const failure = readFailure(error);
      logger.warn({ delivery: delivery.id, route, reason: failure.detail }, "a message was not sent");
      const end = sendEndOf(failure, locale);
      if (end === null) {
        throw new Error(failure.detail);
      }
      return end;
    }
  };
}

/** The end of a route that cannot carry this delivery: the next one is tried. */
export function closedRoute(
  reason: SendReason,
  { chat, address }: { chat: Chat; address: { locale: Locale } },
): SendEnd {
  return chat.context.failures.closed(reason, address.locale);
}
