import {
  type CallToolResult,
  type InputRequiredResult,
  isInputRequiredResult,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { type Job, type Logger, type Runtime, ToolcastError, waitForJob } from "@toolcast/core";
import type { Clock } from "@toolcast/core/engine";
import { failureOf } from "@toolcast/core/errors";
import { say } from "@toolcast/core/surface";
import { askPerson } from "./ask-person.ts";
import { type ClientFacts, type Connection, canBeAsked, clientOf } from "./connection.ts";
import { type Ordered, order } from "./order.ts";
import type { Previews } from "./previews.ts";
import { noProgress, type ProgressReport, reportProgress } from "./progress.ts";
import { askAboutHeld, unanswered } from "./questions.ts";
import { tell } from "./sentences.ts";
import type { Catalogue, CatalogueEntry } from "./tool-catalogue.ts";
import { answerResult, jobResult, refusedResult, type Showing } from "./tool-result.ts";

interface FaceOptions {
  runtime: Runtime;
  clock: Clock;
  logger: Logger;
  folders: readonly string[];
  clientsWithLinks: readonly string[];
  catalogue: Catalogue;
  previews: Previews;
  connection: Connection;
}

type Result = CallToolResult | InputRequiredResult;

/** A client that answers more than this is answering without its user. */
const mostQuestions = 5;

/**
 * Clients that pass a result on as a tool message to any model's API, some of which accept only text (OpenAI's chat
 * completions refuse a picture there, after the work is paid): LangChain's, and the Python SDK under its default name.
 * They get pictures only when they ask for them.
 */
const clientsWithTextAlone: readonly string[] = ["@langchain/mcp-adapters", "mcp"];

/** The tools in the form every client can use: a call that waits briefly, and a job to come back to. */
export class ToolFace {
  readonly #options: FaceOptions;

  constructor(options: FaceOptions) {
    this.#options = options;
  }

  /**
   * A 2025-era client is asked within its call, so that it keeps getting progress; a 2026 client gets the question as
   * the result.
   */
  async call(entry: CatalogueEntry, raw: Readonly<Record<string, unknown>>, context: ServerContext): Promise<Result> {
    const { runtime, clock, connection, logger } = this.#options;
    const showsJob = entry.described.effect === "spends" || entry.described.answers === "job";
    const progress = showsJob ? reportProgress({ context, runtime, clock, caller: connection.caller }) : noProgress;
    let mayAsk = canBeAsked(this.#client(context));
    let answered = context;
    try {
      for (let asked = 0; ; asked += 1) {
        const result = await this.#answer(entry, raw, answered, { progress, mayAsk: mayAsk && asked < mostQuestions });
        if (connection.era === "modern" || !isInputRequiredResult(result)) {
          return result;
        }
        let inputResponses: Record<string, unknown>;
        try {
          inputResponses = await askPerson(connection.server, result, context);
        } catch (error) {
          logger.debug({ err: error }, "an MCP client gave no answer from its user");
          inputResponses = unanswered(result);
          mayAsk = false;
        }
        answered = { ...context, mcpReq: { ...context.mcpReq, inputResponses } };
      }
    } finally {
      await progress.stop();
    }
  }

  async #answer(
    entry: CatalogueEntry,
    raw: Readonly<Record<string, unknown>>,
    context: ServerContext,
    { progress, mayAsk }: { progress: ProgressReport; mayAsk: boolean },
  ): Promise<Result> {
    const { runtime, clock, connection } = this.#options;
    let job: Job | null = null;
    try {
      const ordered = await this.order(entry, raw, context, mayAsk);
      job = ordered.type === "job" || ordered.type === "answer" ? ordered.job : null;
      if (job === null || (ordered.type !== "job" && ordered.type !== "answer")) {
        return await this.resultOf(ordered, context, mayAsk);
      }
      progress.follow(job);
      const { waitMs } = ordered.own;
      const { signal } = context.mcpReq;
      if (waitMs <= 0) {
        return await this.resultOf(ordered, context, mayAsk);
      }
      const settled =
        (await waitForJob(job.id, { runtime, clock, waitMs, signal })) ??
        (await runtime.job(job.id, connection.caller)) ??
        job;
      const now =
        ordered.type === "job"
          ? { ...ordered, job: settled }
          : { ...ordered, job: settled, message: await runtime.jobMessage(settled, connection.caller, "text") };
      return await this.resultOf(now, context, mayAsk);
    } catch (error) {
      return this.#broken(error, job);
    }
  }

  /** Takes the call in; any error becomes a refusal. */
  async order(
    entry: CatalogueEntry,
    raw: Readonly<Record<string, unknown>>,
    context: ServerContext,
    mayAsk = canBeAsked(this.#client(context)),
  ): Promise<Ordered> {
    const { runtime, folders, connection, logger } = this.#options;
    try {
      return await order(entry, raw, context, { runtime, folders, connection, mayAsk });
    } catch (error) {
      if (!ToolcastError.isInstance(error)) {
        logger.error({ err: error }, "a tool call met an unexpected error");
      }
      const failure = failureOf(error);
      const title = say(failure.sentence, connection.caller.locale);
      return { type: "refused", failure, message: { tone: "warning", title, private: true } };
    }
  }

  /** The answer when a job cannot be shown: only that it exists. The log has the rest. */
  #broken(error: unknown, job: Job | null): CallToolResult {
    const { connection, logger, catalogue } = this.#options;
    const { caller } = connection;
    logger.error({ err: error }, "a tool call met an unexpected error");
    const failure = failureOf(error, job === null ? "no" : "unknown");
    const title = say(failure.sentence, caller.locale);
    const { look } = catalogue.jobTools;
    const advice =
      job === null ? undefined : tell("lookLater", caller.locale, { look: look.tool, field: look.field, job: job.id });
    return refusedResult({ failure, message: { tone: "error", title, private: true }, advice }, { caller });
  }

  async resultOf(
    ordered: Ordered,
    context: ServerContext,
    mayAsk = canBeAsked(this.#client(context)),
  ): Promise<Result> {
    const { runtime, connection } = this.#options;
    const { caller } = connection;
    switch (ordered.type) {
      case "ask":
        return ordered.result;
      case "refused":
        return refusedResult(ordered, { caller });
      case "answer": {
        const showing = this.#showing(context, ordered.own.preview);
        return ordered.job === null
          ? answerResult(ordered, showing)
          : jobResult(ordered.job, showing, { failedIsError: false, message: ordered.message, save: ordered.own.save });
      }
      case "job": {
        const { job, own } = ordered;
        const message = await runtime.jobMessage(job, caller, "text");
        const question = mayAsk ? await askAboutHeld(job, message, { caller, runtime }) : null;
        const showing = this.#showing(context, own.preview);
        return question ?? jobResult(job, showing, { failedIsError: true, message, save: own.save });
      }
      default:
        return ordered satisfies never;
    }
  }

  /** A job's result as the call that made it would have returned it. */
  async resultOfJob(job: Job, context: ServerContext): Promise<CallToolResult> {
    const message = await this.#options.runtime.jobMessage(job, this.#options.connection.caller, "text");
    return jobResult(job, this.#showing(context, undefined), { failedIsError: true, message });
  }

  #client(context: ServerContext): ClientFacts {
    return clientOf(this.#options.connection, context);
  }

  #showing(context: ServerContext, withPreview: boolean | undefined): Showing {
    const { runtime, clock, connection, catalogue, clientsWithLinks, previews } = this.#options;
    const { name } = this.#client(context);
    return {
      runtime,
      caller: connection.caller,
      catalogue,
      now: clock.now(),
      withFiles: connection.transport === "stdio",
      withLinks: clientsWithLinks.some((pattern) => pattern === "*" || pattern === name),
      withPreview: withPreview ?? !clientsWithTextAlone.includes(name),
      previews,
    };
  }
}
