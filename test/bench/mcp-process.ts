/**
 * Our server with the bare server's tool beside its own: over HTTP, whose address it prints, or with the argument
 * `stdio` on stdio.
 */
import { addEcho } from "../mcp-bare-server.ts";
import { startMcp } from "../mcp-server.ts";

const { url, mcp } = await startMcp({ extend: addEcho });
if (process.argv[2] === "stdio") {
  mcp.serveStdio({ input: process.stdin, output: process.stdout });
} else {
  process.stdout.write(`${url.href}\n`);
}
