import type { Capability, Json } from "@toolcast/core";
import type { Failure } from "@toolcast/core/errors";
import {
  type Balance,
  type CheckEnd,
  defineProvider,
  type Operation,
  type OperationContext,
  type Output,
  type PresetVoice,
  type Price,
  type ProviderDefinition,
  type ProviderInstance,
  type ProviderLimits,
  type StartEnd,
  type VendorRecord,
  type VoiceAddress,
} from "@toolcast/core/provider";
import { z } from "zod";
import { fixture } from "./fixture-media.ts";

/** One start as the vendor saw it. */
export interface VendorStart {
  jobId: string;
  capability: Capability;
  request: Record<string, unknown>;
  context: OperationContext;
}

type Scripted<End> = End | ((start: VendorStart) => End | Promise<End>);
type Stop = "stopped" | "goes-on";

/** The vendor's state and behaviour; it outlives the processes that call it. */
export interface ScriptedProvider {
  definition: ProviderDefinition<Record<string, never>>;
  limits: ProviderLimits;
  /** Each start that reached the vendor. */
  starts: VendorStart[];
  checks: Json[];
  cancels: Json[];
  /** How often steps with this capability were started for a job. */
  startsOf(jobId: string, capability: Capability): number;
  /** How the next starts of a capability end; later ones end as in {@link usualStart}. */
  nextStart(capability: Capability, ...ends: Scripted<StartEnd>[]): void;
  /** Answers every start that `nextStart` does not cover. */
  everyStart?: (start: VendorStart) => StartEnd | Promise<StartEnd>;
  /** How the next checks end, an Error being thrown; later ones end as done. */
  nextCheck(...ends: (CheckEnd | Error)[]): void;
  /** Answers every check that `nextCheck` does not cover; null means done. */
  everyCheck?: (reference: Json) => CheckEnd | null;
  /** How the next requests to cancel are answered; unless this is called, operations cannot be cancelled. */
  nextCancel(...ends: (Stop | Error)[]): void;
  /** Answers every request to cancel that `nextCancel` does not cover; default `goes-on`. */
  everyCancel?: (reference: Json) => Stop;
  /** Capabilities whose every request is invalid. */
  invalid: Map<Capability, Error>;
  prices: Map<Capability, Price>;
  maxDurationMs: number;
  firstCheckAfterMs: number;
  fetchesMedia: boolean;
  /** How long it recognises a start by its key; unless set, it has no keys. */
  sameKeyForMs?: number;
  perCall: number;
  /** The same for pictures that are changed. */
  perEdit: number;
  balance: Balance | Error;
  /** Deletes a voice at the vendor; set it before a process opens, otherwise the vendor cannot delete. */
  deleteVoice?: NonNullable<ProviderInstance["deleteVoice"]>;
  /** The vendor's own voices; set them before a process opens. Unless set, it has none. */
  presetVoices?: readonly PresetVoice[];
  /** The vendor's list of its operations; unless set, it offers no list. */
  records?: (since: number) => VendorRecord[];
  /** Whether operations it begins never appear on that list. */
  unlisted: boolean;
  /** Capabilities it no longer has. */
  without: Set<Capability>;
}

/** Everything it can do. */
export const scriptedCapabilities = [
  "image",
  "imageEditing",
  "video",
  "imageUnderstanding",
  "text",
  "avatarVideo",
  "portraitVideo",
  "voiceCloning",
  "speech",
] as const;

export function createScriptedProvider(id = "scripted"): ScriptedProvider {
  const starts = new Map<Capability, Scripted<StartEnd>[]>();
  const checks: (CheckEnd | Error)[] = [];
  const cancels: (Stop | Error)[] = [];
  const provider: ScriptedProvider = {
    limits: { concurrent: 5, startsPerSecond: 100 },
    starts: [],
    checks: [],
    cancels: [],
    startsOf: (jobId, capability) =>
      provider.starts.filter((start) => start.jobId === jobId && start.capability === capability).length,
    nextStart: (capability, ...ends) => void starts.set(capability, [...(starts.get(capability) ?? []), ...ends]),
    nextCheck: (...ends) => void checks.push(...ends),
    nextCancel: (...ends) => void cancels.push(...ends),
    invalid: new Map(),
    prices: new Map(),
    maxDurationMs: 600_000,
    firstCheckAfterMs: 2_000,
    fetchesMedia: false,
    perCall: 1,
    perEdit: 1,
    unlisted: false,
    balance: { amount: 100, unit: "points", quotas: [] },
    without: new Set(),
    definition: defineProvider<Record<string, never>>({
      id,
      title: { en: "Scripted", "zh-CN": "脚本" },
      settings: [],
      schema: z.object({}) as unknown as z.ZodType<Record<string, never>>,
      hosts: () => [],
      onLoopback: () => false,
      limits: () => provider.limits,
      create: () => ({
        operations: Object.fromEntries(
          scriptedCapabilities
            .filter((capability) => !provider.without.has(capability))
            .map((capability) => [capability, operation(capability)]),
        ),
        async balance() {
          if (provider.balance instanceof Error) {
            throw provider.balance;
          }
          return provider.balance;
        },
        ...(provider.deleteVoice === undefined
          ? {}
          : { deleteVoice: async (voice: VoiceAddress) => provider.deleteVoice?.(voice) }),
        ...(provider.presetVoices === undefined ? {} : { presetVoices: provider.presetVoices }),
        ...(provider.records === undefined
          ? {}
          : { recordsSince: async (since: number) => provider.records?.(since) ?? [] }),
        doctor: async () => [],
      }),
    }),
  };

  function operation(capability: Capability): Operation<unknown> {
    return {
      maxDurationMs: provider.maxDurationMs,
      firstCheckAfterMs: provider.firstCheckAfterMs,
      fetchesMedia: provider.fetchesMedia,
      sameKeyForMs: provider.sameKeyForMs,
      unlisted: provider.unlisted,
      streams: capability === "text",
      ...(capability === "image" ? { perCall: provider.perCall } : {}),
      ...(capability === "imageEditing" ? { perCall: provider.perEdit } : {}),
      validate() {
        const error = provider.invalid.get(capability);
        if (error !== undefined) {
          throw error;
        }
      },
      price: () => provider.prices.get(capability) ?? { known: true, amount: 2, unit: "points" },
      async start(request, context) {
        const jobId = /callbacks\/(job_[\w-]+)\./.exec(context.callbackUrl ?? "")?.[1] ?? "";
        const start = { jobId, capability, request: request as Record<string, unknown>, context };
        provider.starts.push(start);
        const scripted = starts.get(capability)?.shift() ?? provider.everyStart ?? usualStart;
        return typeof scripted === "function" ? scripted(start) : scripted;
      },
      async check(reference) {
        provider.checks.push(reference);
        const done = { state: "done" as const, output: usualOutput(capability) };
        const end = checks.shift() ?? provider.everyCheck?.(reference) ?? done;
        if (end instanceof Error) {
          throw end;
        }
        return end;
      },
      async cancel(reference) {
        provider.cancels.push(reference);
        const end = cancels.shift() ?? provider.everyCancel?.(reference) ?? "goes-on";
        if (end instanceof Error) {
          throw end;
        }
        return end;
      },
    };
  }

  return provider;
}

/** Pictures, and descriptions of them, are done at once; everything else is an operation. */
function usualStart({ jobId, capability }: VendorStart): StartEnd {
  return ["image", "imageEditing", "imageUnderstanding", "text"].includes(capability)
    ? { end: "done", output: usualOutput(capability) }
    : { end: "operation", reference: { vendor: `${jobId}/${capability}` }, requestId: `vendor-${capability}` };
}

/** What the vendor makes by default. */
export function usualOutput(capability: Capability): Output {
  const charge = { amount: 2, unit: "points" };
  switch (capability) {
    case "image":
    case "imageEditing":
      return { media: [{ bytes: fixture("picture.png") }], charge, requestId: "sid-1" };
    case "imageUnderstanding":
      return { media: [], text: "A picture.", charge, requestId: "sid-2" };
    case "text":
      return { media: [], text: "An answer.", charge, requestId: "sid-3" };
    case "speech":
      return { media: [{ bytes: fixture("tone.wav") }], charge };
    case "voiceCloning":
      return { media: [], facts: { speakerId: "speaker-1", tier: "lite" }, charge };
    default:
      return { media: [{ url: "https://vendor.example/avc.mp4" }], charge };
  }
}

/** A failure of the vendor, with the changes that matter to the test. */
export function vendorFailure(changes: Partial<Failure> = {}): Failure {
  return {
    kind: "refused",
    sentence: { en: "The vendor said no.", "zh-CN": "服务商拒绝了请求。" },
    charged: "no",
    retry: { kind: "never" },
    provider: "scripted",
    ...changes,
  };
}
