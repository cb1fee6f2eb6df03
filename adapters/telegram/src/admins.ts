import type { Clock } from "@toolcast/core/engine";
import type { BotApi } from "./bot-api.ts";
import { surfaceId } from "./place.ts";

/** Administrators rarely change, and asking for every message would use up the bot's request limit. */
const keptMs = 10 * 60_000;
/** The longest a message waits for its sender's role. */
const timeoutMs = 5_000;
/** After a failure nobody waits for the next answer for so long. */
const failedMs = 30_000;

/** The role of a group's administrators, as rules name it. */
export function adminsOf(chat: number): string {
  return `${surfaceId}:admins:${chat}`;
}

/** Who administers which group, for rules that name `telegram:admins:<chat>`. */
export class Admins {
  readonly #api: BotApi;
  readonly #clock: Clock;
  readonly #known = new Map<number, { ids: Promise<ReadonlySet<number>>; until: number }>();

  constructor(options: { api: BotApi; clock: Clock }) {
    this.#api = options.api;
    this.#clock = options.clock;
  }

  /** The roles of somebody in a group; none while Telegram does not answer. */
  async rolesOf(chat: number, user: number): Promise<string[]> {
    if (chat > 0) {
      return [];
    }
    const known = this.#known.get(chat);
    const now = this.#clock.now();
    const ids = known !== undefined && known.until > now ? known.ids : this.#ask(chat);
    if (ids !== known?.ids) {
      this.#known.set(chat, { ids, until: now + keptMs });
    }
    return (await ids).has(user) ? [adminsOf(chat)] : [];
  }

  async #ask(chat: number): Promise<ReadonlySet<number>> {
    try {
      const admins = await this.#api.call("getChatAdministrators", { chat_id: chat }, { timeoutMs });
      return new Set(admins.map(({ user }) => user.id));
    } catch {
      const ids = new Set<number>();
      this.#known.set(chat, { ids: Promise.resolve(ids), until: this.#clock.now() + failedMs });
      return ids;
    }
  }
}
