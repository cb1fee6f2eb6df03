import { join } from "node:path";
import { systemClock, systemRandom } from "@toolcast/core";
import { openPostgresStore, type PostgresStore } from "@toolcast/core/engine";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type PostgresCluster, reasonToSkipPostgres, startPostgres } from "../../../test/postgres-cluster.ts";
import { type ConsoleStore, openConsoleFile } from "./console-store.ts";
import { openConsoleTables } from "./console-tables.ts";
import type { NewEntry } from "./conversation-log.ts";
import { undoMs } from "./conversation-shelf.ts";
import { temporaryDirectory } from "./testing/console.ts";
import { uploadLinkLifeMs } from "./upload-links.ts";

/** Opens the same store for one more process. */
type Another = () => Promise<ConsoleStore>;

let cluster: PostgresCluster;
let databases = 0;
const now = { is: 0 };
const tools = {
  clock: { now: () => now.is, monotonic: () => now.is, setTimer: () => () => undefined },
  random: systemRandom,
};

const kinds: readonly (readonly [string, boolean, () => Promise<Another>])[] = [
  [
    "console.sqlite",
    false,
    async () => {
      const file = join(temporaryDirectory(), "console.sqlite");
      return async () => {
        const store = openConsoleFile(file, tools);
        onTestFinished(() => store.close());
        return store;
      };
    },
  ],
  [
    "tables in PostgreSQL",
    reasonToSkipPostgres() !== null,
    async () => {
      databases += 1;
      const name = `console_${databases}`;
      await cluster.createDatabase(name);
      const opened: PostgresStore[] = [];
      onTestFinished(async () => void (await Promise.all(opened.map((store) => store.close()))));
      return async () => {
        const store = await openPostgresStore({ url: cluster.url(name), clock: systemClock, random: systemRandom });
        opened.push(store);
        return openConsoleTables(store.database, tools);
      };
    },
  ],
];

const entry = (id: string, conversation = "main", text = id): NewEntry => ({
  ...{ id, conversation, at: 7 },
  content: { kind: "request", text },
});
const idsOf = (entries: readonly { id: string }[]) => entries.map(({ id }) => id);

// @verifies survives.shared-store, console.conversations
describe.each(kinds)("in %s, the console", (_name, isSkipped, create) => {
  beforeAll(async () => {
    now.is = 0;
    if (_name.startsWith("tables") && !isSkipped) {
      cluster = await startPostgres();
    }
  });
  afterAll(async () => {
    if (_name.startsWith("tables") && !isSkipped) {
      await cluster.remove();
    }
  });

  const inStore = (title: string, act: (store: ConsoleStore, another: Another) => Promise<void>) =>
    it.skipIf(isSkipped)(title, async () => {
      const another = await create();
      await act(await another(), another);
    });

  inStore("appends once per id, whichever process asks", async ({ log }, another) => {
    const { log: other } = await another();
    const ends = await Promise.all([log.append(entry("a")), other.append(entry("a"))]);
    expect(ends.map(({ added }) => added).sort()).toEqual([false, true]);
    expect(ends[0]!.entry).toEqual(ends[1]!.entry);
    expect(await other.append(entry("a", "elsewhere", "changed"))).toEqual({ added: false, entry: ends[0]!.entry });
    const odd = { ...entry("b", "main", "nul \0, half \ud83d"), replyTo: "a", jobId: "job_1" };
    const { entry: stored } = await log.append(odd);
    expect(stored.content).toEqual(odd.content);
    expect(await other.read("b")).toEqual(stored);
    expect(await other.read("none")).toBeNull();
    expect(await log.ofJob("job_1")).toEqual([stored]);
    expect(await other.lastSequence()).toBe(stored.sequence);
  });

  inStore("pages, and lists conversations by their last entry, named by their first", async ({ log, shelf }) => {
    for (const [id, conversation] of ["a:one", "b:two", "c:one", "d:one"].map((each) => each.split(":"))) {
      await log.append(entry(id!, conversation));
    }
    const page = await log.page("one", { limit: 2 });
    expect(idsOf(page)).toEqual(["c", "d"]);
    expect(idsOf(await log.page("one", { limit: 2, before: page[0]!.sequence }))).toEqual(["a"]);
    expect(idsOf(await log.after("one", page[0]!.sequence, 10))).toEqual(["d"]);
    await shelf.rename("two", "a name");
    expect(await log.conversations(10)).toMatchObject([
      { id: "one", first: { id: "a" }, lastAt: 7 },
      { id: "two", title: "a name", first: { id: "b" } },
    ]);
    await shelf.rename("two", "");
    expect((await log.conversations(10))[1]).not.toHaveProperty("title");
  });

  inStore("erases what was said about a job, or a whole conversation, and knows their ids", async (store, another) => {
    const { log, shelf, search } = store;
    const other = await another();
    await log.append(entry("ask", "main", "a secret"));
    await log.append({ ...entry("told", "main", "secret told"), replyTo: "ask", jobId: "job_1" });
    await log.append({ ...entry("result", "elsewhere", "secret result"), jobId: "job_1" });
    await log.append(entry("stays", "main", "other words"));
    expect(await search.find("secret", 9)).toHaveLength(3);
    await shelf.eraseJob("job_1");
    await other.shelf.eraseJob("job_1");
    expect(await search.find("secret", 9)).toEqual([]);
    expect(idsOf(await other.log.page("main", { limit: 9 }))).toEqual(["stays"]);
    expect((await log.conversations(9)).map(({ id }) => id)).toEqual(["main"]);
    expect(await other.log.append(entry("ask", "main", "a secret"))).toMatchObject({ added: false });
    expect(JSON.stringify(await log.read("ask"))).not.toContain("secret");
    await shelf.rename("main", "a name");
    await other.shelf.erase("main");
    expect([await log.page("main", { limit: 9 }), await log.conversations(9)]).toEqual([[], []]);
    expect(await shelf.restore("main", 1)).toBe(false);
    expect(JSON.stringify(await log.read("stays"))).not.toContain("other words");
    await log.append(entry("later"));
    expect((await log.conversations(9))[0]).not.toHaveProperty("title");
  });

  inStore(
    "removes a conversation, brings it back, and wipes it in the end",
    async ({ log, shelf, search }, another) => {
      const other = await another();
      await log.append(entry("a", "main", "unforgettable"));
      expect(await shelf.remove("main", 100)).toBe(true);
      expect(await other.shelf.remove("main", 100)).toBe(false);
      expect(await other.log.page("main", { limit: 5 })).toEqual([]);
      expect(await other.search.find("unforgettable", 5)).toEqual([]);
      await log.append(entry("b", "main", "later"));
      expect(idsOf(await other.log.page("main", { limit: 5 }))).toEqual(["b"]);
      expect(await other.shelf.restore("main", 100 + undoMs - 1)).toBe(true);
      expect(idsOf(await log.page("main", { limit: 5 }))).toEqual(["a", "b"]);
      expect(await search.find("FORGET", 5)).toMatchObject([{ text: "unforgettable" }]);
      expect(await shelf.remove("main", 200)).toBe(true);
      await other.shelf.wipe(200 + undoMs);
      expect(await shelf.restore("main", 200 + undoMs)).toBe(false);
      expect(await log.read("a")).toMatchObject({ content: { kind: "request", text: "" } });
      expect((await log.append(entry("a"))).added).toBe(false);
      await log.append(entry("c", "main", "personal"));
      await shelf.forget(7);
      expect(await log.page("main", { limit: 5 })).toEqual([]);
      expect(await log.read("c")).toMatchObject({ content: { text: "" } });
    },
  );

  inStore("finds text literally, in any case, newest first", async ({ log, search }) => {
    for (const text of ["日照金山", "A Quiet Harbour", "another harbour", "100%", "a_b", "axb", "c\\d", 'say "hi"']) {
      await log.append(entry(text));
    }
    const found = async (words: string, limit = 10) => (await search.find(words, limit)).map(({ text }) => text);
    expect(await found("harbour")).toEqual(["another harbour", "A Quiet Harbour"]);
    expect(await found("quiet HARB")).toEqual(["A Quiet Harbour"]);
    expect(await found("harbour", 1)).toEqual(["another harbour"]);
    expect(await found("金山")).toEqual(["日照金山"]);
    expect(await found("0%")).toEqual(["100%"]);
    expect(await found("a_b")).toEqual(["a_b"]);
    expect(await found("\\d")).toEqual(["c\\d"]);
    expect(await found('"hi"')).toEqual(['say "hi"']);
  });

  inStore("lets one upload use a link, in whichever process", async ({ uploadLinks: links }, another) => {
    const { uploadLinks: others } = await another();
    const { link, token } = await links.make("web:local", "video");
    expect(link).toMatchObject({ owner: "web:local", kind: "video", state: "open", expiresAt: uploadLinkLifeMs });
    expect((await Promise.all([links.take(link.id), others.take(link.id)])).sort()).toEqual([false, true]);
    expect(await others.named(token)).toMatchObject({ id: link.id, state: "taken" });
    await links.release(link.id);
    expect(await others.take(link.id)).toBe(true);
    await others.use(link.id, "asset_1");
    await links.release(link.id);
    expect(await links.take(link.id)).toBe(false);
    expect(await links.owned(link.id, "web:local")).toMatchObject({ state: "used", assetId: "asset_1" });
    expect(await links.owned(link.id, "web:other")).toBeNull();
    expect(await links.named(link.id)).toBeNull();
  });
});

it.skipIf(reasonToSkipPostgres() !== null)(
  "shows no entry before an earlier one that is still being written",
  async () => {
    const own = await startPostgres();
    onTestFinished(() => own.remove());
    await own.createDatabase("order");
    const open = async () => {
      const store = await openPostgresStore({ url: own.url("order"), clock: systemClock, random: systemRandom });
      onTestFinished(() => store.close());
      return store.database;
    };
    const [database, rival] = [await open(), await open()];
    const { log } = openConsoleTables(database, tools);
    await log.append(entry("first"));
    /** Until so many statements wait for a lock, or nothing is left to wait for. */
    const untilBlocked = async (count: number, isOver = () => false) => {
      for (;;) {
        const waiting = await rival.read("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
        if (waiting.length >= count || isOver()) {
          return;
        }
      }
    };
    // An entry of the same id, not committed yet, keeps the write waiting that has its number already.
    const [inserted, undo] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const undone = rival.transaction(async (sql) => {
      await sql(
        `INSERT INTO toolcast.console_entries (id, conversation, at, content, found_by) VALUES ('slow', 'main', 0, '', '')`,
      );
      inserted.resolve();
      await undo.promise;
      throw new Error("undone");
    });
    await inserted.promise;
    const slow = log.append(entry("slow"));
    await untilBlocked(1);
    let isWritten = false;
    const fast = log.append(entry("fast")).then((end) => {
      isWritten = true;
      return end;
    });
    await untilBlocked(2, () => isWritten);
    expect(idsOf(await log.after("main", 0, 10))).toEqual(["first"]);
    undo.resolve();
    await expect(undone).rejects.toThrow("undone");
    expect((await slow).entry.sequence).toBeLessThan((await fast).entry.sequence);
  },
);
