import type { CallToolRequest, CallToolResult, InputRequiredResult, ServerContext } from "@modelcontextprotocol/server";

/** A task as the extension shows it. */
export type TaskState = {
  taskId: string;
  /** What a person would be told now. */
  statusMessage?: string;
  createdAt: string;
  lastUpdatedAt: string;
  /** How long it can be asked for; null for as long as it is stored. */
  ttlMs: number | null;
  pollIntervalMs: number;
} & (
  | { status: "working" | "cancelled" }
  | { status: "input_required"; inputRequests: Record<string, unknown> }
  | { status: "completed"; result: CallToolResult }
  | { status: "failed"; error: { code: number; message: string; data?: unknown } }
);

/** Where tasks come from: the job store, and in tests what a conformance suite wants to see. */
export interface TaskSource {
  /** Whether a call of this tool may become a task. */
  offers(tool: string): boolean;
  /** Whether it can only be a task: a client without the extension is refused. */
  requires(tool: string): boolean;
  /** Carries the call out: a handle that is stored already, or the result where no task is needed. */
  create(
    params: CallToolRequest["params"],
    context: ServerContext,
  ): Promise<{ task: TaskState } | { result: CallToolResult | InputRequiredResult }>;
  /** Null for a task that does not exist or is not the caller's. */
  read(taskId: string, context: ServerContext): Promise<TaskState | null>;
  /** Notes the wish; what becomes of it is read later. */
  cancel(taskId: string, context: ServerContext): Promise<void>;
  /** Hands over what the task asked for; keys it does not know are ignored. */
  update(taskId: string, responses: Record<string, unknown>, context: ServerContext): Promise<void>;
}
