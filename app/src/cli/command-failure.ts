import type { Json, Locale } from "@toolcast/core";
import { type Failure, failureIn } from "@toolcast/core/errors";
import { failureJson, fieldText, say } from "@toolcast/core/surface";
import { CommanderError } from "commander";
import { ConfigurationError } from "../configuration/configuration-error.ts";
import { exitCodes } from "./exit-codes.ts";
import { parserSentence } from "./parser-sentence.ts";
import { plainText } from "./plain-text.ts";

/** A failure as a command reports it. */
export interface CommandFailure {
  exitCode: number;
  /** The text for people, in their language. */
  text: string;
  /** For programs: the value of `error`. */
  json: Json;
  /** The error to log, if it is an internal fault. */
  unexpected?: unknown;
}

/** The failure to report for anything thrown while a command ran. */
export function commandFailure(error: unknown, locale: Locale): CommandFailure {
  if (error instanceof ConfigurationError) {
    return {
      exitCode: exitCodes.usage,
      text: error.say(locale),
      json: {
        kind: "configuration",
        message: error.say(locale),
        problems: error.problems.map(({ variable, sentence }) => ({ variable, message: sentence[locale] })),
      },
    };
  }
  if (error instanceof CommanderError) {
    const text = parserSentence(error)[locale];
    return { exitCode: exitCodes.usage, text, json: { kind: "usage", message: text } };
  }
  const failure = failureIn(error);
  if (failure !== null) {
    return failureReport(failure, locale);
  }
  const text = {
    en: `Something went wrong inside Toolcast: ${reasonOf(error)}`,
    "zh-CN": `Toolcast 内部出错：${reasonOf(error)}`,
  }[locale];
  return { exitCode: exitCodes.failed, text, json: { kind: "internal", message: text }, unexpected: error };
}

/** A stored or returned failure. `text` replaces the bare sentence if the runtime has a better one. */
export function failureReport(failure: Failure, locale: Locale, text?: string): CommandFailure {
  const sentence = say(failure.sentence, locale);
  const { field } = failure;
  const named =
    field === undefined ? sentence : fieldText({ label: `--${field.replaceAll("_", "-")}`, value: sentence }, locale);
  return {
    exitCode: failure.kind === "usage" ? exitCodes.usage : exitCodes.failed,
    text: plainText(text === undefined || field !== undefined ? named : text),
    json: failureJson(failure, locale),
  };
}

function reasonOf(error: unknown): string {
  return plainText(error instanceof Error ? error.message : String(error));
}
