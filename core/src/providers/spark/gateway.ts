import { type HttpAnswer, HttpError } from "../../http/http.ts";
import { type AnswerStatus, answerStatus } from "../../http/retry-after.ts";
import { createClockSkew } from "../clock-skew.ts";
import type { ProviderTools } from "../provider.ts";
import { signedUrl } from "./auth.ts";
import { readAnswer, type SparkAnswer } from "./wire.ts";

/** How one signed request ended. */
export type Exchange =
  /** `clockCorrected`: the signature's date turned out to be too far off, and the next one will be correct. */
  | { end: "answer"; answer: SparkAnswer; status: AnswerStatus; clockCorrected: boolean }
  /** No answer; `error.sent` tells whether the vendor may have received the request. */
  | { end: "none"; error: HttpError };

/** Sends signed requests to one Spark service and corrects the clock used for signatures. */
export interface Gateway {
  post(body: object, signal?: AbortSignal): Promise<Exchange>;
  /** How far the vendor's clock is ahead of ours, in milliseconds. */
  skewMs(): number;
}

export interface GatewayOptions {
  /** The service's address without query. */
  url: string;
  apiKey: string;
  apiSecret: string;
  /** The whole exchange, in milliseconds. */
  timeoutMs: number;
}

/** The largest picture is 1024 × 1024; even uncompressed in base64 it is far smaller than this. */
const maxBytes = 16 * 1024 * 1024;

export function createGateway(
  options: GatewayOptions,
  { http, clock }: Pick<ProviderTools, "http" | "clock">,
  skew = createClockSkew(clock),
): Gateway {
  const { url, apiKey, apiSecret, timeoutMs } = options;
  return {
    skewMs: () => skew.skewMs(),
    async post(body, signal) {
      const sentAt = clock.monotonic();
      const signed = skew.sign();
      let answer: HttpAnswer;
      try {
        answer = await http.request({
          method: "POST",
          url: signedUrl({ method: "POST", url, apiKey, apiSecret, at: signed.at }),
          headers: { "content-type": "application/json", accept: "application/json" },
          body: JSON.stringify(body),
          trust: "configured",
          timeoutMs,
          maxBytes,
          signal,
        });
      } catch (error) {
        if (error instanceof HttpError) {
          return { end: "none", error };
        }
        throw error;
      }
      skew.observe(answer.headers.date, sentAt);
      return {
        end: "answer",
        answer: readAnswer(answer.text()),
        status: answerStatus(answer),
        clockCorrected: signed.wasOff(),
      };
    },
  };
}
