import {
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type ServerContext,
} from "@modelcontextprotocol/server";
import {
  type Agreement,
  type Caller,
  type Job,
  type Json,
  type Message,
  type Reply,
  type Runtime,
  UsageError,
} from "@toolcast/core";
import type { Failure } from "@toolcast/core/errors";
import { agreementAsked, isAgreement, messageText, say } from "@toolcast/core/surface";
import { type CallArguments, takeArguments } from "./call-arguments.ts";
import type { Connection } from "./connection.ts";
import { takeMedia } from "./media-inputs.ts";
import { localized, tell } from "./sentences.ts";
import type { CatalogueEntry } from "./tool-catalogue.ts";

/** What became of a call before anybody waits. */
export type Ordered =
  | { type: "job"; job: Job; own: CallArguments }
  | { type: "answer"; message: Message; data: Json; isJobList: boolean; job: Job | null; own: CallArguments }
  | { type: "refused"; failure: Failure; message: Message; advice?: string }
  | { type: "ask"; result: InputRequiredResult };

export interface OrderOptions {
  runtime: Runtime;
  folders: readonly string[];
  connection: Connection;
  /** Whether the person behind the client can be asked for a yes. */
  mayAsk: boolean;
}

/** Names an elicitation by what a yes agrees to, so that no state has to travel: the agent could say as much itself. */
const agreePrefix = "agree_to_";
/** Names one about a job that is stored already, with which of its questions it is: a yes to one price is none to another. */
const releasePrefix = "release_";

/** Takes a call in. What needs a yes asks for it, or is refused with the argument that says it. */
export async function order(
  entry: CatalogueEntry,
  raw: Readonly<Record<string, unknown>>,
  context: ServerContext,
  options: OrderOptions,
): Promise<Ordered> {
  const { runtime, connection, mayAsk } = options;
  const { tool, described } = entry;
  const { own, input } = takeArguments(described, raw);
  const { inputResponses } = context.mcpReq;
  const about = Object.keys(inputResponses ?? {}).find((key) => key.startsWith(releasePrefix));
  if (about !== undefined) {
    const jobId = about.slice(releasePrefix.length).replace(/~\d+$/, "");
    const job = await answerHeld(jobId, inputResponses, options);
    return { type: "job", job, own };
  }
  const said = answered(inputResponses);
  if (said === "declined") {
    return declined(connection.caller);
  }
  const agreed = [...new Set([...own.agreed, ...said])];
  const { caller } = connection;
  const request = { tool: tool.name, input };
  // Before files are read: the one it was ordered with may be gone.
  const before = own.key === undefined ? null : await runtime.ordered(own.key, caller, request);
  if (before !== null) {
    return { type: "job", job: await known(before, { caller, agreed, runtime }), own };
  }
  const taken = await takeMedia(described, input, { ...options, ...connection });
  const reply = await runtime.call({
    tool: tool.name,
    input: taken,
    caller,
    agreed,
    whenHeld: "refuse",
    detail: "words",
    ...(own.key === undefined ? {} : { key: own.key, request }),
  });
  switch (reply.type) {
    case "job":
      return {
        type: "job",
        job: reply.repeated ? await known(reply.job, { caller, agreed, runtime }) : reply.job,
        own,
      };
    case "answer": {
      const job = reply.job ?? null;
      const isJobList = described.answers === "jobs";
      return { type: "answer", message: reply.message, data: reply.data, isJobList, job, own };
    }
    case "refused":
      return refusal(reply, agreed, caller, mayAsk);
    default:
      return reply satisfies never;
  }
}

function refusal(
  { failure, message, hold }: Extract<Reply, { type: "refused" }>,
  agreed: readonly Agreement[],
  { locale }: Caller,
  mayAsk: boolean,
): Ordered {
  if (hold !== "price" && hold !== "consent") {
    return { type: "refused", failure, message };
  }
  const wanted = [...agreed, hold];
  if (mayAsk) {
    return {
      type: "ask",
      result: ask(`${agreePrefix}${wanted.join("_")}`, messageText(message, locale).join("\n"), locale),
    };
  }
  const agreements = wanted.map((reason) => `"${reason}"`).join(", ");
  return { type: "refused", failure, message, advice: tell("addAgreement", locale, { agreements }) };
}

/** The question about a job that was stored and turned out to need a yes; null when it is not the caller's to give. */
export function askAboutHeld(job: Job, message: Message, { caller, runtime }: Asker): InputRequiredResult | null {
  const subject = releaseOf(job, { caller, runtime });
  return subject === null
    ? null
    : ask(`${releasePrefix}${subject}`, messageText(message, caller.locale).join("\n"), caller.locale);
}

interface Asker {
  caller: Caller;
  runtime: Runtime;
}

/** What a yes would be about: the job as it stands; null when it is not the caller's to give. */
function releaseOf(job: Job, { caller, runtime }: Asker): string | null {
  const question = runtime.question(job, caller);
  return agreementAsked(question) === null ? null : (question?.subject ?? null);
}

/** Stands for the answer that did not come to a question about a stored job: the call stays with that job and makes no other. */
export function unanswered({ inputRequests = {} }: InputRequiredResult): Record<string, null> {
  const about = Object.keys(inputRequests).filter((key) => key.startsWith(releasePrefix));
  return Object.fromEntries(about.map((key) => [key, null]));
}

/** What a person decided about a held job; anything but a yes ends it, which costs nothing. */
export async function answerHeld(
  jobId: string,
  responses: Record<string, unknown> | undefined,
  { runtime, connection: { caller } }: Pick<OrderOptions, "runtime" | "connection">,
): Promise<Job> {
  const job = await runtime.job(jobId, caller);
  if (job === null) {
    throw new UsageError({ key: "job.not-found", values: { id: jobId } });
  }
  const subject = releaseOf(job, { caller, runtime });
  const key = `${releasePrefix}${subject}`;
  // An answer to something else, or to an earlier question, decides nothing.
  if (subject === null || inputResponse(responses, key).kind !== "elicit") {
    return job;
  }
  await runtime.press({ action: isYes(responses, key) ? "release" : "cancel", subject, caller });
  return (await runtime.job(jobId, caller)) ?? job;
}

/** The request that came again, which may bring the yes it was held for. */
async function known(job: Job, { caller, agreed, runtime }: Asker & { agreed: readonly Agreement[] }): Promise<Job> {
  const question = runtime.question(job, caller);
  const asked = agreementAsked(question);
  if (question !== null && asked !== null && agreed.includes(asked)) {
    const { subject } = question;
    await runtime.press({ action: "release", subject, caller });
    return (await runtime.job(job.id, caller)) ?? job;
  }
  return job;
}

function ask(key: string, message: string, locale: Caller["locale"]): InputRequiredResult {
  const agree = { type: "boolean" as const, title: tell("agree", locale), description: tell("agreeSummary", locale) };
  return inputRequired({
    inputRequests: {
      [key]: inputRequired.elicit({
        mode: "form",
        message,
        requestedSchema: { type: "object", properties: { agree }, required: ["agree"] },
      }),
    },
  });
}

/** What earlier questions of this call were answered with. */
function answered(responses: Record<string, unknown> | undefined): Agreement[] | "declined" {
  const keys = Object.keys(responses ?? {}).filter((key) => key.startsWith(agreePrefix));
  if (keys.some((key) => !isYes(responses, key))) {
    return "declined";
  }
  const reasons = keys.flatMap((key) => key.slice(agreePrefix.length).split("_"));
  return reasons.filter(isAgreement);
}

function isYes(responses: Record<string, unknown> | undefined, key: string): boolean {
  const view = inputResponse(responses, key);
  return view.kind === "elicit" && view.action === "accept" && view.content?.agree === true;
}

function declined({ locale }: Caller): Ordered {
  const sentence = localized("declined");
  const failure: Failure = { kind: "policy", sentence, charged: "no", retry: { kind: "never" } };
  return { type: "refused", failure, message: { tone: "warning", title: say(sentence, locale), private: true } };
}
