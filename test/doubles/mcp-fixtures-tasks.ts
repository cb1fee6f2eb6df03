import { randomUUID } from "node:crypto";
import {
  acceptedContent,
  type CallToolResult,
  fromJsonSchema,
  inputRequired,
  type McpServer,
} from "@modelcontextprotocol/server";
import type { TaskSource, TaskState } from "@toolcast/mcp";

type Ending = { result: CallToolResult } | { error: { code: number; message: string } };

interface FixtureTask {
  id: string;
  createdAt: number;
  updatedAt: number;
  /** When it ends on its own; null while it waits for answers. */
  endsAt: number | null;
  waitsFor: Map<string, unknown>;
  answers: Record<string, unknown>;
  cancelled: boolean;
  end(answers: Record<string, unknown>): Ending;
}

const said = (text: string, isError = false): CallToolResult => ({
  content: [{ type: "text", text }],
  ...(isError ? { isError } : {}),
});
const object = (properties: Record<string, object> = {}) =>
  fromJsonSchema<Record<string, unknown>>({ type: "object", properties: properties as never });
const question = (message: string, name: string) =>
  inputRequired.elicit({
    mode: "form",
    message,
    requestedSchema: { type: "object", properties: { [name]: { type: "string" } } },
  });

const taskTools = [
  "slow_compute",
  "failing_job",
  "protocol_error_job",
  "confirm_delete",
  "multi_input",
  "test_tool_with_task",
];
const required = ["failing_job", "test_tool_with_task"];

/** The tools behind the suite's `tasks-*` scenarios; the tasks are kept here, as our jobs are kept in their store. */
export function createTaskFixtures(): { source: TaskSource; addTools(server: McpServer): void } {
  const tasks = new Map<string, FixtureTask>();

  function begin(about: Pick<FixtureTask, "end"> & { forMs?: number; waitsFor?: Record<string, unknown> }): TaskState {
    const now = Date.now();
    const task: FixtureTask = {
      id: `fixture_${randomUUID()}`,
      createdAt: now,
      updatedAt: now,
      endsAt: about.waitsFor === undefined ? now + (about.forMs ?? 0) : null,
      waitsFor: new Map(Object.entries(about.waitsFor ?? {})),
      answers: {},
      cancelled: false,
      end: about.end,
    };
    tasks.set(task.id, task);
    return stateOf(task);
  }

  const source: TaskSource = {
    offers: (tool) => taskTools.includes(tool),
    requires: (tool) => required.includes(tool),
    async create({ name, arguments: given = {} }, context) {
      switch (name) {
        case "slow_compute":
          return {
            task: begin({
              forMs: Number(given.seconds ?? 0) * 1_000,
              end: () => ({ result: said(`computed ${given.label ?? ""}`) }),
            }),
          };
        case "failing_job":
          return { task: begin({ forMs: 300, end: () => ({ result: said("it failed", true) }) }) };
        case "protocol_error_job":
          return { task: begin({ forMs: 300, end: () => ({ error: { code: -32603, message: "it broke" } }) }) };
        case "confirm_delete":
          return {
            task: begin({
              waitsFor: { [randomUUID()]: question(`Delete ${given.filename}?`, "confirm") },
              end: () => ({ result: said(`deleted ${given.filename}`) }),
            }),
          };
        case "multi_input":
          return {
            task: begin({
              waitsFor: {
                [randomUUID()]: question("First?", "first"),
                [randomUUID()]: question("Second?", "second"),
              },
              end: (answers) => ({ result: said(JSON.stringify(answers)) }),
            }),
          };
        default: {
          const answered = acceptedContent(context.mcpReq.inputResponses, "user_name");
          return answered === undefined
            ? { result: inputRequired({ inputRequests: { user_name: question("Who?", "name") } }) }
            : { task: begin({ forMs: 100, end: () => ({ result: said(`Hello, ${answered.name}!`) }) }) };
        }
      }
    },
    async read(taskId) {
      const task = tasks.get(taskId);
      return task === undefined ? null : stateOf(task);
    },
    async cancel(taskId) {
      const task = tasks.get(taskId);
      if (task !== undefined && !isOver(task)) {
        task.cancelled = true;
        task.updatedAt = Date.now();
      }
    },
    async update(taskId, responses) {
      const task = tasks.get(taskId);
      for (const [key, response] of Object.entries(responses)) {
        if (task?.waitsFor.delete(key)) {
          task.answers[key] = response;
        }
      }
      if (task !== undefined && task.endsAt === null && task.waitsFor.size === 0) {
        task.endsAt = Date.now();
        task.updatedAt = Date.now();
      }
    },
  };

  return {
    source,
    addTools(server) {
      server.registerTool(
        "greet",
        { description: "answers at once", inputSchema: object({ name: { type: "string" } }) },
        async ({ name }) => said(`Hello, ${name}!`),
      );
      for (const name of taskTools) {
        const properties: Record<string, object> = {
          ...(name === "slow_compute" ? { seconds: { type: "number" }, label: { type: "string" } } : {}),
          ...(name === "confirm_delete" ? { filename: { type: "string" } } : {}),
        };
        // Only clients without the extension call these, and they wait for the result.
        server.registerTool(name, { description: name, inputSchema: object(properties) }, async () => said("done"));
      }
    },
  };
}

function isOver({ cancelled, endsAt }: FixtureTask): boolean {
  return cancelled || (endsAt !== null && endsAt <= Date.now());
}

function stateOf(task: FixtureTask): TaskState {
  const base = {
    taskId: task.id,
    createdAt: new Date(task.createdAt).toISOString(),
    lastUpdatedAt: new Date(task.updatedAt).toISOString(),
    ttlMs: 60_000,
    pollIntervalMs: 100,
  };
  if (task.cancelled) {
    return { ...base, status: "cancelled" };
  }
  if (task.endsAt === null) {
    return { ...base, status: "input_required", inputRequests: Object.fromEntries(task.waitsFor) };
  }
  if (!isOver(task)) {
    return { ...base, status: "working" };
  }
  const ending = task.end(task.answers);
  return "error" in ending
    ? { ...base, status: "failed", error: ending.error }
    : { ...base, status: "completed", result: ending.result };
}
