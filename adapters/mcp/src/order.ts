import type { InputRequiredResult, ServerContext } from "@modelcontextprotocol/server";
import type { Caller, Job, Json, Message, Reply, Runtime } from "@toolcast/core";
import type { Failure } from "@toolcast/core/errors";
import { say, type ToolDescription } from "@toolcast/core/surface";
import { type CallArguments, takeArguments } from "./call-arguments.ts";
import type { Connection } from "./connection.ts";
import { allowedFolder, takeMedia } from "./media-inputs.ts";
import { answerAbout, answerHeld, askAboutRequest, heldAbout } from "./questions.ts";
import { localized } from "./sentences.ts";
import type { CatalogueEntry } from "./tool-catalogue.ts";

/** The outcome of a call before waiting for its job. */
export type Ordered =
  | { type: "job"; job: Job; own: CallArguments }
  | { type: "answer"; message: Message; data: Json; isJobList: boolean; job: Job | null; own: CallArguments }
  | { type: "refused"; failure: Failure; message: Message }
  | { type: "ask"; result: InputRequiredResult };

export interface OrderOptions {
  runtime: Runtime;
  folders: readonly string[];
  connection: Connection;
  /** Whether the client can ask its user for consent. */
  mayAsk: boolean;
}

/**
 * Takes a call in. If it needs a person's approval, they are asked; if the client cannot ask, the job is stored and
 * waits for them elsewhere. Nothing a model sends counts as agreement.
 */
export async function order(
  entry: CatalogueEntry,
  raw: Readonly<Record<string, unknown>>,
  { mcpReq: { inputResponses: answers } }: ServerContext,
  options: OrderOptions,
): Promise<Ordered> {
  const { runtime, connection, mayAsk } = options;
  const { caller } = connection;
  const { tool, described } = entry;
  const { own, input } = takeArguments(described, raw);
  if (own.save !== undefined) {
    own.save.directory = await allowedFolder(own.save.directory, { ...options, ...connection });
  }
  const held = heldAbout(answers);
  if (held !== null) {
    return { type: "job", job: await answerHeld(held, answers, { caller, runtime }), own };
  }
  const named = { tool: tool.name, input };
  // Before files are read: the file it was first ordered with may be gone.
  const before = own.key === undefined ? null : await runtime.ordered(own.key, caller, named);
  if (before !== null) {
    return { type: "job", job: before, own };
  }
  const taken = await takeMedia(described, input, { ...options, ...connection });
  const request = { tool: tool.name, input: taken, caller, request: named, detail: "text" as const };
  const withKey = { ...request, key: own.key, showsJob: false };
  if (described.effect !== "spends") {
    return orderedFrom(await runtime.call(request), described, own);
  }
  const quote = await runtime.quote(request);
  if (quote.type === "refused") {
    return quote;
  }
  if (own.quoteOnly) {
    return { type: "answer", message: quote.message, data: quote.data, isJobList: false, job: null, own };
  }
  if (quote.asks.length === 0 || !mayAsk) {
    return orderedFrom(await runtime.call(withKey), described, own);
  }
  switch (answerAbout(quote.mark, answers)) {
    case "yes":
      return orderedFrom(await runtime.call({ ...withKey, agreed: quote.asks }), described, own);
    case "no":
      return declined(caller);
    case null:
      return { type: "ask", result: askAboutRequest(quote.mark, quote.message, caller) };
  }
}

function orderedFrom(reply: Reply, { answers }: ToolDescription, own: CallArguments): Ordered {
  switch (reply.type) {
    case "job":
      return { type: "job", job: reply.job, own };
    case "answer": {
      const { message, job = null } = reply;
      // Data about a job would not be shown beside its facts.
      const data = job === null ? reply.data : null;
      return { type: "answer", message, data, isJobList: answers === "jobs", job, own };
    }
    case "refused":
      return reply;
    default:
      return reply satisfies never;
  }
}

function declined({ locale }: Caller): Ordered {
  const sentence = localized("declined");
  const failure: Failure = { kind: "policy", sentence, charged: "no", retry: { kind: "never" } };
  return { type: "refused", failure, message: { tone: "warning", title: say(sentence, locale), private: true } };
}
