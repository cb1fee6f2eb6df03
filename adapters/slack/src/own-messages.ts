import { carriesMarker, searchOwn } from "@toolcast/core/chat";
import type { SlackContext } from "./context.ts";
import type { MessageAddress } from "./place.ts";
import type { Destination } from "./slack-api.ts";
import { methodBudget } from "./slack-failure.ts";

/** Epoch milliseconds as Slack's time of a message. */
function timeOf(ms: number): string {
  return (ms / 1_000).toFixed(6);
}

/**
 * The bot's message since that time that carries one of these markers; null when there is none, or the bot has no
 * permission to look. Rejects when Slack could not be asked this time.
 */
export async function findMessage(
  context: Pick<SlackContext, "api" | "outbox" | "readFailure">,
  from: Destination,
  at: number,
  markers: readonly string[],
): Promise<MessageAddress | null> {
  const { api, outbox } = context;
  const found = await searchOwn(context, at, {
    read: (since, cursor: string | undefined) =>
      outbox.send({ budgets: methodBudget("read") }, () => api.messages(from, timeOf(since), cursor)),
    isOurs: ({ blocks }) => markers.some((marker) => carriesMarker(blocks, marker, "block_id")),
  });
  return found === null ? null : { channel: from.channel, ts: found.ts };
}

/** A conversation's name in the records of sends. */
export function destinationName({ channel, thread }: Pick<Destination, "channel" | "thread">): string {
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
  { notes, ...context }: Pick<SlackContext, "api" | "outbox" | "readFailure" | "notes">,
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
