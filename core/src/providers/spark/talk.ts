import { isClearNo, refusedByStatus, unsent } from "../../errors/refusal.ts";
import type { Json } from "../../ground/json.ts";
import { type HttpAnswer, HttpError } from "../../http/http.ts";
import { answerStatus } from "../../http/retry-after.ts";
import type { ClockSkew } from "../clock-skew.ts";
import type { Charge, OperationContext, StartEnd } from "../operation.ts";
import type { ProviderTools } from "../provider.ts";
import type { TokenUsage } from "../rates.ts";
import { afterPieces } from "../vendor-failures.ts";
import { signedUrl } from "./auth.ts";
import { gatewayRefusal, serviceRefusal } from "./image.ts";
import { sparkFailures, sparkName } from "./name.ts";
import { readAnswer, readFrame, type SparkFrame } from "./wire.ts";

/** Enough for 8192 tokens, in frames that each repeat a header. */
const maxBytes = 8 * 1024 * 1024;

/** A warning for the person, sent after a complete answer. */
const warningCode = 10019;

/** One question over one signed WebSocket, and its answer in pieces. */
export interface Talk {
  /** `http:` or `https:`, as in the settings. */
  url: string;
  keys: { apiKey: string; apiSecret: string };
  /** The one frame that is sent. */
  question: object;
  /** The longest time between two pieces, in milliseconds. */
  silenceMs: number;
  /** From opening the connection to the last piece, in milliseconds. */
  wholeMs: number;
  /** What the tokens that the vendor counted cost. */
  charge(usage: TokenUsage | undefined): Charge;
}

/** Asks and listens to the end: the last piece, a refusal, a broken connection, or the asker's `stop`. */
export async function talk(
  { url, keys, question, silenceMs, wholeMs, charge }: Talk,
  { signal, stop, onText }: Pick<OperationContext, "signal" | "stop" | "onText">,
  { http, clock, skew }: Pick<ProviderTools, "http" | "clock"> & { skew: ClockSkew },
): Promise<StartEnd> {
  const heard = createHearing(charge, onText);
  const sentAt = clock.monotonic();
  const signed = skew.sign();
  let handshake: HttpAnswer;
  try {
    handshake = await http.converse({
      url: signedUrl({ method: "GET", url: url.replace(/^http/, "ws"), ...keys, at: signed.at }),
      message: JSON.stringify(question),
      trust: "configured",
      timeoutMs: wholeMs,
      silenceMs,
      maxBytes,
      signal: stop === undefined ? signal : AbortSignal.any([signal, stop]),
      onAnswer: (text) => heard.take(text),
    });
  } catch (error) {
    if (!(error instanceof HttpError)) {
      throw error;
    }
    return stop?.aborted && error.sent ? heard.stopped() : sparkFailures.startEnd(error, heard.sid());
  }
  skew.observe(handshake.headers.date, sentAt);
  return handshake.status === 101 ? heard.end() : refusedHandshake(handshake, signed.wasOff());
}

/** Puts the pieces of an answer together. */
function createHearing(charge: Talk["charge"], onText: ((piece: string) => void) | undefined) {
  let pieces = "";
  let sid: string | undefined;
  let usage: SparkFrame["usage"];
  let call: SparkFrame["functionCall"];
  let last:
    | { kind: "complete" }
    | { kind: "unreadable" }
    | { kind: "refused"; code: number; message?: string }
    | undefined;
  const facts = (text: string): Record<string, Json> => ({
    text,
    ...(usage === undefined ? {} : { usage: { ...usage } }),
    ...(call === undefined ? {} : { functionCall: { ...call } }),
  });
  return {
    sid: () => sid,
    /** True if nothing more is to come. */
    take(answer: string): boolean {
      const frame = readFrame(answer);
      if (frame === undefined) {
        last = { kind: "unreadable" };
        return true;
      }
      sid ??= frame.sid;
      usage = frame.usage ?? usage;
      call = frame.functionCall ?? call;
      if (frame.content !== undefined) {
        pieces += frame.content;
        onText?.(frame.content);
      }
      if (frame.code !== 0) {
        last = { kind: "refused", code: frame.code, message: frame.message };
        return true;
      }
      if (frame.last) {
        last = { kind: "complete" };
      }
      return frame.last;
    },
    /** Its tokens are charged, but nobody says how many. */
    stopped(): StartEnd {
      const text = pieces.toWellFormed();
      return { end: "done", output: { media: [], text, facts: facts(text), stopped: true, requestId: sid } };
    },
    end(): StartEnd {
      const text = pieces.toWellFormed();
      if (last?.kind === "refused" && !(last.code === warningCode && text !== "")) {
        const { code, message } = last;
        return {
          end: "refused",
          failure: afterPieces(serviceRefusal({ code, message, sid }, { httpStatus: 200 }), text),
        };
      }
      const isEmpty = text === "" && call === undefined;
      if (last === undefined || last.kind === "unreadable" || isEmpty) {
        return sparkFailures.startEnd(last?.kind === "complete" ? "incomplete" : "unreadable", sid);
      }
      return {
        end: "done",
        output: {
          media: [],
          text,
          facts: { ...facts(text), ...(last.kind === "refused" ? { warning: String(last.code) } : {}) },
          charge: charge(usage),
          requestId: sid,
        },
      };
    },
  };
}

/** The gateway refused before the question was sent: whatever its answer, nothing was charged. */
function refusedHandshake(handshake: HttpAnswer, clockCorrected: boolean): StartEnd {
  const { status } = handshake;
  const named = answerStatus(handshake);
  const answer = readAnswer(handshake.text());
  if (status < 400 || status >= 500) {
    return { end: "not-sent", failure: unsent({ ...sparkName, trouble: named }) };
  }
  const failure =
    answer.kind === "gateway" || !isClearNo(status)
      ? gatewayRefusal(answer.kind === "gateway" ? answer.message : "", named, clockCorrected)
      : refusedByStatus({ ...sparkName, ...named });
  return { end: "refused", failure: { ...failure, charged: "no" } };
}
