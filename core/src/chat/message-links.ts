import type { Locale } from "../ground/locale.ts";
import { say } from "../messages/sentence.ts";
import type { Place } from "../people/caller.ts";
import type { ChatPort } from "./chat-port.ts";

/** A message of ours to link to: the request or its result. */
export interface Linked {
  what: "request" | "result";
  place: Place;
  /** Null or undefined if there is no message. */
  message: string | null | undefined;
}

/** The button that links to it; none if it has no address. */
export function linksTo(
  port: Pick<ChatPort, "linkTo">,
  { what, place, message }: Linked,
  locale: Locale,
): { label: string; url: string }[] {
  const url = message == null ? undefined : port.linkTo?.(place, message);
  return url === undefined ? [] : [{ label: say({ key: `answer.open-${what}` }, locale), url }];
}
