import type { Caller, Job, Locale, Message, Runtime } from "@toolcast/core";
import { hasEnded, type PhaseName } from "@toolcast/core/engine";
import { z } from "zod";

/** The card's input for {@link jobStateTool}: a job of the caller, and the host's language. */
export const cardQuestion = z.object({
  job: z.string().min(1).max(60),
  locale: z.enum(["en", "zh-CN"]).optional(),
});

/** A stored medium as the card shows it. */
export interface CardMedium {
  assetId: string;
  kind: "image" | "audio" | "video";
  type: string;
  bytes: number;
  name: string;
  alternative: string;
  width: number | null;
  height: number | null;
  /**
   * A signed, expiring address; null if the installation has none: the card then reads small files as `media://`
   * resources.
   */
  url: string | null;
}

/** A job as the card draws it: the structured content of {@link jobStateTool}. */
export interface CardState {
  job: string;
  phase: PhaseName;
  /** The job has ended: the card stops asking. */
  ended: boolean;
  tone: Message["tone"];
  title: string;
  lines: string[];
  fields: { label: string; value: string }[];
  progress: { fraction: number | null; estimated: boolean; label: string } | null;
  media: CardMedium[];
}

/** The job's state, in the language the card asks for. */
export async function cardState(runtime: Runtime, job: Job, caller: Caller, locale?: Locale): Promise<CardState> {
  const reader: Caller = locale === undefined ? caller : { ...caller, locale };
  const message = await runtime.jobMessage(job, reader);
  const { progress } = message;
  return {
    job: job.id,
    phase: job.state.phase,
    ended: hasEnded(job),
    tone: message.tone,
    title: message.title,
    lines: message.lines ?? [],
    fields: (message.fields ?? []).map(({ label, value }) => ({ label, value })),
    progress:
      progress === undefined
        ? null
        : { fraction: progress.fraction ?? null, estimated: progress.estimated, label: progress.label },
    media: await Promise.all(
      (message.media ?? []).map(async ({ assetId, kind, type, bytes, name, alternative, width, height }) => {
        const asset = await runtime.asset(assetId, caller);
        return {
          assetId,
          kind,
          type,
          bytes,
          name,
          alternative,
          width: width ?? null,
          height: height ?? null,
          url: (asset === null ? null : runtime.mediaLink(asset)?.url) ?? null,
        };
      }),
    ),
  };
}
