import type { Caller, State } from "@toolcast/core";
import { addressOf, userOf } from "./place.ts";

/** Who was let in: a person by a positive id, a chat by a negative one, as Telegram numbers them. */
interface Applicant {
  id: number;
  name: string;
  locale: Caller["locale"];
  /** The operators have been asked. */
  asked: boolean;
}

/**
 * Anybody can write to a bot, so nobody may start paid work before an operator has let them or their chat in. Kept until
 * it is taken back; operators need no grant.
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

  /** A chat that gets another id stays let in. */
  async move(from: number, to: number): Promise<void> {
    const by = await this.#keyv.get<string>(`in/${from}`);
    if (by !== undefined) {
      await this.grant(to, by);
    }
  }

  /** Operators who have written to the bot: it can write to nobody else first. */
  async operators(): Promise<number[]> {
    return (await this.#keyv.get<number[]>("operators")) ?? [];
  }

  async noteOperator(caller: Caller): Promise<void> {
    const known = await this.operators();
    const id = userOf(caller.id);
    if (addressOf(caller.place)?.isPrivate && this.isOperator(caller) && !known.includes(id)) {
      await this.#keyv.set("operators", [...known, id]);
    }
  }

  async noteApplicant(applicant: Applicant): Promise<void> {
    await this.#keyv.set(`asked/${applicant.id}`, applicant);
  }

  async applicant(id: number): Promise<Applicant | null> {
    return (await this.#keyv.get<Applicant>(`asked/${id}`)) ?? null;
  }

  /** What an operator has decided stays. */
  async forget(person: string): Promise<void> {
    await this.#keyv.delete(`asked/${userOf(person)}`);
  }

  async #isIn(id: number): Promise<boolean> {
    return (await this.#keyv.get<string>(`in/${id}`)) !== undefined;
  }
}
