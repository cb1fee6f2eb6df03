import { integer, type StringConstraints, string } from "fast-check";

/** Halves of characters beyond U+FFFF, which are no characters. */
const surrogates = { first: 0xd8_00, last: 0xdf_ff, count: 0x8_00 };
const lastCodePoint = 0x10_ff_ff;

const character = integer({ min: 0, max: lastCodePoint - surrogates.count }).map(
  (index) => String.fromCodePoint(index < surrogates.first ? index : index + surrogates.count),
  (text) => {
    const codePoint = typeof text === "string" ? text.codePointAt(0) : undefined;
    if (
      codePoint === undefined ||
      String.fromCodePoint(codePoint) !== text ||
      (codePoint >= surrogates.first && codePoint <= surrogates.last)
    ) {
      throw new TypeError("This is not one character.");
    }
    return codePoint < surrogates.first ? codePoint : codePoint - surrogates.count;
  },
);

/**
 * Texts of any characters, now and then with one that programs stumble over, such as `__proto__`. fast-check's own
 * `string({ unit: "binary" })` makes the same ones, but first a table of all characters, which takes each process a second.
 */
export function anyText(constraints: Omit<StringConstraints, "unit"> = {}) {
  return string({ ...constraints, unit: character });
}
