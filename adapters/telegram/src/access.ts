import type { Caller, State } from "@toolcast/core";
import { addressOf, surfaceId, userOf } from "./place.ts";

/** Who was granted access, by Telegram's ids: positive for a person, negative for a chat. */
export interface Applicant {
  id: number;
  name: string;
  locale: Caller["locale"];
  /** The messages in which operators were asked; none once one of them has decided. */
  questions?: { chat: number; message: number }[];
}

/** As long as the form itself is kept. */
const originMs = 30 * 24 * 60 * 60_000;

/**
 * Anybody can write to a bot, so nobody may start paid work before an operator has granted access to them or their
 * chat. A grant lasts until it is revoked; operators need none.
 */
export class Access {
  readonly #keyv: ReturnType<State["keyv"]>;
  readonly #isOperator: (caller: Caller) => boolean;
  readonly #idOf: (chat: number) => Promise<number>;
  readonly #asking = new Map<number, Promise<boolean>>();

  /** `idOf`: the present id of a chat, under which alone its access counts. */
  constructor(options: {
    state: State;
    isOperator: (caller: Caller) => boolean;
    idOf: (chat: number) => Promise<number>;
  }) {
    this.#keyv = options.state.keyv("telegram-access");
    this.#isOperator = options.isOperator;
    this.#idOf = options.idOf;
  }

  isOperator(caller: Caller): boolean {
    return this.#isOperator(caller);
  }

  /** `form`: the access of the group in which it was begun counts, too. */
  async has(caller: Caller, form?: string): Promise<boolean> {
    const begunIn = form === undefined ? undefined : await this.#keyv.get<number>(`origin/${form}`);
    const chats = [addressOf(caller.place)?.chat, begunIn].filter((chat = 0) => chat < 0) as number[];
    const allowed = await Promise.all([userOf(caller.id), ...chats].map((id) => this.#isIn(id)));
    return this.isOperator(caller) || allowed.includes(true);
  }

  /** A form that was begun in this group continues in a private chat. */
  async noteOrigin(form: string, chat: number): Promise<void> {
    await this.#keyv.set(`origin/${form}`, chat, originMs);
  }

  /** The next step of a dialogue is stored as a form of its own. */
  async carryOrigin(form: string, next: string): Promise<void> {
    const chat = await this.#keyv.get<number>(`origin/${form}`);
    if (chat !== undefined) {
      await this.noteOrigin(next, chat);
    }
  }

  /** Everybody with access but operators, people and chats, by name. */
  async list(): Promise<{ id: number; name: string | null }[]> {
    const ids: number[] = [];
    for await (const [key] of this.#keyv.iterator?.(this.#keyv.namespace) ?? []) {
      const [, id] = /^in\/(-?\d+)$/.exec(String(key)) ?? [];
      ids.push(...(id === undefined ? [] : [Number(id)]));
    }
    const named = await Promise.all(ids.map(async (id) => ({ id, name: (await this.applicant(id))?.name ?? null })));
    return named.sort((one, other) => (one.name ?? "").localeCompare(other.name ?? "") || one.id - other.id);
  }

  async isGranted(applicant: number): Promise<boolean> {
    return this.#isIn(applicant);
  }

  async grant(applicant: number, by: string): Promise<void> {
    await this.#keyv.set(`in/${await this.#idOf(applicant)}`, by);
  }

  async revoke(applicant: number): Promise<void> {
    const now = await this.#idOf(applicant);
    await Promise.all([applicant, now].map((id) => this.#keyv.delete(`in/${id}`)));
  }

  /** A chat that gets another id keeps its access, and has it under that id alone. */
  async move(from: number, to: number): Promise<void> {
    const by = await this.#keyv.get<string>(`in/${from}`);
    if (by !== undefined) {
      await this.#keyv.set(`in/${to}`, by);
      await this.#keyv.delete(`in/${from}`);
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

  /** One more operator has been asked. */
  async noteQuestion(id: number, question: { chat: number; message: number }): Promise<void> {
    const applicant = await this.applicant(id);
    if (applicant !== null) {
      await this.noteApplicant({ ...applicant, questions: [...(applicant.questions ?? []), question] });
    }
  }

  /** Asks the operators about an applicant; whoever wants the same meanwhile waits for the same end. */
  askOnce(applicant: number, ask: () => Promise<boolean>): Promise<boolean> {
    const asking =
      this.#asking.get(applicant) ??
      ask().finally(() => {
        this.#asking.delete(applicant);
      });
    this.#asking.set(applicant, asking);
    return asking;
  }

  async applicant(id: number): Promise<Applicant | null> {
    return (await this.#keyv.get<Applicant>(`asked/${id}`)) ?? null;
  }

  /** Deletes a person's application for access; operators' decisions are kept. */
  async forget(person: string): Promise<void> {
    await this.#keyv.delete(`asked/${userOf(person)}`);
  }

  async #isIn(id: number): Promise<boolean> {
    return (await this.#keyv.get<string>(`in/${await this.#idOf(id)}`)) !== undefined;
  }
}
