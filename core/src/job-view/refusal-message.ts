import type { Failure } from "../errors/errors.ts";
import { say } from "../messages/sentence.ts";
import type { Caller } from "../people/caller.ts";
import type { Message } from "../surface/message.ts";
import { failureFields } from "./job-message.ts";

/** Why a request was refused, in the language of whoever reads it. */
export function refusalMessage(
  failure: Failure,
  { locale, private: isPrivate = false }: Pick<Caller, "locale" | "private">,
): Message {
  const isAskersOwn = failure.kind === "usage" || failure.kind === "policy";
  return {
    tone: isAskersOwn ? "warning" : "error",
    title: say(failure.sentence, locale),
    fields: isAskersOwn ? [] : failureFields(failure, locale),
    private: isPrivate,
  };
}
