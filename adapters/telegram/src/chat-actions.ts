import type { Message } from "@toolcast/core";
import type { Answer, ChatKit } from "@toolcast/core/chat";
import { type Clock, sleep } from "@toolcast/core/engine";
import { expectedResults, type MediaKind } from "@toolcast/core/surface";
import { readFailure } from "./api-failure.ts";
import type { BotApi } from "./bot-api.ts";
import type { Chats } from "./chats.ts";
import type { Drafts } from "./drafts.ts";
import type { Address } from "./place.ts";

/** Telegram's words for what is being made; anything else is text. */
const actions = {
  image: "upload_photo",
  video: "record_video",
  audio: "record_voice",
} as const satisfies Record<MediaKind, string>;
type Action = (typeof actions)[MediaKind] | "typing";

/** Telegram shows an action for five seconds. */
const everyMs = 4_000;
/** Later nobody watches any more, and in a group the room is short; in milliseconds from a job's start. */
const watchedMs = { private: 60_000, group: 20_000 };
const remembered = 1_000;

type Where = Pick<Address, "chat" | "thread">;

/** What people see below the bot's name while it works for them. Takes only room that nothing else needs. */
export class ChatActions {
  readonly #clock: Clock;
  readonly #api: BotApi;
  readonly #chats: Chats;
  /** Until when each job shows its action; the past for one whose time is over. */
  readonly #jobs = new Map<string, { where: Where; action: Action; until: number }>();
  /** The places whose action is kept alive. */
  readonly #kept = new Map<string, AbortController>();

  constructor(options: { clock: Clock; api: BotApi; chats: Chats }) {
    this.#clock = options.clock;
    this.#api = options.api;
    this.#chats = options.chats;
  }

  begin(job: string, where: Where, action: Action): void {
    if (this.#jobs.has(job)) {
      return;
    }
    const lastsMs = watchedMs[where.chat > 0 ? "private" : "group"];
    this.#jobs.set(job, { where, action, until: this.#clock.now() + lastsMs });
    if (this.#jobs.size > remembered) {
      const [oldest = ""] = this.#jobs.keys();
      this.#jobs.delete(oldest);
    }
    const place = placeName(where);
    if (!this.#kept.has(place)) {
      const end = new AbortController();
      this.#kept.set(place, end);
      void this.#keep(where, end.signal).finally(() => this.#kept.delete(place));
    }
  }

  end(job: string): void {
    const known = this.#jobs.get(job);
    this.#jobs.delete(job);
    if (known !== undefined && this.#actionAt(known.where) === undefined) {
      this.#kept.get(placeName(known.where))?.abort();
    }
  }

  close(): void {
    for (const end of this.#kept.values()) {
      end.abort();
    }
  }

  async #keep(where: Where, signal: AbortSignal): Promise<void> {
    for (;;) {
      const action = this.#actionAt(where);
      if (action === undefined || signal.aborted) {
        return;
      }
      try {
        await this.#chats.request(where.chat, "progress", (chat_id) =>
          this.#api.call("sendChatAction", { chat_id, message_thread_id: where.thread, action }),
        );
      } catch (error) {
        if (readFailure(error).kind === "refused") {
          return;
        }
      }
      try {
        await sleep(this.#clock, everyMs, signal);
      } catch {
        return;
      }
    }
  }

  /** That of the newest job there which people still watch. */
  #actionAt(where: Where): Action | undefined {
    const now = this.#clock.now();
    return [...this.#jobs.values()].findLast((job) => job.until > now && placeName(job.where) === placeName(where))
      ?.action;
  }
}

function placeName({ chat, thread }: Where): string {
  return `${chat}/${thread ?? ""}`;
}

/** Shows that the bot works on the job of a first answer, as long as its message says so. */
export async function showWork(
  { runtime, chatActions, drafts }: Pick<ChatKit, "runtime"> & { chatActions: ChatActions; drafts: Drafts },
  { caller, message }: Pick<Answer, "caller" | "message">,
  { jobId, tone }: Message,
): Promise<void> {
  if (jobId === undefined) {
    return;
  }
  if (tone !== "progress") {
    chatActions.end(jobId);
    drafts.end(jobId);
    return;
  }
  const job = await runtime.job(jobId, caller);
  const tool = runtime.tools.find(({ name }) => name === job?.tool);
  const [kind] = (job && tool && expectedResults(tool, job.input)?.kinds) ?? [];
  const address = caller.place.address as Address;
  chatActions.begin(jobId, address, kind === undefined ? "typing" : actions[kind]);
  if (message !== undefined) {
    drafts.begin(jobId, address, { message, locale: caller.locale });
  }
}
