import { type FieldDescription, formatBytes, type Json, type Locale } from "@toolcast/core";
import type { DiscordCommand } from "./commands.ts";
import type { CommandInteraction, InboundFile } from "./interaction.ts";
import { speak } from "./sentences.ts";

/** What a person gave with a command. */
export interface GivenInput {
  input: Record<string, Json>;
  files: { field: string; file: InboundFile }[];
  private: boolean;
}

/** What the options of a command say; options we do not know any more are left out. */
export function readOptions(command: DiscordCommand, data: CommandInteraction["data"]): GivenInput {
  const given: GivenInput = { input: {}, files: [], private: command.tool.private ?? false };
  for (const { name, value } of data.options ?? []) {
    const use = command.options.get(name);
    if (use === undefined || value === undefined) {
      continue;
    }
    if (use.use === "private") {
      given.private ||= value === true;
    } else if (use.use === "file") {
      const file = data.resolved?.attachments?.[String(value)];
      if (file !== undefined) {
        given.files.push({ field: use.field, file });
      }
    } else if (use.use === "value" || !given.files.some(({ field }) => field === use.field)) {
      given.input[use.field] = value;
    }
  }
  for (const { field } of given.files) {
    delete given.input[field];
  }
  return given;
}

/** The needed fields that nobody gave. */
export function missingFields(
  command: DiscordCommand,
  { input, files }: Pick<GivenInput, "input" | "files">,
): string[] {
  const given = new Set([...Object.keys(input), ...files.map(({ field }) => field)]);
  const needed = [...command.options.values()].flatMap((use) =>
    use.use !== "private" && use.shape.required ? [use.field] : [],
  );
  return [...new Set(needed)].filter((field) => !given.has(field));
}

/** What a field takes for a file; undefined where it takes any. */
export function fileLimits({ options }: DiscordCommand, field: string): FieldDescription["limits"] {
  const use = [...options.values()].find((option) => option.use === "file" && option.field === field);
  return use?.use === "file" ? use.shape.limits : undefined;
}

/** Why a file cannot be taken, by what Discord says of it; null when it can be loaded. Its content is looked at later. */
export function fileProblem(
  command: DiscordCommand,
  { files }: Pick<GivenInput, "files">,
  locale: Locale,
): { field: string; sentence: string } | null {
  for (const { field, file } of files) {
    const limits = fileLimits(command, field);
    if (limits === undefined) {
      continue;
    }
    const type = file.content_type?.split("/", 1)[0];
    // A recording may come in a video's container and the other way round; what is inside is looked at later.
    const isMedium = type === "audio" || type === "video";
    if (type && type !== "application" && type !== limits.kind && !(isMedium && limits.kind !== "image")) {
      const kind = speak(limits.kind, locale);
      return { field, sentence: speak("fileWrongKind", locale, { name: file.filename, kind }) };
    }
    if (limits.maxBytes !== undefined && file.size > limits.maxBytes) {
      const [size, limit] = [formatBytes(file.size, locale), formatBytes(limits.maxBytes, locale)];
      return { field, sentence: speak("fileTooLarge", locale, { name: file.filename, size, limit }) };
    }
  }
  return null;
}
