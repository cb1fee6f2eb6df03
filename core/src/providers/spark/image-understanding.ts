import { UsageError } from "../../errors/errors.ts";
import { isClearNo, refusedByStatus, unsent } from "../../errors/refusal.ts";
import type { Json } from "../../ground/json.ts";
import { type HttpAnswer, HttpError } from "../../http/http.ts";
import { checkMedia } from "../../media/check-media.ts";
import type { MediaLimits } from "../../media/formats.ts";
import type { ClockSkew } from "../clock-skew.ts";
import type { ImageUnderstandingRequest, Operation, StartEnd } from "../operation.ts";
import type { ProviderTools } from "../provider.ts";
import { signedUrl } from "./auth.ts";
import { gatewayRefusal, serviceRefusal, uidOf } from "./image.ts";
import { remembered } from "./memory.ts";
import { sparkFailures, sparkName } from "./name.ts";
import type { SparkSettings } from "./settings.ts";
import { readAnswer, readFrame, type SparkFrame } from "./wire.ts";

/** The pictures that the service accepts (10029, 10041). */
const picture: MediaLimits = {
  kind: "image",
  formats: ["jpg", "png"],
  maxBytes: 4 * 1024 * 1024,
  shortSidePixels: { min: 50, max: 6000 },
  longSidePixels: { min: 50, max: 6000 },
};

/** The vendor's own libraries give up after this much silence. */
const silenceMs = 20_000;
/** The longest answer, 4096 tokens, arrives well before this. */
const wholeMs = 180_000;
/** Enough for 8192 tokens, in frames that each repeat a header. */
const maxBytes = 8 * 1024 * 1024;

/** A warning for the person, sent after a complete answer. */
const warningCode = 10019;

/** Answers a question about a picture: one connection per question, with the answer streamed in pieces. */
export function imageUnderstandingOperation(
  settings: SparkSettings,
  skew: ClockSkew,
  { http, clock }: Pick<ProviderTools, "http" | "clock">,
): Operation<ImageUnderstandingRequest> {
  return {
    maxDurationMs: wholeMs,
    validate({ image, question }) {
      if (question.trim() === "") {
        throw new UsageError({ key: "provider.text-empty" }, "question");
      }
      checkMedia(image, picture, "image");
    },
    price: () => ({ known: false, dependsOn: { key: "provider.price.spark-image-understanding" }, unit: "tokens" }),

    async start(request, context) {
      const bytes = await context.read(request.image);
      const talk = createTalk();
      const url = `${settings.baseUrl.replace(/^http/, "ws")}/v2.1/image`;
      const sentAt = clock.monotonic();
      const signed = skew.sign();
      let handshake: HttpAnswer;
      try {
        handshake = await http.converse({
          url: signedUrl({
            method: "GET",
            url,
            apiKey: settings.apiKey,
            apiSecret: settings.apiSecret,
            at: signed.at,
          }),
          message: JSON.stringify(body(settings, request, bytes, context.callerId)),
          trust: "configured",
          timeoutMs: wholeMs,
          silenceMs,
          maxBytes,
          signal: context.signal,
          onAnswer: (text) => talk.take(text),
        });
      } catch (error) {
        if (!(error instanceof HttpError)) {
          throw error;
        }
        return sparkFailures.startEnd(error, talk.sid());
      }
      skew.observe(handshake.headers.date, sentAt);
      return handshake.status === 101 ? talk.end() : refusedHandshake(handshake, signed.wasOff());
    },
  };
}

function body(
  settings: SparkSettings,
  { image: _image, question, history = [] }: ImageUnderstandingRequest,
  bytes: Uint8Array,
  callerId: string,
): object {
  const said = (role: "user" | "assistant", content: string) => ({ role, content, content_type: "text" });
  return {
    header: { app_id: settings.appId, uid: uidOf(callerId) },
    parameter: {
      chat: {
        domain: settings.imageDomain,
        // JSON drops undefined values, so the vendor's own defaults apply.
        temperature: settings.temperature,
        top_k: settings.topK,
        max_tokens: settings.maxTokens,
        auditing: settings.auditing,
        chat_id: settings.chatId,
      },
    },
    payload: {
      message: {
        text: [
          { role: "user", content: Buffer.from(bytes).toString("base64"), content_type: "image" },
          ...remembered(history, settings.memory).flatMap((turn) => [
            said("user", turn.question),
            said("assistant", turn.answer),
          ]),
          said("user", question),
        ],
      },
    },
  };
}

/** Puts the pieces of an answer together. */
function createTalk() {
  let pieces = "";
  let sid: string | undefined;
  let usage: SparkFrame["usage"];
  let last:
    | { kind: "complete" }
    | { kind: "unreadable" }
    | { kind: "refused"; code: number; message?: string }
    | undefined;
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
      pieces += frame.content ?? "";
      if (frame.code !== 0) {
        last = {
          kind: "refused",
          code: frame.code,
          message: frame.message,
        };
        return true;
      }
      if (frame.last) {
        last = { kind: "complete" };
      }
      return frame.last;
    },
    end(): StartEnd {
      const text = pieces.toWellFormed();
      const ids = sid === undefined ? {} : { requestId: sid };
      if (last?.kind === "refused" && !(last.code === warningCode && text !== "")) {
        const { code, message } = last;
        const failure = serviceRefusal({ code, message, sid }, 200);
        if (text === "") {
          return { end: "refused", failure };
        }
        // The part of the answer before the refusal may have been charged, so the request is never repeated
        // automatically.
        const retry = failure.retry.kind === "later" ? ({ kind: "never" } as const) : failure.retry;
        return { end: "refused", failure: { ...failure, charged: "unknown", retry } };
      }
      if (last === undefined || last.kind === "unreadable" || text === "") {
        return sparkFailures.startEnd(last?.kind === "complete" ? "incomplete" : "unreadable", sid);
      }
      const facts: Record<string, Json> = { text };
      if (usage !== undefined) {
        facts.usage = { ...usage };
      }
      if (last.kind === "refused") {
        facts.warning = String(last.code);
      }
      return {
        end: "done",
        output: {
          media: [],
          text,
          facts,
          charge: { ...(usage?.total === undefined ? {} : { amount: usage.total }), unit: "tokens" },
          ...ids,
        },
      };
    },
  };
}

/** The gateway refused before the question was sent: whatever its answer, nothing was charged. */
function refusedHandshake(handshake: HttpAnswer, clockCorrected: boolean): StartEnd {
  const { status } = handshake;
  const answer = readAnswer(handshake.text());
  if (status < 400 || status >= 500) {
    return { end: "not-sent", failure: unsent({ ...sparkName, trouble: { httpStatus: status } }) };
  }
  const failure =
    answer.kind === "gateway" || !isClearNo(status)
      ? gatewayRefusal(answer.kind === "gateway" ? answer.message : "", status, clockCorrected)
      : refusedByStatus({ ...sparkName, httpStatus: status });
  return { end: "refused", failure: { ...failure, charged: "no" } };
}
