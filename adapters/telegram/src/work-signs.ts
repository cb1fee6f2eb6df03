import type { Locale, Message, Runtime, State } from "@toolcast/core";
import type { Answer } from "@toolcast/core/chat";
import { type Clock, sleep } from "@toolcast/core/engine";
import { expectedResults, type MediaKind } from "@toolcast/core/surface";
import { z } from "zod";
import { readFailure } from "./api-failure.ts";
import type { BotApi } from "./bot-api.ts";
import type { Chats } from "./chats.ts";
import type { Address } from "./place.ts";

/** Telegram's words for what is being made; anything else is text. */
const actions = {
  image: "upload_photo",
  video: "record_video",
  audio: "record_voice",
} as const satisfies Record<MediaKind, string>;
type Action = (typeof actions)[MediaKind] | "typing";

/** Later nobody watches any more, and in a group the room is short; in milliseconds from a job's start. */
const watchedMs = { private: 60_000, group: 20_000 };
/** Telegram shows an action for five seconds. */
const actionEveryMs = 4_000;
/**
 * Telegram shows a draft for 30 seconds. It cannot be taken back, only followed by a message, so shorter work shows
 * none.
 */
const draft = { fromMs: 15_000, everyMs: 25_000, shownMs: 30_000 };
/** The longest text of a message, in UTF-16 units. */
const longestText = 4_096;
/** How long a stop finds its job. */
const keptMs = 24 * 60 * 60_000;
const remembered = 1_000;

/** The job behind a draft, as stored. */
const stoppableSchema = z.object({ job: z.string(), message: z.string(), locale: z.enum(["en", "zh-CN"]) });
type Stoppable = z.infer<typeof stoppableSchema>;

interface Work {
  where: Pick<Address, "chat" | "thread">;
  action: Action;
  since: number;
  /** When people stop watching. */
  until: number;
  draftUntil: number;
  /** What has arrived of a text that grows, as much of its end as a message has room for. */
  text: string;
  /** The server has no drafts, or its person stopped this one. */
  refusesDrafts: boolean;
  end: AbortController;
}

interface WorkSignsOptions {
  api: BotApi;
  chats: Chats;
  clock: Clock;
  runtime: Pick<Runtime, "job" | "tools">;
  state: State;
}

/**
 * What shows that the bot works on a job, in room that nothing else needs: a chat action below its name, and in private
 * chats a draft with Telegram's own Stop button (Bot API 10.3), which cancels the job, and in which a text grows.
 */
export class WorkSigns {
  readonly #options: WorkSignsOptions;
  readonly #keyv: ReturnType<State["keyv"]>;
  readonly #jobs = new Map<string, Work>();

  constructor(options: WorkSignsOptions) {
    this.#options = options;
    this.#keyv = options.state.keyv("telegram-drafts");
  }

  /** Begins when the message of a first answer says that its job is in progress, and ends when it says anything else. */
  async follow({ caller, message }: Pick<Answer, "caller" | "message">, { jobId, tone }: Message): Promise<void> {
    if (jobId === undefined) {
      return;
    }
    if (tone !== "progress") {
      this.end(jobId);
      return;
    }
    const { runtime, clock } = this.#options;
    const job = await runtime.job(jobId, caller);
    const tool = runtime.tools.find(({ name }) => name === job?.tool);
    const [kind] = (job && tool && expectedResults(tool, job.input)?.kinds) ?? [];
    const where = caller.place.address as Address;
    const known = this.#jobs.get(jobId);
    if (known === undefined || known.end.signal.aborted) {
      const isPrivate = where.chat > 0;
      const since = clock.now();
      const until = since + watchedMs[isPrivate ? "private" : "group"];
      const action = kind === undefined ? "typing" : actions[kind];
      const draftUntil = known?.draftUntil ?? 0;
      const end = new AbortController();
      const work: Work = { where, action, since, until, draftUntil, text: "", refusesDrafts: false, end };
      this.#remember(jobId, work);
      void this.#keepAction(work);
      if (isPrivate && message !== undefined) {
        void this.#keepDraft(work, { job: jobId, message, locale: caller.locale });
      }
    }
  }

  /**
   * Shows a text as it grows in the draft that its person sees anyway; false if they see none, so that the first answer
   * is to be edited.
   */
  async showsGrowth({ caller, message }: Answer, { jobId = "", growing, lines }: Message): Promise<boolean> {
    const { clock } = this.#options;
    const work = this.#jobs.get(jobId);
    const now = clock.now();
    if (
      !growing ||
      message === undefined ||
      work === undefined ||
      work.end.signal.aborted ||
      work.refusesDrafts ||
      work.where.chat < 0 ||
      now < work.since + draft.fromMs
    ) {
      return false;
    }
    work.text = (lines?.at(-1) ?? "").slice(-longestText).toWellFormed();
    // Whoever asked reads along.
    work.until = Math.max(work.until, now + watchedMs.private);
    return this.#showDraft(work, { job: jobId, message, locale: caller.locale }).then(
      () => true,
      () => false,
    );
  }

  end(job = ""): void {
    this.#jobs.get(job)?.end.abort();
  }

  /** Whether a draft is still shown, although its job has ended: the next message there replaces it. */
  hasDraft(job = ""): boolean {
    return (this.#jobs.get(job)?.draftUntil ?? 0) > this.#options.clock.now();
  }

  /** The job that somebody stopped; null if it is not known any more. */
  async stopped(chat: number, draftId: number): Promise<{ job: string; message: string; locale: Locale } | null> {
    return stoppableSchema.safeParse(await this.#keyv.get(`${chat}/${draftId}`)).data ?? null;
  }

  close(): void {
    for (const { end } of this.#jobs.values()) {
      end.abort();
    }
  }

  #remember(job: string, work: Work): void {
    this.#jobs.delete(job);
    this.#jobs.set(job, work);
    if (this.#jobs.size > remembered) {
      const [oldest = ""] = this.#jobs.keys();
      this.end(oldest);
      this.#jobs.delete(oldest);
    }
  }

  /** Of several jobs in one place, only the newest is shown. */
  #keepAction(work: Work): Promise<void> {
    const { where, action } = work;
    return this.#keep(work, { fromMs: 0, everyMs: actionEveryMs }, async () => {
      const showsText = work.text !== "" && work.draftUntil > this.#options.clock.now();
      if (this.#newestIn(where) === work && !showsText) {
        await this.#options.chats.request(where.chat, "progress", (chat_id) =>
          this.#options.api.call("sendChatAction", { chat_id, message_thread_id: where.thread, action }),
        );
      }
    });
  }

  #keepDraft(work: Work, stoppable: Stoppable): Promise<void> {
    return this.#keep(work, draft, async () => {
      if (!work.refusesDrafts) await this.#showDraft(work, stoppable);
    });
  }

  /** The draft's id is that of the first answer. */
  async #showDraft(work: Work, stoppable: Stoppable): Promise<void> {
    const { api, chats, clock } = this.#options;
    const { where, text } = work;
    const { chat, thread: message_thread_id } = where;
    const draft_id = Number(stoppable.message);
    await this.#keyv.set(`${chat}/${draft_id}`, stoppable, keptMs);
    try {
      await chats.request(chat, "progress", (chat_id) =>
        api.call("sendMessageDraft", { chat_id, message_thread_id, draft_id, text, can_stop: true }),
      );
    } catch (error) {
      work.refusesDrafts = readFailure(error).kind === "refused";
      throw error;
    }
    work.draftUntil = clock.now() + draft.shownMs;
  }

  /** Shows it until nobody watches or Telegram refuses; what fails otherwise is tried again the next time. Never rejects. */
  async #keep(
    work: Work,
    { fromMs, everyMs }: { fromMs: number; everyMs: number },
    show: () => Promise<void>,
  ): Promise<void> {
    const { clock } = this.#options;
    const { end } = work;
    try {
      for (let waitMs = fromMs; ; waitMs = everyMs) {
        await (waitMs === 0 ? end.signal.throwIfAborted() : sleep(clock, waitMs, end.signal));
        if (clock.now() >= work.until) {
          return;
        }
        await show().catch((error) => {
          if (readFailure(error).kind === "refused") {
            throw error;
          }
        });
      }
    } catch {
      // Ended or refused.
    }
  }

  #newestIn({ chat, thread }: Work["where"]): Work | undefined {
    const now = this.#options.clock.now();
    return [...this.#jobs.values()].findLast(
      ({ where, until, end }) => where.chat === chat && where.thread === thread && until > now && !end.signal.aborted,
    );
  }
}
