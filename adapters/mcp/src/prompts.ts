import { completable, type GetPromptResult, type Icon } from "@modelcontextprotocol/server";
import type { Caller, Runtime } from "@toolcast/core";
import type { FieldDescription } from "@toolcast/core/surface";
import { z } from "zod";
import { toolIcons } from "./icons.ts";
import { tell } from "./sentences.ts";
import type { Catalogue, CatalogueEntry } from "./tool-catalogue.ts";

/** Prompts take short texts: numbers and files are easier to give to the model. */
const asked: readonly FieldDescription["kind"][] = ["text", "choice", "media"];

/** A prompt as a server object accepts it. */
export interface ToolPrompt {
  name: string;
  config: { title: string; description: string; icons: Icon[]; argsSchema: z.ZodObject };
  answer: (input: Record<string, unknown>) => GetPromptResult;
}

/** One prompt for each tool that makes something, under the name people know it by, with suggestions for its inputs. */
export function createPrompts(runtime: Runtime, caller: Caller, catalogue: Catalogue): ToolPrompt[] {
  const { locale } = caller;
  const { look } = catalogue.jobTools;
  return catalogue.entries
    .filter(({ described }) => described.effect === "spends")
    .map((entry): ToolPrompt => {
      const { name, command, title, effect } = entry.described;
      return {
        name: command,
        config: {
          title,
          description: tell("promptSummary", locale, { title }),
          icons: toolIcons[effect],
          argsSchema: argumentsOf(entry, runtime, caller),
        },
        answer(input) {
          const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
          const text = tell("promptText", locale, { tool: name, input: JSON.stringify(given), look: look.tool });
          return { messages: [{ role: "user", content: { type: "text", text } }] };
        },
      };
    });
}

function argumentsOf({ tool, described }: CatalogueEntry, runtime: Runtime, caller: Caller) {
  const shape = described.fields
    .filter(({ kind }) => asked.includes(kind))
    .map(({ name, summary, required, kind, completes, choices }) => {
      const said = z.string().describe(summary);
      const suggests =
        kind === "choice"
          ? (partial: string) => (choices ?? []).map(({ value }) => value).filter((value) => value.startsWith(partial))
          : completes
            ? async (partial: string) =>
                (await runtime.complete(tool.name, name, partial, caller)).map(({ value }) => value)
            : undefined;
      const field = suggests === undefined ? said : completable(said, (partial) => suggests(partial ?? ""));
      return [name, required ? field : field.optional()] as const;
    });
  return z.object(Object.fromEntries(shape));
}
