import type { JsonObject } from "../json.ts";
import type { FieldProblems } from "./field-problems.ts";

/** Suggestions of an autocomplete answer: at most 25, named, with values of at most 100 characters. */
export function readChoices(problems: FieldProblems, data: JsonObject): JsonObject[] {
  return problems.list("data.choices", data.choices, 0, 25).map((value, index) => {
    const path = `data.choices.${index}`;
    const choice = problems.object(path, value);
    problems.text(`${path}.name`, choice.name, 1, 100);
    if (typeof choice.value === "number") {
      if (Math.abs(choice.value) > 2 ** 53) {
        problems.add(`${path}.value`, "NUMBER_TYPE_MAX", "The value is too large.");
      }
    } else {
      problems.text(`${path}.value`, choice.value, 1, 100);
    }
    return choice;
  });
}
