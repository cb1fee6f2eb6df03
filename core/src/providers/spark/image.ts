import { createHash } from "node:crypto";
import { entryOf } from "../../errors/catalog.ts";
import type { Failure } from "../../errors/errors.ts";
import { UsageError } from "../../errors/errors.ts";
import { isClearNo, refusal } from "../../errors/refusal.ts";
import type { AnswerStatus } from "../../http/retry-after.ts";
import { listed } from "../../messages/listed.ts";
import type { ImageRequest, Operation, StartEnd } from "../operation.ts";
import type { Exchange, Gateway } from "./gateway.ts";
import { sparkFailures, sparkName } from "./name.ts";
import type { SparkSettings } from "./settings.ts";
import { defaultSize, isSparkSize, pointsBySize, type SparkSize, sparkSizes } from "./sizes.ts";

/** The service's limit, in UTF-16 units, as Java counts: the stricter reading of "characters". */
const maxPromptCharacters = 1000;

/** Both of the vendor's own libraries stop waiting after this time. */
export const imageTimeoutMs = 60_000;

/** Text to image: one picture per call, in the answer itself. */
export function imageOperation(settings: SparkSettings, gateway: Gateway): Operation<ImageRequest> {
  return {
    maxDurationMs: imageTimeoutMs,
    validate,
    suggested: { size: sparkSizes },
    price: (request) => ({ known: true, amount: pointsBySize[sizeOf(request)], unit: "points" }),
    async start(request, context) {
      const size = sizeOf(request);
      const exchange = await gateway.post(body(settings, request.prompt, size, context.callerId), context.signal);
      return startEnd(exchange, size);
    },
  };
}

function validate(request: ImageRequest): void {
  // The service has no such inputs, and dropping them would give a picture that nobody requested.
  for (const [field, value] of [
    ["negative_prompt", request.negativePrompt],
    ["seed", request.seed],
  ] as const) {
    if (value !== undefined && value !== "") {
      throw new UsageError(
        { key: "provider.field-not-offered", values: { provider: sparkName.providerTitle, field } },
        field,
      );
    }
  }
  if (request.prompt.trim() === "") {
    throw new UsageError({ key: "provider.text-empty" }, "prompt");
  }
  if (request.prompt.length > maxPromptCharacters) {
    throw new UsageError(
      {
        key: "provider.text-too-long",
        values: {
          provider: sparkName.providerTitle,
          limit: maxPromptCharacters,
          actual: request.prompt.length,
        },
      },
      "prompt",
    );
  }
  sizeOf(request);
}

function sizeOf(request: ImageRequest): SparkSize {
  const size = request.size ?? defaultSize;
  if (!isSparkSize(size)) {
    throw new UsageError(
      {
        key: "provider.size-not-offered",
        values: { provider: sparkName.providerTitle, actual: size, sizes: listed(sparkSizes) },
      },
      "size",
    );
  }
  return size;
}

function body(settings: SparkSettings, prompt: string, size: SparkSize, callerId: string): object {
  const [width, height] = size.split("x").map(Number);
  return {
    header: { app_id: settings.appId, uid: uidOf(callerId) },
    parameter: {
      chat: {
        ...settings.extra,
        domain: settings.domain,
        width,
        height,
        // JSON drops undefined values, so the vendor's own defaults apply.
        temperature: settings.temperature,
        top_k: settings.topK,
        max_tokens: settings.maxTokens,
        auditing: settings.auditing,
        chat_id: settings.chatId,
      },
    },
    payload: { message: { text: [{ role: "user", content: prompt }] } },
  };
}

/**
 * A user id for the vendor, which refuses two requests by one user at a time (10006) and accepts 32 characters. Hashed,
 * because the vendor need not know who it is.
 */
export function uidOf(callerId: string): string {
  return createHash("sha256").update(callerId).digest("hex").slice(0, 32);
}

function startEnd(exchange: Exchange, size: SparkSize): StartEnd {
  if (exchange.end === "none") {
    return sparkFailures.startEnd(exchange.error);
  }
  const { answer, status } = exchange;
  if (answer.kind === "service" && answer.code !== 0) {
    return { end: "refused", failure: serviceRefusal(answer, status) };
  }
  if (answer.kind === "gateway" && isClearNo(status.httpStatus)) {
    return { end: "refused", failure: gatewayRefusal(answer.message, status, exchange.clockCorrected) };
  }
  const requestId = answer.kind === "service" ? answer.sid : undefined;
  if (status.httpStatus !== 200) {
    // Even for a gateway's own 5xx: it may have passed on the request before giving up.
    return sparkFailures.startEnd(status, requestId);
  }
  if (answer.kind !== "service") {
    return sparkFailures.startEnd("unreadable");
  }
  const bytes = decode(answer.content);
  if (bytes === undefined) {
    return sparkFailures.startEnd("incomplete", requestId);
  }
  return {
    end: "done",
    output: {
      media: [{ bytes }],
      charge: { amount: pointsBySize[size], unit: "points" },
      requestId,
    },
  };
}

export function serviceRefusal(
  answer: { code: number; message?: string; sid?: string },
  status: AnswerStatus,
): Failure {
  return refusal({
    ...sparkName,
    layer: "cloud",
    code: String(answer.code),
    vendorMessage: answer.message,
    requestId: answer.sid,
    ...status,
  });
}

/** A refusal because of the date is worth repeating only if the answer gave us the right time. */
export function gatewayRefusal(message: string, status: AnswerStatus, clockCorrected: boolean): Failure {
  const failure = refusal({
    ...sparkName,
    layer: "http",
    code: gatewayCode(message, status.httpStatus),
    vendorMessage: message,
    ...status,
  });
  return entryOf(failure)?.category === "clock" && !clockCorrected ? { ...failure, retry: { kind: "never" } } : failure;
}

/** In the catalogue, 403 is about the date. This kind of gateway also answers 403 where most answer 401. */
function gatewayCode(message: string, httpStatus: number): string {
  if (httpStatus !== 403 || /date/i.test(message)) {
    return String(httpStatus);
  }
  return /signature|unauthorized/i.test(message) ? "401" : "HTTP 403";
}

/**
 * The bytes of a picture in base64, with or without a leading `data:image/png;base64,`, in either alphabet. Undefined
 * for anything that is not base64; `Buffer` would skip what it cannot read.
 */
function decode(content: string | undefined): Uint8Array | undefined {
  const text = content?.replaceAll(/\s/g, "").replace(/^data:[^,]*;base64,/i, "");
  if (!text || text.length % 4 === 1 || !/^(?:[A-Za-z0-9+/]+|[\w-]+)={0,2}$/.test(text)) {
    return undefined;
  }
  return new Uint8Array(Buffer.from(text, "base64"));
}
