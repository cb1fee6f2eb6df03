import type { App } from "@modelcontextprotocol/ext-apps";
import type { Locale } from "@toolcast/core";
import type { CardState } from "../src/card/card-state.ts";
import { jobStateTool } from "../src/card/job-state-tool.ts";

const askEveryMs = 2_000;
/** A person must decide first, which takes longer. */
const askEveryWaitingMs = 10_000;
const mostBetweenTriesMs = 30_000;

export interface Following {
  app: App;
  job: string;
  locale(): Locale;
  onState(state: CardState): void;
  /** The server did not answer; it will be asked again. */
  onSilence(): void;
}

/**
 * Asks for the job's state until it has ended; pauses while the card is not visible. The returned function stops it.
 */
export function followJob({ app, job, locale, onState, onSilence }: Following): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  let isAsking = false;
  let silences = 0;

  const later = (delayMs: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), delayMs);
  };

  async function ask(): Promise<void> {
    if (isOver || isAsking || document.hidden) {
      return;
    }
    isAsking = true;
    try {
      const result = await app.callServerTool({ name: jobStateTool, arguments: { job, locale: locale() } });
      if (isOver) {
        return;
      }
      const state = result.structuredContent as unknown as CardState | undefined;
      if (result.isError || state === undefined) {
        throw new Error("the question was refused");
      }
      silences = 0;
      isOver ||= state.ended;
      onState(state);
      later(state.tone === "progress" ? askEveryMs : askEveryWaitingMs);
    } catch {
      if (isOver) {
        return;
      }
      silences += 1;
      onSilence();
      later(Math.min(askEveryMs * 2 ** silences, mostBetweenTriesMs));
    } finally {
      isAsking = false;
    }
  }

  const onVisible = () => void ask();
  document.addEventListener("visibilitychange", onVisible);
  void ask();
  return () => {
    isOver = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", onVisible);
  };
}
