import { UsageError } from "../errors/errors.ts";
import type { Json } from "../ground/json.ts";
import type { Job } from "../job/job.ts";
import type { MediaKind } from "../media/formats.ts";
import type { Asset } from "../media/media.ts";
import type { MediaStore } from "../media/store.ts";
import type { Capability } from "../providers/operation.ts";
import { mediaFieldsOf } from "../tools/describe.ts";
import { valuesOfRole } from "../tools/named-in-input.ts";
import type { Step, StepContext, Tool } from "../tools/tool.ts";
import { type VoiceBook, voiceAddress } from "../voices/voice-book.ts";
import type { PlannedStep } from "./planned-job.ts";

/** A planned step and what it asks for. */
export interface PreparedStep extends PlannedStep {
  request: unknown;
}

/** Whether a value is a link that a person gave. */
export function isLink(value: Json | undefined): value is string {
  return typeof value === "string" && /^https?:\/\//i.test(value);
}

/** Loads everything that a tool's steps may ask for: their functions are then synchronous and repeatable. */
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
  const named = await Promise.all(valuesOfRole(tool, "voice", job.input).map(([, id]) => voices.read(id)));
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
      const voice = named.find((one) => one?.id === id) ?? null;
      if (voice === null || voice.deletingSince !== undefined) {
        throw new UsageError({ key: "voice.deleted" });
      }
      return voiceAddress(voice);
    },
    recalled: job.recalled,
  };
}

/** What the built-in capabilities make. Text alone may give a video of the words or speech. */
const madeBy: Partial<Record<Capability, readonly MediaKind[]>> = {
  image: ["image"],
  imageEditing: ["image"],
  video: ["video"],
  speech: ["audio"],
  avatarVideo: ["video", "audio"],
  portraitVideo: ["video"],
};

/** The kinds of media a step may make; undefined for any. */
export function kindsMade({ makes, capability }: Pick<Step, "makes" | "capability">): readonly MediaKind[] | undefined {
  return makes ?? madeBy[capability];
}
