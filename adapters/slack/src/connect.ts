import type { LocalizedText } from "@toolcast/core";
import { Connection, unreachable } from "@toolcast/core/chat";
import type { Http } from "@toolcast/core/provider";
import type { Adapter, AdapterTools } from "@toolcast/core/surface";
import { createClient } from "./client.ts";
import { createHttpReceiver } from "./http-receiver.ts";
import { platformName } from "./place.ts";
import { createSlackApi } from "./slack-api.ts";
import { codeOf, readFailure } from "./slack-failure.ts";
import { slackFileHosts } from "./slack-hosts.ts";
import { createSlackSurface, type SlackSurfaceOptions } from "./slack-surface.ts";
import { isFinal, Sockets } from "./sockets.ts";
import { invalidAppToken, invalidToken, noPublicUrl, removedSentence } from "./start-problem.ts";

export interface SlackOptions extends Omit<SlackSurfaceOptions, "api" | "self" | "removed"> {
  /** The bot's; a secret. */
  token: string;
  /** Must trust `slackHosts`. */
  http: Http;
  /** Whose turn it is to have the sockets, and whether this process receives at all. Default: always ours. */
  turn?: AdapterTools["turn"];
  /** Opens sockets; a secret. Default: events come to the public listener. */
  appToken?: string;
  /** Verifies the signatures of requests there; a secret. */
  signingSecret?: string;
  /** The origin at which Slack reaches the public listener; null if there is none. Default: it is reached. */
  publicUrl?: string | null;
  /** A local or proxy server to use instead of Slack. Default: Slack's own. */
  apiUrl?: string;
}

const refusedTokens = new Set(["invalid_auth", "not_authed", "token_expired", "token_revoked", "account_inactive"]);

/** Toolcast on Slack. */
export function createSlack(options: SlackOptions): Adapter {
  const { token, appToken, signingSecret, apiUrl, clock, logger, http } = options;
  const api = createSlackApi(createClient(token, apiUrl, logger), http, slackFileHosts(apiUrl));
  let self = { team: "", bot: "", botName: "toolcast" };
  let isRemoved = false;
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
  const take: typeof slack.take = (payload, acknowledge, notTaken) =>
    slack.take(
      payload,
      async (answer) => {
        try {
          await acknowledge(answer);
        } catch (error) {
          // Anything that may spend money is stored by then, and is carried out anyway.
          logger.warn({ reason: readFailure(error).detail }, "an acknowledgement did not reach Slack");
        }
      },
      notTaken,
    );
  const sockets = appToken === undefined ? null : new Sockets({ appToken, clock, logger, http, take, apiUrl });
  const receive =
    sockets !== null || signingSecret === undefined ? null : createHttpReceiver({ signingSecret, clock, logger, take });

  const connection = new Connection({
    ...{ platform: platformName, clock, logger, readFailure },
    async introduce() {
      if (receive !== null && options.publicUrl === null) {
        throw noPublicUrl();
      }
      const { team, bot, botName } = await api.identify().catch((error: unknown) => {
        throw refusedTokens.has(codeOf(error) ?? "") ? invalidToken() : error;
      });
      self = { team, bot, botName };
    },
    recover: () => slack.recover(),
    async receive() {
      await sockets?.start().catch((error: unknown) => {
        throw isFinal(error) ? invalidAppToken() : error;
      });
      logger.info({ team: self.team }, "connected to Slack");
    },
    turn: options.turn,
    // Slack's requests to the public listener.
    anyReceives: sockets === null,
    rest: async () => sockets?.rest(),
  });

  function awaySinceMade(): LocalizedText | null {
    if (isRemoved) {
      return removedSentence;
    }
    if (sockets?.isRefused) {
      return invalidAppToken().sentence;
    }
    return (sockets?.isConnected ?? true) ? null : unreachable(platformName);
  }

  return {
    surface: slack.surface,
    start: () => connection.start(),
    async close() {
      connection.close();
      await sockets?.close();
      await slack.close();
    },
    handlePublic: async (request) => receive?.(request) ?? null,
    away: () => connection.away(awaySinceMade),
  };
}
