import type { Opened } from "@toolcast/core/chat";
import { sleep } from "@toolcast/core/engine";
import { type APIInteractionResponse, InteractionResponseType, MessageFlags } from "discord.js";
import type { DiscordContext } from "./context.ts";
import type { Interaction } from "./interaction.ts";
import { discordLimits } from "./limits.ts";
import { codes, readFailure } from "./rest-failure.ts";

/** Between tries of a first answer that had no answer itself. */
const againAfterMs = 250;
/** The last try begins so long before the deadline. */
const reserveMs = 700;

/**
 * Gives the first answer. Discord takes only one, so that trying again is safe: one that is there after a try whose fate
 * nobody knows is that try's, and any other is somebody else's. Never waits behind anything else that is sent.
 */
export function respond(context: Answering, interaction: Answered, body: APIInteractionResponse): Promise<Opened> {
  return context.turnstile.answer(() => tryToRespond(context, interaction, body, () => {}));
}

/**
 * The same for an event that was written down first: the other processes of this data directory leave it alone, so that
 * whoever answers it besides has another one, and would pay for everything once more.
 */
export function respondAlone(
  context: Answering & Pick<DiscordContext, "noteStranger">,
  interaction: Answered,
  body: APIInteractionResponse,
): Promise<Opened> {
  return context.turnstile.answer(() => tryToRespond(context, interaction, body, context.noteStranger));
}

/** Says once, loudly, that somebody else answers with this token. */
export function strangerAlarm(logger: DiscordContext["logger"]): () => void {
  let isSaid = false;
  return () => {
    if (!isSaid) {
      isSaid = true;
      logger.error(
        {},
        "another Toolcast with a data directory of its own uses this DISCORD_TOKEN: each request is left to the one that answers first. Stop one of them, or give it another bot",
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

/** "Thinking", publicly or for the asker alone. */
export function deferral(ephemeral: boolean): APIInteractionResponse {
  return {
    type: InteractionResponseType.DeferredChannelMessageWithSource,
    ...(ephemeral ? { data: { flags: MessageFlags.Ephemeral } } : {}),
  };
}

/** Takes a press, showing nothing yet. */
export const pressTaken: APIInteractionResponse = { type: InteractionResponseType.DeferredMessageUpdate };
