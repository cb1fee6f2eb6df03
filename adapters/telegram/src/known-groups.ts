import type { State } from "@toolcast/core";
import { z } from "zod";

/** The most groups that are remembered; the one known longest gives way. */
const remembered = 500;

const groupsSchema = z.record(z.string(), z.string());

interface Group {
  id: number;
  title: string;
}

/** The groups that asked the bot for something, for `doctor`: the Bot API lists none. */
export class KnownGroups {
  readonly #keyv: ReturnType<State["keyv"]>;
  readonly #noted = new Map<number, string>();
  /** One change after the other: all groups are one record. */
  #changing: Promise<void> = Promise.resolve();

  constructor(state: State) {
    this.#keyv = state.keyv("telegram-groups");
  }

  /** Every group's id and title. */
  async list(): Promise<Group[]> {
    const groups = groupsSchema.safeParse(await this.#keyv.get("groups")).data ?? {};
    return Object.entries(groups).map(([id, title]) => ({ id: Number(id), title }));
  }

  /** Its id if its title is unknown. */
  async titleOf(id: number): Promise<string> {
    return (await this.list()).find((group) => group.id === id)?.title ?? String(id);
  }

  async note(id: number, title: string): Promise<void> {
    if (this.#noted.get(id) === title) {
      return;
    }
    this.#noted.set(id, title);
    await this.#change((groups) => [...groups.filter((group) => group.id !== id), { id, title }]);
  }

  async moved(from: number, to: number): Promise<void> {
    await this.#change((groups) => groups.map((group) => (group.id === from ? { ...group, id: to } : group)));
  }

  async #change(change: (groups: Group[]) => Group[]): Promise<void> {
    const changed = this.#changing.then(async () => {
      const groups = change(await this.list()).slice(-remembered);
      await this.#keyv.set("groups", Object.fromEntries(groups.map(({ id, title }) => [id, title])));
    });
    this.#changing = changed.catch(() => {});
    await changed;
  }
}
