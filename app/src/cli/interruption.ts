import { whenUnread } from "../server/when-unread.ts";
import type { CommandContext } from "./command-context.ts";
import { exitCodes } from "./exit-codes.ts";

export interface Interruption {
  /** Aborted by the first Ctrl-C (or SIGTERM, or SIGHUP). */
  signal: AbortSignal;
  /** Waits for the work, or for a second Ctrl-C. */
  untilUrgent(work: Promise<void>): Promise<void>;
  dispose(): void;
}

/** Makes Ctrl-C end the waiting and not the process, so that work in flight can finish. */
export function interruptible(): Interruption {
  const controller = new AbortController();
  const urgent = Promise.withResolvers<void>();
  const onSignal = () => {
    if (controller.signal.aborted) {
      urgent.resolve();
    }
    controller.abort();
  };
  // A reader that closes our output must not end the process: work in flight finishes first.
  const stopReading = whenUnread(() => {});
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const name of signals) {
    process.on(name, onSignal);
  }
  return {
    signal: controller.signal,
    untilUrgent: (work) => Promise.race([work, urgent.promise]),
    dispose() {
      stopReading();
      for (const name of signals) {
        process.off(name, onSignal);
      }
    },
  };
}

export function reportInterruption(context: CommandContext, jobId: string | null): void {
  const { output } = context;
  context.exitWith(exitCodes.interrupted);
  const sentence =
    jobId === null
      ? { en: "Interrupted. Nothing was started.", "zh-CN": "已中断，没有开始任何任务。" }
      : {
          en: `Interrupted. The job is stored and continues whenever Toolcast runs: toolcast job ${jobId} --wait`,
          "zh-CN": `已中断。任务已保存，Toolcast 运行时会继续：toolcast job ${jobId} --wait`,
        };
  output.note(sentence);
  const error = { kind: "interrupted", message: sentence[output.locale] };
  output.document(jobId === null ? { error } : { error, jobId });
}
