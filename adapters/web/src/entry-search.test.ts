import { join } from "node:path";
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
  const log = createConversationLog(openFile());
  const openSearch = () => createEntrySearch(openFile());
  let count = 0;
  const say = (text: string, conversation = "main") => {
    count += 1;
    return log.append({ id: `e${count}`, conversation, at: count, content: { kind: "request", text } });
  };
  return { log, openSearch, say };
}

it("finds text in any conversation, newest first, even two Chinese characters, and ignores case", () => {
  const { openSearch, say } = open();
  say("/image 日照金山");
  say("/image A Quiet Harbour", "other");
  say("/image another harbour");
  const search = openSearch();
  const found = (words: string, limit = 10) => search.find(words, limit).map(({ entry }) => entry.id);
  expect(found("harbour")).toEqual(["e3", "e2"]);
  expect(found("harbour", 1)).toEqual(["e3"]);
  expect(found("quiet HARB")).toEqual(["e2"]);
  expect(found("金山")).toEqual(["e1"]);
  expect(found("山")).toEqual(["e1"]);
  expect(found("照金山")).toEqual(["e1"]);
  expect(found("nowhere")).toEqual([]);
});

it("takes every character literally", () => {
  const { openSearch, say } = open();
  for (const text of ["100%", "100x", "a_b", "axb", 'say "hello" twice', "c\\d", "x OR y", "NEAR(a b)", "pre*"]) {
    say(text);
  }
  const search = openSearch();
  const found = (words: string) => search.find(words, 10).map(({ text }) => text);
  expect(found("0%")).toEqual(["100%"]);
  expect(found("_b")).toEqual(["a_b"]);
  expect(found("a_b")).toEqual(["a_b"]);
  expect(found("100%")).toEqual(["100%"]);
  expect(found("\\d")).toEqual(["c\\d"]);
  expect(found('"hello"')).toEqual(['say "hello" twice']);
  expect(found('lo" tw')).toEqual(['say "hello" twice']);
  expect(found('"')).toEqual(['say "hello" twice']);
  expect(found("x OR y")).toEqual(["x OR y"]);
  expect(found("NEAR(")).toEqual(["NEAR(a b)"]);
  expect(found("re*")).toEqual(["pre*"]);
  expect(found("hello AND 100")).toEqual([]);
});

it("finds entries from before the index existed, from another process, and in many batches", () => {
  const { openSearch, say } = open();
  for (let count = 0; count < 1_100; count += 1) {
    say(`entry number ${count}.`);
  }
  const [one, other] = [openSearch(), openSearch()];
  expect(one.find("number 0.", 10)).toHaveLength(1);
  expect(other.find("number 1099.", 10)).toHaveLength(1);
  say("the newest of all");
  expect(other.find("newest of all", 10)).toHaveLength(1);
  expect(one.find("newest of all", 10)).toHaveLength(1);
});

it("searches forms and delivered results, but not first answers, which change", () => {
  const { log, openSearch } = open();
  const common = { conversation: "main", at: 1 };
  const message = {
    tone: "success" as const,
    title: "Done",
    lines: ["a second line"],
    fields: [{ label: "Request id", value: "cht000a" }],
    private: false,
  };
  log.append({
    ...common,
    id: "form",
    content: { kind: "request", form: { command: "paint", input: { prompt: "a cat", count: 2 } } },
  });
  log.append({ ...common, id: "reply", jobId: "job_1", content: { kind: "reply", message } });
  log.append({ ...common, id: "answer", content: { kind: "reply", message: { ...message, lines: ["a balance"] } } });
  log.append({ ...common, id: "result", jobId: "job_1", content: { kind: "result", message } });
  const search = openSearch();
  const found = (words: string) => search.find(words, 10).map(({ entry }) => entry.id);
  expect(found("a cat")).toEqual(["form"]);
  expect(found("/paint")).toEqual(["form"]);
  expect(found("second line")).toEqual(["result"]);
  expect(found("cht000a")).toEqual(["result", "answer"]);
  expect(found("balance")).toEqual(["answer"]);
});

it("shows some text around the first match, in one line", () => {
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
