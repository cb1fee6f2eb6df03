import {
  type CallToolRequest,
  type CallToolResult,
  type McpServer,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import { clientOf, declaresExtension, tasksExtension } from "./connection.ts";
import type { TaskSource, TaskState } from "./task-source.ts";

type CallHandler = (request: CallToolRequest, context: ServerContext) => unknown;

const taskParams = z.looseObject({ taskId: z.string() });
const anything = z.looseObject({});

/**
 * The `io.modelcontextprotocol/tasks` extension for clients of 2026-07-28 that declare it on a request: a handle at once,
 * then `tasks/get`, `tasks/update` and `tasks/cancel`. The SDK has no runtime for it; this serves its wire form.
 */
export class TasksExtension {
  readonly #sources: TaskSource[] = [];
  readonly #server: McpServer;

  constructor(server: McpServer) {
    this.#server = server;
  }

  add(source: TaskSource): void {
    this.#sources.push(source);
  }

  /** Answers the extension's own methods. */
  serve(): void {
    const { server } = this.#server;
    const schemas = { params: taskParams, result: anything };
    server.setRequestHandler("tasks/get", schemas, async ({ taskId }, context) => {
      this.#assertDeclared(context);
      return { resultType: "complete", ...(await this.#owner(taskId, context)).task };
    });
    server.setRequestHandler("tasks/cancel", schemas, async ({ taskId }, context) => {
      this.#assertDeclared(context);
      const { source } = await this.#owner(taskId, context);
      await source.cancel(taskId, context);
      return { resultType: "complete" };
    });
    server.setRequestHandler("tasks/update", schemas, async ({ taskId }, context) => {
      this.#assertDeclared(context);
      const { source } = await this.#owner(taskId, context);
      await source.update(taskId, context.mcpReq.inputResponses ?? {}, context);
      return { resultType: "complete" };
    });
  }

  /** Returns a handle instead of waiting, if the client accepts one. */
  wrap(inner: CallHandler): CallHandler {
    return async (request, context) => {
      const { name } = request.params;
      const source = this.#sources.find((candidate) => candidate.offers(name));
      if (source === undefined) {
        return inner(request, context);
      }
      if (!this.#isDeclared(context)) {
        if (source.requires(name)) {
          throw missingExtension();
        }
        return inner(request, context);
      }
      const made = await source.create(request.params, context);
      return "task" in made ? handleOf(made.task) : made.result;
    };
  }

  async #owner(taskId: string, context: ServerContext): Promise<{ source: TaskSource; task: TaskState }> {
    for (const source of this.#sources) {
      const task = await source.read(taskId, context);
      if (task !== null) {
        return { source, task: withResultType(task) };
      }
    }
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, "There is no such task", { taskId });
  }

  #isDeclared(context: ServerContext): boolean {
    return declaresExtension(clientOf({ era: "modern", server: this.#server }, context), tasksExtension);
  }

  #assertDeclared(context: ServerContext): void {
    if (!this.#isDeclared(context)) {
      throw missingExtension();
    }
  }
}

function missingExtension(): MissingRequiredClientCapabilityError {
  return new MissingRequiredClientCapabilityError(
    { requiredCapabilities: { extensions: { [tasksExtension]: {} } } },
    `This needs a client that declares ${tasksExtension}`,
  );
}

/** A handle gives the task's status; its result or question is read with `tasks/get`. */
function handleOf({ taskId, statusMessage, createdAt, lastUpdatedAt, ttlMs, pollIntervalMs, status }: TaskState) {
  return {
    resultType: "task",
    taskId,
    status,
    statusMessage,
    createdAt,
    lastUpdatedAt,
    ttlMs,
    pollIntervalMs,
  };
}

/** Clients read the result inside a task like any other. */
function withResultType(task: TaskState): TaskState {
  return task.status === "completed"
    ? { ...task, result: { resultType: "complete", ...task.result } as CallToolResult }
    : task;
}
