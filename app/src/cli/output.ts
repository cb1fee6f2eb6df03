import type { Json, Locale, LocalizedText } from "@toolcast/core";
import type { Redact } from "../redaction.ts";

export interface Writable {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

/** Standard output takes results themselves too. */
export interface BinaryWritable extends Writable {
  write(data: string | Uint8Array, written?: (error?: Error | null) => void): unknown;
}

/** Where a command's output goes. */
export interface Output {
  locale: Locale;
  json: boolean;
  /** The answer, on standard output; nothing in JSON mode. */
  print(text: string): void;
  /** The answer in JSON mode: exactly one document. Nothing in text mode. */
  document(value: Json): void;
  /** A result itself, byte by byte, on standard output. */
  send(bytes: AsyncIterable<Uint8Array>): Promise<void>;
  /** Whether a person sees standard output. */
  isTerminal: boolean;
  /** Notes on standard error; in JSON mode nothing, unless `always` is set. */
  note(text: string | LocalizedText, always?: "always"): void;
  /** Standard error itself, for drawing that is overwritten. Null when it is not a terminal, and in JSON mode. */
  terminal: Writable | null;
}

export interface OutputOptions {
  stdout: BinaryWritable;
  stderr: Writable;
  json: boolean;
  locale: Locale;
  redact: () => Redact;
}

/** Standard output carries only the answer; with `--json` that is one document, even when the command fails. */
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
        throw new Error("a command prints only one JSON document");
      }
      documented = true;
      stdout.write(`${JSON.stringify(redact().json(value), null, 2)}\n`);
    },
    async send(bytes) {
      for await (const chunk of bytes) {
        await new Promise<void>((resolve, reject) => {
          stdout.write(chunk, (error) => (error ? reject(error) : resolve()));
        });
      }
    },
    isTerminal: stdout.isTTY === true,
    note(text, always) {
      const said = typeof text === "string" ? text : text[locale];
      if (said !== "" && (!json || always !== undefined)) {
        stderr.write(redact()(line(said)));
      }
    },
    terminal: stderr.isTTY && !json ? stderr : null,
  };
}
