import type { JsonObject } from "../json.ts";
import { checkDescription, checkName } from "./command-names.ts";
import type { FieldProblems } from "./field-problems.ts";

const subcommand = 1;
const group = 2;
const text = 3;
const integer = 4;
const number = 10;
const takesChoices = [text, integer, number];
const lastType = 11;

function checkRange(problems: FieldProblems, path: string, raw: JsonObject, type: number): void {
  const bounds = (keys: readonly [string, string], least: readonly [number, number], most: number, whole: boolean) => {
    for (const [index, key] of keys.entries()) {
      const value = raw[key];
      if (value === undefined || value === null) {
        continue;
      }
      const fits =
        typeof value === "number" && value >= least[index]! && value <= most && (!whole || Number.isInteger(value));
      if (!fits) {
        problems.add(`${path}.${key}`, "NUMBER_TYPE_MAX", `Value must be between ${least[index]} and ${most}.`);
      }
    }
    const [low, high] = [raw[keys[0]], raw[keys[1]]];
    if (typeof low === "number" && typeof high === "number" && low > high) {
      problems.add(
        `${path}.${keys[0]}`,
        "APPLICATION_COMMAND_OPTIONS_MIN_VALUE_INVALID",
        "The minimum is above the maximum.",
      );
    }
  };
  const safe = 2 ** 53;
  if (type === text) {
    bounds(["min_length", "max_length"], [0, 1], 6_000, true);
  } else if (type === integer || type === number) {
    bounds(["min_value", "max_value"], [-safe, -safe], safe, type === integer);
  }
}

function checkChoices(problems: FieldProblems, path: string, raw: JsonObject, type: number): void {
  const given = raw.choices;
  if (given === undefined || given === null) {
    return;
  }
  const choices = problems.list(`${path}.choices`, given, 0, 25);
  if (choices.length > 0 && !takesChoices.includes(type)) {
    problems.add(`${path}.choices`, "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID_TYPE", "This type takes no choices.");
  }
  if (choices.length > 0 && raw.autocomplete === true) {
    problems.add(
      `${path}.autocomplete`,
      "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID",
      "Cannot have choices and autocomplete.",
    );
  }
  const names = new Set<unknown>();
  choices.forEach((value, index) => {
    const at = `${path}.choices.${index}`;
    const choice = problems.object(at, value);
    problems.text(`${at}.name`, choice.name, 1, 100);
    if (names.has(choice.name)) {
      problems.add(`${at}.name`, "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_DUPLICATE", "Choice names must be unique.");
    }
    names.add(choice.name);
    if (type === text) {
      problems.text(`${at}.value`, choice.value, 1, 100);
    } else if (typeof choice.value !== "number" || (type === integer && !Number.isInteger(choice.value))) {
      problems.add(`${at}.value`, "NUMBER_TYPE_COERCE", "The value is no number of this option's type.");
    }
  });
}

/** Options of a command, and those of its groups and subcommands. */
export function checkOptions(
  problems: FieldProblems,
  path: string,
  given: unknown,
  depth: "command" | "group" | "leaf",
): void {
  if (given === undefined || given === null) {
    return;
  }
  const names = new Set<unknown>();
  let optionalSeen = false;
  const options = problems.list(path, given, 0, 25);
  const types = options.map((value) => Number((value as JsonObject | null)?.type));
  const nested = types.filter((type) => type === subcommand || type === group).length;
  if (nested > 0 && nested < types.length) {
    problems.add(
      path,
      "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
      "Sub-command and sub-command group options are mutually exclusive to all other options",
    );
  }
  options.forEach((value, index) => {
    const at = `${path}.${index}`;
    const raw = problems.object(at, value);
    const type = types[index]!;
    const allowedHere =
      Number.isInteger(type) &&
      type >= 1 &&
      type <= lastType &&
      !(type === group && depth !== "command") &&
      !(type === subcommand && depth === "leaf");
    if (!allowedHere) {
      problems.add(`${at}.type`, "BASE_TYPE_CHOICES", "This type of option cannot stand here.");
    }
    checkName(problems, at, raw, true);
    checkDescription(problems, at, raw, 1);
    if (names.has(raw.name)) {
      problems.add(at, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", `Option name already exists`);
    }
    names.add(raw.name);
    if (raw.required === true && optionalSeen) {
      problems.add(
        at,
        "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
        "Required options must be placed before non-required options",
      );
    }
    optionalSeen ||= raw.required !== true;
    if (raw.autocomplete === true && !takesChoices.includes(type)) {
      problems.add(
        `${at}.autocomplete`,
        "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID",
        "This type takes no autocomplete.",
      );
    }
    checkRange(problems, at, raw, type);
    checkChoices(problems, at, raw, type);
    if (type === subcommand || type === group) {
      checkOptions(problems, `${at}.options`, raw.options, type === group ? "group" : "leaf");
    }
  });
}
