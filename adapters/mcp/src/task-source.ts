import type { CallToolRequest, CallToolResult, InputRequiredResult, ServerContext } from "@modelcontextprotocol/server";

/** A task as the extension shows it. */
export type TaskState = {
  taskId: string;
  /** The current status as a sentence for a person. */
  statusMessage?: string;
  createdAt: string;
  lastUpdatedAt: string;
  /** How long it can be read; null for as long as it is stored. */
  ttlMs: number | null;
  pollIntervalMs: number;
} & (
  | { status: "working" | "cancelled" }
  | { status: "input_required"; inputRequests: Record<string, unknown> }
  | { status: "completed"; result: CallToolResult }
  | { status: "failed"; error: { code: number; message: string; data?: unknown } }
);

/** Where tasks come from: the job store, or in tests what a conformance suite expects. */
export interface TaskSource {
  /** Whether a call of this tool may become a task. */
  offers(tool: string): boolean;
  /** Whether it must become a task: a client without the extension is then refused. */
  requires(tool: string): boolean;
  /** Carries the call out; gives the handle of a stored task, or the result if no task is needed. */
  create(
    params: CallToolRequest["params"],
    context: ServerContext,
  ): Promise<{ task: TaskState } | { result: CallToolResult | InputRequiredResult }>;
  /** Null for a task that does not exist or is not the caller's. */
  read(taskId: string, context: ServerContext): Promise<TaskState | null>;
  /** Records the request to cancel; the outcome is read later. */
  cancel(taskId: string, context: ServerContext): Promise<void>;
  /** Passes on the input the task asked for; unknown keys are ignored. */
  update(taskId: string, responses: Record<string, unknown>, context: ServerContext): Promise<void>;
}
