import { sleep } from "@toolcast/core";
import { type APIInteractionResponse, InteractionResponseType, MessageFlags } from "discord.js";
import type { DiscordContext } from "./context.ts";
import type { Interaction } from "./interaction.ts";
import { discordLimits } from "./limits.ts";
import { codes, readFailure, wordsOf } from "./rest-failure.ts";

/** Between tries of a first answer that had no answer itself. */
const againAfterMs = 250;
/** The last try begins so long before the deadline. */
const reserveMs = 700;

/** How a first answer ended. `message` is the id of what it showed, when Discord told. */
export type Acknowledged = { shown: true; message: string | null } | { shown: false };

/**
 * Gives the first answer. Discord takes only one, so that trying again is safe: an answer it has already is told apart.
 * Never waits behind anything else that is sent.
 */
export async function respond(
  { api, clock, logger }: Pick<DiscordContext, "api" | "clock" | "logger">,
  interaction: Pick<Interaction, "id" | "token">,
  body: APIInteractionResponse,
): Promise<Acknowledged> {
  const lastTryAt = clock.now() + discordLimits.acknowledgeWithinMs - reserveMs;
  for (;;) {
    try {
      return { shown: true, message: await api.respond(interaction, body) };
    } catch (error) {
      const failure = readFailure(error);
      if (failure.kind === "refused" && failure.code === codes.alreadyAcknowledged) {
        return { shown: true, message: null };
      }
      const waitMs = failure.kind === "limited" ? failure.afterMs : againAfterMs;
      if (failure.kind === "refused" || clock.now() + waitMs > lastTryAt) {
        logger.warn({ interaction: interaction.id, reason: wordsOf(failure) }, "a first answer was not shown in time");
        return { shown: false };
      }
      await sleep(clock, waitMs);
    }
  }
}

/** "Thinking", publicly or for the asker alone. */
export function deferral(ephemeral: boolean): APIInteractionResponse {
  return {
    type: InteractionResponseType.DeferredChannelMessageWithSource,
    ...(ephemeral ? { data: { flags: MessageFlags.Ephemeral } } : {}),
  };
}

/** Takes a press, showing nothing yet. */
export const pressTaken: APIInteractionResponse = { type: InteractionResponseType.DeferredMessageUpdate };
