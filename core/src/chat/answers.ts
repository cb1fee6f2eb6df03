import type { Clock } from "../ground/clock.ts";
import type { Json } from "../ground/json.ts";
import type { Inbox, InboxEntry, InboxEvent } from "../job/inbox.ts";
import type { Answer, ReplyHandle } from "./answer.ts";

/**
 * Longer than any handle lives and than any platform repeats an event, and a day more: a clock that is set forward by a
 * day must not remove what people still wait for.
 */
const keptMs = 48 * 60 * 60_000;
/** Shorter than a lease: no other process takes over what is under way here. */
const claimEveryMs = 10_000;
/** How many uses of a limited handle are kept for what matters: the result, and a way to ask for it again. */
const reservedUses = 2;

type Content = Omit<Answer, "id" | "handle">;

/** First answers in the runtime's inbox: each event is taken once, across restarts and processes. */
export class Answers {
  readonly #surface: string;
  readonly #inbox: Inbox;
  readonly #clock: Clock;
  readonly #held = new Set<string>();

  constructor(options: { surface: string; inbox: Inbox; clock: Clock }) {
    this.#surface = options.surface;
    this.#inbox = options.inbox;
    this.#clock = options.clock;
  }

  /** An answer's id in the inbox. */
  entryId(id: string): string {
    return `${this.#surface}:${id}`;
  }

  async read(id: string): Promise<Answer | null> {
    return answerOf(this.#surface, await this.#inbox.read(this.entryId(id)));
  }

  /** Takes an event; false when it was taken before. */
  async add(answer: Answer): Promise<boolean> {
    const { handle, ...content } = answer;
    const { taken } = await this.#inbox.take({
      ...this.#event(answer),
      ...credentialsOf(handle),
      content: dataOf(content),
    });
    return taken;
  }

  /** Remembers an event that needs no action; false when it was taken before. */
  async refuse(id: string): Promise<boolean> {
    return (await this.#inbox.take({ ...this.#event({ id, at: this.#clock.now() }), content: null, state: "refused" }))
      .taken;
  }

  /** Adds a further event to a request that is still open. `closed`: it is a request of its own. */
  join(id: string, event: { id: string; content: Json }): Promise<"joined" | "repeated" | "closed"> {
    return this.#inbox.fill(this.entryId(id), { id: this.entryId(event.id), content: event.content });
  }

  /** The further events of a request, in the order they came. */
  async parts(id: string): Promise<Json[]> {
    return ((await this.#inbox.read(this.entryId(id)))?.parts ?? []).map(({ content }) => content);
  }

  /** Changes an answer; null if it does not exist. Fields set to undefined are removed. */
  async change(id: string, patch: Partial<Content>): Promise<Answer | null> {
    return this.#change(id, (answer) => ({ ...answer, ...patch }));
  }

  /** Forgets an answer that needs no more work; its event stays known. */
  async remove(id: string): Promise<void> {
    await this.#settle(id, () => ({ content: null, state: "done", credentials: undefined }));
  }

  /**
   * Returns the handle for one use, which is counted before it is made; null when no use is left, or none for
   * `progress`. Handles without a limit are returned as they are.
   */
  async useHandle(id: string, purpose: "result" | "progress"): Promise<ReplyHandle | null> {
    const least = purpose === "progress" ? reservedUses : 0;
    const given: ReplyHandle[] = [];
    await this.#change(id, (answer) => {
      const { handle } = answer;
      given.length = 0;
      if (handle === undefined || (handle.usesLeft ?? least + 1) <= least) {
        return null;
      }
      given.push(handle);
      return handle.usesLeft === undefined ? null : { ...answer, handle: { ...handle, usesLeft: handle.usesLeft - 1 } };
    });
    return given[0] ?? null;
  }

  /** Erases every handle, because the platform accepts none of them any more. */
  async revokeHandles(): Promise<void> {
    await this.#inbox.revoke(this.#surface);
  }

  /** Whether its handle still works, or the platform needs none. */
  isAlive({ handleUntil }: Pick<Answer, "handleUntil">): boolean {
    return handleUntil === undefined || this.#clock.now() < handleUntil;
  }

  /** The answer, if its handle still works. */
  async alive(id: string): Promise<Answer | null> {
    const answer = await this.read(id);
    return answer !== null && this.isAlive(answer) ? answer : null;
  }

  /** Every answer that is not done yet, oldest first. `free`: only those that no process holds. Default false. */
  async open({ free = false }: { free?: boolean } = {}): Promise<Answer[]> {
    const answers: Answer[] = [];
    for (let after: string | undefined; ; ) {
      const entries = await this.#inbox.open(this.#surface, { free, after });
      answers.push(...entries.flatMap((entry) => answerOf(this.#surface, entry) ?? []));
      after = entries.at(-1)?.id;
      if (after === undefined) {
        return answers;
      }
    }
  }

  /** False while another process works on it. */
  claim(id: string): Promise<boolean> {
    return this.#inbox.claim(this.entryId(id));
  }

  /** Whether work on it is under way here. */
  isHeld(id: string): boolean {
    return this.#held.has(id);
  }

  /**
   * Runs work on an answer and renews this process's claim to it meanwhile. The answer is claimed already, or the work
   * claims it.
   */
  async hold<Result>(id: string, work: () => Promise<Result>): Promise<Result> {
    if (this.#held.has(id)) {
      return work();
    }
    let cancel = () => {};
    const renew = () => {
      cancel = this.#clock.setTimer(claimEveryMs, () => {
        void this.claim(id).catch(() => {});
        renew();
      });
    };
    renew();
    this.#held.add(id);
    try {
      return await work();
    } finally {
      cancel();
      this.#held.delete(id);
    }
  }

  /** Gives up this process's claims: other processes may continue the work. */
  async releaseAll(): Promise<void> {
    await Promise.all([...this.#held].map((id) => this.#inbox.release(this.entryId(id))));
  }

  async #change(id: string, edit: (answer: Answer) => Answer | null): Promise<Answer | null> {
    const seen: { answer: Answer | null } = { answer: null };
    await this.#settle(id, (answer) => {
      const next = edit(answer);
      seen.answer = next ?? answer;
      if (next === null) {
        return null;
      }
      const { handle, id: _id, ...content } = next;
      const isDone = next.pending === undefined && next.press === undefined && !next.watched;
      return { content: dataOf(content), state: isDone ? "done" : "open", ...credentialsOf(handle) };
    });
    return seen.answer;
  }

  async #settle(id: string, edit: (answer: Answer) => Partial<InboxEntry> | null): Promise<void> {
    for (;;) {
      const entry = await this.#inbox.read(this.entryId(id));
      const answer = answerOf(this.#surface, entry);
      const change = entry === null || answer === null ? null : edit(answer);
      if (entry === null || change === null || (await this.#inbox.change({ ...entry, ...change })) !== null) {
        return;
      }
    }
  }

  #event({ id, at }: Pick<Answer, "id" | "at">): Pick<InboxEvent, "id" | "surface" | "keepUntil"> {
    return { id: this.entryId(id), surface: this.#surface, keepUntil: at + keptMs };
  }
}

function answerOf(surface: string, entry: InboxEntry | null): Answer | null {
  if (entry === null || entry.content === null) {
    return null;
  }
  const content = entry.content as unknown as Content;
  const handle = entry.credentials;
  const { value, usesLeft } = (handle?.value ?? {}) as { value?: Json; usesLeft?: number };
  return {
    ...content,
    id: entry.id.slice(surface.length + 1),
    ...(content.job === undefined && entry.job !== undefined ? { job: entry.job } : {}),
    ...(handle === undefined || value === undefined
      ? {}
      : { handle: { value, expiresAt: handle.expiresAt, usesLeft } }),
  };
}

function credentialsOf(handle: ReplyHandle | undefined): Pick<InboxEvent, "credentials"> {
  if (handle === undefined) {
    return { credentials: undefined };
  }
  const { value, usesLeft, expiresAt } = handle;
  return { credentials: { value: { value, ...(usesLeft === undefined ? {} : { usesLeft }) }, expiresAt } };
}

/** Drops undefined values, which JSON does not have. */
function dataOf(content: object): Json {
  return JSON.parse(JSON.stringify(content)) as Json;
}
