import type Keyv from "keyv";

/** What its owner deleted. */
export interface Deletion {
  /** Caller id. */
  owner: string;
  /** Epoch milliseconds. */
  at: number;
  /** The file that may be there still; absent once it is gone, and for what has none. */
  file?: { hash: string; extension: string };
}

/** What people have deleted, by the id of the thing, so that a later question about it has a true answer. */
export class Deletions {
  readonly #state: Keyv;

  constructor(state: Keyv) {
    this.#state = state;
  }

  /** Noted before the thing goes, and again when nothing of it is left. */
  async note(id: string, deletion: Deletion): Promise<void> {
    await this.#state.set(id, deletion);
  }

  async of(id: string): Promise<Deletion | null> {
    return (await this.#state.get<Deletion>(id)) ?? null;
  }

  /** Those whose files may be there still: their process died in between. */
  async unfinished(): Promise<[string, Deletion & Required<Pick<Deletion, "file">>][]> {
    const open: [string, Deletion & Required<Pick<Deletion, "file">>][] = [];
    for await (const [id, deletion] of this.#all()) {
      if (deletion.file !== undefined) {
        open.push([id, { ...deletion, file: deletion.file }]);
      }
    }
    return open;
  }

  /** Erases what is noted of a person. */
  async forget(owner: string): Promise<void> {
    for await (const [id, deletion] of this.#all()) {
      if (deletion.owner === owner) {
        await this.#state.delete(id);
      }
    }
  }

  #all(): AsyncIterable<[string, Deletion]> {
    return (this.#state.iterator?.(this.#state.namespace) ?? []) as AsyncIterable<[string, Deletion]>;
  }
}
