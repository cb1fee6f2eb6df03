import type { LocalizedText, Logger } from "@toolcast/core";
import { unreachable } from "@toolcast/core/chat";
import { wellFormed } from "@toolcast/core/surface";
import { Client, Events } from "discord.js";
import { restOptionsAt } from "./discord-api.ts";
import { HandledShards, type ShardManager } from "./handled-shards.ts";
import { platformName } from "./place.ts";
import { readFailure } from "./rest-failure.ts";
import { reconnecting } from "./start-problem.ts";

/**
 * Requests no intents: commands, buttons and forms arrive without any, and nothing else is needed. `report` hears of
 * failures on the gateway that discord.js leaves to the process.
 */
export function createClient(apiUrl: string | undefined, report: (error: unknown) => void = () => {}): Client {
  const buildStrategy = (manager: ShardManager) => new HandledShards(manager, report);
  return new Client({ intents: [], shards: "auto", rest: restOptionsAt(apiUrl), ws: { buildStrategy } });
}

interface Packet {
  t: string | null;
  d: unknown;
}

/**
 * Takes interactions as they come over the wire, before discord.js builds objects from them: for types it does not
 * know, that throws inside its socket listener.
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

/**
 * One connection at a time. discord.js restores it while Discord allows that; a client that was closed stays closed.
 */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #reconnecting = new Set<number>();
  #client: Client | null = null;

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  /** Why no events arrive at the moment; null while they do. */
  get away(): LocalizedText | null {
    if (this.#client === null) {
      return unreachable(platformName);
    }
    return this.#reconnecting.size > 0 ? reconnecting : null;
  }

  /** Resolves when interactions can arrive; rejects when Discord does not let us connect. */
  async open(): Promise<void> {
    await this.close();
    const { token, apiUrl, logger, take, closed } = this.#options;
    const client = createClient(apiUrl, (error) =>
      logger.warn({ reason: readFailure(error).detail }, "the gateway's connection was given up for a newer one"),
    );
    takeInteractions(client, take);
    this.#report(client);
    client.on(Events.ShardDisconnect, ({ code }) => {
      // The first of several shards is enough; rejects when the login is refused.
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
    client.on(Events.Error, (error) => logger.warn({ reason: reasonOf(error) }, "error on the connection to Discord"));
    client.on(Events.ShardError, (error) => logger.warn({ reason: reasonOf(error) }, "error on the gateway"));
    client.on(Events.ShardReconnecting, (shard) => {
      this.#reconnecting.add(shard);
      logger.info({}, "the gateway is reconnecting");
    });
    client.on(Events.ShardResume, (shard, replayed) => {
      this.#reconnecting.delete(shard);
      logger.info({ replayed }, "the gateway has resumed its session");
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
