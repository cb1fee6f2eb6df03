import type { Locale } from "../ground/locale.ts";
import { hasEnded } from "../job/job.ts";
import { say } from "../messages/sentence.ts";
import type { Caller } from "../people/caller.ts";
import type { Message } from "../surface/message.ts";
import { type Answer, answerLane, type ShowOptions } from "./answer.ts";
import { type ChatContext, fitted } from "./chat-kit.ts";
import { editBeforeResult } from "./show-again.ts";

/** How long before its handle expires an answer that only the handle can edit offers a button that brings a new one. */
const renewBeforeMs = 90_000;

/** The action that shows a job's message again, with the handle of the press. */
export const showAction = "show";

/**
 * Looks after answers whose handle is about to expire. If only the handle reaches them, they get a button that brings a
 * new one; one that still shows a placeholder gets a sentence instead. One timer serves all.
 */
export class Renewal {
  readonly #context: ChatContext;
  /** When each answer is due, epoch milliseconds. */
  readonly #due = new Map<string, number>();
  /** When the timer fires. */
  #next = Number.POSITIVE_INFINITY;
  #cancel = () => {};

  constructor(context: ChatContext) {
    this.#context = context;
  }

  /** Starts watching an answer, if it has a handle. */
  watch({ id, handleUntil }: Answer): void {
    if (handleUntil !== undefined && !this.#due.has(id)) {
      this.#due.set(id, handleUntil - renewBeforeMs);
      this.#schedule(handleUntil - renewBeforeMs);
    }
  }

  close(): void {
    this.#cancel();
    this.#due.clear();
  }

  #schedule(at: number): void {
    if (at >= this.#next) {
      return;
    }
    this.#cancel();
    this.#next = at;
    this.#cancel = this.#context.clock.setTimer(Math.max(0, at - this.#context.clock.now()), () => {
      this.#next = Number.POSITIVE_INFINITY;
      void this.#run();
    });
  }

  /** All in parallel, as the outbox allows: a slow response from the platform must not cost the others their time. */
  async #run(): Promise<void> {
    const { clock, logger, readFailure } = this.#context;
    const now = clock.now();
    const due = [...this.#due].filter(([, at]) => at <= now).map(([id]) => id);
    for (const id of due) {
      this.#due.delete(id);
    }
    for (const at of this.#due.values()) {
      this.#schedule(at);
    }
    await Promise.all(
      due.map((id) =>
        this.#lookAfter(id).catch((error: unknown) =>
          logger.warn({ answer: id, reason: readFailure(error).detail }, "an answer could not be kept open"),
        ),
      ),
    );
  }

  async #lookAfter(id: string): Promise<void> {
    const { outbox, answers, port, title } = this.#context;
    const known = await answers.alive(id);
    // Every process watches, but only one acts.
    if (known === null || !(await answers.claim(id))) {
      return;
    }
    const edit = async (answer: Answer | null) => {
      if (answer === null || !answers.isAlive(answer)) {
        return;
      }
      if (answer.pending !== undefined) {
        const { locale } = answer.caller;
        const text = say({ key: "answer.still-working", values: { platform: title } }, locale);
        const message: Message = { tone: "info", title: text, private: answer.caller.private ?? false };
        await port.edit(answer, message, { locale }, "result");
        // It stays pending: if this process dies of it, another one carries the request out.
        await answers.change(id, { watched: undefined });
      } else if (answer.job !== undefined && port.needsHandle(answer)) {
        await this.#offer(answer, answer.job);
      }
    };
    await outbox.inLane(answerLane(known), () => editBeforeResult(this.#context, id, edit));
  }

  async #offer(answer: Answer, jobId: string): Promise<void> {
    const { runtime, answers, port } = this.#context;
    const viewer: Caller = { id: answer.caller.id, name: "", locale: "en", place: { surface: "", conversation: "" } };
    const job = await runtime.job(jobId, viewer);
    if (job === null || hasEnded(job)) {
      await answers.change(answer.id, { watched: undefined });
      return;
    }
    const message = await fitted(this.#context, await runtime.jobMessage(job, job.caller), job.caller);
    const offer = offerOf(this.#context, answer, job.caller.locale);
    await port.edit(answer, message, { locale: job.caller.locale, ...offer }, "result");
    await answers.change(answer.id, { offers: true, watched: undefined });
  }
}

/** The button with a note that explains it; nothing if the answer has no job. */
export function offerOf(
  { title }: Pick<ChatContext, "title">,
  { at, handleUntil = at, job }: Answer,
  locale: Locale,
): Pick<ShowOptions, "note" | "buttons"> {
  if (job === undefined) {
    return {};
  }
  const minutes = Math.ceil((handleUntil - at) / 60_000);
  return {
    note: say({ key: "answer.closes", values: { platform: title, minutes } }, locale),
    buttons: [{ label: say({ key: "answer.show-result" }, locale), action: showAction, subject: job }],
  };
}
