import type { Locale, LocalizedText } from "@toolcast/core";

/** One thing that is wrong, and what to do about it. */
export interface Problem {
  /** The variable or file that is wrong. */
  variable: string;
  sentence: LocalizedText;
}

/** The configuration cannot be used. Every problem is listed, not only the first. */
export class ConfigurationError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map((problem) => problem.sentence.en).join("\n"));
    this.name = "ConfigurationError";
    this.problems = problems;
  }

  say(locale: Locale): string {
    return this.problems.map((problem) => problem.sentence[locale]).join("\n");
  }
}
