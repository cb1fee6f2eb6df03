import type { Job } from "../job/job.ts";
import { momentFormat } from "../messages/formats.ts";
import {
  formatDuration,
  isMessageKey,
  messages,
  type Sentence,
  type SentenceValue,
  say,
} from "../messages/sentence.ts";
import type { Caller } from "../people/caller.ts";
import { personName } from "../people/person.ts";
import type { MessageField } from "../surface/message.ts";
import type { StepTitles } from "./step-titles.ts";

/** A job's whole history, one field per entry, as one person reads it. */
export function timelineFields(job: Job, titles: StepTitles, reader: Caller): MessageField[] {
  const { locale } = reader;
  const time = momentFormat(locale);
  /** Replaces stored names with their titles for people. */
  const called = (name: string, value: SentenceValue): SentenceValue => {
    if (name === "by" && typeof value === "object" && "person" in value) {
      return personName({ id: value.person, name: value.name }, reader);
    }
    if (typeof value !== "string") {
      return value;
    }
    if (name === "step") {
      return titles.of(value);
    }
    const key = `${name}.${value}`;
    // A delivery route is stored as `rung`.
    return (name === "rung" || name === "unit") && isMessageKey(key) ? messages[key] : value;
  };
  return job.timeline.map(({ at, sentence }, index) => {
    const previous = job.timeline[index - 1];
    const since = previous === undefined ? "" : ` (+${formatDuration(at - previous.at, locale)})`;
    const moment = { text: time.format(at), at, detail: "second" as const };
    return {
      label: `${moment.text}${since}`,
      value: say(withValues(sentence, called), locale),
      moments: [moment],
    };
  });
}

function withValues(sentence: Sentence, called: (name: string, value: SentenceValue) => SentenceValue): Sentence {
  if (!("key" in sentence) || sentence.values === undefined) {
    return sentence;
  }
  const values = Object.entries(sentence.values).map(([name, value]) => [name, called(name, value)]);
  return { key: sentence.key, values: Object.fromEntries(values) };
}
