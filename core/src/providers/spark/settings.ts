import { z } from "zod";
import type { Setting } from "../provider.ts";
import { ratesSetting } from "../rates.ts";
import {
  address,
  choice,
  extraParameters,
  missing,
  optionalNumber,
  optionalText,
  requiredText,
  socketAddress,
} from "../setting-schema.ts";
import { chatModels } from "./chat-models.ts";

/** The host of the chat models, from the vendor's page about chat over WebSocket; the SDK document names none. */
const defaultChatUrl = "https://spark-api.xf-yun.com";
const defaultBaseUrl = "https://spark-api.cn-huabei-1.xf-yun.com";

/** The variables as documentation and `doctor` show them. */
export const sparkVariables: readonly Setting[] = [
  {
    variable: "SPARK_APP_ID",
    required: true,
    summary: { en: "App id from the iFlytek console.", "zh-CN": "讯飞开放平台控制台中的 APPID。" },
  },
  {
    variable: "SPARK_API_KEY",
    required: true,
    secret: true,
    summary: { en: "API key of the app.", "zh-CN": "该应用的 APIKey。" },
  },
  {
    variable: "SPARK_API_SECRET",
    required: true,
    secret: true,
    summary: { en: "API secret of the app.", "zh-CN": "该应用的 APISecret。" },
  },
  {
    variable: "SPARK_BASE_URL",
    default: defaultBaseUrl,
    summary: { en: "Address of the service, without path.", "zh-CN": "服务地址，不含接口路径。" },
  },
  {
    variable: "SPARK_DOMAIN",
    default: "general",
    summary: {
      en: "Domain of the model: general (HTTP documentation) or tti (SDK documentation).",
      "zh-CN": "模型领域：general（HTTP 文档）或 tti（SDK 文档）。",
    },
  },
  {
    variable: "SPARK_TEMPERATURE",
    summary: {
      en: "How varied the results are, 0 to 1; some models refuse 0. The vendor's default is 0.5.",
      "zh-CN": "结果的随机程度，0 到 1，部分模型不接受 0，服务商默认 0.5。",
    },
  },
  {
    variable: "SPARK_TOP_K",
    summary: {
      en: "How many candidates to choose from, 1 to 6. The vendor's default is 4.",
      "zh-CN": "从多少个候选中选取，1 到 6，服务商默认 4。",
    },
  },
  {
    variable: "SPARK_MAX_TOKENS",
    summary: {
      en: "The longest answer in tokens, 1 to 4096. The vendor's default is 2048.",
      "zh-CN": "回复的最大 token 数，1 到 4096，服务商默认 2048。",
    },
  },
  {
    variable: "SPARK_AUDITING",
    summary: {
      en: "Content review; the vendor knows only default.",
      "zh-CN": "内容审核策略，服务商目前仅支持 default。",
    },
  },
  {
    variable: "SPARK_CHAT_ID",
    summary: {
      en: "Session id sent with every request; must be unique per user.",
      "zh-CN": "随每次请求发送的会话标识，须在用户下唯一。",
    },
  },
  {
    variable: "SPARK_EXTRA",
    summary: {
      en: "Further request parameters as a JSON object of plain values, passed on unchanged.",
      "zh-CN": "其他请求参数，写成由简单值组成的 JSON 对象，原样传给服务商。",
    },
  },
  {
    variable: "SPARK_IMAGE_DOMAIN",
    default: "imagev3",
    summary: {
      en: "Model that answers questions about pictures: imagev3, or general, with a fixed cost per picture.",
      "zh-CN": "图片理解模型：imagev3，或图片用量固定的 general。",
    },
  },
  {
    variable: "SPARK_CHAT_DOMAIN",
    default: "lite",
    summary: {
      en: "Model that answers questions: general, lite, generalv2, generalv3, pro-128k, generalv3.5, max-32k, 4.0Ultra, x1, or any other together with SPARK_CHAT_URL.",
      "zh-CN":
        "问答模型：general、lite、generalv2、generalv3、pro-128k、generalv3.5、max-32k、4.0Ultra、x1；其他模型须同时设置 SPARK_CHAT_URL。",
    },
  },
  {
    variable: "SPARK_CHAT_URL",
    default: defaultChatUrl,
    summary: {
      en: "Address of the chat service; without a path, that of the model's own is used.",
      "zh-CN": "问答服务地址；不含路径时使用该模型自己的路径。",
    },
  },
  {
    variable: "SPARK_CHAT_TIMEOUT_SECONDS",
    default: "60",
    summary: {
      en: "The longest wait for a whole answer, in seconds, 1 to 600; while it is shown as it arrives, the longest silence.",
      "zh-CN": "等待完整回答的最长秒数，1 到 600；边收边显示时，为两段内容之间的最长间隔。",
    },
  },
  {
    variable: "SPARK_CHAT_EXTRA",
    summary: {
      en: "Further parameters of questions as a JSON object of plain values, passed on unchanged.",
      "zh-CN": "问答的其他请求参数，写成由简单值组成的 JSON 对象，原样传给服务商。",
    },
  },
  {
    variable: "SPARK_MEMORY_TURNS",
    default: "5",
    summary: {
      en: "Earlier questions of a dialogue sent along with the next one, 0 to 50.",
      "zh-CN": "追问时附带的历史问答轮数，0 到 50。",
    },
  },
  {
    variable: "SPARK_MEMORY_TOKENS",
    default: "4096",
    summary: {
      en: "The most tokens those earlier questions and answers may have, 0 to 6000.",
      "zh-CN": "所附历史问答的最大 token 数，0 到 6000。",
    },
  },
  {
    variable: "SPARK_PRICES",
    summary: {
      en: 'What a model (by its domain) costs, as JSON, for 1,000,000 tokens sent and answered: {"MODEL": {"prompt": 1, "completion": 4, "unit": "CNY"}}. Without it, costs are counted in tokens.',
      "zh-CN":
        '模型（以 domain 为名）的价格，JSON 格式，按每百万输入与输出 token 计：{"MODEL": {"prompt": 1, "completion": 4, "unit": "CNY"}}。未设置时以 token 数计费。',
    },
  },
  {
    variable: "SPARK_CONCURRENT",
    default: "2",
    summary: { en: "Pictures made at the same time, over all callers.", "zh-CN": "所有用户合计同时生成的图片数。" },
  },
  {
    variable: "SPARK_STARTS_PER_SECOND",
    default: "2",
    summary: { en: "Pictures started within a second.", "zh-CN": "每秒最多开始的图片数。" },
  },
];

/** The whole address of a model: its own path, unless the address has one that is another's. */
function chatUrl(address: string, domain: string): string {
  const path = chatModels[domain]?.path;
  const known = Object.values(chatModels).find((model) => address.endsWith(model.path));
  return path === undefined || known !== undefined ? address : `${address}${path}`;
}

/** Parameters that have their own variable or decide the price. */
const reserved = ["domain", "width", "height", "temperature", "top_k", "max_tokens", "auditing", "chat_id"];

export const sparkSchema = z
  .object({
    SPARK_APP_ID: requiredText("SPARK_APP_ID"),
    SPARK_API_KEY: requiredText("SPARK_API_KEY"),
    SPARK_API_SECRET: requiredText("SPARK_API_SECRET"),
    SPARK_BASE_URL: address("SPARK_BASE_URL", defaultBaseUrl),
    SPARK_DOMAIN: choice("SPARK_DOMAIN", ["general", "tti"], "general"),
    SPARK_TEMPERATURE: optionalNumber("SPARK_TEMPERATURE", { min: 0, max: 1 }),
    SPARK_TOP_K: optionalNumber("SPARK_TOP_K", { min: 1, max: 6, whole: true }),
    SPARK_MAX_TOKENS: optionalNumber("SPARK_MAX_TOKENS", { min: 1, max: 4096, whole: true }),
    SPARK_AUDITING: choice("SPARK_AUDITING", ["default"], undefined),
    SPARK_CHAT_ID: optionalText(),
    SPARK_EXTRA: extraParameters("SPARK_EXTRA", reserved),
    SPARK_IMAGE_DOMAIN: choice("SPARK_IMAGE_DOMAIN", ["imagev3", "general"], "imagev3"),
    SPARK_CHAT_DOMAIN: optionalText(),
    SPARK_CHAT_URL: socketAddress("SPARK_CHAT_URL", defaultChatUrl),
    SPARK_CHAT_TIMEOUT_SECONDS: optionalNumber("SPARK_CHAT_TIMEOUT_SECONDS", { min: 1, max: 600 }),
    SPARK_CHAT_EXTRA: extraParameters("SPARK_CHAT_EXTRA", reserved),
    SPARK_MEMORY_TURNS: optionalNumber("SPARK_MEMORY_TURNS", { min: 0, max: 50, whole: true }),
    SPARK_MEMORY_TOKENS: optionalNumber("SPARK_MEMORY_TOKENS", { min: 0, max: 6000, whole: true }),
    SPARK_PRICES: ratesSetting("SPARK_PRICES", { complaint: "provider.setting.token-prices", kinds: "tokens" }),
    SPARK_CONCURRENT: optionalNumber("SPARK_CONCURRENT", { min: 1, max: 1000, whole: true }),
    SPARK_STARTS_PER_SECOND: optionalNumber("SPARK_STARTS_PER_SECOND", { min: 1, max: 1000, whole: true }),
  })
  .superRefine(({ SPARK_CHAT_DOMAIN: domain = "lite", SPARK_CHAT_URL: url }, context) => {
    if (chatModels[domain] === undefined && new URL(url).pathname === "/") {
      missing(context, "SPARK_CHAT_URL");
    }
  })
  .transform((values) => ({
    appId: values.SPARK_APP_ID,
    apiKey: values.SPARK_API_KEY,
    apiSecret: values.SPARK_API_SECRET,
    // The documents print whole addresses, which people may paste.
    baseUrl: values.SPARK_BASE_URL.replace(/\/v2\.1\/tti$/, ""),
    domain: values.SPARK_DOMAIN,
    temperature: values.SPARK_TEMPERATURE,
    topK: values.SPARK_TOP_K,
    maxTokens: values.SPARK_MAX_TOKENS,
    auditing: values.SPARK_AUDITING,
    chatId: values.SPARK_CHAT_ID,
    extra: values.SPARK_EXTRA,
    imageDomain: values.SPARK_IMAGE_DOMAIN,
    chat: {
      domain: values.SPARK_CHAT_DOMAIN ?? "lite",
      url: chatUrl(values.SPARK_CHAT_URL, values.SPARK_CHAT_DOMAIN ?? "lite"),
      timeoutMs: (values.SPARK_CHAT_TIMEOUT_SECONDS ?? 60) * 1_000,
      extra: values.SPARK_CHAT_EXTRA,
    },
    memory: { turns: values.SPARK_MEMORY_TURNS ?? 5, tokens: values.SPARK_MEMORY_TOKENS ?? 4096 },
    rates: values.SPARK_PRICES,
    concurrent: values.SPARK_CONCURRENT ?? 2,
    startsPerSecond: values.SPARK_STARTS_PER_SECOND ?? 2,
  }));

/** What the variables mean. Absent parameters are not sent. */
export type SparkSettings = z.output<typeof sparkSchema>;
