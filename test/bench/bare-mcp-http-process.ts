/** The bare server over HTTP; prints its address. */
import { createMcpHandler } from "@modelcontextprotocol/server";
import { listenForTests } from "../web-listener.ts";
import { createBareBenchServer } from "./bare-mcp-server.ts";

const handler = createMcpHandler(createBareBenchServer);
const { url } = await listenForTests((request) => handler.fetch(request));
process.stdout.write(`${url}/mcp\n`);
