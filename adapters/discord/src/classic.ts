import type { Message } from "@toolcast/core";
import { type APIMessage, MessageFlags } from "discord.js";
import type { ComposeOptions } from "./compose.ts";
import type { DiscordContext } from "./context.ts";
import { playsRecording } from "./layout.ts";
import { readFailure, SendRefused } from "./rest-failure.ts";

/** Whether a message has Components V2, which it keeps: it never plays a recording. */
export function hasComponents({ flags }: { flags?: number | null | undefined }): boolean {
  return ((flags ?? 0) & MessageFlags.IsComponentsV2) !== 0;
}

/**
 * Whether `message` can be shown and heard in place of what a message of ours shows now. `look` is asked only where
 * there is something to hear; what is not to be seen cannot be made to play anything.
 */
export async function canPlay(
  { outbox }: Pick<DiscordContext, "outbox">,
  message: Message,
  kind: "bot" | "interaction",
  look: () => Promise<APIMessage>,
): Promise<boolean> {
  if (!playsRecording(message, {})) {
    return true;
  }
  try {
    return !hasComponents(await outbox.send(kind, look));
  } catch (error) {
    const failure = readFailure(error);
    if (failure.kind === "refused") {
      return false;
    }
    // Nothing was sent by looking.
    throw failure.kind === "unknown" ? new SendRefused({ kind: "unsent", reason: failure.reason }) : error;
  }
}

/** The form in which a message is shown in place of another: a recording in components can be saved, if not heard. */
export async function formInPlace(...about: Parameters<typeof canPlay>): Promise<Pick<ComposeOptions, "classic">> {
  return (await canPlay(...about)) ? {} : { classic: false };
}
