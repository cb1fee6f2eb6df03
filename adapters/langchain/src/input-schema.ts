import type { Locale, Tool } from "@toolcast/core";
import { fieldsOf } from "@toolcast/core/surface";
import { z } from "zod";

/**
 * A tool's inputs as one flat object of its own field schemas, described in one language. Consent is not among them:
 * the program asks a person for it (`agreed`), and a model cannot give it.
 */
export function inputSchema(tool: Tool, locale: Locale): z.ZodObject {
  const offered = fieldsOf(tool).filter(([, { role }]) => role !== "consent");
  const shape = offered.map(([name, field]) => {
    const described = field.schema.describe(field.summary[locale]);
    return [name, field.optional ? described.optional() : described] as const;
  });
  return z.object(Object.fromEntries(shape));
}
