import type { APIMessage } from "discord.js";
import type { DiscordContext } from "./context.ts";
import { readFailure } from "./rest-failure.ts";

/** Sends and direct channels: a send that nobody knows the end of is looked for where it was tried. */
type Sends = Pick<DiscordContext, "sends" | "clock">;

const keptMs = 7 * 24 * 60 * 60_000;

/** Where and when a delivery was last sent as a message of its own. */
export interface NotedSend {
  channel: string;
  /** Epoch milliseconds of the first try there. */
  at: number;
}

/** Written down before it is sent. A later try in the same channel leaves the first one's time. */
export async function noteSend({ sends, clock }: Sends, delivery: string, channel: string): Promise<void> {
  const noted = await sendsOf({ sends }, delivery);
  if (!noted.some((send) => send.channel === channel)) {
    await sends.set(`send/${delivery}`, [...noted, { channel, at: clock.now() }], keptMs);
  }
}

export async function sendsOf({ sends }: Pick<Sends, "sends">, delivery: string): Promise<NotedSend[]> {
  return (await sends.get<NotedSend[]>(`send/${delivery}`)) ?? [];
}

/** A message by an interaction's token where the bot cannot look. Without `message` nobody knows whether it is there. */
export interface UnseenSend {
  channel: string;
  message?: string;
}

export async function unseenSendOf({ sends }: Pick<Sends, "sends">, delivery: string): Promise<UnseenSend | undefined> {
  return sends.get<UnseenSend>(`unseen/${delivery}`);
}

/** Makes the request for such a message, written down before and after: what may be there must not be sent again. */
export async function noteUnseen(
  { sends }: Pick<Sends, "sends">,
  delivery: string,
  channel: string,
  request: () => Promise<APIMessage>,
): Promise<APIMessage> {
  const key = `unseen/${delivery}`;
  await sends.set(key, { channel } satisfies UnseenSend, keptMs);
  try {
    const message = await request();
    await sends.set(key, { channel, message: message.id } satisfies UnseenSend, keptMs);
    return message;
  } catch (error) {
    if (readFailure(error).kind !== "unknown") {
      await sends.delete(key);
    }
    throw error;
  }
}

/** The channel of direct messages with a user. Asked for once: a bot that opens many is blocked. */
export async function directChannelOf(
  { sends, outbox, api }: Pick<DiscordContext, "sends" | "outbox" | "api">,
  user: string,
): Promise<string> {
  const key = `direct/${user}`;
  const known = await sends.get<string>(key);
  if (known !== undefined) {
    return known;
  }
  const channel = await outbox.send("bot", () => api.openDirect(user));
  await sends.set(key, channel);
  return channel;
}
