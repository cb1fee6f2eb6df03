import { expect, test } from "vitest";
import { searchOwn } from "./search-own.ts";
import { SendError, sendFailures } from "./send-failure.ts";

const failures = sendFailures("Test");
const context = {
  readFailure: (error: unknown) => (error instanceof SendError ? error.failure : failures.unknown("broke off")),
};
const isOurs = (message: number) => message === 42;

/** A conversation of that many pages, with ours on the last one. */
function conversation(pages: number) {
  const asked: unknown[] = [];
  return {
    asked,
    isOurs,
    async read(since: number, cursor: number | undefined) {
      asked.push([since, cursor]);
      const page = cursor ?? 1;
      return { messages: page === pages ? [7, 42] : [7], next: page === pages ? undefined : page + 1 };
    },
  };
}

test("a message of ours is searched for page by page, from a little before it may have been sent", async () => {
  const messages = conversation(3);
  expect(await searchOwn(context, 600_000, messages)).toBe(42);
  expect(messages.asked).toEqual([
    [480_000, undefined],
    [480_000, 2],
    [480_000, 3],
  ]);
  expect(await searchOwn(context, 0, { ...conversation(1), isOurs: () => false })).toBeNull();
});

test("the search ends after ten pages", async () => {
  const messages = conversation(11);
  expect(await searchOwn(context, 600_000, messages)).toBeNull();
  expect(messages.asked).toHaveLength(10);
});

test("a refusal finds nothing; any other failure is passed on", async () => {
  const failing = (error: unknown) => ({ isOurs, read: () => Promise.reject(error) });
  const refused = new SendError(failures.refused({ detail: "no permission" }));
  expect(await searchOwn(context, 0, failing(refused))).toBeNull();
  const unclear = new Error("broke off");
  await expect(searchOwn(context, 0, failing(unclear))).rejects.toBe(unclear);
});
