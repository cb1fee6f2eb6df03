import type { Caller, Json, Message, MessageMedia, Reply, Runtime } from "@toolcast/core";
import type { Failure } from "@toolcast/core/errors";
import {
  adviceAbout,
  adviceAfter,
  adviceLine,
  failureCode,
  failureJson,
  isAgreement,
  jobToolsOf,
  mediumFacts,
  messageText,
  say,
} from "@toolcast/core/surface";
import { sentences } from "./sentences.ts";

/** What a program gets besides the text for its model. */
export interface ToolArtifact {
  /** The answer of a tool that answers at once. */
  data?: Json;
  /** The job in its current state, for tools that start one; its field names are stable. */
  job?: Json;
  /** What was made or is shown, each with its stored id and, if the installation has an address, a link. */
  media: MessageMedia[];
}

/**
 * The call did not do what was asked. `message` is for the model: what happened, code, whether it was charged, what to
 * do next. `failure` and `job` hold the same for the program.
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

/** One call of one tool, to be turned into text. */
export interface Speaking {
  runtime: Runtime;
  caller: Caller;
  /** Epoch milliseconds. */
  now: number;
}

/** Text for the model and facts for the program. Throws for a failed or unresolved job and for a refusal. */
export async function toolResult(
  reply: Exclude<Reply, { type: "refused" }>,
  { runtime, caller, now }: Speaking,
): Promise<[string, ToolArtifact]> {
  const { locale } = caller;
  const media = await withLinks(reply.message.media ?? [], runtime, caller);
  const text = messageText(reply.message, locale);
  const mediaLines = media.map((medium) => mediaLine(medium, caller));
  if (reply.type === "answer") {
    return [lines(...text, ...mediaLines), { data: reply.data, media }];
  }
  const { job } = reply;
  const json = runtime.jobJson(job);
  const advice = adviceAbout(
    job,
    { look: jobToolsOf(runtime.tools).look },
    { locale, now, hasMedia: media.length > 0 },
  );
  const next = advice === null ? [] : [adviceLine("next", advice, locale)];
  if (job.state.phase === "failed" || job.state.phase === "unresolved") {
    const failure = job.state.phase === "failed" ? job.state.failure : job.state.evidence.failure;
    throw new ToolException(lines(...text, ...next), failureJson(failure, locale), json);
  }
  return [lines(...text, ...mediaLines, ...next), { job: json, media }];
}

/** A refusal: nothing was stored, sent or spent. */
export function refusal(reply: Extract<Reply, { type: "refused" }>, { locale }: Caller): ToolException {
  const { failure, message, hold } = reply;
  const advice = isAgreement(hold)
    ? say({ key: "agent.agree-first", values: { reason: hold } }, locale)
    : adviceAfter(failure, locale);
  return new ToolException(
    lines(
      ...messageText(message, locale),
      ...missingFacts(failure, message, locale),
      adviceLine("next", advice, locale),
    ),
    failureJson(failure, locale),
  );
}

/** Code and charge, if the message for people leaves them out because nothing was sent. */
function missingFacts(failure: Failure, { fields = [] }: Message, locale: Caller["locale"]): string[] {
  return [
    ...(fields.some(({ kind }) => kind === "code") ? [] : [adviceLine("code", failureCode(failure), locale)]),
    ...(fields.some(({ kind }) => kind === "charged")
      ? []
      : [adviceLine("charged", say({ key: `job.charged.${failure.charged}` }, locale), locale)]),
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
  const { name, assetId, link } = medium;
  const said = say(sentences.asset, locale, { name, facts: mediumFacts(medium, locale), id: assetId });
  return link === undefined
    ? said
    : `${said} ${say(sentences.link, locale, { url: link.url, until: new Date(link.expiresAt).toISOString() })}`;
}

function lines(...parts: string[]): string {
  return parts.filter((part) => part !== "").join("\n");
}
