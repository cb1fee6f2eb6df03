import { sep } from "node:path";
import type { CallToolResult, ContentBlock } from "@modelcontextprotocol/server";
import { type Caller, type Job, type Json, type Message, type Runtime, ToolcastError } from "@toolcast/core";
import { assetsOf } from "@toolcast/core/engine";
import type { Failure } from "@toolcast/core/errors";
import {
  adviceAbout,
  adviceAfter,
  adviceLine,
  failureCode,
  mediumFacts,
  messageText,
  repeatAdvice,
  saveMedia,
  say,
} from "@toolcast/core/surface";
import type { CallArguments } from "./call-arguments.ts";
import { type AssetFacts, type JobFacts, jobFacts, textsOf } from "./job-facts.ts";
import type { Previews } from "./previews.ts";
import { tell } from "./sentences.ts";
import type { Catalogue } from "./tool-catalogue.ts";

/** The descriptive part of a result's first block; media lines and the next step are added uncut. */
const maxHeadCharacters = 1_000;
const maxLineCharacters = 300;
/** For the text of tools that answer with lists. */
const maxAnswerCharacters = 40_000;
const maxDataCharacters = 150_000;

export interface Showing {
  runtime: Runtime;
  caller: Caller;
  catalogue: Catalogue;
  now: number;
  /** Whether the client can read this machine's files. */
  withFiles: boolean;
  withLinks: boolean;
  withPreview: boolean;
  previews: Previews;
}

/**
 * One job as core describes it: its facts as text, the text it produced, previews, links, and the same facts as data.
 */
export async function jobResult(
  job: Job,
  showing: Showing,
  { message, failedIsError, save }: { message: Message; failedIsError: boolean; save?: CallArguments["save"] },
): Promise<CallToolResult> {
  const { caller } = showing;
  const facts = await jobFacts(job, message, showing);
  const texts = textsOf(job);
  const next = nextStep(job, facts, showing);
  const saved = save === undefined || job.state.phase !== "succeeded" ? [] : await savedLines(facts, save, showing);
  const lines = [
    cut(messageLines(message, caller).join("\n"), maxHeadCharacters),
    ...chargedLine(message, facts, showing),
    ...facts.assets.map((asset) => assetLine(asset, showing)),
    ...saved,
    ...goneLines(job, facts, showing),
    ...repeatLine(job, showing),
    ...(next === null ? [] : [adviceLine("next", next, caller.locale)]),
  ];
  return {
    content: [
      { type: "text", text: lines.join("\n") },
      ...texts.map((text): ContentBlock => ({ type: "text", text })),
      ...(showing.withPreview ? await pictures(facts.assets, showing) : []),
      ...(showing.withLinks ? facts.assets.map((asset) => resourceLink(asset)) : []),
    ],
    structuredContent: facts as unknown as Record<string, unknown>,
    ...(failedIsError && (job.state.phase === "failed" || job.state.phase === "unresolved") ? { isError: true } : {}),
  };
}

/** The answer of a tool that answers at once. */
export function answerResult(
  { message, data, isJobList }: { message: Message; data: Json; isJobList: boolean },
  { caller }: Showing,
): CallToolResult {
  const shown = isJobList ? jobListOf(data) : data;
  const json = JSON.stringify(shown);
  const isLong = json.length > maxDataCharacters;
  const text = messageLines(message, caller).join("\n");
  // Facts that are only in the data would not reach every model.
  const whole = isJobList || json.length > 1_500 ? text : `${text}\n${json}`;
  return {
    content: [{ type: "text", text: cut(whole, maxAnswerCharacters) }],
    structuredContent: {
      message: message.title,
      data: isLong ? { shortened: tell("shortened", caller.locale) } : asObject(shown),
    },
  };
}

/** A refusal: what happened, its code, whether anything was charged, whether to repeat, what to do. */
export function refusedResult(
  { failure, message, advice }: { failure: Failure; message: Message; advice?: string | undefined },
  { caller }: Pick<Showing, "caller">,
): CallToolResult {
  const { locale } = caller;
  const lines = [
    cut(messageLines(message, caller).join("\n"), maxHeadCharacters),
    adviceLine("code", failureCode(failure), locale),
    ...((message.fields ?? []).some(({ kind }) => kind === "charged")
      ? []
      : [adviceLine("charged", say({ key: `job.charged.${failure.charged}` }, locale), locale)]),
    ...(advice === undefined ? [adviceLine("repeat", repeatAdvice(failure, locale), locale)] : []),
    adviceLine("next", advice ?? adviceAfter(failure, locale), locale),
  ];
  return { content: [{ type: "text", text: lines.join("\n") }], isError: true };
}

/** Adds the charge when the message for people omits it as self-evident. */
function chargedLine({ fields = [] }: Message, facts: JobFacts, { caller }: Showing): string[] {
  const { locale } = caller;
  if (fields.some(({ kind }) => kind === "charged" || kind === "cost")) {
    return [];
  }
  const { charged, may_still_be_charged } = facts;
  const key = charged === "unknown" && may_still_be_charged ? "job.charged.open" : (`job.charged.${charged}` as const);
  return [adviceLine("charged", say({ key }, locale), locale)];
}

function repeatLine({ state }: Job, { caller }: Showing): string[] {
  if (state.phase !== "failed") {
    return [];
  }
  const { failure } = state;
  const { locale } = caller;
  const code = failure.vendorCode === undefined ? [adviceLine("code", failureCode(failure), locale)] : [];
  return [...code, adviceLine("repeat", repeatAdvice(failure, locale), locale)];
}

function nextStep(job: Job, { assets }: JobFacts, { caller, catalogue, now }: Showing): string | null {
  const { locale } = caller;
  const { look, cancel } = catalogue.jobTools;
  const agree = () => tell("askHeld", locale, { job: job.id, look: look.tool, cancel: cancel.tool });
  return adviceAbout(job, { look, agree }, { locale, now, hasMedia: assets.length > 0 });
}

function messageLines(message: Message, { locale }: Caller): string[] {
  return messageText(message, locale).map((line) => cut(line, maxLineCharacters));
}

function assetLine(asset: AssetFacts, { caller: { locale } }: Showing): string {
  const { asset_id, mime_type, bytes, width, height, duration_ms, url, url_expires_at, file } = asset;
  return [
    asset_id,
    mediumFacts({ type: mime_type, bytes, width, height, durationMs: duration_ms }, locale),
    ...(url === undefined
      ? []
      : [
          url_expires_at === undefined
            ? tell("whileConnected", locale, { url })
            : tell("until", locale, { url, until: url_expires_at }),
        ]),
    ...(file === undefined ? [] : [tell("file", locale, { path: file })]),
  ].join(", ");
}

/** Saves the requested copies. A failure is reported and removes nothing from the result. */
async function savedLines(
  { assets }: JobFacts,
  { directory, name }: NonNullable<CallArguments["save"]>,
  { runtime, caller: { locale } }: Showing,
): Promise<string[]> {
  const media = assets.map((asset) => ({ assetId: asset.asset_id, name: asset.name }));
  try {
    const paths = await saveMedia(runtime.media, media, `${directory}${sep}`, name);
    return paths.map((path) => tell("saved", locale, { path }));
  } catch (error) {
    if (!ToolcastError.isInstance(error)) {
      throw error;
    }
    return [say(error.failure.sentence, locale)];
  }
}

/** Lists results past their retention; otherwise they would look as if they had never been made. */
function goneLines(job: Job, { assets }: JobFacts, { caller }: Showing): string[] {
  const kept = new Set(assets.map(({ asset_id }) => asset_id));
  const made = assetsOf(job);
  return made.filter((id) => !kept.has(id)).map((asset) => tell("gone", caller.locale, { asset }));
}

async function pictures(facts: readonly AssetFacts[], { runtime, caller, previews }: Showing): Promise<ContentBlock[]> {
  const shown = facts.filter(({ kind }) => kind === "image");
  const blocks = await Promise.all(
    shown.map(async ({ asset_id }): Promise<ContentBlock[]> => {
      const asset = await runtime.asset(asset_id, caller);
      const small = asset === null ? null : await previews.of(asset, shown.length);
      if (small === null) {
        return [];
      }
      const data = Buffer.from(small.bytes).toString("base64");
      return [{ type: "image", data, mimeType: small.type, annotations: { audience: ["user", "assistant"] } }];
    }),
  );
  return blocks.flat();
}

function resourceLink({ uri, name, mime_type, bytes }: AssetFacts): ContentBlock {
  return { type: "resource_link", uri, name, mimeType: mime_type, size: bytes };
}

/** A hundred whole jobs are more than anybody reads: the timelines are in each job's resource. */
function jobListOf(data: Json): Json {
  const { jobs } = data as { jobs: Record<string, Json>[] };
  return {
    jobs: jobs.map(({ id, tool, name, place, state, createdAt, assets, money }) => ({
      job_id: id ?? null,
      tool: tool ?? null,
      name: name ?? null,
      place: place ?? null,
      state: state ?? null,
      created_at: createdAt ?? null,
      assets: assets ?? [],
      money: money ?? null,
    })),
  };
}

function asObject(data: Json): Record<string, Json> {
  return typeof data === "object" && data !== null && !Array.isArray(data) ? data : { items: data };
}

/** Cut between characters as people count them. */
function cut(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) {
    return text;
  }
  return `${[...text].slice(0, maxCharacters - 1).join("")}…`;
}
