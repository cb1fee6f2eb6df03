import type Keyv from "keyv";

/** A deletion by an owner. */
export interface Deletion {
  /** Caller id. */
  owner: string;
  /** Epoch milliseconds. */
  at: number;
  /** The file that may still exist; absent once it is gone, or if there is none. */
  file?: { hash: string; extension: string };
}

/** What people have deleted, by its id; later questions about it can then be answered correctly. */
export class Deletions {
  readonly #state: Keyv;

  constructor(state: Keyv) {
    this.#state = state;
  }

  /** To be called before the deletion, and again when nothing is left. */
  async note(id: string, deletion: Deletion): Promise<void> {
    await this.#state.set(id, deletion);
  }

  async of(id: string): Promise<Deletion | null> {
    return (await this.#state.get<Deletion>(id)) ?? null;
  }

  /** Deletions whose files may still exist, because their process died in between. */
  async unfinished(): Promise<[string, Deletion & Required<Pick<Deletion, "file">>][]> {
    const open: [string, Deletion & Required<Pick<Deletion, "file">>][] = [];
    for await (const [id, deletion] of this.#all()) {
      if (deletion.file !== undefined) {
        open.push([id, { ...deletion, file: deletion.file }]);
      }
    }
    return open;
  }

  /** Erases the records about a person. */
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
