import type { Locale, Tool } from "@toolcast/core";
import type { Command, Option } from "commander";
import { flagsOf } from "./flags.ts";

/** What may follow an option. */
export type OptionValue = { kind: "none" | "text" | "file" | "folder" } | { kind: "words"; words: readonly string[] };

/** A word that may be typed, and what it means. */
export interface CompletionWord {
  word: string;
  summary: string;
}

/** What may be typed after one command. */
export interface CompletionPlace {
  /** The command's words without the program's own, e.g. `["run", "image"]`. */
  path: readonly string[];
  /** Its subcommands, and the values its arguments may have. */
  words: readonly CompletionWord[];
  /** The options; of several names for one, all. */
  options: readonly { names: readonly string[]; summary: string; value: OptionValue }[];
}

/** Everything that can be typed after the program's name, from the program itself. */
export function completionPlaces(program: Command, tools: readonly Tool[], locale: Locale): CompletionPlace[] {
  const media = new Map(
    tools.map((tool) => [
      `run ${tool.command}`,
      new Set(flagsOf(tool, locale).flatMap(({ kind, name }) => (kind === "media" ? [name] : []))),
    ]),
  );
  const placesOf = (command: Command, path: readonly string[]): CompletionPlace[] => {
    const shown = command.createHelp().visibleCommands(command);
    const files = media.get(path.join(" ")) ?? new Set();
    return [
      {
        path,
        words: [
          ...shown.map((each) => ({ word: each.name(), summary: each.description() })),
          ...command.registeredArguments.flatMap(({ argChoices = [] }) =>
            argChoices.map((word) => ({ word, summary: "" })),
          ),
        ],
        options: command
          .createHelp()
          .visibleOptions(command)
          .map((option) => ({
            names: [option.short, option.long].filter((name) => name !== undefined),
            summary: option.description,
            value: files.has(option.long ?? "") ? { kind: "file" } : valueOfOption(option),
          })),
      },
      ...shown.flatMap((each) => placesOf(each, [...path, each.name()])),
    ];
  };
  return placesOf(program, []);
}

/** By what its help says in brackets: `<path>`, `<folder>`, or all values with bars between them. */
function valueOfOption({ flags }: Option): OptionValue {
  const form = /[<[]([^>\]]+)[>\]]$/.exec(flags)?.[1];
  if (form === undefined) {
    return { kind: "none" };
  }
  if (form.includes("|")) {
    return { kind: "words", words: form.split("|") };
  }
  return { kind: form === "path" ? "file" : form === "folder" ? "folder" : "text" };
}
