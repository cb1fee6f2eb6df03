import type { CallToolRequest, ListToolsResult, McpServer, ServerContext } from "@modelcontextprotocol/server";
import { wellFormed } from "@toolcast/core/surface";

type Handler<Request, Result> = (request: Request, context: ServerContext) => Result | Promise<Result>;

export interface HandlerHooks {
  list(inner: Handler<unknown, ListToolsResult>): Handler<unknown, ListToolsResult>;
  call(inner: Handler<CallToolRequest, unknown>): Handler<CallToolRequest, unknown>;
  /** The error to send to the client; the SDK would send the original one. */
  failed(error: unknown): unknown;
}

/**
 * Wraps the SDK's own handlers of `tools/list` and `tools/call`, which keep their validation. For all handlers it maps
 * errors and removes half characters (lone surrogates) from requests, which would otherwise come back in answers. The
 * SDK has no hook for this: its tool callbacks can neither return a task nor throw a protocol error. Must run before
 * anything is registered, because the SDK sets its handlers then.
 */
export function hookHandlers({ server }: McpServer, hooks: HandlerHooks): void {
  const register = server.setRequestHandler.bind(server) as (method: string, ...rest: unknown[]) => void;
  const hooked = (method: string, ...rest: unknown[]) => {
    // For methods that the SDK does not know, schemas come before the handler.
    const given: unknown = rest.pop();
    const handler = (
      method === "tools/list"
        ? hooks.list(given as Handler<unknown, ListToolsResult>)
        : method === "tools/call"
          ? hooks.call(given as Handler<CallToolRequest, unknown>)
          : given
    ) as Handler<unknown, unknown>;
    register(method, ...rest, async (request: unknown, context: ServerContext) => {
      try {
        return await handler(wellFormed(request), context);
      } catch (error) {
        // Nobody reads the result of an aborted request.
        throw context.mcpReq.signal.aborted ? error : hooks.failed(error);
      }
    });
  };
  Object.defineProperty(server, "setRequestHandler", { value: hooked });
}
