/** The bare server on stdio. */
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { createBareServer } from "../mcp-bare-server.ts";

serveStdio(createBareServer);
