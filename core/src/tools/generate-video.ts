import { integer, media, provider, text } from "./field.ts";
import { suggestedSizes, writtenSize } from "./suggest-sizes.ts";
import { defineTool, step } from "./tool.ts";

/** Suggested for a provider that suggests none. */
const commonSizes: readonly string[] = ["720P", "1080P", "1280x720", "720x1280", "1920x1080", "1080x1920"];

/** Makes a video from a description or, with a picture, one that begins with it. */
export const generateVideo = defineTool({
  name: "generate_video",
  command: "video",
  effect: "spends",
  title: { en: "Generate a video", "zh-CN": "生成视频" },
  summary: {
    en: "Makes a short video from a description, or from a picture it begins with.",
    "zh-CN": "根据文字描述生成短视频，也可以让一张图片动起来。",
  },
  primary: "prompt",
  input: {
    prompt: text({
      title: { en: "Prompt", "zh-CN": "画面描述" },
      summary: { en: "What happens in it; up to 1,500 characters.", "zh-CN": "视频里发生什么，最多 1500 字。" },
      maxLength: 1_500,
      multiline: true,
    }),
    image: media({
      title: { en: "First frame", "zh-CN": "首帧图片" },
      summary: { en: "The picture it begins with. Default: none.", "zh-CN": "视频由此图开始。默认无。" },
      limits: { kind: "image" },
      optional: true,
    }),
    duration: integer({
      title: { en: "Seconds", "zh-CN": "时长（秒）" },
      summary: {
        en: "Each one is charged. Default: the provider's, e.g. 5.",
        "zh-CN": "按秒计费。默认由服务商决定，如 5。",
      },
      minimum: 1,
      maximum: 60,
      optional: true,
    }),
    size: text({
      title: { en: "Size", "zh-CN": "尺寸" },
      summary: {
        en: "480P, 720P, 1080P or e.g. 720x1280: it decides the price. Default: the operator's.",
        "zh-CN": "480P、720P、1080P 或如 720x1280，影响价格。默认由管理员设定。",
      },
      maxLength: 11,
      completes: true,
      optional: true,
    }),
    seed: integer({
      title: { en: "Seed", "zh-CN": "随机种子" },
      summary: { en: "The same seed gives a similar video.", "zh-CN": "相同种子可生成相近的视频。" },
      minimum: 0,
      maximum: 2_147_483_647,
      optional: true,
    }),
    provider: provider({ capabilities: ["video"] }),
  },
  examples: [
    {
      title: { en: "Film a kitten by moonlight", "zh-CN": "拍一只月光下的小猫" },
      input: { prompt: { en: "A kitten running in the moonlight", "zh-CN": "一只小猫在月光下奔跑" }, size: "720P" },
    },
  ],
  complete: async (_field, partial, context) => suggestedSizes("video", partial, context, commonSizes),
  async check(input) {
    return input.size === undefined ? input : { ...input, size: writtenSize(input.size) };
  },
  steps: (input) => [
    step({
      name: "video",
      title: { en: "Video", "zh-CN": "视频" },
      capability: "video",
      request: (context) => ({
        prompt: input.prompt,
        ...(input.image === undefined ? {} : { image: context.asset(input.image) }),
        durationSeconds: input.duration,
        size: input.size,
        seed: input.seed,
      }),
    }),
  ],
  describe: (_job, input) => ({ title: `“${input.prompt}”` }),
});
