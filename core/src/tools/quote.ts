import type { Json } from "../ground/json.ts";
import { fieldsOfRole, withoutRole } from "./describe.ts";
import { isLeftOut, parseField } from "./input.ts";
import type { Tool } from "./tool.ts";

/** Whether the price alone is asked for. An input that is neither yes nor no asks for nothing; it is refused later. */
export function asksForQuote(tool: Tool, input: Readonly<Record<string, unknown>>): boolean {
  return fieldsOfRole(tool, "quote").some((name) => {
    if (isLeftOut(input[name])) {
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
export function withoutQuote(tool: Tool, input: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> {
  return withoutRole(tool, "quote", input);
}
