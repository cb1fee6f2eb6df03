import { carriesMarker } from "@toolcast/core/chat";
import type { SlackContext } from "./context.ts";
import type { MessageAddress } from "./place.ts";
import type { Destination } from "./slack-api.ts";
import { methodBudget, readFailure } from "./slack-failure.ts";

/** Of messages after a send, how many pages of a hundred are looked through. */
const mostPages = 10;
/** Our clock and Slack's may differ by so much. */
const skewMs = 2 * 60_000;

/** Slack's time of a message, of epoch milliseconds. */
function timeOf(ms: number): string {
  return (Math.max(0, ms) / 1_000).toFixed(6);
}

/**
 * The bot's message that carries one of these markers, among those since then; null when there is none, or the bot may not look.
 * Rejects when Slack did not let us look this time.
 */
export async function findMessage(
  { api, outbox }: Pick<SlackContext, "api" | "outbox">,
  from: Destination,
  since: number,
  markers: readonly string[],
): Promise<MessageAddress | null> {
  let cursor = "";
  try {
    for (let page = 0; page < mostPages; page += 1) {
      const { messages, next } = await outbox.send({ budgets: methodBudget("read") }, () =>
        api.messages(from, timeOf(since - skewMs), cursor),
      );
      const found = messages.find(({ blocks }) => markers.some((marker) => carriesMarker(blocks, marker, "block_id")));
      if (found !== undefined) {
        return { channel: from.channel, ts: found.ts };
      }
      if (next === "") {
        return null;
      }
      cursor = next;
    }
    return null;
  } catch (error) {
    if (readFailure(error).kind === "refused") {
      return null;
    }
    throw error;
  }
}

/** A conversation as notes of sends name it. */
function destinationName({ channel, thread }: Destination): string {
  return thread === undefined ? channel : `${channel}/${thread}`;
}

export function readDestination(name: string): Destination {
  const [channel = "", thread] = name.split("/");
  return { channel, thread };
}

/**
 * Posts a message once: one whose end nobody knew is looked for first. `name` is what it is noted under, `markers` what its
 * blocks carry, now or later.
 */
export async function postOnce(
  { notes, ...context }: Pick<SlackContext, "api" | "outbox" | "notes">,
  to: Destination,
  { name, markers }: { name: string; markers: readonly string[] },
  post: () => Promise<MessageAddress>,
): Promise<MessageAddress> {
  const destination = destinationName(to);
  const earlier = (await notes.sendsOf(name)).find(({ channel }) => channel === destination);
  const found = earlier === undefined ? null : await findMessage(context, to, earlier.at, markers);
  if (found !== null) {
    return found;
  }
  await notes.noteSend(name, destination);
  return post();
}
