import { randomUUID } from "node:crypto";
import type { Context } from "../context.ts";
import { dashscopeCredentials } from "../credentials.ts";
import type { CountedUnit } from "../ledger.ts";
import type { Misbehaviour } from "../markers.ts";
import { DashscopeRefusal } from "./codes.ts";
import { Fields } from "./fields.ts";
import type { Rates } from "./rates.ts";
import type { ResultFiles } from "./result-files.ts";

/** One request that has passed the gateway. */
export interface Call {
  /**
   * The endpoint's name in orders and the ledger: the path below the base address, plus the action if one path has
   * several.
   */
  endpoint: string;
  requestId: string;
  model: string;
  body: Record<string, unknown>;
  fingerprint: string;
  asked: Misbehaviour;
  /** Whether the answer is to come in events, as it is made. */
  streams: boolean;
  /** Whether addresses of uploaded files (`oss://`) are to be resolved. */
  resolvesUploads: boolean;
}

/** What the endpoints share. */
export interface Vendor {
  context: Context;
  files: ResultFiles;
  rates: Rates;
}

/** The content of an answer besides its request id. */
export interface Answer {
  output: Record<string, unknown>;
  usage?: Record<string, unknown>;
  /** What comes before it, each in an event, if the answer is to come in events. */
  before?: readonly Answer[];
}

export function inputOf(call: Call): Fields {
  const { input } = call.body;
  if (input === undefined || input === null) throw new DashscopeRefusal("BadRequest.EmptyInput");
  return new Fields("input", input);
}

export function parametersOf(call: Call): Fields {
  return new Fields("parameters", call.body.parameters ?? {});
}

/** One paid start. Writes the ledger first, so that nothing is ever begun without its entry. */
export function pay(
  { context }: Vendor,
  call: Call,
  start: { text: string; unit: CountedUnit; quantity: number; reference: string; note?: string },
): void {
  const { text, unit, quantity, reference, note } = start;
  context.ledger.record({
    vendor: "dashscope",
    endpoint: call.endpoint,
    text,
    fingerprint: call.fingerprint,
    points: 0,
    counted: { unit, quantity },
    account: dashscopeCredentials.apiKeyId,
    reference,
    requestId: call.requestId,
    note,
  });
}

/** True when nobody will read the answer, so there is no need to wait for anything. */
export function isAnswerSpoilt({ asked }: Call): boolean {
  return asked.drop !== undefined || asked.answer === "hang" || asked.answer === "giant";
}

export function newId(): string {
  return randomUUID();
}

/** The vendor writes its own local time without a zone. */
export function beijingTime(timestampMs: number): string {
  return new Date(timestampMs + 8 * 60 * 60_000).toISOString().slice(0, 23).replace("T", " ");
}
