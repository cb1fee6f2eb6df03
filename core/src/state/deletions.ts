import type Keyv from "keyv";

/** A deletion by an owner. */
interface Deletion {
  /** Caller id. */
  owner: string;
  /** Epoch milliseconds. */
  at: number;
}

interface File {
  hash: string;
  extension: string;
}

/** What people have deleted, by its id; later questions about it can then be answered correctly. */
export class Deletions {
  readonly #notes: Keyv;
  readonly #unfinished: Keyv;

  /** `unfinished` stores the files that may still exist: apart, because the notes are kept and become many. */
  constructor({ notes, unfinished }: { notes: Keyv; unfinished: Keyv }) {
    this.#notes = notes;
    this.#unfinished = unfinished;
  }

  /** To be called before anything is deleted. `file` is remembered until {@link finish}. */
  async note(id: string, deletion: Deletion, file?: File): Promise<void> {
    // Set in one turn: SQLite then stores both or neither.
    await Promise.all([...(file === undefined ? [] : [this.#unfinished.set(id, file)]), this.#notes.set(id, deletion)]);
  }

  /** To be called when nothing is left. */
  async finish(id: string): Promise<void> {
    await this.#unfinished.delete(id);
  }

  async of(id: string): Promise<Deletion | null> {
    return (await this.#notes.get<Deletion>(id)) ?? null;
  }

  /** Files that may still exist, because their process died in between. */
  async unfinished(): Promise<[string, File][]> {
    const files: [string, File][] = [];
    for await (const entry of all<File>(this.#unfinished)) {
      files.push(entry);
    }
    return files;
  }

  /** Erases the records of what a person deleted at `until` (epoch milliseconds) or earlier. */
  async forget(owner: string, until: number): Promise<void> {
    for await (const [id, deletion] of all<Deletion>(this.#notes)) {
      if (deletion.owner === owner && deletion.at <= until) {
        await this.#notes.delete(id);
      }
    }
  }
}

function all<Value>(state: Keyv): AsyncIterable<[string, Value]> {
  return (state.iterator?.(state.namespace) ?? []) as AsyncIterable<[string, Value]>;
}
