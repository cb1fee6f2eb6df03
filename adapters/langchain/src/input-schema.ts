import type { Locale, Tool } from "@toolcast/core";
import { fieldsOf } from "@toolcast/core/surface";
import { z } from "zod";

/** A tool's inputs as one flat object of its own field schemas, described in one language. */
export function inputSchema(tool: Tool, locale: Locale): z.ZodObject {
  const shape = fieldsOf(tool).map(([name, field]) => {
    const described = field.schema.describe(field.summary[locale]);
    return [name, field.optional ? described.optional() : described] as const;
  });
  return z.object(Object.fromEntries(shape));
}
