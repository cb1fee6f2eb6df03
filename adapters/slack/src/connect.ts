import type { LocalizedText } from "@toolcast/core";
import { type Adapter, AdapterStartError } from "@toolcast/core/surface";
import { createClient } from "./client.ts";
import { createHttpReceiver } from "./http-receiver.ts";
import { createSlackApi } from "./slack-api.ts";
import { codeOf, readFailure } from "./slack-failure.ts";
import { createSlackSurface, type SlackSurfaceOptions } from "./slack-surface.ts";
import { Sockets } from "./sockets.ts";
import { invalidAppToken, invalidToken, removedSentence, unreachableSentence } from "./start-problem.ts";

export interface SlackOptions extends Omit<SlackSurfaceOptions, "api" | "self" | "removed"> {
  /** Opens sockets; a secret. Default: events come to the public listener. */
  appToken?: string;
  /** Verifies the signatures of requests there; a secret. */
  signingSecret?: string;
  /** A local or proxy server to use instead of Slack. Default: Slack's own. */
  apiUrl?: string;
}

const againAfterMs = { first: 5_000, longest: 5 * 60_000 };
const refusedTokens = new Set(["invalid_auth", "not_authed", "token_expired", "token_revoked", "account_inactive"]);
const refusedSockets = new Set(["invalid_auth", "not_allowed_token_type", "missing_scope", "token_revoked"]);

/** Toolcast on Slack. */
export function createSlack(options: SlackOptions): Adapter {
  const { token, appToken, signingSecret, apiUrl, clock, logger, http } = options;
  const api = createSlackApi(createClient(token, apiUrl, logger), http);
  let self = { team: "", botName: "toolcast" };
  let isRemoved = false;
  let isRecovered = false;
  let isConnected = false;
  /** A problem met after the start that only an operator can fix. */
  let refusal: LocalizedText | null = null;
  let isClosed = false;
  let cancelTry: (() => void) | undefined;
  const slack = createSlackSurface({
    ...options,
    api,
    self: () => self,
    removed() {
      isRemoved = true;
      api.forget();
      logger.error({}, removedSentence.en);
    },
  });
  const take: typeof slack.take = (payload, acknowledge) =>
    slack.take(payload, async (answer) => {
      try {
        await acknowledge(answer);
      } catch (error) {
        // Anything that may spend money is stored by then, and is carried out anyway.
        logger.warn({ reason: readFailure(error).detail }, "an acknowledgement did not reach Slack");
      }
    });
  const sockets = appToken === undefined ? null : new Sockets({ appToken, clock, logger, http, take, apiUrl });
  const receive =
    sockets !== null || signingSecret === undefined ? null : createHttpReceiver({ signingSecret, clock, take });

  async function connect(): Promise<void> {
    const { team, botName } = await api.identify().catch((error: unknown) => {
      throw refusedTokens.has(codeOf(error) ?? "") ? invalidToken() : error;
    });
    self = { team, botName };
    if (!isRecovered) {
      await slack.recover();
      isRecovered = true;
    }
    await sockets?.start().catch((error: unknown) => {
      throw refusedSockets.has(codeOf(error) ?? "") ? invalidAppToken() : error;
    });
    isConnected = true;
    logger.info({ team }, "connected to Slack");
  }

  async function tryToConnect(waitMs: number): Promise<void> {
    try {
      await connect();
    } catch (error) {
      if (isClosed || AdapterStartError.isInstance(error)) {
        throw error;
      }
      logger.warn({ reason: readFailure(error).detail }, "Slack cannot be reached; trying again");
      cancelTry = clock.setTimer(waitMs, () => {
        tryToConnect(Math.min(waitMs * 2, againAfterMs.longest)).catch((later: unknown) => {
          refusal = AdapterStartError.isInstance(later) ? later.sentence : null;
          logger.error({ reason: later instanceof Error ? later.message : "unknown" }, "Slack is not connected");
        });
      });
    }
  }

  function away(): LocalizedText | null {
    if (isRemoved || refusal !== null) {
      return refusal ?? removedSentence;
    }
    if (sockets?.isRefused) {
      return invalidAppToken().sentence;
    }
    return isConnected && (sockets?.isConnected ?? true) ? null : unreachableSentence;
  }

  return {
    surface: slack.surface,
    start: () => tryToConnect(againAfterMs.first),
    async close() {
      isClosed = true;
      cancelTry?.();
      await sockets?.close();
      await slack.close();
    },
    handlePublic: async (request) => receive?.(request) ?? null,
    away,
  };
}
