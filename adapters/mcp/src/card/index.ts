/** The MCP Apps card: what the server registers for clients that declare `io.modelcontextprotocol/ui`. */
export { builtCard, cardMeta, cardMimeType, cardUri } from "./card-html.ts";
export { cardQuestion, cardState } from "./card-state.ts";
export { jobStateTool } from "./job-state-tool.ts";
