import type { Clock, Random } from "@toolcast/core/engine";
import { openConsoleDatabase } from "./console-database.ts";
import { type ConversationLog, createConversationLog } from "./conversation-log.ts";
import { type ConversationShelf, createConversationShelf } from "./conversation-shelf.ts";
import { createEntrySearch, type EntrySearch } from "./entry-search.ts";
import { createUploadLinks, type UploadLinks } from "./upload-links.ts";

/** What the console stores, in a file or in tables of a database. */
export interface ConsoleStore {
  log: ConversationLog;
  search: EntrySearch;
  shelf: ConversationShelf;
  uploadLinks: UploadLinks;
  /** Safe to call again. */
  close(): void;
}

/** In `console.sqlite`, which several processes of one machine may have open. */
export function openConsoleFile(file: string, tools: { clock: Clock; random: Random }): ConsoleStore {
  const database = openConsoleDatabase(file);
  return {
    log: createConversationLog(database),
    search: createEntrySearch(database),
    shelf: createConversationShelf(database),
    uploadLinks: createUploadLinks(database, tools),
    close() {
      if (database.isOpen) {
        database.close();
      }
    },
  };
}
