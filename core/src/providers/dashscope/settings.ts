import { z } from "zod";
import type { Setting } from "../provider.ts";
import { ratesSetting } from "../rates.ts";
import { address, choice, optionalNumber, optionalText, requiredText } from "../setting-schema.ts";
import { resolutions } from "./video-models.ts";

const defaultBaseUrl = "https://dashscope.aliyuncs.com/api/v1";
const defaultChatModel = "qwen-plus";
const defaultImageModel = "wan2.7-image";
/** The default of installations that began with an earlier one: another model has another price. */
const earlierImageModel = "wanx2.1-t2i-turbo";

export const portraitModels = ["wan2.2-s2v", "liveportrait", "emo-v1"] as const;
export type PortraitModel = (typeof portraitModels)[number];

export const enrollmentModels = ["voice-enrollment", "qwen-voice-enrollment"] as const;
export type EnrollmentModel = (typeof enrollmentModels)[number];

/** The variables as documentation and `doctor` show them. */
export const dashscopeVariables: readonly Setting[] = [
  {
    variable: "DASHSCOPE_API_KEY",
    required: true,
    secret: true,
    summary: {
      en: "API key from the Model Studio console; it belongs to one region.",
      "zh-CN": "百炼控制台中的 API Key，仅在其所属地域有效。",
    },
  },
  {
    variable: "DASHSCOPE_BASE_URL",
    default: defaultBaseUrl,
    summary: {
      en: "Address of the service in the key's region, e.g. https://dashscope-intl.aliyuncs.com/api/v1 for Singapore.",
      "zh-CN": "与密钥同一地域的服务地址，例如新加坡为 https://dashscope-intl.aliyuncs.com/api/v1。",
    },
  },
  {
    variable: "DASHSCOPE_WORKSPACE",
    summary: { en: "Workspace the calls are made in.", "zh-CN": "调用所在的业务空间 ID。" },
  },
  {
    variable: "DASHSCOPE_IMAGE_MODEL",
    default: defaultImageModel,
    earlierDefault: { value: earlierImageModel, before: 1 },
    summary: {
      en: "Model that makes pictures: wan2.7-image or -pro, wan2.x-t2i, wanx2.x or one of the qwen-image family. An older installation keeps its default wanx2.1-t2i-turbo.",
      "zh-CN":
        "图片生成模型：wan2.7-image（或 -pro）、wan2.x-t2i、wanx2.x 或 qwen-image 系列。旧安装沿用原默认值 wanx2.1-t2i-turbo。",
    },
  },
  {
    variable: "DASHSCOPE_IMAGE_EDIT_MODEL",
    summary: {
      en: "Model that changes a given picture: wan2.7-image or -pro, wan2.6-image, qwen-image-2.0 or one of the qwen-image-edit family. Default: DASHSCOPE_IMAGE_MODEL if it can; otherwise pictures cannot be changed.",
      "zh-CN":
        "修改图片的模型：wan2.7-image（或 -pro）、wan2.6-image、qwen-image-2.0 或 qwen-image-edit 系列。默认使用 DASHSCOPE_IMAGE_MODEL（须支持），否则不提供修改图片。",
    },
  },
  {
    variable: "DASHSCOPE_SPEECH_MODEL",
    default: "cosyvoice-v3-flash",
    summary: {
      en: "Model that new voices are made for and speak with. A voice keeps the model it was made for.",
      "zh-CN": "新音色所绑定并用于合成的语音模型；已有音色沿用创建时的模型。",
    },
  },
  {
    variable: "DASHSCOPE_VOICE_MODEL",
    summary: {
      en: "Model that makes voices: voice-enrollment for CosyVoice, qwen-voice-enrollment for Qwen. Default: the one that fits DASHSCOPE_SPEECH_MODEL.",
      "zh-CN":
        "声音复刻模型：CosyVoice 用 voice-enrollment，千问用 qwen-voice-enrollment。默认按 DASHSCOPE_SPEECH_MODEL 选择。",
    },
  },
  {
    variable: "DASHSCOPE_PORTRAIT_MODEL",
    default: "wan2.2-s2v",
    summary: {
      en: "Model that makes one picture speak: wan2.2-s2v, liveportrait or emo-v1.",
      "zh-CN": "让单张图片说话的模型：wan2.2-s2v、liveportrait 或 emo-v1。",
    },
  },
  {
    variable: "DASHSCOPE_PORTRAIT_RESOLUTION",
    default: "480P",
    summary: {
      en: "Resolution of wan2.2-s2v videos, 480P or 720P; it decides their price.",
      "zh-CN": "wan2.2-s2v 视频的分辨率，480P 或 720P，价格不同。",
    },
  },
  {
    variable: "DASHSCOPE_LIPSYNC_MODEL",
    default: "videoretalk",
    summary: {
      en: "Model that fits a person's lips in a video to a recording.",
      "zh-CN": "使视频人物口型与录音一致的模型。",
    },
  },
  {
    variable: "DASHSCOPE_VIDEO_MODEL",
    default: "wan2.7-t2v",
    summary: {
      en: "Model that makes videos from words: wan2.7-t2v, wan2.6-t2v or wan2.5-t2v-preview.",
      "zh-CN": "文生视频模型：wan2.7-t2v、wan2.6-t2v 或 wan2.5-t2v-preview。",
    },
  },
  {
    variable: "DASHSCOPE_PICTURE_VIDEO_MODEL",
    default: "wan2.7-i2v",
    summary: {
      en: "Model that makes videos from a picture: wan2.7-i2v, wan2.6-i2v, wan2.6-i2v-flash or wan2.5-i2v-preview.",
      "zh-CN": "图生视频模型：wan2.7-i2v、wan2.6-i2v、wan2.6-i2v-flash 或 wan2.5-i2v-preview。",
    },
  },
  {
    variable: "DASHSCOPE_VIDEO_RESOLUTION",
    default: "720P",
    summary: {
      en: "Resolution of these videos unless somebody asks for another, 480P, 720P or 1080P; it decides their price.",
      "zh-CN": "上述视频的默认分辨率：480P、720P 或 1080P，价格不同。",
    },
  },
  {
    variable: "DASHSCOPE_CHAT_MODEL",
    default: defaultChatModel,
    summary: {
      en: "Model that answers questions, e.g. qwen-plus, qwen-max or qwen-turbo; one of the -vl or -omni models sees pictures too.",
      "zh-CN": "问答模型，例如 qwen-plus、qwen-max、qwen-turbo；-vl 与 -omni 系列还能看图。",
    },
  },
  {
    variable: "DASHSCOPE_CHAT_MAX_TOKENS",
    default: "2048",
    summary: { en: "The longest answer in tokens, 1 to 32768.", "zh-CN": "回答的最大 token 数，1 到 32768。" },
  },
  {
    variable: "DASHSCOPE_CHAT_TIMEOUT_SECONDS",
    default: "60",
    summary: {
      en: "The longest wait for a whole answer, in seconds, 1 to 600; while it is shown as it arrives, the longest silence.",
      "zh-CN": "等待完整回答的最长秒数，1 到 600；边收边显示时，为两段内容之间的最长间隔。",
    },
  },
  {
    variable: "DASHSCOPE_MEMORY_TURNS",
    default: "5",
    summary: {
      en: "Earlier questions of a dialogue sent along with the next one, 0 to 50.",
      "zh-CN": "追问时附带的历史问答轮数，0 到 50。",
    },
  },
  {
    variable: "DASHSCOPE_MEMORY_TOKENS",
    default: "4096",
    summary: {
      en: "The most tokens those earlier questions and answers may have, 0 to 100000.",
      "zh-CN": "所附历史问答的最大 token 数，0 到 100000。",
    },
  },
  {
    variable: "DASHSCOPE_PRICES",
    summary: {
      en: 'What models cost, as JSON: {"wan2.7-image": {"amount": 0.2, "unit": "CNY"}}; for one picture, one second of video, 10,000 characters of speech or one voice. A video may have a price for each resolution, as in "wan2.7-t2v 720P". For a chat model, of 1,000,000 tokens each: {"qwen-plus": {"prompt": 0.8, "completion": 2, "unit": "CNY"}}.',
      "zh-CN":
        '模型价格，JSON 格式：{"wan2.7-image": {"amount": 0.2, "unit": "CNY"}}；分别按每张图片、每秒视频、每一万字语音或每个音色计；视频可按分辨率分别填写，例如 "wan2.7-t2v 720P"。问答模型按每百万 token 填写：{"qwen-plus": {"prompt": 0.8, "completion": 2, "unit": "CNY"}}。',
    },
  },
  {
    variable: "DASHSCOPE_CONCURRENT",
    default: "2",
    summary: { en: "Tasks under way at the same time, over all callers.", "zh-CN": "所有用户合计同时进行的任务数。" },
  },
  {
    variable: "DASHSCOPE_STARTS_PER_SECOND",
    default: "2",
    summary: { en: "Tasks started within a second.", "zh-CN": "每秒最多开始的任务数。" },
  },
];

export const dashscopeSchema = z
  .object({
    DASHSCOPE_API_KEY: requiredText("DASHSCOPE_API_KEY"),
    DASHSCOPE_BASE_URL: address("DASHSCOPE_BASE_URL", defaultBaseUrl),
    DASHSCOPE_WORKSPACE: optionalText(),
    DASHSCOPE_IMAGE_MODEL: optionalText(),
    DASHSCOPE_IMAGE_EDIT_MODEL: optionalText(),
    DASHSCOPE_SPEECH_MODEL: optionalText(),
    DASHSCOPE_VOICE_MODEL: choice("DASHSCOPE_VOICE_MODEL", enrollmentModels, undefined),
    DASHSCOPE_PORTRAIT_MODEL: choice("DASHSCOPE_PORTRAIT_MODEL", portraitModels, "wan2.2-s2v"),
    DASHSCOPE_PORTRAIT_RESOLUTION: choice("DASHSCOPE_PORTRAIT_RESOLUTION", ["480P", "720P"], "480P"),
    DASHSCOPE_LIPSYNC_MODEL: optionalText(),
    DASHSCOPE_VIDEO_MODEL: optionalText(),
    DASHSCOPE_PICTURE_VIDEO_MODEL: optionalText(),
    DASHSCOPE_VIDEO_RESOLUTION: choice("DASHSCOPE_VIDEO_RESOLUTION", resolutions, "720P"),
    DASHSCOPE_CHAT_MODEL: optionalText(),
    DASHSCOPE_CHAT_MAX_TOKENS: optionalNumber("DASHSCOPE_CHAT_MAX_TOKENS", { min: 1, max: 32_768, whole: true }),
    DASHSCOPE_CHAT_TIMEOUT_SECONDS: optionalNumber("DASHSCOPE_CHAT_TIMEOUT_SECONDS", { min: 1, max: 600 }),
    DASHSCOPE_MEMORY_TURNS: optionalNumber("DASHSCOPE_MEMORY_TURNS", { min: 0, max: 50, whole: true }),
    DASHSCOPE_MEMORY_TOKENS: optionalNumber("DASHSCOPE_MEMORY_TOKENS", { min: 0, max: 100_000, whole: true }),
    DASHSCOPE_PRICES: ratesSetting("DASHSCOPE_PRICES", { complaint: "provider.setting.prices", kinds: "both" }),
    DASHSCOPE_CONCURRENT: optionalNumber("DASHSCOPE_CONCURRENT", { min: 1, max: 1000, whole: true }),
    DASHSCOPE_STARTS_PER_SECOND: optionalNumber("DASHSCOPE_STARTS_PER_SECOND", { min: 1, max: 1000, whole: true }),
  })
  .transform((values) => {
    // The runtime states the default of a new installation; whoever states nothing keeps the earlier price.
    const imageModel = values.DASHSCOPE_IMAGE_MODEL ?? earlierImageModel;
    const speechModel = values.DASHSCOPE_SPEECH_MODEL ?? "cosyvoice-v3-flash";
    return {
      apiKey: values.DASHSCOPE_API_KEY,
      // The console also shows an address for programs written for another vendor's API, on the same host.
      baseUrl: `${values.DASHSCOPE_BASE_URL.replace(/\/(?:api|compatible-mode)\/v1$/, "")}/api/v1`,
      workspace: values.DASHSCOPE_WORKSPACE,
      imageModel,
      imageEditModel: values.DASHSCOPE_IMAGE_EDIT_MODEL ?? imageModel,
      speechModel,
      enrollmentModel: values.DASHSCOPE_VOICE_MODEL ?? enrollmentFor(speechModel),
      portraitModel: values.DASHSCOPE_PORTRAIT_MODEL,
      portraitResolution: values.DASHSCOPE_PORTRAIT_RESOLUTION,
      lipSyncModel: values.DASHSCOPE_LIPSYNC_MODEL ?? "videoretalk",
      videoModel: values.DASHSCOPE_VIDEO_MODEL ?? "wan2.7-t2v",
      pictureVideoModel: values.DASHSCOPE_PICTURE_VIDEO_MODEL ?? "wan2.7-i2v",
      videoResolution: values.DASHSCOPE_VIDEO_RESOLUTION,
      chat: {
        model: values.DASHSCOPE_CHAT_MODEL ?? defaultChatModel,
        maxTokens: values.DASHSCOPE_CHAT_MAX_TOKENS ?? 2048,
        timeoutMs: (values.DASHSCOPE_CHAT_TIMEOUT_SECONDS ?? 60) * 1_000,
      },
      memory: { turns: values.DASHSCOPE_MEMORY_TURNS ?? 5, tokens: values.DASHSCOPE_MEMORY_TOKENS ?? 4096 },
      rates: values.DASHSCOPE_PRICES,
      concurrent: values.DASHSCOPE_CONCURRENT ?? 2,
      startsPerSecond: values.DASHSCOPE_STARTS_PER_SECOND ?? 2,
    };
  });

/** What the variables mean. */
export type DashscopeSettings = z.output<typeof dashscopeSchema>;

/** Whether a speech model is a Qwen model, which decides the protocol. */
export function isQwenSpeech(model: string): boolean {
  return model.startsWith("qwen");
}

function enrollmentFor(speechModel: string): EnrollmentModel {
  return isQwenSpeech(speechModel) ? "qwen-voice-enrollment" : "voice-enrollment";
}
