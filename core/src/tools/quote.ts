import type { Json } from "../ground/json.ts";
import { fieldsOf } from "./describe.ts";
import { isLeftOut, parseField } from "./input.ts";
import type { Tool } from "./tool.ts";

/** Whether the price alone is asked for. An input that is neither yes nor no asks for nothing; it is refused later. */
export function asksForQuote(tool: Tool, input: Readonly<Record<string, unknown>>): boolean {
  return fieldsOf(tool).some(([name, { role }]) => {
    if (role !== "quote" || isLeftOut(input[name])) {
      return false;
    }
    try {
      return parseField(tool, name, input[name]) === true;
    } catch {
      return false;
    }
  });
}

/** Whether only the asker may see the answer: the tool answers so, or it is a price they think about. */
export function answersPrivately(tool: Tool, input: Readonly<Record<string, unknown>>): boolean {
  return (tool.private ?? false) || asksForQuote(tool, input);
}

/** The input of the work itself. */
export function withoutQuote(tool: Tool, input: Readonly<Record<string, Json>>): Record<string, Json> {
  const asking = new Set(fieldsOf(tool).flatMap(([name, { role }]) => (role === "quote" ? [name] : [])));
  return Object.fromEntries(Object.entries(input).filter(([name]) => !asking.has(name)));
}
