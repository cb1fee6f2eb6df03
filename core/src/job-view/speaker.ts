import type { Locale } from "../ground/locale.ts";
import { instantsIn, type Sentence, say } from "../messages/sentence.ts";
import type { NamedMoment } from "../surface/message.ts";
import type { Speak } from "./job-message-options.ts";

/** Renders sentences in one language, and collects the moments that they name. */
export function speaker(locale: Locale): { speak: Speak; moments: NamedMoment[] } {
  const moments: NamedMoment[] = [];
  const speak = (sentence: Sentence) => {
    moments.push(...instantsIn(sentence, locale).map((instant) => ({ ...instant, detail: "minute" as const })));
    return say(sentence, locale);
  };
  return { speak, moments };
}
