import { type LogLevel as Level, LogLevel, WebClient } from "@slack/web-api";
import type { Logger } from "@toolcast/core";

/**
 * Sends the library's log lines to our log. Only warnings and errors are passed on, because the others may quote
 * requests.
 */
export function libraryLogger(logger: Logger) {
  const said = (words: unknown[]) => ({ words: words.map(String).join(" ").slice(0, 500) });
  return {
    debug() {},
    info() {},
    warn: (...words: unknown[]) => logger.warn(said(words), "warning from Slack's library"),
    error: (...words: unknown[]) => logger.warn(said(words), "error in Slack's library"),
    setLevel(_level: Level) {},
    getLevel: () => LogLevel.WARN,
    setName(_name: string) {},
  };
}

/** The Web API, without automatic retries: a message that may already be there must not be sent again. */
export function createClient(token: string, apiUrl: string | undefined, logger: Logger): WebClient {
  return new WebClient(token, {
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: 30_000,
    logger: libraryLogger(logger),
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl.endsWith("/") ? apiUrl : `${apiUrl}/` }),
  });
}
