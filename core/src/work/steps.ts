import type { Json } from "../ground/json.ts";
import type { Job } from "../job/job.ts";
import type { StepPlan } from "../job/step-plan.ts";
import type { MediaKind } from "../media/formats.ts";
import type { Asset } from "../media/media.ts";
import type { MediaStore } from "../media/store.ts";
import type { Capability, Operation, Operations } from "../providers/operation.ts";
import type { Provider } from "../providers/provider.ts";
import { fieldsOf } from "../tools/describe.ts";
import type { SpendingTool, Step, StepContext, Tool } from "../tools/tool.ts";
import { type VoiceBook, voiceAddress } from "../voices/voice-book.ts";

/** A step with the operation that does it and what it asks for. */
export interface PreparedStep {
  step: Step;
  operation: Operation<unknown>;
  request: unknown;
}

/** The operation of a capability, whatever its request is. */
function operationOf(provider: Provider, capability: Capability): Operation<unknown> | undefined {
  return (provider.operations as Operations)[capability] as Operation<unknown> | undefined;
}

/** The names of a tool's media inputs. */
export function mediaFieldsOf(tool: Tool): string[] {
  return fieldsOf(tool).flatMap(([name, field]) => (field.shape.kind === "media" ? [name] : []));
}

/** True for what a person gave as a link. */
export function isLink(value: Json | undefined): value is string {
  return typeof value === "string" && /^https?:\/\//i.test(value);
}

/** Loads everything a tool's steps may ask about, so that asking is plain and repeatable. */
export async function stepContext(
  tool: Tool,
  job: Pick<Job, "input" | "steps" | "recalled">,
  media: MediaStore,
  voices: VoiceBook,
): Promise<StepContext> {
  const assets = new Map<string, Asset>();
  const wanted = [
    ...mediaFieldsOf(tool).flatMap((name) => (typeof job.input[name] === "string" ? [job.input[name]] : [])),
    ...job.steps.flatMap((step) => step.assets),
  ];
  for (const id of wanted) {
    const asset = await media.read(id);
    if (asset !== null) {
      assets.set(id, asset);
    }
  }
  const voiceId = typeof job.input.voice === "string" ? job.input.voice : undefined;
  const voice = voiceId === undefined ? null : await voices.read(voiceId);
  return {
    asset(id) {
      const asset = assets.get(id);
      if (asset === undefined) {
        throw new Error(`The asset ${id} is gone`);
      }
      return asset;
    },
    output: (name) =>
      (job.steps.find((step) => step.name === name)?.assets ?? []).flatMap((id) => assets.get(id) ?? []),
    voice(id) {
      if (voice === null || voice.id !== id) {
        throw new Error(`The voice ${id} is gone`);
      }
      return voiceAddress(voice);
    },
    recalled: job.recalled,
  };
}

/** How a request would be cut into steps at this provider. */
export function planAt(provider: Provider): StepPlan {
  return { imagesPerCall: provider.operations.image?.imagesPerCall ?? 1 };
}

/** The names of a tool's steps. Throws for steps that could not be worked through: they are found by name. */
export function stepNames(tool: SpendingTool, input: Job["input"], plan: StepPlan): string[] {
  const names = tool.steps(input, plan).map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined || names.length === 0) {
    throw new Error(`The tool ${tool.name} has ${twice === undefined ? "no steps" : `two steps named ${twice}`}`);
  }
  return names;
}

/** What the built-in capabilities make. Text alone may come back as a film of words or as speech. */
const madeBy: Partial<Record<Capability, readonly MediaKind[]>> = {
  image: ["image"],
  speech: ["audio"],
  avatarVideo: ["video", "audio"],
  portraitVideo: ["video"],
};

/** The kinds of media a step of the job may make; undefined for any. */
export function kindsMade(
  tool: SpendingTool | undefined,
  { input, plan }: Pick<Job, "input" | "plan">,
  name: string,
): readonly MediaKind[] | undefined {
  const step = tool?.steps(input, plan).find((candidate) => candidate.name === name);
  return step === undefined ? undefined : (step.makes ?? madeBy[step.capability]);
}

/** The tool's steps for this input, each with its operation; null when the provider cannot do one of them. */
export function planSteps(
  tool: SpendingTool,
  { input, plan }: Pick<Job, "input" | "plan">,
  provider: Provider,
): { step: Step; operation: Operation<unknown> }[] | null {
  const steps = tool.steps(input, plan).map((step) => ({ step, operation: operationOf(provider, step.capability) }));
  return steps.every((entry): entry is { step: Step; operation: Operation<unknown> } => entry.operation !== undefined)
    ? steps
    : null;
}
