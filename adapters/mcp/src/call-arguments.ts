import { type Locale, UsageError } from "@toolcast/core";
import { isLeftOut, type ToolDescription } from "@toolcast/core/surface";
import type { JsonSchema } from "./json-schema.ts";
import { localized, tell } from "./sentences.ts";

/** Less than the 50 seconds that every known client waits. */
const maxWaitSeconds = 45;
const usualWaitSeconds = 25;
const maxKeyCharacters = 200;

/** A call's arguments besides the tool's own input. */
export interface CallArguments {
  waitMs: number;
  key?: string;
  quoteOnly: boolean;
  /** Where to copy the result, as the call names it. */
  save?: { directory: string; name?: string };
  /** Undefined: the default for this client. */
  preview: boolean | undefined;
}

type ArgumentName = "wait_seconds" | "idempotency_key" | "quote_only" | "preview" | "out_dir" | "out_name";

/** Results can be saved wherever files may be read: over stdio, in an allowed folder. */
const savingArguments: readonly ArgumentName[] = ["out_dir", "out_name"];

const mediaArguments: readonly ArgumentName[] = ["preview", ...savingArguments];

/**
 * Agents that know it from an earlier version still send it. It is ignored, because a model cannot agree to anything.
 */
const formerArgument = "agree_to";

/** The arguments a tool takes: those that make sense for it and whose names are not used by its own inputs. */
function argumentNames({ effect, answers, fields }: ToolDescription): ArgumentName[] {
  const names: ArgumentName[] =
    effect === "spends"
      ? ["wait_seconds", "idempotency_key", "quote_only", "preview", ...savingArguments]
      : answers === "job"
        ? ["wait_seconds", "preview", ...savingArguments]
        : [];
  return names.filter((name) => !fields.some((field) => field.name === name));
}

/** The schemas of those arguments; those whose names say it all have no description, because it is sent with every tool. */
export function argumentSchemas(tool: ToolDescription, locale: Locale, maySave: boolean): Record<string, JsonSchema> {
  const all: Record<ArgumentName, JsonSchema> = {
    wait_seconds: {
      type: "number",
      maximum: maxWaitSeconds,
      default: usualWait(tool),
    },
    idempotency_key: { type: "string", description: tell("idempotencyKey", locale) },
    out_dir: { type: "string", description: tell("outDir", locale) },
    out_name: { type: "string" },
    quote_only: { type: "boolean" },
    preview: { type: "boolean" },
  };
  // What changes a job is not called for its result, and words are no files: elsewhere these are accepted unlisted.
  const showsMedia = tool.makesMedia && tool.effect !== "changes";
  const names = argumentNames(tool).filter(
    (name) => (showsMedia || !mediaArguments.includes(name)) && (maySave || !savingArguments.includes(name)),
  );
  return Object.fromEntries(names.map((name) => [name, all[name]]));
}

/** A change (such as a cancellation) shows its effect at once; everything else is worth waiting for. */
function usualWait({ effect }: ToolDescription): number {
  return effect === "changes" ? 0 : usualWaitSeconds;
}

/** Separates our arguments from the tool's input; throws a `UsageError` that names the invalid one. */
export function takeArguments(
  tool: ToolDescription,
  raw: Readonly<Record<string, unknown>>,
): { own: CallArguments; input: Record<string, unknown> } {
  const names = argumentNames(tool);
  const given = (name: ArgumentName) => (names.includes(name) && !isLeftOut(raw[name]) ? raw[name] : undefined);
  const waitSeconds = waitOf(given("wait_seconds"));
  const key = keyOf(given("idempotency_key"));
  const directory = textOf("out_dir", given("out_dir"));
  const name = textOf("out_name", given("out_name"));
  if (name !== undefined && directory === undefined) {
    throw new UsageError(localized("outDirNeeded"), "out_dir");
  }
  const taken: string[] = tool.fields.some(({ name }) => name === formerArgument) ? names : [...names, formerArgument];
  const input = Object.fromEntries(Object.entries(raw).filter(([name]) => !taken.includes(name)));
  return {
    own: {
      waitMs: (waitSeconds ?? (names.includes("wait_seconds") ? usualWait(tool) : 0)) * 1_000,
      key,
      save: directory === undefined ? undefined : { directory, name },
      quoteOnly: flagOf("quote_only", given("quote_only")) ?? false,
      preview: flagOf("preview", given("preview")),
    },
    input,
  };
}

/** Whether the message is a call that wants its job as it is, and so is answered at once. */
export function asksNotToWait(message: unknown): boolean {
  const { params } = (message ?? {}) as { params?: { arguments?: { wait_seconds?: unknown } | null } | null };
  return Number(params?.arguments?.wait_seconds ?? Number.NaN) === 0;
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

function textOf(name: ArgumentName, value: unknown): string | undefined {
  if (value !== undefined && (typeof value !== "string" || value.length > 4_000 || value.includes("\0"))) {
    throw new UsageError(localized("wrongText", { name }), name);
  }
  return value;
}

function flagOf(name: ArgumentName, value: unknown): boolean | undefined {
  if (value === undefined || typeof value === "boolean") {
    return value;
  }
  if (value === "true" || value === "false") {
    return value === "true";
  }
  throw new UsageError(localized("wrongFlag", { name }), name);
}
