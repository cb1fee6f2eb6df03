import { findEntry } from "../errors/catalog.ts";
import type { Locale } from "../ground/locale.ts";
import type { Job } from "../job/job.ts";
import { say } from "../messages/sentence.ts";
import type { DialogueTurn } from "../providers/operation.ts";
import type { JobTexts, StepContext } from "./tool.ts";

/** A turn of a dialogue, as a job stores it. */
export type StoredTurn = { [Name in keyof DialogueTurn]: string };

/** What a job of a dialogue stores of it: nothing at its beginning. */
export function recallable(turns: readonly StoredTurn[]): StoredTurn[] | undefined {
  return turns.length === 0 ? undefined : [...turns];
}

/** The dialogue before this question, oldest first. */
export function historyOf({ recalled }: Pick<StepContext, "recalled">): DialogueTurn[] {
  return (recalled ?? []) as unknown as DialogueTurn[];
}

/** A question of a dialogue in words: with what its vendor warned of, and a button that asks the next one. */
export function describeQuestion(
  job: Job,
  { question, next }: { question: string | undefined; next: { command: string; input: Record<string, string> } },
  locale: Locale,
): JobTexts {
  const { warning } = (job.steps[0]?.facts ?? {}) as { warning?: string };
  const entry =
    warning === undefined ? undefined : findEntry({ provider: job.provider, layer: "cloud", code: warning });
  const label = say({ key: "action.ask-more" }, locale);
  return {
    title: `“${question}”`,
    ...(entry === undefined
      ? {}
      : { fields: [{ label: say({ key: "describe.warning" }, locale), value: entry.meaning[locale] }] }),
    ...(job.state.phase === "succeeded"
      ? { actions: [{ action: "form", subject: job.id, label, style: "primary", form: next }] }
      : {}),
  };
}
