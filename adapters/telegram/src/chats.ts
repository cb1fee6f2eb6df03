import type { State } from "@toolcast/core";
import type { Outbox, Priority } from "@toolcast/core/chat";
import type { Access } from "./access.ts";
import { budgetsOf, migratedTo } from "./api-failure.ts";
import type { KnownGroups } from "./known-groups.ts";

/** Chats under their current ids: a group that becomes a supergroup gets another one. */
export class Chats {
  readonly #keyv: ReturnType<State["keyv"]>;
  readonly #outbox: Outbox;
  readonly #access: Access;
  readonly #groups: KnownGroups;

  constructor(options: { state: State; outbox: Outbox; access: Access; groups: KnownGroups }) {
    this.#keyv = options.state.keyv("telegram-chats");
    this.#outbox = options.outbox;
    this.#access = options.access;
    this.#groups = options.groups;
  }

  async idOf(chat: number): Promise<number> {
    return (await this.#keyv.get<number>(`moved/${chat}`)) ?? chat;
  }

  /** The new id counts only once everything has it: what a crash interrupts is repeated whole. */
  async moved(from: number, to: number): Promise<void> {
    await this.#access.move(from, to);
    await this.#groups.moved(from, to);
    await this.#keyv.set(`moved/${from}`, to);
  }

  /**
   * One request to a chat, within its budgets; when Telegram names a new id, it is sent again to that one, because
   * nothing was done the first time.
   */
  async request<Result>(chat: number, priority: Priority, request: (chat: number) => Promise<Result>): Promise<Result> {
    const now = await this.idOf(chat);
    const send = (id: number) => this.#outbox.send({ budgets: budgetsOf(id), priority }, () => request(id));
    try {
      return await send(now);
    } catch (error) {
      const next = migratedTo(error);
      if (next === null) {
        throw error;
      }
      await this.moved(now, next);
      return send(next);
    }
  }
}
