import { DynamicStructuredTool, type ToolRunnableConfig } from "@langchain/core/tools";
import {
  type Agreement,
  type Caller,
  type Fields,
  type InlineTool,
  type InputOf,
  type Job,
  type Reply,
  type Runtime,
  type SpendingTool,
  type Tool,
  waitForJob,
} from "@toolcast/core";
import { type Clock, hasEnded, waitingClock } from "@toolcast/core/engine";
import { isLeftOut, markOf } from "@toolcast/core/surface";
import type { z } from "zod";
import { inputSchema } from "./input-schema.ts";
import { refusal, type ToolArtifact, toolResult } from "./tool-result.ts";

/** How long calls wait, and what the program agrees to for all of them. */
export interface LangChainOptions {
  /**
   * How long a call waits for its job, in milliseconds; afterwards it returns the job in its current state, and the job
   * continues. 0 never waits. Default 45,000.
   */
  waitMs?: number;
  /**
   * What the program agrees to in advance, for every call: `price` (above the operator's threshold or unknown),
   * `consent` (the right to a voice that is cloned). Default nothing: such a call is refused before anything is stored
   * or spent.
   */
  agreed?: readonly Agreement[];
  /** Measures `waitMs`. Default the machine's clock, whose timers keep the process alive while a call waits. */
  clock?: Clock;
}

/** A LangChain tool with the input of the definition it was made from. */
export type LangChainTool<F extends Fields = Fields> = DynamicStructuredTool<
  z.ZodObject,
  InputOf<F>,
  InputOf<F>,
  [string, ToolArtifact]
>;

/** Every tool of the runtime that the caller may use. */
export function toLangChainTools(runtime: Runtime, caller: Caller, options: LangChainOptions = {}): LangChainTool[] {
  const allowed = runtime.tools.filter((tool) => runtime.mayUse(tool, caller));
  return allowed.map((definition) => toLangChainTool(definition, runtime, caller, options));
}

/**
 * One tool, typed from its definition. A call returns text for the model and a {@link ToolArtifact} for the program, or
 * throws a `ToolException`. The config's signal stops only the waiting, never the job. A call with LangChain's tool
 * call id starts at most one job, however often a graph repeats it.
 */
export function toLangChainTool<F extends Fields>(
  definition: InlineTool<F> | SpendingTool<F>,
  runtime: Runtime,
  caller: Caller,
  options: LangChainOptions = {},
): LangChainTool<F> {
  const { waitMs = 45_000, agreed = [], clock = waitingClock } = options;
  const asker: Caller = { ...caller, agent: caller.agent ?? {} };
  const tool: Tool = definition;

  async function call(input: Record<string, unknown>, config: ToolRunnableConfig | undefined) {
    const signal = config?.signal;
    signal?.throwIfAborted();
    const key = keyOf(tool, input, config);
    const ask = () =>
      runtime.call({
        tool: tool.name,
        input,
        caller: asker,
        agreed,
        whenHeld: "refuse",
        showsJob: false,
        key,
      });
    const first = await ask();
    const job = await openJobOf(first);
    const isAwaited = job !== null && waitMs > 0;
    if (isAwaited) {
      await waitForJob(job.id, { runtime, clock, waitMs, signal });
      signal?.throwIfAborted();
    }
    if (first.type === "job") {
      return asItStands(first);
    }
    return isAwaited ? ask() : first;
  }

  /** The job to wait for: the one just ordered, or the one asked about. */
  async function openJobOf(reply: Reply): Promise<Job | null> {
    if (reply.type === "job") {
      return hasEnded(reply.job) ? null : reply.job;
    }
    const { jobId } = reply.message;
    const job = tool.effect === "reads" && jobId !== undefined ? await runtime.job(jobId, caller) : null;
    return job === null || hasEnded(job) ? null : job;
  }

  async function asItStands(reply: Extract<Reply, { type: "job" }>): Promise<Reply> {
    const job = (await runtime.job(reply.job.id, caller)) ?? reply.job;
    return { ...reply, job, message: await runtime.jobMessage(job, caller) };
  }

  const made: LangChainTool<F> = new DynamicStructuredTool({
    name: tool.name,
    description: `${tool.title[caller.locale]}. ${tool.summary[caller.locale]}`,
    schema: inputSchema(tool, caller.locale),
    responseFormat: "content_and_artifact",
    verboseParsingErrors: true,
    metadata: { effect: tool.effect },
    async func(input, _runManager, config) {
      const reply = await call(input as Record<string, unknown>, config);
      if (reply.type === "refused") {
        throw refusal(reply, caller);
      }
      return toolResult(reply, { runtime, caller, now: clock.now() });
    },
  });
  // Models fill inputs they leave out with empty text or null, which the schema would refuse before core sees it.
  const parse: LangChainTool<F>["call"] = made.call.bind(made);
  made.call = (given, ...more) => parse(withoutLeftOut(given) as typeof given, ...more);
  return made;
}

function withoutLeftOut(input: object): object {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => !isLeftOut(value)));
}

/** Shorter ids are counters that a model restarts with each answer. */
const leastIdCharacters = 9;

/**
 * A graph that runs a node again, after a crash or from a checkpoint, repeats the model's tool call with its id, which
 * is then the same request. The thread and the input are part of the key, so that an id reused for something else is a
 * different request.
 */
function keyOf(tool: Tool, input: Record<string, unknown>, config: ToolRunnableConfig | undefined): string | undefined {
  const id: unknown = config?.toolCall?.id;
  if (tool.effect !== "spends" || typeof id !== "string" || id.length < leastIdCharacters) {
    return undefined;
  }
  const thread: unknown = config?.configurable?.thread_id;
  const within = [typeof thread === "string" ? thread : "", id];
  return `langchain:${markOf({ tool: tool.name, input }, within)}`;
}
