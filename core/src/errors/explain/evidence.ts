import type { LocalizedText } from "../../ground/locale.ts";
import type { CatalogEntry, CatalogProvider } from "../catalog/entry.ts";
import { catalogVendors, fromCatalog, vendorsAdded } from "../catalog.ts";

/** The context of a request for an explanation. */
export interface ExplainContext {
  /** The vendor the person named. If it has the code, only its meanings are shown. */
  provider?: string;
  /** The vendors that are configured here. */
  providers?: readonly string[];
  /** The caller's last failed job. An empty input asks about it. */
  lastFailure?: { provider: string; code: string };
}

/** The evidence for one meaning: its weight, and why. */
export interface Evidence {
  weight: number;
  reason: LocalizedText;
}

/** The vendors' names for people. */
const builtInTitles: Record<CatalogProvider, LocalizedText> = {
  spark: { en: "iFlytek Spark", "zh-CN": "讯飞星火" },
  dashscope: { en: "Alibaba DashScope", "zh-CN": "阿里云百炼" },
  openai: { en: "OpenAI-compatible service", "zh-CN": "OpenAI 兼容服务" },
  xjc: { en: "AI-XJC", "zh-CN": "AI-XJC 数字人" },
  "speech-sdk": { en: "the unnamed speech SDK", "zh-CN": "未署名的语音 SDK" },
};

/** A vendor's name for people; undefined for an unknown id. */
export function vendorTitle(provider: string): LocalizedText | undefined {
  return Object.hasOwn(builtInTitles, provider)
    ? builtInTitles[provider as CatalogProvider]
    : vendorsAdded().find(({ id }) => id === provider)?.title;
}

/** The vendor that a person means by any of its names; undefined for an unknown one. */
export function vendorNamed(name: string): string | undefined {
  const wanted = name.trim().toLowerCase();
  const byName = [...catalogVendors()].find((id) =>
    [id, vendorTitle(id)?.en, vendorTitle(id)?.["zh-CN"]].some((one) => one?.toLowerCase() === wanted),
  );
  const [only, ...others] = [...signsIn(name)].sort(([, one], [, other]) => other.weight - one.weight);
  return byName ?? (only !== undefined && others.length === 0 ? only[0] : undefined);
}

function titleOf(provider: string): LocalizedText {
  return vendorTitle(provider) ?? { en: provider, "zh-CN": provider };
}

/** A vendor's name inside a Chinese sentence: a Latin name is separated by a space from the characters before it. */
function chineseNameOf(provider: string): string {
  const name = titleOf(provider)["zh-CN"];
  return /^[A-Za-z]/.test(name) ? ` ${name}` : name;
}

interface Sign {
  provider: string;
  weight: number;
  sign: RegExp;
}

/**
 * Signs of a vendor in a text: addresses are nearly proof, names are strong evidence, and words from its API are hints.
 */
const builtInSigns: readonly Sign[] = [
  { provider: "spark", weight: 40, sign: /xf-?yun\.com|xfyousheng|\bspark-api/i },
  { provider: "spark", weight: 38, sign: /spark(?!ling)|星火|讯飞|iflytek|xunfei|科大讯飞/i },
  {
    provider: "spark",
    weight: 24,
    sign: /["'\\]header["'\\]+\s*:\s*\{|["'\\ ]sid["'\\]*\s*[:=]|\bsid[:=：]|@dx[0-9a-f]{4}|AppId[A-Z]\w+Error/,
  },
  { provider: "dashscope", weight: 40, sign: /dashscope|maas\.aliyuncs\.com/i },
  {
    provider: "dashscope",
    weight: 34,
    sign: /百炼|aliyun|阿里云|通义|万相|\bqwen|\bwanx?\d?\b|cosyvoice|model studio|bailian|alibaba/i,
  },
  {
    provider: "dashscope",
    weight: 12,
    sign: /["'\\]request_id["'\\]+\s*:|task_status|invalid_(?:request|parameter)_error/,
  },
  { provider: "openai", weight: 40, sign: /(?:api|platform)\.openai|OPENAI_[A-Z]|chatgpt|\bgpt-\d/ },
  { provider: "xjc", weight: 40, sign: /ai-xjc\.com|\/api\/model\/v5\// },
  { provider: "xjc", weight: 38, sign: /\bxjc\b|数字人接口/i },
  {
    provider: "xjc",
    weight: 16,
    sign: /authorization-token|speakerId|kyyRole|数字人|音色|works\/(?:create|inspect)|voice\/(?:lite|pro)|["'\\]jobId/,
  },
  { provider: "xjc", weight: 14, sign: /["'\\]msg["'\\]+\s*:/ },
  { provider: "speech-sdk", weight: 40, sign: /speech[-_ ]?sdk/i },
  { provider: "speech-sdk", weight: 14, sign: /语音 ?SDK|唤醒词|\bVAD\b|\bSESSIONID\b|组织ID/i },
];
/** A vendor that is not built in is recognized by its id and its names. */
const signs = fromCatalog(() => [
  ...builtInSigns,
  ...vendorsAdded().flatMap(({ id, title }) =>
    [...new Set([id, title.en, title["zh-CN"]])]
      .filter((name) => name.length > 1)
      .map((name): Sign => ({ provider: id, weight: 38, sign: wordPattern(name) })),
  ),
]);

/** Matches the name as a whole word; Chinese has no spaces around words. */
function wordPattern(name: string): RegExp {
  const literal = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?<![A-Za-z0-9])${literal}(?![A-Za-z0-9])`, "i");
}

const sdkSign = /sparkchain|libSparkChain|SparkChainConfig|\bsdk\b|getErrCode|\.so\b|\.aar\b|uninit|engineInit/i;

/** How far around a code to look for signs, in characters. */
const near = 240;

/** The strongest sign of each vendor in a piece of text. */
export function signsIn(text: string): Map<string, { weight: number; quote: string }> {
  const found = new Map<string, { weight: number; quote: string }>();
  for (const { provider, weight, sign } of signs()) {
    const match = sign.exec(text);
    if (match !== null && weight > (found.get(provider)?.weight ?? 0)) {
      found.set(provider, { weight, quote: match[0].replace(/^["'\\ ]+/, "").replace(/["'\\\s:={]+$/, "") });
    }
  }
  return found;
}

export interface TextEvidence {
  text: string;
  signs: ReturnType<typeof signsIn>;
}

/** All the evidence for reading a code at `index` as `entry`, with the strongest reason first. */
export function weigh(entry: CatalogEntry, index: number, whole: TextEvidence, context: ExplainContext): Evidence {
  const title = titleOf(entry.provider).en;
  const chineseTitle = chineseNameOf(entry.provider);
  const around = whole.text.slice(Math.max(0, index - near), index + near);
  const local = around.length === whole.text.length ? whole.signs : signsIn(around);
  const evidence: Evidence[] = [];
  const say = (weight: number, en: string, chinese: string) => {
    evidence.push({ weight, reason: { en, "zh-CN": chinese } });
  };
  if (context.provider === entry.provider) {
    say(60, `You named ${title}.`, `您指定了${chineseTitle}。`);
  }
  const vendorText = entry.vendorText.replace(/[。.]$/, "");
  if (vendorText.length > 1 && entry.category !== "success" && around.includes(vendorText)) {
    say(
      45,
      `${capital(title)}'s own wording for it is next to the code.`,
      `错误码旁边就是${chineseTitle}对它的原文说明。`,
    );
  }
  const sign = local.get(entry.provider);
  if (sign !== undefined) {
    say(
      sign.weight,
      `The text mentions ${title} ("${sign.quote}").`,
      `文本中出现了${chineseTitle}的特征（“${sign.quote}”）。`,
    );
  } else if (whole.signs.has(entry.provider)) {
    say(
      (whole.signs.get(entry.provider)?.weight ?? 0) / 2,
      `${capital(title)} is named elsewhere in the text.`,
      `文本其他位置提到了${chineseTitle}。`,
    );
  }
  if (context.lastFailure?.provider === entry.provider) {
    const same = context.lastFailure.code === entry.code;
    say(
      same ? 30 : 8,
      same ? "Your last failed job ended with this code." : `Your last failed job was at ${title}.`,
      same ? "您最近一次失败的任务就是这个错误码。" : `您最近一次失败的任务来自${chineseTitle}。`,
    );
  }
  if (context.providers?.includes(entry.provider)) {
    say(8, `${capital(title)} is set up here.`, `这里配置了${chineseTitle}。`);
  }
  if (entry.layer === "sdk" && sdkSign.test(around)) {
    say(6, "The text comes from a client library.", "文本来自客户端 SDK。");
  }
  evidence.sort((one, other) => other.weight - one.weight);
  const prior = layerPrior[entry.layer] + (providerPrior[entry.provider] ?? 2);
  const strongest = evidence[0] ?? { weight: 0, reason: noSign };
  return { weight: prior + evidence.reduce((sum, { weight }) => sum + weight, 0), reason: strongest.reason };
}

/** Used if several meanings remain and nothing in the text decides. */
export const noSign: LocalizedText = {
  en: "Several vendors use this code and nothing here shows which one is meant; the order is a guess.",
  "zh-CN": "多家服务商都使用这个错误码，文本中没有线索表明是哪一家，排序仅供参考。",
};

/** Used for a bare HTTP status. */
export const statusAlone: LocalizedText = {
  en: "An HTTP status stands for several codes; the body of the answer would show which.",
  "zh-CN": "一个 HTTP 状态对应多个错误码，具体是哪一个要看响应正文。",
};

/** Used if the code has only one meaning. */
export const onlyMeaning: LocalizedText = {
  en: "Of the vendors known here only this one uses the code; a vendor that is not known here may use it for something else.",
  "zh-CN": "已收录的服务商中只有这一家使用该错误码，未收录的服务商可能另有含义。",
};

const layerPrior = { cloud: 3, api: 3, http: 2, sdk: 0 } as const;
const providerPrior: Readonly<Record<string, number>> = { spark: 3, dashscope: 3, xjc: 2, "speech-sdk": 0 };

function capital(text: string): string {
  return text.startsWith("the ") ? `T${text.slice(1)}` : text;
}
