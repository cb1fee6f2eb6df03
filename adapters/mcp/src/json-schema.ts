import type { StandardSchemaWithJSON } from "@modelcontextprotocol/server";

/** A JSON schema as it stands in a tool's description. */
export type JsonSchema = Record<string, unknown>;

/**
 * A schema that is advertised and never refuses: what comes in is checked by core, which names the field at fault and
 * says what to do in the caller's language.
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
