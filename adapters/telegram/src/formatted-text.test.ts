import fc from "fast-check";
import { expect, test } from "vitest";
import { withAutomaticEntities } from "../../../test/fakes/telegram/automatic-entities.ts";
import { formattedTextPort, inert } from "./formatted-text.ts";

const risky = [
  "@",
  "#",
  "$",
  "/",
  "+",
  ".",
  "://",
  "https",
  "tg",
  "a",
  "B7",
  "USD",
  "com",
  "例",
  "_",
  "-",
  " ",
  "\n",
  "🦊",
];
const texts = fc.array(fc.constantFrom(...risky), { maxLength: 30 }).map((parts) => parts.join(""));

/** @verifies telegram.inert */
test("whatever a text contains, Telegram's server finds no links in it, and it looks the same", () => {
  fc.assert(
    fc.property(texts, (text) => {
      const shown = inert(text);
      expect(withAutomaticEntities({ text: shown, entities: [] }).entities).toEqual([]);
      expect(shown.replaceAll("\u2060", "")).toBe(text);
    }),
    { numRuns: 2_000 },
  );
});

/** @verifies telegram.inert */
test("styles cover the text they were given for, in UTF-16 units", () => {
  const { text, entities } = formattedTextPort.render([
    { kind: "title", spans: [{ text: "🦊 @ada" }] },
    { kind: "fact", spans: [{ text: "Job", bold: true }, { text: ": " }, { text: "job_1.com", code: true }] },
    { kind: "note", spans: [{ text: "soon" }] },
  ]);
  const shown = entities.map(({ type, offset, length }) => [type, text.slice(offset, offset + length)]);
  expect(shown).toEqual([
    ["bold", "🦊 @\u2060ada"],
    ["bold", "Job"],
    ["code", "job_1.com"],
    ["italic", "soon"],
  ]);
});
