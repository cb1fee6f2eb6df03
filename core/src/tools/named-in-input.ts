import { UsageError } from "../errors/errors.ts";
import type { Json } from "../ground/json.ts";
import type { Voice } from "../voices/voice-book.ts";
import { fieldsOf, fieldsOfRole } from "./describe.ts";
import type { FieldRole } from "./field.ts";
import { missing } from "./input.ts";
import type { Tool, ToolContext } from "./tool.ts";

/** What a request refers to by name. */
interface Named {
  /** The input, with voices as ids. */
  input: Record<string, Json>;
  /** The provider of the voices, otherwise the named one; undefined for any. */
  provider?: string;
}

/** The given values of those inputs, by name. */
export function valuesOfRole(tool: Tool, role: FieldRole, input: Readonly<Record<string, Json>>): [string, string][] {
  const given: [string, string][] = [];
  for (const name of fieldsOfRole(tool, role)) {
    const value = input[name];
    if (typeof value === "string") {
      given.push([name, value]);
    }
  }
  return given;
}

/**
 * Finds the voices among those the caller may use. An input that may be left out gets the caller's only own voice,
 * otherwise a preset one. Throws a `UsageError` for a voice that is not among them, or belongs to another provider.
 */
export async function findNamed(
  tool: Tool,
  input: Readonly<Record<string, Json>>,
  context: Pick<ToolContext, "voices" | "caller" | "providers">,
): Promise<Named> {
  const { voices, caller } = context;
  const found: Record<string, Json> = { ...input };
  let first: Voice | undefined;
  for (const [field, name] of valuesOfRole(tool, "voice", input)) {
    const voice = await voices.find(name, caller, field);
    first ??= voice;
    if (voice.provider !== first.provider) {
      throw livesElsewhere(voice, field, context);
    }
    found[field] = voice.id;
  }
  const [choice] = valuesOfRole(tool, "provider", input);
  for (const [field, shown] of fieldsOf(tool)) {
    if (shown.presetByDefault && found[field] === undefined) {
      const provider = first?.provider ?? choice?.[1];
      const [only, another] = (await voices.usableBy(caller)).filter(({ owner }) => owner === caller.id);
      const defaults = [...(only === undefined || another !== undefined ? [] : [only]), ...voices.presets()];
      const voice = defaults.find((one) => provider === undefined || one.provider === provider);
      if (voice === undefined) {
        throw missing(field, shown);
      }
      first ??= voice;
      found[field] = voice.id;
    }
  }
  if (first !== undefined && choice !== undefined && choice[1] !== first.provider) {
    throw livesElsewhere(first, choice[0], context);
  }
  return { input: found, provider: first?.provider ?? choice?.[1] };
}

function livesElsewhere(voice: Voice, field: string, { providers }: Pick<ToolContext, "providers">): UsageError {
  const provider = providers.find(({ id }) => id === voice.provider)?.title ?? voice.provider;
  return new UsageError({ key: "voice.elsewhere", values: { name: voice.name, provider } }, field);
}
