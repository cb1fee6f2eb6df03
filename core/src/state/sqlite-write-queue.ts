import type { DatabaseSync } from "node:sqlite";

import { asStorageError } from "../errors/storage-error.ts";

/** The most writes in one transaction, which other processes and this one's event loop have to wait for. */
const actsPerTransaction = 256;

/** Makes the writes of one turn of the event loop durable with one commit. */
export interface WriteQueue {
  /**
   * Runs `act` in the next transaction and resolves once that is on disk. If it throws, only its own changes are
   * undone.
   */
  run<T>(act: () => T): Promise<T>;
  /** The same for an act of which every statement is right by itself: it costs no savepoint. */
  runPlain<T>(act: () => T): Promise<T>;
  /** Within an act: undoes the changes of `part` if it throws. */
  whole<T>(part: () => T): T;
  /** Writes immediately what is waiting. */
  flush(): void;
}

/** A queue, and a second entrance to it. */
export interface JobWriteQueue extends WriteQueue {
  /** The same queue for writes that make no job due: a commit of nothing else is not reported. */
  readonly aside: WriteQueue;
}

interface Entry {
  isAside: boolean;
  act: () => unknown;
  resolve: (value: unknown) => void;
  reject: (reason: unknown) => void;
}

/** `onCommitted` is called after each transaction, once its writes have resolved, unless all were made `aside`. */
export function createWriteQueue(database: DatabaseSync, onCommitted: () => void): JobWriteQueue {
  const begin = database.prepare("BEGIN IMMEDIATE");
  const commit = database.prepare("COMMIT");
  const rollback = database.prepare("ROLLBACK");
  const mark = database.prepare("SAVEPOINT act");
  const keep = database.prepare("RELEASE act");
  const undo = database.prepare("ROLLBACK TO act");
  const waiting: Entry[] = [];
  let scheduled = false;

  function writeSome(): void {
    const batch = waiting.splice(0, actsPerTransaction);
    const answers: (() => void)[] = [];
    try {
      begin.run();
      for (const entry of batch) {
        answers.push(perform(entry));
      }
      commit.run();
    } catch (error) {
      if (database.isTransaction) {
        rollback.run();
      }
      for (const entry of batch) {
        entry.reject(asStorageError(error));
      }
      return;
    }
    for (const answer of answers) {
      answer();
    }
    if (batch.some(({ isAside }) => !isAside)) {
      onCommitted();
    }
  }

  function perform(entry: Entry): () => void {
    try {
      const value = entry.act();
      return () => entry.resolve(value);
    } catch (error) {
      if (!database.isTransaction) {
        // A full disk rolls back the whole transaction: none of the acts has happened.
        throw error;
      }
      return () => entry.reject(asStorageError(error));
    }
  }

  function whole<T>(part: () => T): T {
    mark.run();
    try {
      const value = part();
      keep.run();
      return value;
    } catch (error) {
      if (database.isTransaction) {
        undo.run();
        keep.run();
      }
      throw error;
    }
  }

  function onTurn(): void {
    scheduled = false;
    if (waiting.length > 0) {
      writeSome();
      scheduleTurn();
    }
  }

  function scheduleTurn(): void {
    if (!scheduled && waiting.length > 0) {
      scheduled = true;
      setImmediate(onTurn);
    }
  }

  function add<T>(act: () => T, isAside: boolean): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (!database.isOpen) {
        reject(new Error("The store is closed."));
        return;
      }
      waiting.push({ act, isAside, resolve: (value) => resolve(value as T), reject });
      scheduleTurn();
    });
  }

  function flush(): void {
    while (waiting.length > 0) {
      writeSome();
    }
  }

  const entrance = (isAside: boolean): WriteQueue => ({
    run: (act) => add(() => whole(act), isAside),
    runPlain: (act) => add(act, isAside),
    whole,
    flush,
  });
  return { ...entrance(false), aside: entrance(true) };
}
