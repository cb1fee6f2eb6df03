import { silentLogger } from "@toolcast/core";
import { readFailure } from "./api-failure.ts";
import { cloud, createBotApi } from "./bot-api.ts";
import type { TelegramSurfaceOptions } from "./telegram-surface.ts";

/** A machine that reaches its own server may be unable to reach Telegram's. */
const withinMs = 10_000;

interface LeaveOptions
  extends Pick<TelegramSurfaceOptions, "token" | "apiRoot" | "filesDirectory" | "state" | "clock" | "logger"> {
  /** Default `https://api.telegram.org`. */
  cloudRoot?: string;
}

/**
 * Logs the bot out of Telegram's own server before it first uses another one, which Telegram asks for; that server
 * takes the bot back after 10 minutes at the earliest, so it is done once and remembered. An address elsewhere without
 * a shared folder may only relay to Telegram's server: such a bot stays logged in. Never rejects.
 */
export async function leaveCloud(options: LeaveOptions): Promise<void> {
  const { token, apiRoot, filesDirectory, state, logger = silentLogger } = options;
  const bot = token.split(":", 1)[0] as string;
  const left = state.keyv("telegram-cloud");
  if (apiRoot === cloud) {
    await left.delete(bot);
    return;
  }
  const isOwn = filesDirectory !== undefined || isOnThisMachine(apiRoot);
  if (!isOwn || (await left.get(bot)) !== undefined) {
    return;
  }
  try {
    await createBotApi({ ...options, apiRoot: options.cloudRoot ?? cloud }).call("logOut", {}, { timeoutMs: withinMs });
    logger.info({}, "the bot has left Telegram's own server, which takes it back after 10 minutes at the earliest");
  } catch (error) {
    const failure = readFailure(error);
    logger.info({ reason: failure.detail }, "the bot was not logged out of Telegram's own server");
    if (failure.status === undefined) {
      return;
    }
  }
  await left.set(bot, apiRoot);
}

function isOnThisMachine(root: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(root).hostname);
}
