import { nextTick } from "node:process";
import type { Readable, Writable } from "node:stream";
import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/server";
import type { Locale } from "@toolcast/core";
import { type LineError, lineTooLong, readLine } from "./protocol-line.ts";

interface StreamTransportOptions {
  input: Readable;
  /** Nothing else may write to it. */
  output: Writable;
  /** The longest line, in bytes: a longer one is answered with an error and skipped. */
  maxBytes: number;
  /** The language of errors. */
  locale: Locale;
}

const lineFeed = 0x0a;

/**
 * A connection over a pair of streams, one message a line. Lines that are no messages are answered with an error, where
 * the SDK's own transport drops them silently and their sender would wait until it times out. What is sent in one turn
 * is one write: to write takes longer than to make most answers.
 *
 * Closes when its input ends, as the protocol asks; what was sent before is still written.
 */
export class StreamTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: Transport["onmessage"];
  readonly #options: StreamTransportOptions;
  /** The beginning of a line whose end has not arrived. */
  #parts: Buffer[] = [];
  #partBytes = 0;
  #unsent: string[] = [];
  #sending: Promise<void> | null = null;
  #isClosed = false;

  constructor(options: StreamTransportOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { input, output } = this.#options;
    // Stays after the end: a write may fail later, and an error without a listener ends the process.
    output.on("error", this.#fail);
    input.on("data", this.#take).on("error", this.#fail).on("end", this.#end).on("close", this.#end);
    if (input.readableEnded || input.destroyed) {
      setImmediate(this.#end);
    }
  }

  /** Resolves when the output has taken it. */
  async send(message: JSONRPCMessage | LineError): Promise<void> {
    if (this.#isClosed) {
      throw new Error("the connection is closed");
    }
    this.#unsent.push(`${JSON.stringify(message)}\n`);
    this.#sending ??= new Promise<void>((resolve) => nextTick(resolve)).then(() => this.#write());
    await this.#sending;
  }

  async close(): Promise<void> {
    if (this.#isClosed) {
      return;
    }
    const written = this.#write();
    this.#isClosed = true;
    written.catch(() => {});
    const { input } = this.#options;
    input.off("data", this.#take).off("error", this.#fail).off("end", this.#end).off("close", this.#end);
    input.on("error", () => {}).pause();
    this.#parts = [];
    this.onclose?.();
  }

  async #write(): Promise<void> {
    const { output } = this.#options;
    const text = this.#unsent.join("");
    this.#unsent = [];
    this.#sending = null;
    if (text === "" || output.write(text)) {
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const end = (settle: () => void) => {
        output.off("drain", drained).off("error", failed).off("close", closed);
        settle();
      };
      const drained = () => end(resolve);
      const failed = (error: Error) => end(() => reject(error));
      const closed = () => end(() => reject(new Error("the output has closed")));
      output.on("drain", drained).on("error", failed).on("close", closed);
    });
  }

  readonly #take = (chunk: Buffer): void => {
    for (let from = 0; from < chunk.length && !this.#isClosed; ) {
      const at = chunk.indexOf(lineFeed, from);
      const next = at === -1 ? chunk.length : at + 1;
      this.#keep(chunk.subarray(from, next));
      if (at !== -1) {
        this.#endLine();
      }
      from = next;
    }
  };

  #keep(part: Buffer): void {
    this.#partBytes += part.length;
    if (this.#partBytes > this.#options.maxBytes) {
      this.#parts = [];
    } else {
      this.#parts.push(part);
    }
  }

  #endLine(): void {
    const { maxBytes, locale } = this.#options;
    const isTooLong = this.#partBytes > maxBytes;
    const [only = Buffer.alloc(0), ...more] = this.#parts;
    const line = more.length === 0 ? only : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#partBytes = 0;
    if (isTooLong) {
      this.#refuse(lineTooLong(maxBytes, locale));
      return;
    }
    const read = readLine(line.toString("utf8"), locale);
    if (read.type === "message") {
      this.onmessage?.(read.message);
    } else if (read.type === "error") {
      this.#refuse(read.error);
    }
  }

  #refuse(error: LineError): void {
    this.send(error).catch((failure: Error) => this.onerror?.(failure));
  }

  readonly #fail = (error: Error): void => {
    if (!this.#isClosed) {
      this.onerror?.(error);
      this.#end();
    }
  };

  readonly #end = (): void => void this.close();
}
