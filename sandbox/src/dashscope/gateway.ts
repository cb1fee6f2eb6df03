import { dashscopeCredentials } from "../credentials.ts";
import type { Exchange } from "../faults.ts";
import { DashscopeRefusal } from "./codes.ts";

const isCompatible = (exchange: Exchange) => exchange.req.path.includes("/compatible-mode/");

/** Who asks: one bearer key, whole and exact. */
export function requireKey(exchange: Exchange): void {
  const header = exchange.req.header("authorization");
  if (header === `Bearer ${dashscopeCredentials.apiKey}`) return;
  if (isCompatible(exchange)) throw new DashscopeRefusal("invalid_api_key");
  throw new DashscopeRefusal(
    "InvalidApiKey",
    header === undefined || header === "" ? { message: "No API-key provided." } : {},
  );
}

/** A workspace may be named in the form its ids have; every other name is one the key is no member of. */
export function requireWorkspace(exchange: Exchange): void {
  const workspace = exchange.req.header("x-dashscope-workspace");
  if (workspace !== undefined && !/^(?:llm|ws)-[a-z0-9-]{1,60}$/.test(workspace)) {
    throw new DashscopeRefusal("Workspace.AccessDenied");
  }
}

/** Some calls give a task and some a result; a call that wants the other way is refused. */
export function requireMode(exchange: Exchange, mode: "task" | "result"): void {
  const asksForTask = exchange.req.header("x-dashscope-async") === "enable";
  if (exchange.req.header("x-dashscope-sse") === "enable") {
    throw new DashscopeRefusal("InvalidParameter", { message: "current user api does not support sse calls." });
  }
  if (asksForTask === (mode === "task")) return;
  const missing = mode === "task" ? "synchronous" : "asynchronous";
  throw new DashscopeRefusal("AccessDenied", { message: `current user api does not support ${missing} calls.` });
}
