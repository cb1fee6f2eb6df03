import { z } from "zod";
import type { Setting } from "../provider.ts";
import { ratesSetting } from "../rates.ts";
import { address, optionalNumber, requiredText } from "../setting-schema.ts";

/** The host of the documentation, which answers calls; whether it is meant for production is not known. */
export const documentationBaseUrl = "https://doc.ai-xjc.com";

/** What an operator may set a rate for: a second of video, 10,000 characters of speech by the voice's tier. */
const rated = ["video", "lite-speech", "pro-speech"] as const;

/** The variables as documentation and `doctor` show them. */
export const xjcVariables: readonly Setting[] = [
  {
    variable: "XJC_ACCESS_KEY",
    required: true,
    summary: { en: "Access key of the account.", "zh-CN": "账号的 AccessKey。" },
    secret: true,
  },
  {
    variable: "XJC_SECRET_KEY",
    required: true,
    summary: { en: "Secret key of the account.", "zh-CN": "账号的 SecretKey。" },
    secret: true,
  },
  {
    variable: "XJC_BASE_URL",
    default: documentationBaseUrl,
    summary: {
      en: "Address of the service, without path. Ask the vendor for the production address.",
      "zh-CN": "服务地址，不含接口路径。正式地址请向服务商索取。",
    },
  },
  {
    variable: "XJC_PRICES",
    summary: {
      en: 'What your plan charges, as JSON: {"video": {"amount": 1, "unit": "points"}}; video for one second of an avatar video, lite-speech and pro-speech for 10,000 characters of speech. New voices count against the plan\'s voices.',
      "zh-CN":
        '套餐价格，JSON 格式：{"video": {"amount": 1, "unit": "points"}}；video 按数字人视频每秒计，lite-speech 与 pro-speech 按每一万字语音计。新音色占用套餐中的音色名额。',
    },
  },
  {
    variable: "XJC_CONCURRENT",
    default: "3",
    summary: {
      en: "Works, trainings and speeches made at the same time, over all callers.",
      "zh-CN": "所有用户合计同时进行的作品、训练与合成任务数。",
    },
  },
  {
    variable: "XJC_STARTS_PER_SECOND",
    default: "2",
    summary: { en: "Works, trainings and speeches started within a second.", "zh-CN": "每秒最多开始的任务数。" },
  },
];

export const xjcSchema = z
  .object({
    XJC_ACCESS_KEY: requiredText("XJC_ACCESS_KEY"),
    XJC_SECRET_KEY: requiredText("XJC_SECRET_KEY"),
    XJC_BASE_URL: address("XJC_BASE_URL", documentationBaseUrl),
    XJC_PRICES: ratesSetting("XJC_PRICES", { complaint: "provider.setting.xjc-prices", kinds: "media", names: rated }),
    XJC_CONCURRENT: optionalNumber("XJC_CONCURRENT", { min: 1, max: 1000, whole: true }),
    XJC_STARTS_PER_SECOND: optionalNumber("XJC_STARTS_PER_SECOND", { min: 1, max: 1000, whole: true }),
  })
  .transform((values) => ({
    accessKey: values.XJC_ACCESS_KEY,
    secretKey: values.XJC_SECRET_KEY,
    // The documents print whole addresses, which people may paste.
    baseUrl: values.XJC_BASE_URL.replace(/\/api\/model\/v5$/, ""),
    rates: values.XJC_PRICES,
    concurrent: values.XJC_CONCURRENT ?? 3,
    startsPerSecond: values.XJC_STARTS_PER_SECOND ?? 2,
  }));

/** What the variables mean. */
export type XjcSettings = z.output<typeof xjcSchema>;
