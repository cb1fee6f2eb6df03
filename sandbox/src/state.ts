import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { DashscopeResult, DashscopeTask, DashscopeUpload, DashscopeVoice } from "./dashscope/records.ts";
import { openJournal } from "./journal.ts";
import type { Face, Speech, Token, Voice, Work } from "./xjc/records.ts";

/** A map whose changes outlive the process when the sandbox has a data directory. */
export interface Table<Row> {
  get(key: string): Row | undefined;
  put(key: string, row: Row): void;
  remove(key: string): void;
  values(): Row[];
}

/** Everything the vendors remember besides the ledger. */
export interface State {
  tokens: Table<Token>;
  works: Table<Work>;
  speeches: Table<Speech>;
  voices: Table<Voice>;
  faces: Table<Face>;
  dashscopeTasks: Table<DashscopeTask>;
  dashscopeVoices: Table<DashscopeVoice>;
  /** The files at result addresses, by file name. */
  dashscopeResults: Table<DashscopeResult>;
  /** The models that files may be uploaded for, by directory. */
  dashscopeUploadDirectories: Table<{ model: string }>;
  /** Uploaded files, by the rest of their `oss://` address. */
  dashscopeUploads: Table<DashscopeUpload>;
  /** Fingerprints of requests whose `once` marker has already failed. */
  failedOnce: Table<true>;
  /** Small values: the key that signs result addresses, the balance. */
  values: Table<string | number>;
  signingKey(): string;
  clear(): void;
}

interface Change {
  table: string;
  key: string;
  /** Absent when the row is removed. */
  row?: unknown;
}

export function openState(dataDirectory: string | undefined): State {
  const journal = openJournal<Change>(dataDirectory && join(dataDirectory, "state.jsonl"));
  const tables = new Map<string, Map<string, unknown>>();
  const rows = (table: string) => {
    const known = tables.get(table);
    if (known) return known;
    const fresh = new Map<string, unknown>();
    tables.set(table, fresh);
    return fresh;
  };
  for (const change of journal.entries()) {
    if (change.row === undefined) rows(change.table).delete(change.key);
    else rows(change.table).set(change.key, change.row);
  }
  const everything = () =>
    [...tables].flatMap(([table, entries]) => [...entries].map(([key, row]): Change => ({ table, key, row })));
  journal.rewrite(everything());

  function open<Row>(table: string): Table<Row> {
    return {
      get: (key) => rows(table).get(key) as Row | undefined,
      values: () => [...rows(table).values()] as Row[],
      put(key, row) {
        // Written first: whatever an answer reports must already be on disk.
        journal.append({ table, key, row });
        rows(table).set(key, row);
      },
      remove(key) {
        journal.append({ table, key });
        rows(table).delete(key);
      },
    };
  }

  const values = open<string | number>("values");
  return {
    tokens: open("tokens"),
    works: open("works"),
    speeches: open("speeches"),
    voices: open("voices"),
    faces: open("faces"),
    dashscopeTasks: open("dashscope-tasks"),
    dashscopeVoices: open("dashscope-voices"),
    dashscopeResults: open("dashscope-results"),
    dashscopeUploadDirectories: open("dashscope-upload-directories"),
    dashscopeUploads: open("dashscope-uploads"),
    failedOnce: open("failed-once"),
    values,
    signingKey() {
      const known = values.get("signing-key");
      if (typeof known === "string") return known;
      const fresh = randomBytes(24).toString("hex");
      values.put("signing-key", fresh);
      return fresh;
    },
    clear() {
      tables.clear();
      journal.rewrite([]);
    },
  };
}
