import type { CallToolRequest, ListToolsResult, McpServer, ServerContext } from "@modelcontextprotocol/server";
import { wellFormed } from "@toolcast/core/surface";

type Handler<Request, Result> = (request: Request, context: ServerContext) => Result | Promise<Result>;

export interface HandlerHooks {
  list(inner: Handler<unknown, ListToolsResult>): Handler<unknown, ListToolsResult>;
  call(inner: Handler<CallToolRequest, unknown>): Handler<CallToolRequest, unknown>;
  /** What a client is told of an error; the SDK would send it as it is. */
  failed(error: unknown): unknown;
}

/**
 * Stands before the SDK's own handlers of `tools/list` and `tools/call`, which keep their validation, and takes the
 * errors of all, and half characters out of every request, which would come back in answers. The SDK offers no such place: its tool callbacks can neither return a task nor throw a protocol error.
 * Must run before anything is registered, which is when the SDK sets its handlers.
 */
export function hookHandlers({ server }: McpServer, hooks: HandlerHooks): void {
  const register = server.setRequestHandler.bind(server) as (method: string, ...rest: unknown[]) => void;
  const hooked = (method: string, ...rest: unknown[]) => {
    // Methods that the SDK does not know bring schemas along, before the handler.
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
        // Nobody reads what a request that was given up ends with.
        throw context.mcpReq.signal.aborted ? error : hooks.failed(error);
      }
    });
  };
  Object.defineProperty(server, "setRequestHandler", { value: hooked });
}
