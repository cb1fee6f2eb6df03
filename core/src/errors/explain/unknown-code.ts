import { distanceBetween } from "../../ground/edit-distance.ts";
import type { LocalizedText } from "../../ground/locale.ts";
import type { CatalogEntry } from "../catalog/entry.ts";
import { catalogEntries } from "../catalog.ts";
import { type ExplainContext, vendorTitle } from "./evidence.ts";

/** A range of numbers in which a vendor's documented codes are of one kind. */
export interface CodeRange {
  provider: string;
  from: number;
  to: number;
  about: LocalizedText;
}

/** What can be said about a code that no document contains. */
export interface UnknownCode {
  code: string;
  /** The ranges it falls in; empty if no vendor has such numbers. */
  ranges: CodeRange[];
  /** Documented codes that differ little, nearest first. */
  nearMisses: CatalogEntry[];
  /** What to send to which support. */
  advice: LocalizedText;
}

const ranges: readonly CodeRange[] = [
  range(
    "spark",
    10000,
    10299,
    "connection, request, engine and content check of the Spark service",
    "星火服务的连接、请求、引擎与内容审核",
  ),
  range("spark", 10900, 10999, "length limits of the Spark service", "星火服务的长度限制"),
  range("spark", 11200, 11299, "grants and rate limits of a Spark app", "星火应用的授权与流控"),
  range("spark", 18000, 18099, "licence of the SparkChain SDK", "SparkChain SDK 的授权文件"),
  range("spark", 18100, 18199, "resources of the SparkChain SDK", "SparkChain SDK 的资源"),
  range("spark", 18200, 18299, "engine of the SparkChain SDK", "SparkChain SDK 的引擎"),
  range("spark", 18300, 18399, "sessions and states of the SparkChain SDK", "SparkChain SDK 的会话与状态"),
  range("spark", 18400, 18499, "files and device of the SparkChain SDK", "SparkChain SDK 的文件与设备"),
  range("spark", 18500, 18599, "parameters and codecs of the SparkChain SDK", "SparkChain SDK 的参数与编解码"),
  range("spark", 18600, 18699, "protocol file of the SparkChain SDK", "SparkChain SDK 的协议文件"),
  range("spark", 18700, 18899, "network and account checks of the SparkChain SDK", "SparkChain SDK 的网络与账号校验"),
  range("spark", 18900, 18999, "model sessions of the SparkChain SDK", "SparkChain SDK 的大模型会话"),
  range("spark", 19000, 20099, "device grants of the SparkChain SDK", "SparkChain SDK 的设备级授权"),
  range("xjc", 10001, 10099, "general faults and limits of the API", "接口的通用故障与限制"),
  range("xjc", 20001, 20099, "account, parameters and media of the API", "接口的账号、参数与素材"),
  range("xjc", 20900, 20999, "other faults of the API", "接口的其他异常"),
  range("xjc", 30001, 30099, "voice training of the API", "接口的音色训练"),
  range("speech-sdk", 10001, 10099, "licence of the speech SDK", "语音 SDK 的授权"),
  range("speech-sdk", 12001, 12099, "parameters of the speech SDK", "语音 SDK 的参数"),
  range("speech-sdk", 14001, 14099, "local state of the speech SDK", "语音 SDK 的本地状态"),
  range("speech-sdk", 15001, 15099, "HTTP client of the speech SDK", "语音 SDK 的 HTTP 客户端"),
  range("speech-sdk", 19001, 19099, "WebSocket client of the speech SDK", "语音 SDK 的 WebSocket 客户端"),
  range("speech-sdk", 50001, 50099, "request checks of the speech service", "语音服务的请求校验"),
  range("speech-sdk", 51000, 51099, "the speech service itself", "语音服务端"),
  range("speech-sdk", 60001, 60099, "administration of the speech service", "语音服务的管理接口"),
  range("speech-sdk", 62001, 62099, "sessions of the speech service", "语音服务的会话"),
  range("speech-sdk", 90000, 90099, "internal errors of the speech SDK", "语音 SDK 的内部错误"),
];

function range(provider: string, from: number, to: number, en: string, chinese: string): CodeRange {
  return { provider, from, to, about: { en, "zh-CN": chinese } };
}

/** At most this many near misses are shown. */
const maxNearMisses = 5;

/** Describes a code without an entry, and invents no meaning for it. */
export function describeUnknown(
  code: string,
  context: ExplainContext,
  likely: ReadonlyMap<string, unknown>,
): UnknownCode {
  const number = /^\d+$/.test(code) ? Number(code) : undefined;
  const wanted = (provider: string) =>
    context.provider === undefined ? likely.size === 0 || likely.has(provider) : context.provider === provider;
  const inRange = number === undefined ? [] : ranges.filter(({ from, to }) => from <= number && number <= to);
  const own = inRange.filter(({ provider }) => wanted(provider));
  const shown = own.length > 0 ? own : inRange;
  const provider = [...new Set(shown.map((one) => one.provider))];
  const whose = provider.length === 1 ? provider[0] : likely.size === 1 ? [...likely.keys()][0] : undefined;
  return {
    code,
    ranges: shown,
    nearMisses: nearMissesOf(code, wanted),
    advice: isHttpStatus(code) ? adviceForStatus(Number(code)) : adviceFor(whose),
  };
}

function isHttpStatus(code: string): boolean {
  return /^[1-5]\d\d$/.test(code);
}

function nearMissesOf(code: string, wanted: (provider: string) => boolean): CatalogEntry[] {
  if (code.length > 60 || isHttpStatus(code)) {
    return [];
  }
  const numeric = /^\d+$/.test(code);
  const limit = numeric ? 1 : Math.max(1, Math.floor(code.length / 5));
  return catalogEntries()
    .filter((entry) => wanted(entry.provider) && /^\d+$/.test(entry.code) === numeric)
    .map((entry) => ({ entry, distance: distanceBetween(code.toLowerCase(), entry.code.toLowerCase(), limit) }))
    .filter(({ distance }) => distance <= limit)
    .sort((one, other) => one.distance - other.distance || gap(one.entry, code) - gap(other.entry, code))
    .slice(0, maxNearMisses)
    .map(({ entry }) => entry);
}

function gap(entry: CatalogEntry, code: string): number {
  const difference = Math.abs(Number(entry.code) - Number(code));
  return Number.isNaN(difference) ? 0 : difference;
}

function adviceFor(provider: string | undefined): LocalizedText {
  switch (provider) {
    case "spark":
      return {
        en: "No document names this code. Send iFlytek support the code, the message, the sid and the time; leave out keys and secrets.",
        "zh-CN": "文档中没有这个错误码。请把错误码、错误信息、sid 和发生时间提供给讯飞技术支持，不要附带密钥。",
      };
    case "dashscope":
      return {
        en: "No document names this code. Send Alibaba Cloud support the code, the message, the request_id and the time; leave out the API key.",
        "zh-CN":
          "文档中没有这个错误码。请把错误码、错误信息、request_id 和发生时间提供给阿里云技术支持，不要附带 API Key。",
      };
    case "xjc":
      return {
        en: "No document names this code. Send the vendor the code, the msg, the job id and the time; check the balance before starting again.",
        "zh-CN": "文档中没有这个错误码。请把错误码、msg、jobId 和发生时间提供给服务商；重新发起前请先查看余额。",
      };
    case "speech-sdk":
      return {
        en: "No document names this code. Send the speech SDK's supplier the code, the SDK version, the log and the time.",
        "zh-CN": "文档中没有这个错误码。请把错误码、SDK 版本、日志和发生时间提供给语音 SDK 的提供方。",
      };
    case undefined:
      return {
        en: "No document names this code. Say which vendor it came from, or paste the whole answer; the vendor's support needs the code, the message, the request id and the time.",
        "zh-CN":
          "文档中没有这个错误码。请说明它来自哪家服务商，或粘贴完整的响应；联系服务商时请提供错误码、错误信息、请求编号和发生时间。",
      };
    default:
      return {
        en: "No table names this code. Send the vendor's support the code, the message, the request id and the time; leave out keys and secrets.",
        "zh-CN": "错误码表中没有这个错误码。请把错误码、错误信息、请求编号和发生时间提供给服务商，不要附带密钥。",
      };
  }
}

function adviceForStatus(status: number): LocalizedText {
  if (status >= 500) {
    return {
      en: "This is an HTTP status from a server or a gateway on the way, not a vendor's own code. It is not known whether work already started was charged: check the balance or task list before starting again.",
      "zh-CN":
        "这是服务器或中间网关的 HTTP 状态，不是服务商自己的错误码。无法确定已发起的任务是否扣费，重新发起前请先查看余额或任务列表。",
    };
  }
  if (status >= 400) {
    return {
      en: "This is an HTTP status, not a vendor's own code. The body of the answer says more: paste it whole, with the address that was called.",
      "zh-CN": "这是 HTTP 状态，不是服务商自己的错误码。响应正文里有更多信息，请连同请求地址一起完整粘贴。",
    };
  }
  return {
    en: "This HTTP status is not an error. Paste the body of the answer if something still went wrong.",
    "zh-CN": "这个 HTTP 状态不代表出错。如果仍有问题，请粘贴响应正文。",
  };
}

/** Used instead of a reason for an unknown code. */
export function reasonForUnknown(code: string, named: string | undefined): LocalizedText {
  const title = named === undefined ? undefined : vendorTitle(named);
  return title === undefined
    ? { en: `No known table has ${code}.`, "zh-CN": `已收录的错误码表中没有 ${code}。` }
    : { en: `The table of ${title.en} does not have ${code}.`, "zh-CN": `${title["zh-CN"]}的错误码表中没有 ${code}。` };
}
