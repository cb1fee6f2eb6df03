import { type LogLevel as Level, LogLevel, WebClient } from "@slack/web-api";
import type { Logger } from "@toolcast/core";

/** The library's words go where ours go. It may say what a request held, so that only its warnings are passed on. */
export function libraryLogger(logger: Logger) {
  const said = (words: unknown[]) => ({ words: words.map(String).join(" ").slice(0, 500) });
  return {
    debug() {},
    info() {},
    warn: (...words: unknown[]) => logger.warn(said(words), "Slack's library warns"),
    error: (...words: unknown[]) => logger.warn(said(words), "Slack's library met an error"),
    setLevel(_level: Level) {},
    getLevel: () => LogLevel.WARN,
    setName(_name: string) {},
  };
}

/** The Web API. Nothing is repeated by itself: a message that may be there must not be sent again. */
export function createClient(token: string, apiUrl: string | undefined, logger: Logger): WebClient {
  return new WebClient(token, {
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: 30_000,
    logger: libraryLogger(logger),
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl.endsWith("/") ? apiUrl : `${apiUrl}/` }),
  });
}
