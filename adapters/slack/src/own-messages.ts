import { carriesMarker } from "@toolcast/core/chat";
import type { SlackContext } from "./context.ts";
import type { MessageAddress } from "./place.ts";
import type { Destination } from "./slack-api.ts";
import { methodBudget, readFailure } from "./slack-failure.ts";

/** How many pages, of a hundred messages each, are searched after a send. */
const mostPages = 10;
/** The most our clock and Slack's may differ. */
const skewMs = 2 * 60_000;

/** Epoch milliseconds as Slack's time of a message. */
function timeOf(ms: number): string {
  return (Math.max(0, ms) / 1_000).toFixed(6);
}

/**
 * The bot's message since that time that carries one of these markers; null when there is none, or the bot has no
 * permission to look. Rejects when Slack could not be asked this time.
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

/** A conversation's name in the records of sends. */
function destinationName({ channel, thread }: Destination): string {
  return thread === undefined ? channel : `${channel}/${thread}`;
}

export function readDestination(name: string): Destination {
  const [channel = "", thread] = name.split("/");
  return { channel, thread };
}

/**
 * Posts a message once: after an earlier attempt with an unknown outcome it is looked for first. `name` is the key of
 * its record, `markers` are what its blocks carry, now or later.
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
