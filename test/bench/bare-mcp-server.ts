import { fromJsonSchema, type McpServer } from "@modelcontextprotocol/server";
import { createBareServer } from "../mcp-bare-server.ts";

const inputSchema = fromJsonSchema<{ length: number }>({ type: "object", properties: { length: { type: "integer" } } });

/** The bare server, with a tool whose answer is as long as one of ours. */
export function createBareBenchServer(): McpServer {
  const server = createBareServer();
  server.registerTool("text", { description: "text", inputSchema }, async ({ length }) => ({
    content: [{ type: "text", text: "x".repeat(length) }],
  }));
  return server;
}
