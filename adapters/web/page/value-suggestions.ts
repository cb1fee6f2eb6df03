import type { FieldDescription, ToolDescription } from "@toolcast/core/surface";
import { useEffect, useState } from "preact/hooks";
import { server } from "./server.ts";

const completeDelayMs = 150;
const mostShown = 25;

/** The value at the end of a typed line: the input that it is for, and what of it is there. */
export interface TypedValue {
  field: FieldDescription;
  partial: string;
  /** Where the value begins in the text. */
  start: number;
}

/** What is typed at the end of the line if it is the value of an input, as in `/image 日照金山 --size 51`. */
export function typedValue(text: string, tool: ToolDescription | undefined): TypedValue | null {
  const [, before, name = "", written = ""] = /^(.*\s--([\w-]+)(?:=|\s+))("[^"]*|[^\s"]*)$/s.exec(text) ?? [];
  const field = tool?.fields.find((one) => one.name === name.replaceAll("-", "_"));
  return before === undefined || field === undefined
    ? null
    : { field, partial: written.replace(/^"/, ""), start: before.length };
}

/** The line with a suggested value in place of what was typed of it. */
export function withValue(text: string, { start }: TypedValue, value: string): string {
  return `${text.slice(0, start)}${/[\s"]/.test(value) ? `"${value.replaceAll('"', "")}"` : value} `;
}

/** Values for what is being typed: an input's own choices, or what its tool suggests. */
export function useValueSuggestions(
  tool: ToolDescription | undefined,
  typed: TypedValue | null,
): { value: string; label: string }[] {
  const [suggested, setSuggested] = useState<{ of: string; values: { value: string; label: string }[] } | null>(null);
  const { field, partial = "" } = typed ?? {};
  const of = `${tool?.command} ${field?.name}`;
  const isAsked = tool !== undefined && field?.completes === true;
  useEffect(() => {
    if (!isAsked) {
      return undefined;
    }
    let isCurrent = true;
    const timer = setTimeout(async () => {
      const { suggestions } = await server.complete(tool.command, field!.name, partial).catch(() => ({
        suggestions: [],
      }));
      if (isCurrent) {
        setSuggested({ of, values: suggestions });
      }
    }, completeDelayMs);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [of, partial, isAsked]);
  if (field?.choices !== undefined) {
    return field.choices
      .map(({ value, title }) => ({ value, label: title }))
      .filter(({ value, label }) => `${value} ${label}`.toLowerCase().includes(partial.toLowerCase()));
  }
  return isAsked && suggested?.of === of ? suggested.values.slice(0, mostShown) : [];
}
