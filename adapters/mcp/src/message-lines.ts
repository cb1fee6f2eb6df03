import { Transform } from "node:stream";
import { JSONRPCMessageSchema, JSONRPCRequestSchema } from "@modelcontextprotocol/core";
import { INVALID_REQUEST, PARSE_ERROR } from "@modelcontextprotocol/server";
import type { Locale } from "@toolcast/core";
import { tell } from "./sentences.ts";

/** The error to send for an invalid line. */
interface LineError {
  jsonrpc: "2.0";
  id: string | number | null;
  error: { code: number; message: string };
}

const lineFeed = 0x0a;

/**
 * Passes on the lines that are protocol messages and answers every other one with an error. The SDK's transport drops
 * those silently, and their sender would wait until it times out.
 */
export function messageLines(options: {
  /** The longest line, in bytes: a longer one is answered with an error and skipped. */
  maxBytes: number;
  locale: Locale;
  answer(error: LineError): void;
}): Transform {
  const { maxBytes, locale, answer } = options;
  let parts: Buffer[] = [];
  let length = 0;

  function take(part: Buffer): void {
    length += part.length;
    if (length > maxBytes) {
      parts = [];
    } else {
      parts.push(part);
    }
  }

  function end(lines: Transform): void {
    const isTooLong = length > maxBytes;
    const line = Buffer.concat(parts);
    parts = [];
    length = 0;
    const error = isTooLong
      ? lineError(INVALID_REQUEST, tell("messageTooLong", locale, { max: maxBytes }))
      : faultOf(line.toString("utf8").trim(), locale);
    if (error === null) {
      lines.push(line);
    } else if (error !== "nothing") {
      answer(error);
    }
  }

  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      for (let from = 0; from < chunk.length; ) {
        const at = chunk.indexOf(lineFeed, from);
        const next = at === -1 ? chunk.length : at + 1;
        take(chunk.subarray(from, next));
        if (at !== -1) {
          end(this);
        }
        from = next;
      }
      done();
    },
  });
}

/** Null for a message. Empty lines and answers get no error: errors about answers could go back and forth for ever. */
function faultOf(line: string, locale: Locale): LineError | "nothing" | null {
  if (line === "") {
    return "nothing";
  }
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return lineError(PARSE_ERROR, tell("notJson", locale));
  }
  if (JSONRPCMessageSchema.safeParse(value).success) {
    return null;
  }
  const { id, method } = (value ?? {}) as { id?: unknown; method?: unknown };
  if (typeof value === "object" && value !== null && method === undefined && ("result" in value || "error" in value)) {
    return "nothing";
  }
  // Without an id it was meant as a notification, so only the rest of it is checked.
  const asRequest = id === undefined && typeof value === "object" ? { ...value, id: 0 } : value;
  const where = JSONRPCRequestSchema.safeParse(asRequest).error?.issues[0]?.path.join(".") ?? "";
  const isId = typeof id === "string" || (typeof id === "number" && Number.isInteger(id));
  return lineError(
    INVALID_REQUEST,
    where === "" ? tell("notJsonRpc", locale) : tell("notJsonRpcAt", locale, { where }),
    isId ? id : null,
  );
}

function lineError(code: number, message: string, id: LineError["id"] = null): LineError {
  return { jsonrpc: "2.0", id, error: { code, message } };
}
