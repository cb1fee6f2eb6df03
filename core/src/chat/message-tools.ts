import type { Json } from "../ground/json.ts";
import { fieldsOf } from "../tools/describe.ts";
import type { Field } from "../tools/field.ts";
import type { Tool } from "../tools/tool.ts";
import type { GivenInput } from "./answer.ts";

/** A message that somebody points a tool at. */
export interface PointedMessage {
  /** Its text, without the platform's markup. Default: none. */
  text?: string;
  /** Its files, with their MIME types where the platform says. Default: none. */
  files?: readonly { type?: string | null | undefined; file: Json }[];
  /** It is one of our own: its text announces a job and is nothing to work on. Default false. */
  isOurs?: boolean;
}

/**
 * The tools for a message's menu: those whose inputs take what a message holds. Those for its files come first, then those
 * for its text, each in the order of `tools`: a platform with room for fewer offers the first ones.
 */
export function messageTools(tools: readonly Tool[]): Tool[] {
  const takesFile = (tool: Tool) => fieldsOf(tool).some(([, { shape }]) => shape.kind === "media");
  const takesText = (tool: Tool) => fieldsOf(tool).some(([name, field]) => name === tool.primary && takesWords(field));
  const offered = tools.filter(({ operatorsOnly }) => !operatorsOnly);
  return [...offered.filter(takesFile), ...offered.filter((tool) => !takesFile(tool) && takesText(tool))];
}

/**
 * The input a message gives a tool: each file for the first free input that takes its kind, the text for the primary one,
 * or else the first required text. What was given besides goes before it. `always`: a file that no free input takes is
 * given to the first one, so that its sender learns what was expected.
 */
export function givenByMessage(
  tool: Tool,
  { text = "", files = [], isOurs = false }: PointedMessage,
  { input = {}, files: given = [], private: isPrivate = false }: Partial<GivenInput> = {},
  { always = false } = {},
): GivenInput {
  const taken = [...given];
  for (const { type, file } of files) {
    const kind = type?.split("/", 1)[0] || undefined;
    const free = freeMediaFields(tool, { input, files: taken });
    const fitting = free.find(
      ([, { shape }]) => kind === undefined || (shape.kind === "media" && shape.limits.kind === kind),
    );
    const [field] = fitting ?? (always ? (free[0] ?? []) : []);
    if (field !== undefined) {
      taken.push({ field, file });
    }
  }
  const field = isOurs || text.trim() === "" ? undefined : textField(tool, input);
  return {
    input: field === undefined ? input : { [field]: text.trim(), ...input },
    files: taken,
    private: isPrivate || (tool.private ?? false),
  };
}

/** The media inputs that have no value yet. */
export function freeMediaFields(tool: Tool, { input, files }: Pick<GivenInput, "input" | "files">): [string, Field][] {
  return fieldsOf(tool).filter(
    ([name, { shape }]) =>
      shape.kind === "media" && input[name] === undefined && !files.some(({ field }) => field === name),
  );
}

/** Whether anything may be written there; an input with suggestions names something that exists. */
function takesWords({ shape, role }: Field): boolean {
  return shape.kind === "text" && !shape.completes && role === undefined;
}

function textField(tool: Tool, input: GivenInput["input"]): string | undefined {
  const free = fieldsOf(tool).filter(([name, { shape }]) => shape.kind === "text" && input[name] === undefined);
  return (free.find(([name]) => name === tool.primary) ?? free.find(([, { optional }]) => !optional))?.[0];
}
