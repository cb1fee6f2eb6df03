import type { MediaLimits } from "../media/formats.ts";
import { messages, type Sentence } from "../messages/sentence.ts";
import { fieldsOf, missingFields } from "../tools/describe.ts";
import { isLeftOut } from "../tools/input.ts";
import type { Tool } from "../tools/tool.ts";
import type { GivenInput } from "./answer.ts";

/** What a platform says about a file before it is loaded. */
export interface FileClaim {
  /** The input it is for. */
  field: string;
  /** Its name at the platform. */
  name: string;
  /** In bytes. Left out or null if the platform does not say. */
  size?: number | null;
  /** MIME type. Left out or null if the platform does not say. */
  type?: string | null;
}

/** What is wrong with one input. */
export interface FieldProblem {
  field: string;
  sentence: Sentence;
}

/**
 * Whether a command opens a form instead of being carried out: a required input is missing, or nothing at all was given
 * to a tool that spends.
 */
export function wantsForm(tool: Tool, { input, files }: Pick<GivenInput, "input" | "files">): boolean {
  const given = Object.keys(input).filter((name) => !isLeftOut(input[name]));
  const names = [...given, ...files.map(({ field }) => field)];
  return missingFields(tool, names).length > 0 || (names.length === 0 && tool.effect === "spends");
}

/** What files an input takes; undefined if it takes none. */
export function fileLimits(tool: Tool, field: string): MediaLimits | undefined {
  const shape = fieldsOf(tool).find(([name]) => name === field)?.[1].shape;
  return shape?.kind === "media" ? shape.limits : undefined;
}

/**
 * Why one of the files cannot be taken, judging by what the platform says about it; null if all can be loaded. Their
 * content is inspected later.
 */
export function fileProblem(tool: Tool, files: readonly FileClaim[]): FieldProblem | null {
  for (const { field, name, size, type } of files) {
    const limits = fileLimits(tool, field);
    if (limits === undefined) {
      continue;
    }
    const kind = type?.split("/", 1)[0];
    // Audio may come in a video container and the other way round.
    const isPlayed = kind === "audio" || kind === "video";
    if (kind && kind !== "application" && kind !== limits.kind && !(isPlayed && limits.kind !== "image")) {
      const expected = messages[`chat.kind.${limits.kind}`];
      return { field, sentence: { key: "chat.file-wrong-kind", values: { name, kind: expected } } };
    }
    if (limits.maxBytes !== undefined && (size ?? 0) > limits.maxBytes) {
      const values = { name, size: { bytes: size ?? 0 }, limit: { bytes: limits.maxBytes } };
      return { field, sentence: { key: "chat.file-too-large", values } };
    }
  }
  return null;
}
