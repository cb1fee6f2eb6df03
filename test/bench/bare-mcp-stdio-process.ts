/** The bare server on stdio. */
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { createBareBenchServer } from "./bare-mcp-server.ts";

serveStdio(createBareBenchServer);
