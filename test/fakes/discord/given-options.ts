import { characters, isObject, type JsonObject } from "../json.ts";
import { storeFile } from "./attachments.ts";
import type { Context } from "./context.ts";
import { attachmentPayload } from "./message-payload.ts";
import type { Channel } from "./world.ts";

/** A file that a person attaches. */
export interface Upload {
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

export type OptionValue = string | number | boolean | Upload;

/** An act that Discord's own client would not have allowed. */
export class NotPossible extends Error {}

const subcommand = 1;
const group = 2;
const types = { text: 3, integer: 4, boolean: 5, number: 10, attachment: 11 } as const;

function fits(option: JsonObject, value: OptionValue): boolean {
  const low = (key: string) => (typeof option[key] === "number" ? option[key] : Number.NEGATIVE_INFINITY);
  const high = (key: string) => (typeof option[key] === "number" ? option[key] : Number.POSITIVE_INFINITY);
  const choices = Array.isArray(option.choices) ? (option.choices as JsonObject[]) : [];
  if (choices.length > 0 && !choices.some((choice) => choice.value === value)) {
    return false;
  }
  switch (option.type) {
    case types.text:
      return (
        typeof value === "string" &&
        characters(value) >= Number(option.min_length ?? 1) &&
        characters(value) <= Math.min(6_000, high("max_length"))
      );
    case types.integer:
    case types.number:
      return (
        typeof value === "number" &&
        (option.type === types.number || Number.isInteger(value)) &&
        value >= low("min_value") &&
        value <= high("max_value")
      );
    case types.boolean:
      return typeof value === "boolean";
    case types.attachment:
      return isObject(value);
    default:
      return typeof value === "string";
  }
}

/** The command's own options, or those of the subcommand named after it. */
function leafOf(
  command: JsonObject,
  words: readonly string[],
): { options: JsonObject[]; wrap: (given: JsonObject[]) => JsonObject[] } {
  let options = (command.options ?? []) as JsonObject[];
  const path: { type: number; name: string }[] = [];
  for (const word of words) {
    const found = options.find(({ type, name }) => (type === subcommand || type === group) && name === word);
    if (found === undefined) {
      throw new NotPossible(`/${String(command.name)} has no subcommand ${word}`);
    }
    path.push({ type: Number(found.type), name: word });
    options = (found.options ?? []) as JsonObject[];
  }
  return {
    options,
    wrap: (given) => path.reduceRight<JsonObject[]>((inner, { type, name }) => [{ type, name, options: inner }], given),
  };
}

export interface GivenOptions {
  readonly words: readonly string[];
  readonly values: Readonly<Record<string, OptionValue>>;
  /** The option being typed, for autocomplete: nothing is checked or required then. */
  readonly focused: string | null;
}

/** `data.options` and `data.resolved` as Discord sends them. Throws NotPossible if Discord's client would object. */
export function optionData(
  context: Context,
  channel: Channel,
  command: JsonObject,
  { words, values, focused }: GivenOptions,
): JsonObject {
  const { options, wrap } = leafOf(command, words);
  const attachments: Record<string, JsonObject> = {};
  const unknown = Object.keys(values).find((name) => !options.some((option) => option.name === name));
  if (unknown !== undefined) {
    throw new NotPossible(`/${String(command.name)} has no option ${unknown}`);
  }
  const given = options.flatMap((option) => {
    const name = String(option.name);
    const value = values[name];
    if (value === undefined) {
      if (option.required === true && focused === null) {
        throw new NotPossible(`/${String(command.name)} needs ${name}`);
      }
      return [];
    }
    if (focused === null && !fits(option, value)) {
      throw new NotPossible(
        `/${String(command.name)} does not take this ${name}: ${JSON.stringify(value).slice(0, 80)}`,
      );
    }
    if (isObject(value)) {
      const file = storeFile(context, channel, { ...(value as unknown as Upload), ephemeral: true });
      context.world.attachments.set(file.id, file);
      attachments[file.id] = attachmentPayload(context, file);
      return [{ name, type: option.type, value: file.id }];
    }
    return [{ name, type: option.type, value, ...(focused === name ? { focused: true } : {}) }];
  });
  return {
    options: wrap(given),
    ...(Object.keys(attachments).length > 0 ? { resolved: { attachments } } : {}),
  };
}
