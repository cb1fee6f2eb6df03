import { effect, signal } from "@preact/signals";
import { keep, kept } from "./kept.ts";
import { conversation } from "./store.ts";

const historyName = "history";
const maxHistory = 100;

function keptDraft(where: string): string {
  const text = kept(`draft.${where}`);
  return typeof text === "string" ? text : "";
}

/** What is being typed in the open conversation; each keeps its own. */
export const draft = signal(keptDraft(conversation.value));

let draftOf = conversation.value;
effect(() => {
  if (draftOf !== conversation.value) {
    draftOf = conversation.value;
    draft.value = keptDraft(draftOf);
  }
  keep(`draft.${draftOf}`, draft.value === "" ? undefined : draft.value);
});

/** The lines sent from this browser, oldest first. */
export function typedBefore(): string[] {
  const lines = kept(historyName);
  return Array.isArray(lines) ? lines.filter((line) => typeof line === "string") : [];
}

export function remember(line: string): void {
  keep(historyName, [...typedBefore().filter((other) => other !== line), line].slice(-maxHistory));
}
