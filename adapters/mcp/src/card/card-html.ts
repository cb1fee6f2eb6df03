import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";

/** The resource that hosts show: name it in `_meta.ui.resourceUri` of every tool whose answer is a job. */
export const cardUri = "ui://toolcast/job.html";

/** The media type that marks a resource as a page of the MCP Apps extension. */
export const cardMimeType = "text/html;profile=mcp-app";

/** Vite's build of `card/`; at the same relative path in the repository and in the published package. */
const page = new URL("../../dist/card/card.html", import.meta.url);

/** The whole page as one document. Throws if `npm run bundle` has not been run. */
function cardHtml(): Promise<string> {
  return readFile(page, "utf8");
}

/**
 * {@link cardHtml} if the page was built; otherwise undefined, so that clients are not offered a card they cannot load.
 */
export function builtCard(at = page): typeof cardHtml | undefined {
  return existsSync(at) ? cardHtml : undefined;
}

/** The resource's `_meta`: hosts let the page load media only from these origins. */
export function cardMeta(mediaOrigins: readonly string[]): {
  ui: { csp: { resourceDomains: string[] }; prefersBorder: boolean };
} {
  return { ui: { csp: { resourceDomains: [...mediaOrigins] }, prefersBorder: true } };
}
