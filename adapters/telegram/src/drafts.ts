import type { Locale, State } from "@toolcast/core";
import { type Clock, sleep } from "@toolcast/core/engine";
import { z } from "zod";
import { readFailure } from "./api-failure.ts";
import type { BotApi } from "./bot-api.ts";
import type { Chats } from "./chats.ts";

/**
 * A draft cannot be taken back, only followed by a message: shorter work shows none, and after the end nobody watches.
 * In milliseconds from the job's start.
 */
const shown = { fromMs: 15_000, untilMs: 60_000 };
/** Telegram shows a draft for 30 seconds. */
const draftMs = 30_000;
const everyMs = 25_000;
/** How long a stop finds its job. */
const keptMs = 24 * 60 * 60_000;
const remembered = 1_000;

/** The job behind a draft, as stored. */
const stoppableSchema = z.object({ job: z.string(), message: z.string(), locale: z.enum(["en", "zh-CN"]) });
type Stoppable = z.infer<typeof stoppableSchema>;

/** Where a draft is shown: a private chat, or a topic of one. */
interface Where {
  chat: number;
  thread?: number | undefined;
}

/** In private chats, while a job works: Telegram's own Stop button (Bot API 10.3), which cancels the job. */
export class Drafts {
  readonly #api: BotApi;
  readonly #chats: Chats;
  readonly #clock: Clock;
  readonly #keyv: ReturnType<State["keyv"]>;
  readonly #jobs = new Map<string, { end: AbortController; shownUntil: number }>();

  constructor(options: { api: BotApi; chats: Chats; clock: Clock; state: State }) {
    this.#api = options.api;
    this.#chats = options.chats;
    this.#clock = options.clock;
    this.#keyv = options.state.keyv("telegram-drafts");
  }

  /** `message`: the job's first answer, whose id is the draft's, too. */
  begin(job: string, where: Where, { message, locale }: { message: string; locale: Locale }): void {
    if (where.chat < 0 || this.#jobs.has(job)) {
      return;
    }
    const end = new AbortController();
    this.#jobs.set(job, { end, shownUntil: 0 });
    if (this.#jobs.size > remembered) {
      const [oldest = ""] = this.#jobs.keys();
      this.end(oldest);
      this.#jobs.delete(oldest);
    }
    void this.#keep({ job, message, locale }, where, end.signal).catch(() => {});
  }

  end(job: string): void {
    this.#jobs.get(job)?.end.abort();
  }

  /** Whether a draft is still shown, although its job has ended: the next message there replaces it. */
  isShown(job: string): boolean {
    return (this.#jobs.get(job)?.shownUntil ?? 0) > this.#clock.now();
  }

  /** The job that somebody stopped; null if it is not known any more. */
  async stopped(chat: number, draft: number): Promise<Stoppable | null> {
    return stoppableSchema.safeParse(await this.#keyv.get(`${chat}/${draft}`)).data ?? null;
  }

  close(): void {
    for (const { end } of this.#jobs.values()) {
      end.abort();
    }
  }

  async #keep(stoppable: Stoppable, { chat, thread }: Where, signal: AbortSignal): Promise<void> {
    const until = this.#clock.now() + shown.untilMs;
    const draft_id = Number(stoppable.message);
    await sleep(this.#clock, shown.fromMs, signal);
    await this.#keyv.set(`${chat}/${draft_id}`, stoppable, keptMs);
    while (this.#clock.now() < until) {
      try {
        await this.#chats.request(chat, "progress", (chat_id) =>
          this.#api.call("sendMessageDraft", {
            chat_id,
            message_thread_id: thread,
            draft_id,
            text: "",
            can_stop: true,
          }),
        );
        const known = this.#jobs.get(stoppable.job);
        if (known !== undefined) {
          known.shownUntil = this.#clock.now() + draftMs;
        }
      } catch (error) {
        if (readFailure(error).kind === "refused") {
          return;
        }
      }
      await sleep(this.#clock, everyMs, signal);
    }
  }
}
