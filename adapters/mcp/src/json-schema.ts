import type { StandardSchemaWithJSON } from "@modelcontextprotocol/server";

/** A JSON schema as used in a tool's description. */
export type JsonSchema = Record<string, unknown>;

/**
 * A schema that is advertised but accepts everything: core checks the input, names the invalid field and says what to
 * do in the caller's language.
 */
export function advertised(schema: JsonSchema): StandardSchemaWithJSON<Record<string, unknown>> {
  return {
    "~standard": {
      version: 1,
      vendor: "toolcast",
      validate: (value) => ({ value: (value ?? {}) as Record<string, unknown> }),
      jsonSchema: { input: () => schema, output: () => schema },
    },
  };
}
