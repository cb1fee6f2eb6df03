import type { CallToolRequest, ServerContext } from "@modelcontextprotocol/server";
import type { Caller, Job, Runtime } from "@toolcast/core";
import { type Clock, hasEnded } from "@toolcast/core/engine";
import { nextPollSeconds } from "@toolcast/core/surface";
import { type Connection, canBeAsked, clientOf } from "./connection.ts";
import { isOpen } from "./job-facts.ts";
import { answerHeld, askAboutHeld } from "./questions.ts";
import type { TaskSource, TaskState } from "./task-source.ts";
import type { Catalogue } from "./tool-catalogue.ts";
import type { ToolFace } from "./tool-face.ts";

export interface JobTasksOptions {
  runtime: Runtime;
  clock: Clock;
  catalogue: Catalogue;
  connection: Connection;
  face: ToolFace;
}

/** Jobs as tasks: the task's id is the job's id, so either can be used to read it, even after a restart. */
export function createJobTasks({ runtime, clock, catalogue, connection, face }: JobTasksOptions): TaskSource {
  const { caller } = connection;
  const entryOf = (name: string) => catalogue.entries.find(({ tool }) => tool.name === name);
  const stateOf = (job: Job, context: ServerContext) => taskState(job, { runtime, clock, connection, face }, context);

  return {
    offers: (tool) => entryOf(tool)?.described.effect === "spends",
    requires: () => false,

    async create(params: CallToolRequest["params"], context) {
      const entry = entryOf(params.name);
      if (entry === undefined) {
        throw new Error(`${params.name} is not a tool`);
      }
      const ordered = await face.order(entry, params.arguments ?? {}, context);
      return ordered.type === "job" && !hasEnded(ordered.job)
        ? { task: await stateOf(ordered.job, context) }
        : { result: await face.resultOf(ordered, context) };
    },

    async read(taskId, context) {
      const job = await exactly(taskId, runtime, caller);
      return job === null ? null : stateOf(job, context);
    },

    async cancel(taskId) {
      const job = await exactly(taskId, runtime, caller);
      if (job !== null && !hasEnded(job)) {
        await runtime.press({ action: "cancel", subject: job.id, caller });
      }
    },

    async update(taskId, responses) {
      await answerHeld(taskId, responses, { runtime, caller });
    },
  };
}

/** A prefix of an id is good enough for people, but not for programs. */
async function exactly(taskId: string, runtime: Runtime, caller: Caller): Promise<Job | null> {
  const job = await runtime.job(taskId, caller);
  return job?.id === taskId ? job : null;
}

async function taskState(
  job: Job,
  { runtime, clock, connection, face }: Pick<JobTasksOptions, "runtime" | "clock" | "connection" | "face">,
  context: ServerContext,
): Promise<TaskState> {
  const { caller } = connection;
  const message = await runtime.jobMessage(job, caller, "text");
  const label = message.progress?.label;
  const task = {
    taskId: job.id,
    statusMessage: [message.title, ...(label === undefined ? [] : [label])].join(" "),
    createdAt: new Date(job.createdAt).toISOString(),
    lastUpdatedAt: new Date(job.updatedAt).toISOString(),
    ttlMs: null,
    pollIntervalMs: nextPollSeconds(job, clock.now()) * 1_000,
  };
  if (job.state.phase === "cancelled") {
    return { ...task, status: "cancelled" };
  }
  const asking = await askAboutHeld(job, message, { caller, runtime });
  if (asking !== null && canBeAsked(clientOf(connection, context))) {
    return { ...task, status: "input_required", inputRequests: asking.inputRequests ?? {} };
  }
  if (isOpen(job) || (job.state.phase === "held" && asking === null)) {
    return { ...task, status: "working" };
  }
  // A client that cannot ask its user would wait for ever, so the result says where a person can answer. A vendor's
  // refusal or unclear outcome is the tool's answer; `failed` is for a server that cannot answer.
  return { ...task, status: "completed", result: await face.resultOfJob(job, context) };
}
