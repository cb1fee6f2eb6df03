import fc from "fast-check";
import { expect, it } from "vitest";
import { parseJson, parseJsonPiece } from "./parse-json.ts";
import { wellFormed } from "./well-formed.ts";

// @verifies safe.whole-characters

const text = fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)) });

it("leaves no half of a character in any text or name, and changes nothing else", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), text, (value, odd) => {
      expect(wellFormed({ [odd]: [odd, value] })).toEqual({
        [odd.toWellFormed()]: [odd.toWellFormed(), wellFormed(value)],
      });
      expect(JSON.stringify(wellFormed({ [odd]: [odd, value] }))).not.toMatch(/\\ud[89a-f]/);
    }),
  );
  const whole = { a: ["日照 👍", 1, null, true], b: {} };
  expect(wellFormed(whole)).toEqual(whole);
});

it("JSON from elsewhere has no half of a character once it is parsed, unless it is a piece of something longer", () => {
  fc.assert(
    fc.property(text, (odd) => {
      const json = JSON.stringify({ odd });
      expect(parseJson(json)).toEqual({ odd: odd.toWellFormed() });
      expect(parseJsonPiece(json)).toEqual({ odd });
    }),
  );
  expect(parseJson('{"a":"\\ud83d"}')).toEqual({ a: "\ufffd" });
  expect(parseJson('{"a":"\\ud83d\\udc4d"}')).toEqual({ a: "👍" });
  expect([parseJson("{"), parseJson("[".repeat(1e6))]).toEqual([undefined, undefined]);
});
