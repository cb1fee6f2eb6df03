import { createHttp, type Finding, type Logger, systemClock, type Tool } from "@toolcast/core";
import { createDiscord, DiscordStartError, diagnoseDiscord, discordHosts } from "@toolcast/discord";
import type { Configuration } from "../configuration/configuration.ts";
import { ConfigurationError } from "../configuration/configuration-error.ts";
import type { Installation } from "../installation.ts";

/** Connects to Discord when there is a token; before the runtime starts. Gives what closes it. */
export async function openDiscord(
  { discord, trustedHosts }: Configuration,
  { runtime, state }: Installation,
  logger: Logger,
): Promise<() => Promise<void>> {
  if (discord === undefined) {
    return async () => {};
  }
  const fileHosts = [...discordHosts(discord.apiUrl), ...trustedHosts];
  const http = createHttp({ trustedHosts: () => fileHosts, clock: systemClock });
  const connection = createDiscord({ ...discord, runtime, state, http, fileHosts, clock: systemClock, logger });
  const close = async () => {
    await connection.close();
    await http.close();
  };
  runtime.attach(connection.surface);
  try {
    await connection.start();
  } catch (error) {
    await close();
    throw error instanceof DiscordStartError
      ? new ConfigurationError([{ variable: error.variable, sentence: error.sentence }])
      : error;
  }
  return close;
}

/** What `doctor` says of Discord; nothing without a token. */
export async function discordFindings(
  { discord }: Configuration,
  tools: readonly Tool[],
): Promise<(Finding & { subject: string })[]> {
  const subject = "Discord";
  return discord === undefined
    ? []
    : (await diagnoseDiscord({ ...discord, tools })).map((finding) => ({ ...finding, subject }));
}
