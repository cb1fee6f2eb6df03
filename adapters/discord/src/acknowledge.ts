import type { Opened } from "@toolcast/core/chat";
import { sleep } from "@toolcast/core/engine";
import { type APIInteractionResponse, InteractionResponseType, MessageFlags } from "discord.js";
import type { DiscordContext } from "./context.ts";
import type { Interaction } from "./interaction.ts";
import { discordLimits } from "./limits.ts";
import { codes, readFailure } from "./rest-failure.ts";

/** Between attempts to send a first answer that Discord has not confirmed. */
const againAfterMs = 250;
/** The last attempt begins at least this long before the deadline. */
const reserveMs = 700;

/**
 * Gives the first answer. Discord accepts only one, so retrying is safe: an answer found after an attempt with an
 * unknown outcome came from that attempt, and any other came from another process. Never waits behind other sends.
 */
export function respond(context: Answering, interaction: Answered, body: APIInteractionResponse): Promise<Opened> {
  return context.turnstile.answer(() => tryToRespond(context, interaction, body, () => {}));
}

/**
 * The same for an event that was stored first. Other processes with this data directory leave it alone, so anyone else
 * who answers it uses another data directory and would pay for the work again.
 */
export function respondAlone(
  context: Answering & Pick<DiscordContext, "noteStranger">,
  interaction: Answered,
  body: APIInteractionResponse,
): Promise<Opened> {
  return context.turnstile.answer(() => tryToRespond(context, interaction, body, context.noteStranger));
}

/** Logs one error when another installation answers with this token. */
export function strangerAlarm(logger: DiscordContext["logger"]): () => void {
  let isSaid = false;
  return () => {
    if (!isSaid) {
      isSaid = true;
      logger.error(
        {},
        "another Toolcast with its own data directory uses this DISCORD_TOKEN: whichever answers a request first handles it. Stop one of them, or give it another bot",
      );
    }
  };
}

type Answering = Pick<DiscordContext, "api" | "clock" | "logger" | "turnstile">;
type Answered = Pick<Interaction, "id" | "token">;

async function tryToRespond(
  { api, clock, logger }: Answering,
  interaction: Answered,
  body: APIInteractionResponse,
  answeredByAnother: () => void,
): Promise<Opened> {
  const deadline = clock.monotonic() + discordLimits.acknowledgeWithinMs;
  for (let unclear = false; ; ) {
    const late = new AbortController();
    const cancel = clock.setTimer(deadline - clock.monotonic(), () => late.abort());
    try {
      return { shown: true, message: await api.respond(interaction, body, late.signal) };
    } catch (error) {
      const failure = readFailure(error);
      if (failure.kind === "refused" && failure.code === codes.alreadyAcknowledged) {
        if (unclear) {
          return { shown: true, message: null };
        }
        answeredByAnother();
        return { shown: false, unclear: false };
      }
      unclear ||= failure.kind === "unknown";
      const waitMs = failure.kind === "limited" ? failure.afterMs : againAfterMs;
      if (failure.kind === "refused" || clock.monotonic() + waitMs > deadline - reserveMs) {
        logger.warn({ interaction: interaction.id, reason: failure.detail }, "a first answer was not shown in time");
        return { shown: false, unclear: unclear && failure.kind !== "refused" };
      }
      await sleep(clock, waitMs);
    } finally {
      cancel();
    }
  }
}

/** "Thinking", shown publicly or only to the asker. */
export function deferral(ephemeral: boolean): APIInteractionResponse {
  return {
    type: InteractionResponseType.DeferredChannelMessageWithSource,
    ...(ephemeral ? { data: { flags: MessageFlags.Ephemeral } } : {}),
  };
}

/** Acknowledges a press without showing anything yet. */
export const pressTaken: APIInteractionResponse = { type: InteractionResponseType.DeferredMessageUpdate };
