import { z } from "zod";
import type { Setting } from "../provider.ts";
import { ratesSetting } from "../rates.ts";
import { address, choice, optionalNumber, requiredText } from "../setting-schema.ts";

const defaultBaseUrl = "https://api.openai.com/v1";

/** The variables as documentation and `doctor` show them. */
export const openaiVariables: readonly Setting[] = [
  {
    variable: "OPENAI_API_KEY",
    required: true,
    secret: true,
    summary: {
      en: "Key of the service; any word if it wants none, as on this machine.",
      "zh-CN": "该服务的 API Key；若服务不需要密钥（如本机模型），填任意内容。",
    },
  },
  {
    variable: "OPENAI_MODEL",
    required: true,
    summary: {
      en: "Model that answers questions, by the service's name for it. Without it the other variables of this provider mean nothing, because other programs read them too.",
      "zh-CN": "问答模型在该服务中的名称。未设置时忽略本服务商的其他变量，因为其他程序也会读取它们。",
    },
    example: "gpt-4.1-mini",
  },
  {
    variable: "OPENAI_BASE_URL",
    default: defaultBaseUrl,
    summary: {
      en: "Address of any service that speaks OpenAI's chat completions, without /chat/completions.",
      "zh-CN": "任何兼容 OpenAI chat completions 协议的服务地址，不含 /chat/completions。",
    },
  },
  {
    variable: "OPENAI_PICTURES",
    default: "no",
    summary: { en: "Whether the model sees pictures, yes or no.", "zh-CN": "模型是否支持看图：yes 或 no。" },
  },
  {
    variable: "OPENAI_MAX_TOKENS",
    default: "2048",
    summary: { en: "The longest answer in tokens, 1 to 32768.", "zh-CN": "回答的最大 token 数，1 到 32768。" },
  },
  {
    variable: "OPENAI_TIMEOUT_SECONDS",
    default: "60",
    summary: {
      en: "The longest wait for a whole answer, in seconds, 1 to 600; while it is shown as it arrives, the longest silence.",
      "zh-CN": "等待完整回答的最长秒数，1 到 600；边收边显示时，为两段内容之间的最长间隔。",
    },
  },
  {
    variable: "OPENAI_MEMORY_TURNS",
    default: "5",
    summary: {
      en: "Earlier questions of a dialogue sent along with the next one, 0 to 50.",
      "zh-CN": "追问时附带的历史问答轮数，0 到 50。",
    },
  },
  {
    variable: "OPENAI_MEMORY_TOKENS",
    default: "4096",
    summary: {
      en: "The most tokens those earlier questions and answers may have, 0 to 100000.",
      "zh-CN": "所附历史问答的最大 token 数，0 到 100000。",
    },
  },
  {
    variable: "OPENAI_PRICES",
    summary: {
      en: 'What the model costs, as JSON, for 1,000,000 tokens sent and answered: {"MODEL": {"prompt": 1, "completion": 4, "unit": "USD"}}. Without it, costs are counted in tokens.',
      "zh-CN":
        '模型的价格，JSON 格式，按每百万输入与输出 token 计：{"MODEL": {"prompt": 1, "completion": 4, "unit": "USD"}}。未设置时以 token 数计费。',
    },
  },
  {
    variable: "OPENAI_CONCURRENT",
    default: "2",
    summary: {
      en: "Questions answered at the same time, over all callers.",
      "zh-CN": "所有用户合计同时回答的问题数。",
    },
  },
  {
    variable: "OPENAI_STARTS_PER_SECOND",
    default: "2",
    summary: { en: "Questions asked within a second.", "zh-CN": "每秒最多提出的问题数。" },
  },
];

export const openaiSchema = z
  .object({
    OPENAI_API_KEY: requiredText("OPENAI_API_KEY"),
    OPENAI_MODEL: requiredText("OPENAI_MODEL"),
    OPENAI_BASE_URL: address("OPENAI_BASE_URL", defaultBaseUrl),
    OPENAI_PICTURES: choice("OPENAI_PICTURES", ["yes", "no"], "no"),
    OPENAI_MAX_TOKENS: optionalNumber("OPENAI_MAX_TOKENS", { min: 1, max: 32_768, whole: true }),
    OPENAI_TIMEOUT_SECONDS: optionalNumber("OPENAI_TIMEOUT_SECONDS", { min: 1, max: 600 }),
    OPENAI_MEMORY_TURNS: optionalNumber("OPENAI_MEMORY_TURNS", { min: 0, max: 50, whole: true }),
    OPENAI_MEMORY_TOKENS: optionalNumber("OPENAI_MEMORY_TOKENS", { min: 0, max: 100_000, whole: true }),
    OPENAI_PRICES: ratesSetting("OPENAI_PRICES", { complaint: "provider.setting.token-prices", kinds: "tokens" }),
    OPENAI_CONCURRENT: optionalNumber("OPENAI_CONCURRENT", { min: 1, max: 1000, whole: true }),
    OPENAI_STARTS_PER_SECOND: optionalNumber("OPENAI_STARTS_PER_SECOND", { min: 1, max: 1000, whole: true }),
  })
  .transform((values) => ({
    apiKey: values.OPENAI_API_KEY,
    model: values.OPENAI_MODEL,
    // Services print whole addresses, which people may paste.
    baseUrl: values.OPENAI_BASE_URL.replace(/\/chat\/completions$/, ""),
    seesPictures: values.OPENAI_PICTURES === "yes",
    maxTokens: values.OPENAI_MAX_TOKENS ?? 2048,
    timeoutMs: (values.OPENAI_TIMEOUT_SECONDS ?? 60) * 1_000,
    memory: { turns: values.OPENAI_MEMORY_TURNS ?? 5, tokens: values.OPENAI_MEMORY_TOKENS ?? 4096 },
    rates: values.OPENAI_PRICES,
    concurrent: values.OPENAI_CONCURRENT ?? 2,
    startsPerSecond: values.OPENAI_STARTS_PER_SECOND ?? 2,
  }));

/** What the variables mean. */
export type OpenaiSettings = z.output<typeof openaiSchema>;
