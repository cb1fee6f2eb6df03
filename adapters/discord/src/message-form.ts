import type { Message } from "@toolcast/core";
import { type Send, SendError } from "@toolcast/core/chat";
import { type APIMessage, MessageFlags } from "discord.js";
import type { ComposeOptions } from "./compose.ts";
import type { DiscordContext } from "./context.ts";
import { playsRecording } from "./layout.ts";
import { failures, readFailure } from "./rest-failure.ts";

/** Whether a message has Components V2. It cannot lose them, and never plays a recording. */
export function hasComponents({ flags }: { flags?: number | null | undefined }): boolean {
  return ((flags ?? 0) & MessageFlags.IsComponentsV2) !== 0;
}

/**
 * The form in which `message` replaces the content of one of our messages: a recording that would not play there goes
 * into components, where it can be saved. `look` is called only when there is a recording; a message that cannot be
 * seen is assumed not to play it.
 */
export async function formInPlace(
  { outbox }: Pick<DiscordContext, "outbox">,
  message: Message,
  send: Send,
  look: () => Promise<APIMessage>,
): Promise<Pick<ComposeOptions, "asContent">> {
  if (!playsRecording(message, {})) {
    return {};
  }
  try {
    return hasComponents(await outbox.send(send, look)) ? { asContent: false } : {};
  } catch (error) {
    const failure = readFailure(error);
    if (failure.kind === "refused") {
      return { asContent: false };
    }
    // Looking sent nothing.
    throw failure.kind === "unknown" ? new SendError(failures.later(15_000, { detail: failure.detail })) : error;
  }
}
