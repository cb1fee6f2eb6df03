import type { ListToolsResult, McpServer } from "@modelcontextprotocol/server";
import { cardMeta, cardMimeType, cardQuestion, cardState, cardUri, jobStateTool } from "./card/index.ts";
import type { Connection } from "./connection.ts";
import type { McpOptions } from "./options.ts";
import { tell } from "./sentences.ts";

/** The card of MCP Apps: one page that shows a job, and the tool it asks for the job's state. */
export function registerCard(
  server: McpServer,
  { caller }: Connection,
  { runtime, card, mediaOrigins }: Pick<McpOptions, "runtime" | "mediaOrigins"> & { card: () => Promise<string> },
): void {
  const title = tell("cardTitle", caller.locale);
  server.registerResource("job-card", cardUri, { title, mimeType: cardMimeType }, async (uri) => ({
    contents: [{ uri: uri.href, mimeType: cardMimeType, text: await card(), _meta: cardMeta(mediaOrigins?.() ?? []) }],
  }));
  server.registerTool(
    jobStateTool,
    {
      title: tell("jobState", caller.locale),
      description: tell("jobState", caller.locale),
      inputSchema: cardQuestion,
      annotations: { readOnlyHint: true, openWorldHint: false },
      _meta: { ui: { resourceUri: cardUri, visibility: ["app"] } },
    },
    async ({ job: id, locale }) => {
      const job = await runtime.job(id, caller);
      if (job === null) {
        return { content: [{ type: "text", text: tell("noJob", locale ?? caller.locale) }], isError: true };
      }
      const state = await cardState(runtime, job, caller, locale);
      return { content: [{ type: "text", text: state.title }], structuredContent: { ...state } };
    },
  );
}

/**
 * Only for clients with Apps: without them, models would take the card's tool for one of their own. Listing the card
 * itself does no harm.
 */
export function withoutAppTools(result: ListToolsResult): ListToolsResult {
  return { ...result, tools: result.tools.filter(({ _meta }) => !isForAppsAlone(_meta)) };
}

function isForAppsAlone(meta: Record<string, unknown> | undefined): boolean {
  const visibility = (meta?.ui as { visibility?: string[] } | undefined)?.visibility;
  return visibility !== undefined && !visibility.includes("model");
}
