import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";

/** The resource that hosts show: name it in `_meta.ui.resourceUri` of every tool whose answer is a job. */
export const cardUri = "ui://toolcast/job.html";

/** What makes a resource a page of the MCP Apps extension. */
export const cardMimeType = "text/html;profile=mcp-app";

/** What Vite makes of `card/`; at the same distance in the repository and in the published package. */
const page = new URL("../../dist/card/card.html", import.meta.url);

/** The whole page: one document with everything in it. Throws where `npm run bundle` has not been run. */
export function cardHtml(): Promise<string> {
  return readFile(page, "utf8");
}

/** {@link cardHtml} where the page was made; without it clients are offered no card they could not load. */
export function builtCard(at = page): typeof cardHtml | undefined {
  return existsSync(at) ? cardHtml : undefined;
}

/** The resource's `_meta`: hosts let the page load media from these origins only. */
export function cardMeta(mediaOrigins: readonly string[]): {
  ui: { csp: { resourceDomains: string[] }; prefersBorder: boolean };
} {
  return { ui: { csp: { resourceDomains: [...mediaOrigins] }, prefersBorder: true } };
}
