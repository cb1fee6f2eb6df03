import { builtInTools, type Field, type Json, ToolcastError } from "@toolcast/core";
import { fieldsOf, parseInput } from "@toolcast/core/surface";
import fc from "fast-check";
import { expect, test } from "vitest";
import { verifies } from "../verifies.ts";

test("a value with nothing visible counts as left out, whatever the field", () => {
  verifies("understood.left-out");
  const invisible = [
    ..." \t\n\0\x07\x9f\u00a0\u00ad\u034f\u115f\u17b4\u180e\u200b\u200d\u200e\u2028\u202e\u2060\u2800\u3000\u3164\ufe0f\ufeff\uffa0\u{e0020}",
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...builtInTools.flatMap((tool) => Object.keys(tool.input).map((name) => [tool, name] as const))),
      fc.array(fc.constantFrom(...invisible), { maxLength: 5 }),
      ([tool, name], characters) => {
        const given = Object.fromEntries(
          fieldsOf(tool).flatMap(([one, field]) => (field.optional ? [] : [[one, usable(field)]])),
        );
        const parse = (value: unknown) => {
          try {
            return parseInput(tool, { ...given, [name]: value });
          } catch (error) {
            return ToolcastError.isInstance(error) ? error.failure : error;
          }
        };
        expect(parse(characters.join(""))).toEqual(parse(undefined));
      },
    ),
  );
});

test("half characters are replaced, whether the input is accepted or refused", () => {
  verifies("safe.whole-characters");
  const image = builtInTools.find(({ command }) => command === "image")!;
  expect(parseInput(image, { prompt: "a cat \ud83d here" })).toEqual({ prompt: "a cat \ufffd here" });
  expect(() => parseInput(image, { prompt: "a", "x\udc00": 1 })).toThrow(
    expect.objectContaining({ failure: expect.objectContaining({ field: "x\ufffd" }) }),
  );
});

/** Any value that the field accepts. */
function usable({ shape }: Field): Json {
  switch (shape.kind) {
    case "choice":
      return shape.choices[0]!.value;
    case "flag":
      return true;
    case "integer":
    case "decimal":
      return shape.minimum;
    case "text":
      return "x".repeat(shape.minLength);
    default:
      return "https://pictures.example/a.png";
  }
}
