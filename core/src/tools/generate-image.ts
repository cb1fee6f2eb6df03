import { UsageError } from "../errors/errors.ts";
import { integer, media, provider, text } from "./field.ts";
import { suggestedSizes, writtenSize } from "./suggest-sizes.ts";
import { defineTool, type Step, step } from "./tool.ts";

/** Suggested for a provider that suggests none. */
const commonSizes: readonly string[] = [
  "512x512",
  "640x360",
  "640x480",
  "640x640",
  "680x512",
  "512x680",
  "768x768",
  "720x1280",
  "1280x720",
  "1024x1024",
];

/**
 * Makes pictures from text, or from a picture that the text says how to change. One start makes as many as the provider allows per call; each further start is a separate
 * step.
 */
export const generateImage = defineTool({
  name: "generate_image",
  command: "image",
  effect: "spends",
  title: { en: "Generate an image", "zh-CN": "生成图片" },
  summary: { en: "Makes a picture from a description, or changes one.", "zh-CN": "根据描述生成或修改图片。" },
  primary: "prompt",
  input: {
    prompt: text({
      title: { en: "Prompt", "zh-CN": "画面描述" },
      summary: { en: "What the picture should show; up to 1,000 characters.", "zh-CN": "描述画面内容，最多 1000 字。" },
      maxLength: 1_000,
      multiline: true,
    }),
    image: media({
      title: { en: "Picture", "zh-CN": "图片" },
      summary: {
        en: "A picture to change as the prompt says. Default: none.",
        "zh-CN": "按描述修改此图。默认无。",
      },
      limits: { kind: "image" },
      optional: true,
    }),
    size: text({
      title: { en: "Size", "zh-CN": "尺寸" },
      summary: {
        en: "E.g. 1024x1024, for some models 1K, 2K or 4K. Default: the provider's.",
        "zh-CN": "例如 1024x1024，部分模型可填 1K、2K、4K。默认由服务商决定。",
      },
      maxLength: 11,
      completes: true,
      optional: true,
    }),
    count: integer({
      title: { en: "Number of pictures", "zh-CN": "数量" },
      summary: { en: "From 1 to 4; each is charged. Default 1.", "zh-CN": "1 到 4 张，按张计费。默认 1 张。" },
      minimum: 1,
      maximum: 4,
      optional: true,
    }),
    negative_prompt: text({
      title: { en: "Negative prompt", "zh-CN": "反向描述" },
      summary: {
        en: "What must not be in it, if the provider supports it.",
        "zh-CN": "不希望出现的内容（须服务商支持）。",
      },
      maxLength: 500,
      multiline: true,
      optional: true,
    }),
    seed: integer({
      title: { en: "Seed", "zh-CN": "随机种子" },
      summary: {
        en: "The same seed repeats a picture, if the provider supports it.",
        "zh-CN": "相同种子可复现图片（须服务商支持）。",
      },
      minimum: 0,
      maximum: 2_147_483_647,
      optional: true,
    }),
    provider: provider({ capabilities: ["image", "imageEditing"] }),
  },
  examples: [
    {
      title: { en: "Paint a mountain at dawn", "zh-CN": "画一幅日照金山" },
      input: { prompt: { en: "A snow mountain in the first golden light", "zh-CN": "日照金山" }, size: "512x512" },
    },
  ],
  complete: async (_field, partial, context) => suggestedSizes("image", partial, context, commonSizes),
  async check(input, { providers }) {
    if (input.image !== undefined && !providers.some(({ operations }) => operations.imageEditing)) {
      throw new UsageError({ key: "image.edit-unserved" }, "image");
    }
    if ((input.count ?? 1) > 1 && input.seed !== undefined) {
      throw new UsageError({ key: "image.count-seed" }, "seed");
    }
    return input.size === undefined ? input : { ...input, size: writtenSize(input.size) };
  },
  steps: (input, plan) =>
    shares(input.count ?? 1, plan.perCall[capabilityFor(input)] ?? 1).map((share) => pictureStep(input, share)),
  describe: (_job, input) => ({
    title: `“${input.prompt}”`,
  }),
});

/** Changing a given picture is another capability: few providers have it. */
function capabilityFor({ image }: { image?: string }): "image" | "imageEditing" {
  return image === undefined ? "image" : "imageEditing";
}

/** The pictures that one start makes: `count` of them, starting with number `first`. */
interface Share {
  first: number;
  count: number;
}

function shares(count: number, most: number): Share[] {
  const starts = Math.ceil(count / most);
  return Array.from({ length: starts }, (_, index) => ({
    first: index * most + 1,
    count: Math.min(most, count - index * most),
  }));
}

function pictureStep(
  input: { prompt: string; image?: string; size?: string; negative_prompt?: string; seed?: number },
  { first, count }: Share,
): Step {
  const last = first + count - 1;
  const { image } = input;
  const named = {
    name: count === 1 ? `picture-${first}` : `pictures-${first}-${last}`,
    title:
      count === 1
        ? { en: `Picture ${first}`, "zh-CN": `第 ${first} 张图片` }
        : { en: `Pictures ${first} to ${last}`, "zh-CN": `第 ${first} 至 ${last} 张图片` },
  };
  const request = {
    prompt: input.prompt,
    ...(count === 1 ? {} : { count }),
    size: input.size,
    negativePrompt: input.negative_prompt,
    seed: input.seed,
  };
  return image === undefined
    ? step({ ...named, capability: "image", request: () => request })
    : step({
        ...named,
        capability: "imageEditing",
        request: (context) => ({ ...request, image: context.asset(image) }),
      });
}
