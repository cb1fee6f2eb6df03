import { UsageError } from "../errors/errors.ts";
import type { LocalizedText } from "../ground/locale.ts";
import { listed } from "../messages/listed.ts";
import { type CommandWord, nameOf, readWords } from "./command-words.ts";
import { fieldsOf } from "./describe.ts";
import type { FieldShape } from "./field.ts";
import type { Tool } from "./tool.ts";
import { unknownCommand } from "./unknown-command.ts";

/** A command as typed, not yet validated: every value is text. */
export interface ParsedCommand {
  /** The tool's command, even if its name was typed. */
  command: string;
  /** By field name. */
  input: Record<string, string>;
  /** Those of the place's own flags that were set; absent if it has none. */
  flags?: string[];
}

/** What a place accepts in addition to the inputs of tools. */
export interface CommandLineOptions {
  /** Names of yes-or-no inputs, e.g. `private`; a tool's own input of that name takes precedence. Default none. */
  flags?: readonly string[];
}

/**
 * Reads `/image 日照金山 --size 512x512 --count 2`. Inputs are written `--name value`, `--name=value` or `name=value` with
 * dashes or underscores; values with spaces are quoted; a yes-or-no input needs no value; everything else is the tool's
 * primary input, with spaces and line breaks kept; `--` ends the inputs. Returns null if the text is not a command.
 * Throws only `UsageError`s, which say what would have been right.
 */
export function parseCommandLine(
  text: string,
  tools: readonly Tool[],
  { flags = [] }: CommandLineOptions = {},
): ParsedCommand | null {
  const [, word, rest] = /^\s*[/／](\S*)(.*)$/s.exec(text) ?? [];
  if (word === undefined || rest === undefined) {
    return null;
  }
  const tool = tools.find(({ command, name }) => [command, name].some((one) => sameName(one, word)));
  if (tool === undefined) {
    throw unknownCommand(word, tools, "/");
  }
  const given = readInput(tool, rest, flags);
  const own = new Set(fieldsOf(tool).map(([name]) => name));
  const ofPlace = flags.filter((name) => !own.has(name));
  return {
    command: tool.command,
    input: Object.fromEntries(Object.entries(given).filter(([name]) => !ofPlace.includes(name))),
    ...(flags.length === 0
      ? {}
      : { flags: ofPlace.filter((name) => given[name] !== undefined && !no.test(given[name])) }),
  };
}

/** Commands are written with dashes or underscores, as inputs are. */
function sameName(one: string, other: string): boolean {
  return nameOf(one) === nameOf(other);
}

function readInput(tool: Tool, text: string, flags: readonly string[]): Record<string, string> {
  const shapes = new Map<string, FieldShape>([
    ...flags.map((name) => [name, { kind: "flag" }] as const),
    ...fieldsOf(tool).map(([name, field]) => [name, field.shape] as const),
  ]);
  const words = readWords(text, (name) => shapes.has(name));
  const input = new Map<string, string>();
  const free: CommandWord[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    if (word.name === undefined) {
      free.push(word);
      continue;
    }
    const shape = shapes.get(word.name);
    if (shape === undefined) {
      throw new UsageError(
        { key: "input.unknown", values: { name: word.written ?? word.name, names: optionNames(shapes) } },
        word.name,
      );
    }
    let value = word.value;
    if (value === undefined) {
      const following = words[at + 1];
      if (following !== undefined && following.name === undefined && takes(shape, following)) {
        value = following.value;
        at += 1;
      } else if (shape.kind === "flag") {
        value = "true";
      }
    }
    put(input, word.name, value);
  }
  const unnamedText = freeText(text, free);
  if (unnamedText !== null) {
    const primary = primaryOf(tool, unnamedText, shapes);
    if (input.has(primary)) {
      throw leftOver(primary, unnamedText);
    }
    input.set(primary, unnamedText);
  }
  return Object.fromEntries(input);
}

function put(input: Map<string, string>, name: string, value: string | undefined): void {
  if (value === undefined) {
    throw new UsageError(
      {
        en: `${optionName(name)} needs a value, for example ${optionName(name)}=…`,
        "zh-CN": `${optionName(name)} 后面需要一个值，例如 ${optionName(name)}=…`,
      },
      name,
    );
  }
  if (input.has(name)) {
    throw new UsageError(
      {
        en: `The input “${name}” is given twice. Give it once.`,
        "zh-CN": `参数“${name}”重复填写，请只填一次。`,
      },
      name,
    );
  }
  input.set(name, value);
}

/**
 * Whether an input takes the next word as its value: a yes-or-no input only if it means yes or no, every other input
 * always.
 */
function takes(shape: FieldShape, word: CommandWord): boolean {
  return shape.kind !== "flag" || yes.test(word.value ?? "") || no.test(word.value ?? "");
}

const yes = /^(true|yes|y|on|1|是|好)$/i;
const no = /^(false|no|n|off|0|否)$/i;

/**
 * The words that belong to no input: a single quoted word without its quotes, otherwise exactly as typed, which keeps
 * quotes, spaces and line breaks within a description.
 */
function freeText(text: string, words: readonly CommandWord[]): string | null {
  const [first] = words;
  if (first === undefined) {
    return null;
  }
  if (words.length === 1) {
    return first.value ?? "";
  }
  const runs: { start: number; end: number; next: number }[] = [];
  for (const word of words) {
    const last = runs.at(-1);
    if (last !== undefined && last.next === word.index) {
      last.end = word.end;
      last.next = word.index + 1;
    } else {
      runs.push({ start: word.start, end: word.end, next: word.index + 1 });
    }
  }
  return runs.map((run) => text.slice(run.start, run.end)).join(" ");
}

function primaryOf(tool: Tool, typed: string, shapes: ReadonlyMap<string, FieldShape>): string {
  if (tool.primary !== undefined) {
    return tool.primary;
  }
  const shown = shorten(typed);
  const { en, "zh-CN": chinese } = shapes.size === 0 ? listed(["–"]) : optionNames(shapes);
  throw new UsageError({
    en: `/${tool.command} does not know what “${shown}” belongs to. Its inputs: ${en}.`,
    "zh-CN": `/${tool.command} 无法判断“${shown}”属于哪个参数。可用参数：${chinese}。`,
  });
}

/** The error for stray words, usually the rest of a value with spaces that was written without quotes. */
function leftOver(primary: string, typed: string): UsageError {
  const shown = shorten(typed);
  const example = `${optionName(primary)} "…"`;
  return new UsageError(
    {
      en: `“${shown}” belongs to no input. Put a value with spaces in quotes: ${example}.`,
      "zh-CN": `“${shown}”不属于任何参数。含空格的值请加引号：${example}。`,
    },
    primary,
  );
}

function shorten(typed: string): string {
  const characters = [...typed];
  return characters.length > 40 ? `${characters.slice(0, 40).join("")}…` : typed;
}

function optionNames(shapes: ReadonlyMap<string, FieldShape>): LocalizedText {
  return listed([...shapes.keys()].map(optionName));
}

function optionName(name: string): string {
  return `--${name.replaceAll("_", "-")}`;
}
