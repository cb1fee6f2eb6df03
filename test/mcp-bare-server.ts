import { fromJsonSchema, McpServer } from "@modelcontextprotocol/server";

/** The smallest possible server of this SDK: one tool that repeats its input. */
export function createBareServer(): McpServer {
  const server = new McpServer({ name: "bare", version: "1.0.0" }, {});
  addEcho(server);
  return server;
}

/** Made once: otherwise it would be compiled again for the server of each request. */
const inputSchema = fromJsonSchema<{ text: string }>({ type: "object", properties: { text: { type: "string" } } });

export function addEcho(server: McpServer): void {
  server.registerTool("echo", { description: "echo", inputSchema }, async ({ text }) => ({
    content: [{ type: "text", text }],
  }));
}
