import type { Catalogue, CatalogueEntry } from "./tool-catalogue.ts";

/** A request as its headers name it. The SDK compares them with the body before it asks for a server object. */
export interface OnlyRequest {
  /** `tools/call`, or null if the header is missing. */
  method: string | null;
  /** The tool, prompt or resource. */
  name: string | null;
}

export const onlyRequest = ({ headers }: Request): OnlyRequest => ({
  method: headers.get("mcp-method"),
  name: headers.get("mcp-name"),
});

/** What must be on the server object. */
export interface Parts {
  tools: readonly CatalogueEntry[];
  resources: boolean;
  prompts: boolean;
  card: boolean;
}

/** What a server object that answers only this request needs; everything if it is to answer any. */
export function partsFor(only: OnlyRequest | undefined, { entries }: Catalogue): Parts {
  const method = only?.method ?? null;
  if (method === null) {
    return { tools: entries, resources: true, prompts: true, card: true };
  }
  const called = method === "tools/call" ? entries.filter(({ tool }) => tool.name === only?.name) : [];
  // The card's own tool is none of the catalogue's, and without any tool nothing would refuse one that does not exist.
  const needsAllTools = method.startsWith("tools/") && called.length === 0;
  const isAbout = (part: string) => method === "completion/complete" || method.startsWith(part);
  return {
    tools: needsAllTools ? entries : called,
    resources: isAbout("resources/"),
    prompts: isAbout("prompts/"),
    card: needsAllTools || method.startsWith("resources/"),
  };
}
