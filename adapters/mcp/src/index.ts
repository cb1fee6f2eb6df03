/** The door of `@toolcast/mcp`. */
export { builtCard } from "./card/index.ts";
export { createMcp, type Mcp, type StdioFace } from "./mcp.ts";
export type { BearerToken, McpOptions } from "./options.ts";
export type { TaskSource, TaskState } from "./task-source.ts";
