import type { Caller, State } from "@toolcast/core";
import { addressOf, surfaceId, userOf } from "./place.ts";

/** Who was granted access, by Telegram's ids: positive for a person, negative for a chat. */
interface Applicant {
  id: number;
  name: string;
  locale: Caller["locale"];
  /** The operators have been asked. */
  asked: boolean;
  /** The messages in which operators were asked. */
  questions?: { chat: number; message: number }[];
}

/**
 * Anybody can write to a bot, so nobody may start paid work before an operator has granted access to them or their
 * chat. A grant lasts until it is revoked; operators need none.
 */
export class Access {
  readonly #keyv: ReturnType<State["keyv"]>;
  readonly #isOperator: (caller: Caller) => boolean;

  constructor(options: { state: State; isOperator: (caller: Caller) => boolean }) {
    this.#keyv = options.state.keyv("telegram-access");
    this.#isOperator = options.isOperator;
  }

  isOperator(caller: Caller): boolean {
    return this.#isOperator(caller);
  }

  async has(caller: Caller, chat = addressOf(caller.place)?.chat): Promise<boolean> {
    return (
      this.isOperator(caller) ||
      (await this.#isIn(userOf(caller.id))) ||
      (chat !== undefined && chat < 0 && (await this.#isIn(chat)))
    );
  }

  async grant(applicant: number, by: string): Promise<void> {
    await this.#keyv.set(`in/${applicant}`, by);
  }

  async revoke(applicant: number): Promise<void> {
    await this.#keyv.delete(`in/${applicant}`);
  }

  /** A chat that gets another id keeps its access. */
  async move(from: number, to: number): Promise<void> {
    const by = await this.#keyv.get<string>(`in/${from}`);
    if (by !== undefined) {
      await this.grant(to, by);
    }
  }

  /** Operators who have written to the bot: a bot cannot start a conversation. */
  async operators(): Promise<number[]> {
    const known = (await this.#keyv.get<number[]>("operators")) ?? [];
    return known.filter((id) => {
      const place = { surface: surfaceId, conversation: String(id), address: {} };
      return this.isOperator({ id: `${surfaceId}:${id}`, name: "", locale: "en", place });
    });
  }

  /** True for an operator who has just become known. */
  async noteOperator(caller: Caller): Promise<boolean> {
    const address = addressOf(caller.place);
    if (!address?.isPrivate) {
      return false;
    }
    const known = await this.operators();
    const id = userOf(caller.id);
    if (!this.isOperator(caller) || known.includes(id)) {
      return false;
    }
    await this.#keyv.set("operators", [...known, id]);
    return true;
  }

  async noteApplicant(applicant: Applicant): Promise<void> {
    await this.#keyv.set(`asked/${applicant.id}`, applicant);
  }

  async applicant(id: number): Promise<Applicant | null> {
    return (await this.#keyv.get<Applicant>(`asked/${id}`)) ?? null;
  }

  /** Deletes a person's application for access; operators' decisions are kept. */
  async forget(person: string): Promise<void> {
    await this.#keyv.delete(`asked/${userOf(person)}`);
  }

  async #isIn(id: number): Promise<boolean> {
    return (await this.#keyv.get<string>(`in/${id}`)) !== undefined;
  }
}
