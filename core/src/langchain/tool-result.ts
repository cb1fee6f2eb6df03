import type { Failure } from "../errors/errors.ts";
import type { Json } from "../ground/json.ts";
import { isAgreement } from "../job/agreement.ts";
import { hasEnded, type Job } from "../job/job.ts";
import { failureJson } from "../job-view/job-json.ts";
import { formatBytes, formatDuration, say } from "../messages/sentence.ts";
import type { Caller } from "../people/caller.ts";
import type { Reply, Runtime } from "../runtime/runtime.ts";
import type { Message, MessageMedia } from "../surface/message.ts";
import { getJob } from "../tools/job-tools.ts";
import { sentences } from "./sentences.ts";

/** When a model should look at an open job again, in seconds. */
const lookAgainSeconds = 15;

/** What a program gets besides the words for its model. */
export interface ToolArtifact {
  /** The answer of a tool that answers at once. */
  data?: Json;
  /** The job as it stands, for tools that start one; its field names are stable. */
  job?: Json;
  /** What was made or is shown, each with its stored id and, where the installation has an address, a link. */
  media: MessageMedia[];
}

/**
 * The call did not do what was asked. `message` is made for the model: what happened, code, whether it was charged,
 * what to do next. `failure` and `job` hold the same for the program.
 */
export class ToolException extends Error {
  readonly failure: Json;
  readonly job: Json | undefined;
  constructor(message: string, failure: Json, job?: Json) {
    super(message);
    this.name = "ToolException";
    this.failure = failure;
    this.job = job;
  }
}

/** One call of one tool, on its way to words. */
export interface Speaking {
  runtime: Runtime;
  caller: Caller;
}

/** Words for the model and facts for the program. A failed or unresolved job, and a refusal, is thrown. */
export async function toolResult(
  reply: Exclude<Reply, { type: "refused" }>,
  { runtime, caller }: Speaking,
): Promise<[string, ToolArtifact]> {
  const media = await withLinks(reply.message.media ?? [], runtime, caller);
  const text = messageText(reply.message, caller);
  if (reply.type === "answer") {
    return [lines(...text, ...media.map((medium) => mediaLine(medium, caller))), { data: reply.data, media }];
  }
  const { job } = reply;
  const json = runtime.jobJson(job);
  if (job.state.phase === "failed" || job.state.phase === "unresolved") {
    const failure = job.state.phase === "failed" ? job.state.failure : job.state.evidence.failure;
    const again =
      job.state.phase === "failed"
        ? sentences.again[failure.retry.kind][caller.locale]
        : fill(sentences.again.unresolved[caller.locale], { job: job.id });
    throw new ToolException(lines(...text, labelled("next", again, caller)), failureJson(failure, caller.locale), json);
  }
  return [
    lines(...text, ...media.map((medium) => mediaLine(medium, caller)), ...openLines(job, runtime, caller)),
    { job: json, media },
  ];
}

/** A refusal: nothing was stored, sent or spent. */
export function refusal(reply: Extract<Reply, { type: "refused" }>, caller: Caller): ToolException {
  const { failure, message, hold } = reply;
  return new ToolException(
    lines(...messageText(message, caller), ...missingFacts(failure, message, caller), nextStep(failure, hold, caller)),
    failureJson(failure, caller.locale),
  );
}

function nextStep(failure: Failure, hold: string | undefined, caller: Caller): string {
  const { again } = sentences;
  const advice = isAgreement(hold)
    ? fill(again.agree[caller.locale], { reason: hold })
    : again[failure.retry.kind][caller.locale];
  return labelled("next", advice, caller);
}

/** Code and charge, where the message for people leaves them out because nothing was sent. */
function missingFacts(failure: Failure, message: Message, caller: Caller): string[] {
  return (message.fields ?? []).length > 0
    ? []
    : [
        labelled("code", failure.vendorCode ?? failure.kind, caller),
        labelled("charged", say({ key: `job.charged.${failure.charged}` }, caller.locale), caller),
      ];
}

function openLines(job: Job, runtime: Runtime, { locale }: Caller): string[] {
  if (hasEnded(job)) {
    return [];
  }
  if (job.state.phase === "held") {
    const { reason } = job.state.hold;
    const said = sentences.again[isAgreement(reason) ? "held" : "held-for-operator"][locale];
    return [labelled("next", fill(said, { job: job.id, reason }), { locale })];
  }
  return runtime.tools.some(({ name }) => name === getJob.name)
    ? [fill(sentences.readLater[locale], { tool: getJob.name, job: job.id, seconds: String(lookAgainSeconds) })]
    : [sentences.goesOn[locale]];
}

function messageText({ title, lines: paragraphs, progress, fields }: Message, { locale }: Caller): string[] {
  const colon = locale === "zh-CN" ? "：" : ": ";
  return [
    title,
    ...(paragraphs ?? []),
    ...(progress === undefined ? [] : [progress.label]),
    ...(fields ?? []).map(({ label, value }) => `${label}${colon}${value}`),
  ];
}

async function withLinks(media: MessageMedia[], runtime: Runtime, caller: Caller): Promise<MessageMedia[]> {
  return Promise.all(
    media.map(async (medium) => {
      const asset = await runtime.asset(medium.assetId, caller);
      const link = asset === null ? null : runtime.mediaLink(asset);
      return link === null ? medium : { ...medium, link };
    }),
  );
}

function mediaLine(medium: MessageMedia, { locale }: Caller): string {
  const { name, type, bytes, width, height, durationMs, assetId, link } = medium;
  const facts = [
    type,
    formatBytes(bytes, locale),
    ...(width === undefined || height === undefined ? [] : [`${width}×${height}`]),
    ...(durationMs === undefined ? [] : [formatDuration(durationMs, locale)]),
  ].join(", ");
  const said = fill(sentences.asset[locale], { name, facts, id: assetId });
  return link === undefined
    ? said
    : `${said} ${fill(sentences.link[locale], { url: link.url, until: new Date(link.expiresAt).toISOString() })}`;
}

function labelled(label: "code" | "charged" | "next", value: string, { locale }: Pick<Caller, "locale">): string {
  return `${sentences[label][locale]}${locale === "zh-CN" ? "：" : ": "}${value}`;
}

/** Values are put in as they are: a placeholder inside one stays text. */
function fill(template: string, values: Record<string, string>): string {
  return template.replaceAll(/\{(\w+)\}/g, (placeholder, name: string) => values[name] ?? placeholder);
}

function lines(...parts: string[]): string {
  return parts.filter((part) => part !== "").join("\n");
}
