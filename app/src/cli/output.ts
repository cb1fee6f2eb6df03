import type { Json, Locale, LocalizedText } from "@toolcast/core";
import type { Redact } from "../redaction.ts";

export interface Writable {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

/** Where a command's words go. */
export interface Output {
  locale: Locale;
  json: boolean;
  /** The answer, on standard output; nothing in JSON mode. */
  print(text: string): void;
  /** The answer of JSON mode: exactly one document. Nothing in text mode. */
  document(value: Json): void;
  /** Remarks on standard error; nothing in JSON mode unless it is `always`. */
  note(text: string | LocalizedText, always?: "always"): void;
  /** Standard error itself, for what is drawn over. Null when that is no terminal, and in JSON mode. */
  terminal: Writable | null;
}

export interface OutputOptions {
  stdout: Writable;
  stderr: Writable;
  json: boolean;
  locale: Locale;
  redact: () => Redact;
}

/** Standard output carries the answer and nothing else; with `--json` that is one document, also when the command fails. */
export function createOutput({ stdout, stderr, json, locale, redact }: OutputOptions): Output {
  let documented = false;
  const line = (text: string) => (text.endsWith("\n") ? text : `${text}\n`);
  return {
    locale,
    json,
    print(text) {
      if (!json) {
        stdout.write(redact()(line(text)));
      }
    },
    document(value) {
      if (!json) {
        return;
      }
      if (documented) {
        throw new Error("a command has one JSON document to say");
      }
      documented = true;
      stdout.write(`${JSON.stringify(redact().json(value), null, 2)}\n`);
    },
    note(text, always) {
      const said = typeof text === "string" ? text : text[locale];
      if (said !== "" && (!json || always !== undefined)) {
        stderr.write(redact()(line(said)));
      }
    },
    terminal: stderr.isTTY && !json ? stderr : null,
  };
}
