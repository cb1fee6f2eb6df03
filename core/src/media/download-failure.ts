import { type Failure, ToolcastError, UsageError } from "../errors/errors.ts";
import type { LocalizedText } from "../ground/locale.ts";
import { HttpError } from "../http/http.ts";
import type { Sentence } from "../messages/sentence.ts";

/** A download whose answer was not the file. */
export class DownloadRefused extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`HTTP ${status}`);
    this.name = "DownloadRefused";
    this.status = status;
  }
}

/** Why an exchange with a foreign host got no answer. */
export const exchangeReasons: Record<HttpError["reason"], LocalizedText> = {
  connect: { en: "no connection", "zh-CN": "无法建立连接" },
  timeout: { en: "it took too long", "zh-CN": "超时" },
  reset: { en: "the connection was cut", "zh-CN": "连接中断" },
  "too-large": { en: "the file is too large", "zh-CN": "文件过大" },
  blocked: { en: "this address is not allowed", "zh-CN": "不允许访问该地址" },
  cancelled: { en: "cancelled", "zh-CN": "已取消" },
  protocol: { en: "the server's answer cannot be understood", "zh-CN": "服务器的响应无法识别" },
};

/**
 * The failure of a download. A person can correct their own link. They cannot correct what a job downloads: an exchange
 * without an answer is passed on for the worker to judge, and a refusal says whether trying again later can help.
 */
export function downloadFailure(error: unknown, isPersonsLink: boolean): unknown {
  if (error instanceof DownloadRefused) {
    const { status } = error;
    const values = { reason: `HTTP ${status}`, status };
    return isPersonsLink
      ? new UsageError({ key: "media.unreachable", values })
      : new ToolcastError(error.message, refusal(status, { key: "media.result-unreachable", values }));
  }
  if (error instanceof HttpError && isPersonsLink && error.reason !== "cancelled") {
    return new UsageError({ key: "media.unreachable", values: { reason: exchangeReasons[error.reason] } });
  }
  return error;
}

function refusal(status: number, sentence: Sentence): Failure {
  const isPassing = status === 408 || status === 425 || status === 429 || status >= 500;
  return {
    kind: "unreachable",
    sentence,
    charged: "no",
    retry: { kind: isPassing ? "later" : "never" },
    httpStatus: status,
  };
}
