import { localhostAllowedHostnames } from "@modelcontextprotocol/server";
import type { Asset, Caller, Job, Json, Message, Runtime } from "@toolcast/core";
import { assetsOf, hasEnded } from "@toolcast/core/engine";
import type { Charged, Failure } from "@toolcast/core/errors";
import { failureJson, jobMoney, nextPollSeconds } from "@toolcast/core/surface";
import type { JsonSchema } from "./json-schema.ts";

/** A stored medium as an agent sees it. */
export interface AssetFacts {
  asset_id: string;
  kind: string;
  mime_type: string;
  bytes: number;
  width?: number;
  height?: number;
  duration_ms?: number;
  name: string;
  uri: string;
  url?: string;
  url_expires_at?: string;
  file?: string;
}

/** A job as an agent sees it: the content of a result's text, as data. */
export interface JobFacts {
  job_id: string;
  tool: string;
  state: string;
  done: boolean;
  message: string;
  next_poll_seconds?: number;
  progress?: { fraction?: number; estimated: boolean; label: string };
  provider: string;
  charged: Charged;
  cost: { amount: number; unit: string }[];
  may_still_be_charged: boolean;
  price?: { amount: number; unit: string };
  assets: AssetFacts[];
  words?: string[];
  waits_for?: string;
  error?: Json;
  created_at: string;
}

/**
 * The schema of `structuredContent` for tools that answer with a job. It is sent with each tool and may be shown to
 * models, so it names only what programs branch on. A quote has only its message.
 */
export const jobFactsSchema: JsonSchema = {
  type: "object",
  properties: {
    message: { type: "string" },
    job_id: { type: "string" },
    state: { type: "string" },
    done: { type: "boolean" },
    assets: { type: "array" },
  },
  required: ["message"],
};

/** Produced text longer than this is cut in results; the job's resource has all of it. */
const maxTextCharacters = 40_000;

export interface FactsOptions {
  runtime: Runtime;
  caller: Caller;
  now: number;
  /** Whether the client can read this machine's files. */
  withFiles: boolean;
}

/** `message`: the job as a message to the same caller, rendered once by the caller of this function. */
export async function jobFacts(job: Job, message: Message, options: FactsOptions): Promise<JobFacts> {
  const { runtime, caller } = options;
  const { charged, amounts, mayStillBeCharged } = jobMoney(job);
  const { price } = job;
  const failure = failureIn(job);
  const ids = assetsOf(job);
  const assets = await Promise.all(ids.map((id) => runtime.asset(id, caller)));
  const texts = textsOf(job);
  return {
    job_id: job.id,
    tool: job.tool,
    state: job.state.phase,
    done: hasEnded(job),
    message: message.title,
    ...(isOpen(job) ? { next_poll_seconds: nextPollSeconds(job, options.now) } : {}),
    progress: message.progress,
    provider: job.provider,
    charged,
    cost: amounts,
    may_still_be_charged: mayStillBeCharged,
    ...(price?.known ? { price: { amount: price.amount, unit: price.unit } } : {}),
    assets: await Promise.all(assets.filter((asset) => asset !== null).map((asset) => assetFacts(asset, options))),
    ...(texts.length === 0 ? {} : { words: texts }),
    ...(job.state.phase === "held" ? { waits_for: job.state.hold.reason } : {}),
    ...(failure === null ? {} : { error: failureJson(failure, caller.locale) }),
    created_at: new Date(job.createdAt).toISOString(),
  };
}

function failureIn({ state }: Job): Failure | null {
  return state.phase === "failed" ? state.failure : state.phase === "unresolved" ? state.evidence.failure : null;
}

export async function assetFacts(
  asset: Asset,
  { runtime, withFiles }: Pick<FactsOptions, "runtime" | "withFiles">,
): Promise<AssetFacts> {
  const { id, kind, type, bytes, width, height, durationMs, name } = asset;
  const link = runtime.mediaLink(asset);
  // Facts about media are worth having while a bucket with the file is away.
  const file = withFiles ? await runtime.media.localPath(asset).catch(() => null) : null;
  // A server on this machine's own port stops with its client, long before the link would expire.
  const isPassing = withFiles && link !== null && localhostAllowedHostnames().includes(new URL(link.url).hostname);
  return {
    asset_id: id,
    kind,
    mime_type: type,
    bytes,
    width,
    height,
    duration_ms: durationMs,
    name,
    uri: `media://${id}`,
    ...(link === null ? {} : { url: link.url }),
    ...(link === null || isPassing ? {} : { url_expires_at: new Date(link.expiresAt).toISOString() }),
    ...(file === null ? {} : { file }),
  };
}

/** The text that the job produced. */
export function textsOf(job: Job): string[] {
  return job.steps.flatMap(({ text }) =>
    text === undefined ? [] : [text.length > maxTextCharacters ? `${text.slice(0, maxTextCharacters)}…` : text],
  );
}

/** Whether it advances without a person. */
export function isOpen(job: Job): boolean {
  return !hasEnded(job) && job.state.phase !== "held" && job.state.phase !== "unresolved";
}
