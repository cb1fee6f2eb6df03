import type { CallToolRequest, ListToolsResult, McpServer, ServerContext } from "@modelcontextprotocol/server";

type Handler<Request, Result> = (request: Request, context: ServerContext) => Result | Promise<Result>;

export interface HandlerHooks {
  list(inner: Handler<unknown, ListToolsResult>): Handler<unknown, ListToolsResult>;
  call(inner: Handler<CallToolRequest, unknown>): Handler<CallToolRequest, unknown>;
}

/**
 * Stands before the SDK's own handlers of `tools/list` and `tools/call`, which keep their validation. The SDK offers no
 * such place: its tool callbacks can neither return a task nor throw a protocol error. Must run before the first
 * `registerTool`, which is when the SDK sets those handlers.
 */
export function hookToolHandlers({ server }: McpServer, hooks: HandlerHooks): void {
  const register = server.setRequestHandler.bind(server) as (method: string, ...rest: unknown[]) => void;
  const hooked = (method: string, ...rest: unknown[]) => {
    const [handler] = rest;
    if (method === "tools/list") {
      register(method, hooks.list(handler as Handler<unknown, ListToolsResult>));
    } else if (method === "tools/call") {
      register(method, hooks.call(handler as Handler<CallToolRequest, unknown>));
    } else {
      register(method, ...rest);
    }
  };
  Object.defineProperty(server, "setRequestHandler", { value: hooked });
}
