import { type Agreement, type Locale, UsageError } from "@toolcast/core";
import { agreements, isAgreement, isLeftOut, type ToolDescription } from "@toolcast/core/surface";
import type { JsonSchema } from "./json-schema.ts";
import { localized, tell } from "./sentences.ts";

/** Under the 50 seconds that every known client waits. */
const maxWaitSeconds = 45;
const usualWaitSeconds = 25;
const maxKeyCharacters = 200;

/** What a call says besides the tool's own input. */
export interface CallArguments {
  waitMs: number;
  key?: string;
  agreed: readonly Agreement[];
  preview: boolean;
}

type ArgumentName = "wait_seconds" | "idempotency_key" | "agree_to" | "preview";

/** Which of them a tool takes: those that make sense for it and whose names its own inputs leave free. */
function argumentNames({ effect, answers, fields }: ToolDescription): ArgumentName[] {
  const names: ArgumentName[] =
    effect === "spends"
      ? ["wait_seconds", "idempotency_key", "agree_to", "preview"]
      : answers === "job"
        ? ["wait_seconds", "preview"]
        : [];
  return names.filter((name) => !fields.some((field) => field.name === name));
}

export function argumentSchemas(tool: ToolDescription, locale: Locale): Record<string, JsonSchema> {
  const all: Record<ArgumentName, JsonSchema> = {
    wait_seconds: {
      type: "number",
      minimum: 0,
      maximum: maxWaitSeconds,
      default: usualWait(tool),
      description: tell("waitSeconds", locale, { seconds: usualWait(tool) }),
    },
    idempotency_key: {
      type: "string",
      minLength: 1,
      maxLength: maxKeyCharacters,
      description: tell("idempotencyKey", locale),
    },
    agree_to: {
      type: "array",
      items: { type: "string", enum: agreements },
      description: tell("agreeTo", locale),
    },
    preview: { type: "boolean", default: true, description: tell("preview", locale) },
  };
  return Object.fromEntries(argumentNames(tool).map((name) => [name, all[name]]));
}

/** A change (a cancellation) shows at once what became of it; everything else is worth waiting for. */
function usualWait({ effect }: ToolDescription): number {
  return effect === "changes" ? 0 : usualWaitSeconds;
}

/** Takes our arguments out of what came; throws a `UsageError` that names the one at fault. */
export function takeArguments(
  tool: ToolDescription,
  raw: Readonly<Record<string, unknown>>,
): { own: CallArguments; input: Record<string, unknown> } {
  const names = argumentNames(tool);
  const given = (name: ArgumentName) => (names.includes(name) && !isLeftOut(raw[name]) ? raw[name] : undefined);
  const waitSeconds = waitOf(given("wait_seconds"));
  const key = keyOf(given("idempotency_key"));
  const input = Object.fromEntries(Object.entries(raw).filter(([name]) => !names.includes(name as ArgumentName)));
  return {
    own: {
      waitMs: (waitSeconds ?? (names.includes("wait_seconds") ? usualWait(tool) : 0)) * 1_000,
      ...(key === undefined ? {} : { key }),
      agreed: agreedOf(given("agree_to")),
      preview: previewOf(given("preview")),
    },
    input,
  };
}

function waitOf(value: unknown): number | undefined {
  if (value === undefined) {
    return undefined;
  }
  const seconds = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof seconds !== "number" || !(seconds >= 0 && seconds <= maxWaitSeconds)) {
    throw new UsageError(localized("wrongWait"), "wait_seconds");
  }
  return seconds;
}

function keyOf(value: unknown): string | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (typeof value !== "string" || value.length === 0 || value.length > maxKeyCharacters) {
    throw new UsageError(localized("wrongKey"), "idempotency_key");
  }
  return value;
}

/** Models also send one word, or words with commas. */
function agreedOf(value: unknown): Agreement[] {
  const words = typeof value === "string" ? value.split(",").map((word) => word.trim()) : (value ?? []);
  if (!Array.isArray(words) || !words.every(isAgreement)) {
    throw new UsageError(localized("wrongAgreement"), "agree_to");
  }
  return words;
}

function previewOf(value: unknown): boolean {
  if (value === undefined || value === true || value === "true") {
    return true;
  }
  if (value === false || value === "false") {
    return false;
  }
  throw new UsageError(localized("wrongPreview"), "preview");
}
