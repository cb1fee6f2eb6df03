import { type Caller, hasEnded, type Locale, type Message } from "@toolcast/core";
import type { ComposeOptions } from "./compose.ts";
import { answerLane, type DiscordContext } from "./context.ts";
import { editAnswer, fitted } from "./first-answer.ts";
import { discordLimits, renewBeforeMs } from "./limits.ts";
import { showAction } from "./press.ts";
import { type InteractionRecord, needsToken } from "./records.ts";
import { readFailure } from "./rest-failure.ts";
import { speak } from "./sentences.ts";

const afterMs = discordLimits.tokenMs - renewBeforeMs;

/**
 * Looks after answers whose token is about to end. Where nothing but the token reaches them (seen by the asker alone,
 * or in a channel the bot is not in) they get a button that brings a new one; one that still shows "thinking" gets
 * words. One timer for all.
 */
export class Renewal {
  readonly #context: DiscordContext;
  /** When each answer is due, in the order they came. */
  readonly #due = new Map<string, number>();
  #cancel: (() => void) | undefined;

  constructor(context: DiscordContext) {
    this.#context = context;
  }

  /** Watches an answer from now on. */
  watch(id: string, at: number): void {
    this.#due.set(id, at + afterMs);
    this.#schedule();
  }

  /** Watches what earlier processes answered. */
  async resume(): Promise<void> {
    for (const record of await this.#context.records.all()) {
      if (this.#context.records.isAlive(record)) {
        this.watch(record.id, record.at);
      }
    }
  }

  close(): void {
    this.#cancel?.();
    this.#due.clear();
  }

  #schedule(): void {
    const [first] = this.#due.values();
    if (this.#cancel === undefined && first !== undefined) {
      this.#cancel = this.#context.clock.setTimer(Math.max(0, first - this.#context.clock.now()), () => {
        this.#cancel = undefined;
        void this.#run();
      });
    }
  }

  /** All at once, as the outbox lets them: one that Discord answers slowly takes no other's time. */
  async #run(): Promise<void> {
    const now = this.#context.clock.now();
    const due = [...this.#due].filter(([, at]) => at <= now).map(([id]) => id);
    for (const id of due) {
      this.#due.delete(id);
    }
    this.#schedule();
    await Promise.all(
      due.map((id) =>
        this.#lookAfter(id).catch((error: unknown) =>
          this.#context.logger.warn(
            { interaction: id, reason: readFailure(error).words },
            "an answer could not be kept open",
          ),
        ),
      ),
    );
  }

  async #lookAfter(id: string): Promise<void> {
    const { outbox, records } = this.#context;
    await outbox.inLane(answerLane(id), async () => {
      const record = await records.read(id);
      if (record === null || !records.isAlive(record)) {
        return;
      }
      if (record.pending !== undefined) {
        const { locale } = record.pending.caller as unknown as Caller;
        const message: Message = { tone: "info", title: speak("stillWorking", locale), private: record.ephemeral };
        await editAnswer(this.#context, record, message, { locale });
        await records.change(id, { pending: undefined });
      } else if (record.job !== undefined && needsToken(record)) {
        await this.#offer(record, record.job);
      }
    });
  }

  async #offer(record: InteractionRecord, jobId: string): Promise<void> {
    const { runtime, records } = this.#context;
    const viewer: Caller = { id: record.caller, name: "", locale: "en", place: { surface: "", conversation: "" } };
    const job = await runtime.job(jobId, viewer);
    if (job === null || hasEnded(job)) {
      return;
    }
    const message = await fitted(this.#context, await runtime.jobMessage(job, job.caller), job.caller);
    await editAnswer(this.#context, record, message, {
      locale: job.caller.locale,
      ...offerOf(jobId, job.caller.locale),
    });
    await records.change(record.id, { offers: true });
  }
}

/** The button, and why it is there. */
export function offerOf(jobId: string, locale: Locale): Pick<ComposeOptions, "note" | "buttons"> {
  return {
    note: speak("showHint", locale),
    buttons: [{ label: speak("showResult", locale), action: showAction, subject: jobId }],
  };
}
