import { type App, SocketModeReceiver } from "@slack/bolt";
import type { Logger } from "@toolcast/core";
import { type Clock, sleep } from "@toolcast/core/engine";
import type { Http } from "@toolcast/core/provider";
import { ProxyAgent } from "undici";
import { libraryLogger } from "./client.ts";
import { codeOf, readFailure } from "./slack-failure.ts";
import type { Transport } from "./ways.ts";

interface SocketOptions {
  /** A secret. */
  appToken: string;
  apiUrl?: string;
  /** Knows the proxy to use for Slack's sockets. */
  http: Pick<Http, "proxyFor">;
  clock: Clock;
  logger: Logger;
  take(payload: unknown, acknowledge: Transport): void;
}

/** Slack closes each socket every few hours; another one stays open meanwhile. */
const socketsOpen = 2;
const againAfterMs = { first: 1_000, longest: 60_000 };
/** A socket that lasted longer is replaced without a pause. */
const steadyMs = 10_000;
/** Slack closes a socket about ten seconds after it has said so. */
const closesWithinMs = 30_000;

const finalCodes = new Set([
  "invalid_auth",
  "not_allowed_token_type",
  "token_revoked",
  "missing_scope",
  "account_inactive",
]);

/** Whether sockets will never open with this token. */
export function isFinal(error: unknown): boolean {
  return finalCodes.has(codeOf(error) ?? "");
}

/** Socket Mode through Bolt's receiver, replaced by a new one as soon as Slack announces that it will close. */
export class Sockets {
  readonly #options: SocketOptions;
  #stop = new AbortController();
  readonly #open = new Set<SocketModeReceiver>();
  /** The library's sockets ignore the global proxy settings. */
  readonly #proxy: ProxyAgent | null;
  #isRefused = false;

  constructor(options: SocketOptions) {
    this.#options = options;
    const proxy = options.http.proxyFor?.(new URL(options.apiUrl ?? "https://slack.com/api/")) ?? null;
    this.#proxy = proxy === null ? null : new ProxyAgent({ uri: proxy.href, allowH2: false, proxyTunnel: true });
  }

  /** True while Slack can reach us. */
  get isConnected(): boolean {
    return this.#open.size > 0;
  }

  /** True once Slack refuses to open sockets for this token, until it opens one again. */
  get isRefused(): boolean {
    return this.#isRefused && !this.isConnected;
  }

  /** Resolves when the first socket is open; rejects when it cannot be opened, without trying again. */
  async start(): Promise<void> {
    this.#stop.abort();
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const first = await this.#connect(signal);
    void this.#keep(first, signal);
    for (let more = 1; more < socketsOpen; more += 1) {
      void this.#keep(null, signal);
    }
  }

  /** Closes them; they may be started again. */
  async rest(): Promise<void> {
    this.#stop.abort();
    await Promise.all([...this.#open].map((receiver) => receiver.stop().catch(() => {})));
  }

  async close(): Promise<void> {
    await this.rest();
    await this.#proxy?.destroy();
  }

  async #keep(given: Connection | null, signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#options;
    let connection = given;
    for (let waitMs = againAfterMs.first; !signal.aborted; ) {
      const begunAt = clock.monotonic();
      try {
        connection ??= await this.#connect(signal);
        await connection.ended;
        this.#isRefused = false;
      } catch (error) {
        logger.warn({ reason: readFailure(error).detail }, "a socket to Slack could not be opened");
        this.#isRefused = isFinal(error);
      }
      connection = null;
      if (clock.monotonic() - begunAt > steadyMs) {
        waitMs = againAfterMs.first;
        continue;
      }
      await sleep(clock, this.#isRefused ? againAfterMs.longest : waitMs, signal).catch(() => {});
      waitMs = Math.min(waitMs * 2, againAfterMs.longest);
    }
  }

  async #connect(signal: AbortSignal): Promise<Connection> {
    const { appToken, apiUrl, clock, logger, take } = this.#options;
    const receiver = new SocketModeReceiver({
      appToken,
      autoReconnectEnabled: false,
      ...(this.#proxy === null ? {} : { dispatcher: this.#proxy }),
      logger: libraryLogger(logger),
      installerOptions: {
        clientOptions: { retryConfig: { retries: 0 }, slackApiUrl: apiUrl },
      },
    });
    const { client } = receiver;
    // Bolt's own app acknowledges events before they are stored.
    const app = {
      async processEvent({ body, ack }: { body: unknown; ack(answer?: object): Promise<void> }) {
        take(body, (answer) => ack(answer));
      },
    };
    receiver.init(app as unknown as App);
    const ended = new Promise<void>((resolve) => {
      client.on("disconnected", () => {
        this.#open.delete(receiver);
        resolve();
      });
      // At the first warning the library would close the socket, through which events and acknowledgements still go.
      const [handle] = client.listeners("ws_message");
      client.removeAllListeners("ws_message");
      client.on("ws_message", (message: unknown, ...rest: unknown[]) => {
        if (!/"type":\s*"disconnect"/.test(String(message).slice(0, 200))) {
          handle?.(message, ...rest);
          return;
        }
        resolve();
        void sleep(clock, closesWithinMs, signal).then(
          () => receiver.stop().catch(() => {}),
          () => {},
        );
      });
    });
    await receiver.start();
    this.#open.add(receiver);
    if (signal.aborted) {
      await receiver.stop().catch(() => {});
    }
    return { ended };
  }
}

interface Connection {
  /** Resolves when it closes, or Slack has announced that it will. */
  ended: Promise<void>;
}
