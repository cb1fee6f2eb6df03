import { fromJsonSchema, McpServer } from "@modelcontextprotocol/server";

/** The least a server of this SDK can be: one tool that says what it was told. */
export function createBareServer(): McpServer {
  const server = new McpServer({ name: "bare", version: "1.0.0" }, {});
  addEcho(server);
  return server;
}

/** Made once: a server for each request would compile it for each. */
const inputSchema = fromJsonSchema<{ text: string }>({ type: "object", properties: { text: { type: "string" } } });

export function addEcho(server: McpServer): void {
  server.registerTool("echo", { description: "echo", inputSchema }, async ({ text }) => ({
    content: [{ type: "text", text }],
  }));
}
