import { dashscopeCredentials } from "../credentials.ts";
import type { Exchange } from "../faults.ts";
import { DashscopeRefusal } from "./codes.ts";

const isCompatible = (exchange: Exchange) => exchange.req.path.includes("/compatible-mode/");

/** Authenticates the caller: exactly one bearer key. */
export function requireKey(exchange: Exchange): void {
  const header = exchange.req.header("authorization");
  if (header === `Bearer ${dashscopeCredentials.apiKey}`) return;
  if (isCompatible(exchange)) throw new DashscopeRefusal("invalid_api_key");
  throw new DashscopeRefusal(
    "InvalidApiKey",
    header === undefined || header === "" ? { message: "No API-key provided." } : {},
  );
}

/**
 * A workspace id in the documented format is accepted; any other counts as a workspace that the key does not belong to.
 */
export function requireWorkspace(exchange: Exchange): void {
  const workspace = exchange.req.header("x-dashscope-workspace");
  if (workspace !== undefined && !/^(?:llm|ws)-[a-z0-9-]{1,60}$/.test(workspace)) {
    throw new DashscopeRefusal("Workspace.AccessDenied");
  }
}

/** Some calls return a task and some a result; a call that asks for the other kind is refused. */
export function requireMode(exchange: Exchange, mode: "task" | "result"): void {
  const asksForTask = exchange.req.header("x-dashscope-async") === "enable";
  if (asksForTask === (mode === "task")) return;
  const missing = mode === "task" ? "synchronous" : "asynchronous";
  throw new DashscopeRefusal("AccessDenied", { message: `current user api does not support ${missing} calls.` });
}
