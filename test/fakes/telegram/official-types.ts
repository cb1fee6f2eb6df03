import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Declarations, Declared, Field } from "./declared-types.ts";

interface OfficialField {
  readonly name: string;
  readonly types: readonly string[];
  readonly required: boolean;
  readonly description: string;
}

export interface Official {
  readonly version: string;
  readonly methods: Readonly<
    Record<string, { readonly returns: readonly string[]; readonly fields?: readonly OfficialField[] }>
  >;
  readonly types: Readonly<
    Record<string, { readonly fields?: readonly OfficialField[]; readonly subtypes?: readonly string[] }>
  >;
}

export function readOfficial(folder: string): Official {
  return JSON.parse(readFileSync(join(folder, "telegram-bot-api.json"), "utf8")) as Official;
}

const primitives: Readonly<Record<string, Declared>> = {
  Integer: { is: "number" },
  "Integer or String": { is: "union", of: [{ is: "number" }, { is: "string" }] },
  Float: { is: "number" },
  String: { is: "string" },
  Boolean: { is: "boolean" },
  InputFile: { is: "file" },
};

function declared(type: string): Declared {
  const inner = /^Array of (.+)$/.exec(type)?.[1];
  return inner === undefined ? (primitives[type] ?? { is: "named", name: type }) : { is: "list", of: declared(inner) };
}

const anyOf = (types: readonly string[]): Declared =>
  types.length === 1 ? declared(types[0]!) : { is: "union", of: types.map(declared) };

/** The newer judge checks which fields are required, since later versions made some optional. */
const objectOf = (fields: readonly OfficialField[] = []): Declared => ({
  is: "object",
  fields: new Map<string, Field>(fields.map(({ name, types }) => [name, { type: anyOf(types), required: false }])),
});

/** Telegram's own page of Bot API 10.1 as data. */
export function officialDeclarations(official: Official): Declarations {
  return {
    methods: new Map(
      Object.entries(official.methods).map(([name, { returns, fields }]) => [
        name,
        { parameters: objectOf(fields), result: anyOf(returns) },
      ]),
    ),
    types: new Map(
      Object.entries(official.types).map(([name, { fields, subtypes }]) => [
        name,
        subtypes === undefined || subtypes.length === 0 ? objectOf(fields) : anyOf(subtypes),
      ]),
    ),
  };
}
