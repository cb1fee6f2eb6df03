import type { Clock } from "../ground/clock.ts";
import type { State } from "../state/open-state.ts";
import type { ReadFailure } from "./send-failure.ts";

const keptMs = 7 * 24 * 60 * 60_000;

/** Where and when a delivery was last sent as a separate message. */
export interface NotedSend {
  /** The conversation, as the surface names it. */
  channel: string;
  /** Epoch milliseconds of the first try there. */
  at: number;
}

/** A message that the bot cannot look for. Without `message` it is unknown whether it was sent. */
export interface UnseenSend {
  channel: string;
  message?: string;
}

/**
 * Notes about sends. With them, a message that may have been sent is looked for where it was tried, or, where nobody
 * can look, not sent twice. Kept for a week; direct conversations for ever.
 */
export class SendNotes {
  readonly #keyv: ReturnType<State["keyv"]>;
  readonly #clock: Clock;
  readonly #readFailure: ReadFailure;

  constructor(options: { surface: string; state: State; clock: Clock; readFailure: ReadFailure }) {
    this.#keyv = options.state.keyv(`${options.surface}-sends`);
    this.#clock = options.clock;
    this.#readFailure = options.readFailure;
  }

  /** To be called before a message is sent. A later attempt in the same conversation keeps the time of the first. */
  async noteSend(delivery: string, channel: string): Promise<void> {
    const noted = await this.sendsOf(delivery);
    if (!noted.some((send) => send.channel === channel)) {
      await this.#keyv.set(`send/${delivery}`, [...noted, { channel, at: this.#clock.now() }], keptMs);
    }
  }

  async sendsOf(delivery: string): Promise<NotedSend[]> {
    return (await this.#keyv.get<NotedSend[]>(`send/${delivery}`)) ?? [];
  }

  async unseenSendOf(delivery: string): Promise<UnseenSend | undefined> {
    return this.#keyv.get<UnseenSend>(`unseen/${delivery}`);
  }

  /**
   * Sends a message that cannot be looked for, with a note before and after: what may have been sent must not be sent
   * again. `request` returns the message with its id, or null if nothing was sent.
   */
  async sendUnseen<Sent extends { id: string } | null>(
    delivery: string,
    channel: string,
    request: () => Promise<Sent>,
  ): Promise<Sent> {
    const key = `unseen/${delivery}`;
    await this.#keyv.set(key, { channel } satisfies UnseenSend, keptMs);
    try {
      const message = await request();
      await (message === null
        ? this.#keyv.delete(key)
        : this.#keyv.set(key, { channel, message: message.id } satisfies UnseenSend, keptMs));
      return message;
    } catch (error) {
      if (this.#readFailure(error).kind !== "unknown") {
        await this.#keyv.delete(key);
      }
      throw error;
    }
  }

  /**
   * The conversation between the bot and one person. Opened only once, because platforms block a bot that opens many.
   */
  async directChannelOf(person: string, openDirect: () => Promise<string>): Promise<string> {
    const key = `direct/${person}`;
    const known = await this.#keyv.get<string>(key);
    if (known !== undefined) {
      return known;
    }
    const channel = await openDirect();
    await this.#keyv.set(key, channel);
    return channel;
  }
}
