import { JSONRPCMessageSchema, JSONRPCNotificationSchema, JSONRPCRequestSchema } from "@modelcontextprotocol/core";
import { INVALID_REQUEST, type JSONRPCMessage, PARSE_ERROR } from "@modelcontextprotocol/server";
import type { Locale } from "@toolcast/core";
import { tell } from "./sentences.ts";

/** The error to send for an invalid line. */
export interface LineError {
  jsonrpc: "2.0";
  id: string | number | null;
  error: { code: number; message: string };
}

/** What a line of a connection is. */
export type ProtocolLine =
  | { type: "message"; message: JSONRPCMessage }
  | { type: "error"; error: LineError }
  /** Empty lines and answers get no error: errors about answers could go back and forth for ever. */
  | { type: "nothing" };

/** The only parse of a line: whoever gets the message need not check it again. */
export function readLine(line: string, locale: Locale): ProtocolLine {
  const text = line.trim();
  if (text === "") {
    return { type: "nothing" };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return lineError(PARSE_ERROR, tell("notJson", locale));
  }
  const checked = schemaOf(value).safeParse(value);
  return checked.success ? { type: "message", message: checked.data } : faultOf(value, locale);
}

/** The longest line that is read is `maxBytes` long. */
export function lineTooLong(maxBytes: number, locale: Locale): LineError {
  return errorAbout(INVALID_REQUEST, tell("messageTooLong", locale, { max: maxBytes }));
}

/** The one schema that can apply, because to try each in turn takes longer than everything else about a line. */
function schemaOf(value: unknown) {
  if (typeof value !== "object" || value === null || !("method" in value)) {
    return JSONRPCMessageSchema;
  }
  return "id" in value ? JSONRPCRequestSchema : JSONRPCNotificationSchema;
}

function faultOf(value: unknown, locale: Locale): ProtocolLine {
  const { id, method } = (value ?? {}) as { id?: unknown; method?: unknown };
  if (typeof value === "object" && value !== null && method === undefined && ("result" in value || "error" in value)) {
    return { type: "nothing" };
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

function lineError(code: number, message: string, id?: LineError["id"]): ProtocolLine {
  return { type: "error", error: errorAbout(code, message, id) };
}

function errorAbout(code: number, message: string, id: LineError["id"] = null): LineError {
  return { jsonrpc: "2.0", id, error: { code, message } };
}
