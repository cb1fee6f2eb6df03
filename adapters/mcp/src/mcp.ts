import type { Readable, Writable } from "node:stream";
import type { Transport } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { silentLogger } from "@toolcast/core";
import { createBearers } from "./bearer.ts";
import type { HttpFace } from "./http-face.ts";
import { maxBodyBytes } from "./message-limits.ts";
import type { McpOptions } from "./options.ts";
import { createServerFactory, localName } from "./server-factory.ts";
import { StreamTransport } from "./stream-transport.ts";

/** One client on the other end of a pipe. */
export interface StdioFace {
  /** Resolves once something the client said has been answered. */
  answered: Promise<void>;
  /** Resolves when the client has disconnected. */
  closed: Promise<void>;
  close(): Promise<void>;
}

/** Toolcast for agents, over every transport. */
export interface Mcp extends HttpFace {
  /** Serves one client over a pair of streams; nothing else may be written to `output`. */
  serveStdio(streams: { input: Readable; output: Writable }): StdioFace;
  /** Serves one client over the given transport, as `serveStdio` does. */
  serveTransport(transport: Transport): StdioFace;
}

/** Throws a `RangeError` for tokens that could be guessed. */
export function createMcp(options: McpOptions): Mcp {
  const create = createServerFactory(options);
  const bearers = createBearers(options.tokens ?? []);
  // Loaded for the first request: an agent's own process serves a pipe and nothing else.
  let face: Promise<HttpFace> | null = null;
  const http = () => {
    face ??= import("./http-face.ts").then(({ createHttpFace }) => createHttpFace(options, create, bearers));
    return face;
  };
  const logger = options.logger ?? silentLogger;

  function serve(transport: Transport): StdioFace {
    const handle = serveStdio(({ era }) => create({ era, transport: "stdio", name: localName }), {
      transport,
      onerror: (error) => logger.debug({ err: error }, "an MCP message was refused or failed"),
    });
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    const { promise: answered, resolve: noteAnswer } = Promise.withResolvers<void>();
    const send = transport.send.bind(transport);
    transport.send = async (...message) => {
      await send(...message);
      noteAnswer();
    };
    const before = transport.onclose;
    transport.onclose = () => {
      before?.();
      resolve();
    };
    return { answered, closed, close: () => handle.close() };
  }

  return {
    fetch: async (request) => (await http()).fetch(request),
    close: async () => (await face)?.close(),
    serveStdio({ input, output }) {
      return serve(new StreamTransport({ input, output, maxBytes: maxBodyBytes, locale: options.locale ?? "en" }));
    },
    serveTransport: serve,
  };
}
