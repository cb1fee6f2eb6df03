import { join } from "node:path";
import { inTransaction } from "@toolcast/core/engine";
import { expect, it, onTestFinished } from "vitest";
import { openConsoleDatabase } from "./console-database.ts";
import { createConversationLog } from "./conversation-log.ts";
import { createEntrySearch } from "./entry-search.ts";
import { excerptOf } from "./entry-text.ts";
import { temporaryDirectory, testConsole } from "./testing/console.ts";

function open() {
  const file = join(temporaryDirectory(), "console.sqlite");
  const openFile = () => {
    const database = openConsoleDatabase(file);
    onTestFinished(() => database.close());
    return database;
  };
  const written = openFile();
  const log = createConversationLog(written);
  const openSearch = () => createEntrySearch(openFile());
  let count = 0;
  const say = (text: string, conversation = "main") => {
    count += 1;
    return log.append({ id: `e${count}`, conversation, at: count, content: { kind: "request", text } });
  };
  return { log, openSearch, say, written };
}

it("finds text in any conversation, newest first, even two Chinese characters, and ignores case", async () => {
  const { openSearch, say } = open();
  await say("/image 日照金山");
  await say("/image A Quiet Harbour", "other");
  await say("/image another harbour");
  const search = openSearch();
  const found = async (words: string, limit = 10) => (await search.find(words, limit)).map(({ entry }) => entry.id);
  expect(await found("harbour")).toEqual(["e3", "e2"]);
  expect(await found("harbour", 1)).toEqual(["e3"]);
  expect(await found("quiet HARB")).toEqual(["e2"]);
  expect(await found("金山")).toEqual(["e1"]);
  expect(await found("山")).toEqual(["e1"]);
  expect(await found("照金山")).toEqual(["e1"]);
  expect(await found("nowhere")).toEqual([]);
});

it("takes every character literally", async () => {
  const { openSearch, say } = open();
  for (const text of ["100%", "100x", "a_b", "axb", 'say "hello" twice', "c\\d", "x OR y", "NEAR(a b)", "pre*"]) {
    await say(text);
  }
  const search = openSearch();
  const found = async (words: string) => (await search.find(words, 10)).map(({ text }) => text);
  expect(await found("0%")).toEqual(["100%"]);
  expect(await found("_b")).toEqual(["a_b"]);
  expect(await found("a_b")).toEqual(["a_b"]);
  expect(await found("100%")).toEqual(["100%"]);
  expect(await found("\\d")).toEqual(["c\\d"]);
  expect(await found('"hello"')).toEqual(['say "hello" twice']);
  expect(await found('lo" tw')).toEqual(['say "hello" twice']);
  expect(await found('"')).toEqual(['say "hello" twice']);
  expect(await found("x OR y")).toEqual(["x OR y"]);
  expect(await found("NEAR(")).toEqual(["NEAR(a b)"]);
  expect(await found("re*")).toEqual(["pre*"]);
  expect(await found("hello AND 100")).toEqual([]);
});

it("finds entries from before the index existed, from another process, and in many batches", async () => {
  const { openSearch, say, written } = open();
  // Together: to wait for the disk after each would take seconds.
  const entries = Array.from({ length: 1_100 }, (_, count) => `entry number ${count}.`);
  await Promise.all(inTransaction(written, () => entries.map((text) => say(text))));
  const [one, other] = [openSearch(), openSearch()];
  expect(await one.find("number 0.", 10)).toHaveLength(1);
  expect(await other.find("number 1099.", 10)).toHaveLength(1);
  await say("the newest of all");
  expect(await other.find("newest of all", 10)).toHaveLength(1);
  expect(await one.find("newest of all", 10)).toHaveLength(1);
});

it("searches forms and delivered results, but not first answers, which change", async () => {
  const { log, openSearch } = open();
  const common = { conversation: "main", at: 1 };
  const message = {
    tone: "success" as const,
    title: "Done",
    lines: ["a second line"],
    fields: [{ label: "Request id", value: "cht000a" }],
    private: false,
  };
  await log.append({
    ...common,
    id: "form",
    content: { kind: "request", form: { command: "paint", input: { prompt: "a cat", count: 2 } } },
  });
  await log.append({ ...common, id: "reply", jobId: "job_1", content: { kind: "reply", message } });
  await log.append({
    ...common,
    id: "answer",
    content: { kind: "reply", message: { ...message, lines: ["a balance"] } },
  });
  await log.append({ ...common, id: "result", jobId: "job_1", content: { kind: "result", message } });
  const search = openSearch();
  const found = async (words: string) => (await search.find(words, 10)).map(({ entry }) => entry.id);
  expect(await found("a cat")).toEqual(["form"]);
  expect(await found("/paint")).toEqual(["form"]);
  expect(await found("second line")).toEqual(["result"]);
  expect(await found("cht000a")).toEqual(["result", "answer"]);
  expect(await found("balance")).toEqual(["answer"]);
});

it("shows some text around the first match, in one line", async () => {
  expect(excerptOf("a quiet\nHarbour in the rain", "harbour")).toEqual({
    before: "a quiet ",
    match: "Harbour",
    after: " in the rain",
  });
  const long = `${"x".repeat(100)}needle${"y".repeat(100)}`;
  const { before, match, after } = excerptOf(long, "needle");
  expect([before, match, after]).toEqual([`…${"x".repeat(40)}`, "needle", `${"y".repeat(40)}…`]);
  expect(excerptOf("somewhere else", "needle")).toEqual({ before: "", match: "", after: "somewhere else" });
  // The lower-case form is longer here, so the position of the match is not its position in the text.
  expect(excerptOf("İİ needle", "needle").match).toBe("");
});

it("answers over HTTP, and an empty search finds nothing", async () => {
  const console = testConsole();
  await console.say("/paint a harbour");
  await console.post("/api/conversations/other/messages", { text: "/paint harbour two" });
  const search = async (query: string) =>
    ((await console.get(`/api/search?${query}`)) as unknown as { results: object[] }).results;
  expect(await search("words=harbour")).toMatchObject([
    { conversation: "other", kind: "request", excerpt: { before: "/paint ", match: "harbour", after: " two" } },
    { conversation: "main", excerpt: { match: "harbour" } },
  ]);
  expect(await search("words=harbour&limit=1")).toHaveLength(1);
  expect(await search("words=%20%20")).toEqual([]);
  expect(await search("words=%00har")).toHaveLength(2);
  expect(await search("")).toEqual([]);
});
