import type { Caller } from "@toolcast/core";
import { formatDuration, say } from "@toolcast/core/surface";
import { refuseStranger } from "./ask-access.ts";
import { lateMs } from "./backlog.ts";
import type { Address } from "./place.ts";
import { sentences } from "./sentences.ts";
import { type Taking, warn } from "./taking.ts";
import { answerPress } from "./telegram-port.ts";
import type { InboundMessage, InboundPress } from "./update.ts";

/** What wants to start work that may cost money. */
interface Start {
  /** The message that says so, with its date; absent for a press. */
  message?: Pick<InboundMessage, "date" | "chat">;
  press?: InboundPress;
  /** The form it completes, which may have been begun in another chat. */
  form?: string | undefined;
}

/** Why somebody may not start paid work now: they have been answered. Null if they may. */
export async function refusedStart(
  taking: Taking,
  caller: Caller,
  { message, press, form }: Start,
): Promise<"stranger" | "late" | null> {
  const { context, since, tell } = taking;
  const { locale } = caller;
  if (!(await context.access.has(caller, form))) {
    await tell(() =>
      press === undefined
        ? refuseStranger(context, caller, message?.chat.title ?? null)
        : answerPress(context, press.id, sentences.noAccess[locale]),
    );
    return "stranger";
  }
  const ageMs = context.clock.now() - (message?.date ? message.date * 1_000 : since);
  if (ageMs <= lateMs) {
    return null;
  }
  if (press === undefined) {
    await warn(taking, caller, say(sentences.late, locale, { duration: formatDuration(ageMs, locale) }));
  } else {
    // Telegram hardly shows the answer to a press after so long.
    await tell(() => answerPress(context, press.id));
    await warn(taking, caller, sentences.latePress[locale]);
  }
  return "late";
}

/** Remembers that a form which continues in a private chat was begun in a group, whose access it keeps. */
export async function noteOrigin({ context }: Taking, caller: Caller, form: string): Promise<void> {
  const { chat, isPrivate } = caller.place.address as Address;
  if (!isPrivate) {
    await context.access.noteOrigin(form, chat);
  }
}
