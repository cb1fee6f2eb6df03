import type { Icon, StandardSchemaWithJSON, ToolAnnotations } from "@modelcontextprotocol/server";
import type { Locale, Tool } from "@toolcast/core";
import {
  describeTool,
  type FieldDescription,
  type JobTool,
  jobToolsOf,
  type ToolDescription,
} from "@toolcast/core/surface";
import { argumentSchemas } from "./call-arguments.ts";
import { cardUri } from "./card/index.ts";
import { toolIcons } from "./icons.ts";
import { jobFactsSchema } from "./job-facts.ts";
import { advertised, type JsonSchema } from "./json-schema.ts";
import { tell } from "./sentences.ts";

/** A tool as clients see it. */
export interface CatalogueEntry {
  tool: Tool;
  described: ToolDescription;
  config: {
    title: string;
    description: string;
    inputSchema: StandardSchemaWithJSON<Record<string, unknown>>;
    outputSchema: StandardSchemaWithJSON<Record<string, unknown>>;
    annotations: ToolAnnotations;
    icons: Icon[];
    _meta?: Record<string, unknown>;
  };
}

/** The tools that agents use to view or cancel a job, and the input that names it. */
export interface NamedJobTools {
  look: JobTool;
  cancel: JobTool;
}

export interface Catalogue {
  entries: readonly CatalogueEntry[];
  jobTools: NamedJobTools;
}

export interface CatalogueOptions {
  tools: readonly Tool[];
  locale: Locale;
  /** Tools that its user may not use are not listed. */
  mayUse: (tool: Tool) => boolean;
  transport: "stdio" | "http";
  /** Whether there is a folder to save results in. */
  maySave: boolean;
  withCard: boolean;
}

/** Where files are uploaded to become asset ids. */
export const uploadPath = "/mcp/uploads";

/** Everything about the tools that does not change from call to call. */
export function createCatalogue(options: CatalogueOptions): Catalogue {
  const { tools, locale, mayUse, withCard } = options;
  const jobTools = namedJobTools(tools);
  const entries = tools.filter(mayUse).map((tool): CatalogueEntry => {
    const described = describeTool(tool, locale);
    const showsJob = described.effect === "spends" || described.answers === "job";
    return {
      tool,
      described,
      config: {
        title: described.title,
        description: descriptionOf(described, jobTools, locale),
        inputSchema: advertised(inputSchema(described, options)),
        outputSchema: advertised(showsJob ? jobFactsSchema : answerSchema),
        annotations: annotationsOf(described),
        icons: toolIcons[described.effect],
        ...(withCard && showsJob ? { _meta: { ui: { resourceUri: cardUri }, "ui/resourceUri": cardUri } } : {}),
      },
    };
  });
  return { entries, jobTools };
}

/** Instructions for models name both, so a server without one of them says so by an empty name. */
function namedJobTools(tools: readonly Tool[]): NamedJobTools {
  const { look, cancel } = jobToolsOf(tools);
  const none = { tool: "", field: "" };
  return { look: look ?? none, cancel: cancel ?? none };
}

function descriptionOf({ summary, effect }: ToolDescription, { look, cancel }: NamedJobTools, locale: Locale): string {
  return effect === "spends"
    ? `${summary} ${tell("spends", locale, { look: look.tool, cancel: cancel.tool })}`
    : summary;
}

/** What the protocol assumes anyway (not idempotent, open to the world) is left out: the list is sent to models. */
function annotationsOf({ effect }: ToolDescription): ToolAnnotations {
  switch (effect) {
    case "spends":
      return { readOnlyHint: false, destructiveHint: false };
    case "changes":
      return { readOnlyHint: false, destructiveHint: true, idempotentHint: true };
    case "reads":
      return { readOnlyHint: true, openWorldHint: false };
    default:
      return effect satisfies never;
  }
}

const answerSchema: JsonSchema = {
  type: "object",
  properties: { message: { type: "string" }, data: { type: "object" } },
  required: ["message", "data"],
};

function inputSchema(tool: ToolDescription, { locale, transport, maySave }: CatalogueOptions): JsonSchema {
  const required = tool.fields.filter((field) => field.required).map(({ name }) => name);
  // Consent is asked of the person; a model cannot give it. A quote has an argument that every tool shares.
  const offered = tool.fields.filter(({ role }) => role !== "consent" && role !== "quote");
  return {
    type: "object",
    properties: {
      ...Object.fromEntries(offered.map((field) => [field.name, fieldSchema(field, locale, transport)])),
      ...argumentSchemas(tool, locale, maySave),
    },
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

function fieldSchema(field: FieldDescription, locale: Locale, transport: "stdio" | "http"): JsonSchema {
  const { summary, kind, minLength = 0, maxLength, minimum, maximum, choices, completes } = field;
  const said = { description: summary };
  switch (kind) {
    case "text":
      // A name of something that exists is never too long.
      return { type: "string", ...said, ...(minLength > 1 ? { minLength } : {}), ...(completes ? {} : { maxLength }) };
    case "integer":
      return { type: "integer", ...said, minimum, maximum };
    case "decimal":
      return { type: "number", ...said, minimum, maximum };
    case "flag":
      return { type: "boolean", ...said };
    case "choice":
      return { type: "string", ...said, enum: choices?.map(({ value }) => value) };
    case "media": {
      const how = tell(transport === "stdio" ? "mediaByPath" : "mediaByLink", locale, { upload: uploadPath });
      return { type: "string", ...said, description: `${summary} ${how}` };
    }
    default:
      return kind satisfies never;
  }
}
