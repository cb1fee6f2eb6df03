import type { LocalizedText, Logger } from "@toolcast/core";
import { wellFormed } from "@toolcast/core/surface";
import { Client, Events } from "discord.js";
import { restOptionsAt } from "./discord-api.ts";
import { readFailure } from "./rest-failure.ts";
import { reasons } from "./start-problem.ts";

/** Asks for no intents: commands, buttons and forms come without any, and nothing else is of use here. */
export function createClient(apiUrl: string | undefined): Client {
  return new Client({ intents: [], shards: "auto", rest: restOptionsAt(apiUrl) });
}

interface Packet {
  t: string | null;
  d: unknown;
}

/**
 * Takes interactions as they come over the wire, before discord.js makes objects of them: that throws, in the middle of
 * its socket's listener, for what it does not know.
 */
export function takeInteractions(client: Client, take: (payload: unknown) => void): void {
  const raw = client as unknown as { on(event: string, listener: (packet: Packet) => void): void };
  raw.on(Events.Raw, (packet) => {
    if (packet.t === "INTERACTION_CREATE") {
      const payload = packet.d;
      packet.t = null;
      take(wellFormed(payload));
    }
  });
}

interface GatewayOptions {
  /** The bot's token; a secret. */
  token: string;
  apiUrl: string | undefined;
  logger: Logger;
  take(payload: unknown): void;
  /** Discord has closed the connection with a code after which discord.js does not connect again. */
  closed(code: number): void;
}

/** One connection at a time. discord.js restores it as long as Discord lets it; a client that was closed stays so. */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #reconnecting = new Set<number>();
  #client: Client | null = null;

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  /** Why nothing comes at the moment; null while it does. */
  get away(): LocalizedText | null {
    if (this.#client === null) {
      return reasons.unreachable;
    }
    return this.#reconnecting.size > 0 ? reasons.reconnecting : null;
  }

  /** Resolves when Discord tells us of interactions; rejects when it does not let us in. */
  async open(): Promise<void> {
    await this.close();
    const { token, apiUrl, take, closed } = this.#options;
    const client = createClient(apiUrl);
    takeInteractions(client, take);
    this.#report(client);
    client.on(Events.ShardDisconnect, ({ code }) => {
      // Of several shards the first is enough; a login that is refused rejects.
      if (this.#client === client) {
        void this.close();
        closed(code);
      }
    });
    try {
      await client.login(token);
    } catch (error) {
      await end(client);
      throw error;
    }
    this.#client = client;
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    this.#reconnecting.clear();
    if (client !== null) {
      await end(client);
    }
  }

  #report(client: Client): void {
    const { logger } = this.#options;
    const reasonOf = (error: unknown) => readFailure(error).detail;
    client.on(Events.Error, (error) =>
      logger.warn({ reason: reasonOf(error) }, "the connection to Discord met an error"),
    );
    client.on(Events.ShardError, (error) => logger.warn({ reason: reasonOf(error) }, "the gateway met an error"));
    client.on(Events.ShardReconnecting, (shard) => {
      this.#reconnecting.add(shard);
      logger.info({}, "the gateway connects again");
    });
    client.on(Events.ShardResume, (shard, replayed) => {
      this.#reconnecting.delete(shard);
      logger.info({ replayed }, "the gateway goes on where it was");
    });
    client.on(Events.ShardReady, (shard) => {
      this.#reconnecting.delete(shard);
    });
  }
}

async function end(client: Client): Promise<void> {
  client.removeAllListeners();
  client.on(Events.Error, () => {});
  await client.destroy();
}
