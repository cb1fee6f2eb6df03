import type { DiscordContext } from "./context.ts";

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
