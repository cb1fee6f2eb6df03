import type { Logger } from "@toolcast/core";
import { wellFormed } from "@toolcast/core/surface";
import { Client, Events } from "discord.js";
import { restOptions } from "./discord-api.ts";
import { readFailure } from "./rest-failure.ts";
import { refusedByGateway } from "./start-problem.ts";

/** Asks for no intents: commands, buttons and forms come without any, and nothing else is of use here. */
export function createClient(apiUrl: string | undefined): Client {
  return new Client({
    intents: [],
    shards: "auto",
    rest: { ...restOptions, ...(apiUrl === undefined ? {} : { api: apiUrl.replace(/\/+$/, "") }) },
  });
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

export function reportConnection(client: Client, logger: Logger): void {
  const reasonOf = (error: unknown) => readFailure(error).words;
  client.on(Events.Error, (error) =>
    logger.warn({ reason: reasonOf(error) }, "the connection to Discord met an error"),
  );
  client.on(Events.ShardError, (error) => logger.warn({ reason: reasonOf(error) }, "the gateway met an error"));
  client.on(Events.ShardReconnecting, () => logger.info({}, "the gateway connects again"));
  client.on(Events.ShardResume, (_, replayed) => logger.info({ replayed }, "the gateway goes on where it was"));
  client.on(Events.ShardDisconnect, ({ code }) => {
    logger.error({ code }, refusedByGateway(code).message);
  });
}
