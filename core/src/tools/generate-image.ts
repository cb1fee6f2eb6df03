import { UsageError } from "../errors/errors.ts";
import { integer, provider, text } from "./field.ts";
import { defineTool, type Step, type Suggestion, step, type ToolContext } from "./tool.ts";

/** Common sizes, suggested for a provider that suggests none; each provider checks its own list. */
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
 * Makes pictures from text. One start makes as many as the provider allows per call; each further start is a separate
 * step.
 */
export const generateImage = defineTool({
  name: "generate_image",
  command: "image",
  effect: "spends",
  title: { en: "Generate an image", "zh-CN": "生成图片" },
  summary: { en: "Makes a picture from a description.", "zh-CN": "根据文字描述生成图片。" },
  primary: "prompt",
  input: {
    prompt: text({
      title: { en: "Prompt", "zh-CN": "画面描述" },
      summary: { en: "What the picture should show; up to 1,000 characters.", "zh-CN": "描述画面内容，最多 1000 字。" },
      maxLength: 1_000,
      multiline: true,
    }),
    size: text({
      title: { en: "Size", "zh-CN": "尺寸" },
      summary: {
        en: "Width x height in pixels, e.g. 1024x1024, or 1K, 2K or 4K if the model has them. Default: the provider's own.",
        "zh-CN": "宽×高（像素），例如 1024x1024；部分模型支持 1K、2K、4K。默认由服务商决定。",
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
        en: "What the picture must not show, if the provider supports it.",
        "zh-CN": "画面中不希望出现的内容（须服务商支持）。",
      },
      maxLength: 500,
      multiline: true,
      optional: true,
    }),
    seed: integer({
      title: { en: "Seed", "zh-CN": "随机种子" },
      summary: {
        en: "The same seed repeats a picture, if the provider supports it. 0 to 2,147,483,647.",
        "zh-CN": "相同种子可复现图片（须服务商支持），0 到 2147483647。",
      },
      minimum: 0,
      maximum: 2_147_483_647,
      optional: true,
    }),
    provider: provider({ capabilities: ["image"] }),
  },
  examples: [
    {
      title: { en: "Paint a mountain at dawn", "zh-CN": "画一幅日照金山" },
      input: { prompt: { en: "A snow mountain in the first golden light", "zh-CN": "日照金山" }, size: "512x512" },
    },
  ],
  complete: async (_field, partial, context) => {
    const typed = partial.trim().toLowerCase();
    return suggestedSizes(context).filter(({ value }) => value.toLowerCase().startsWith(typed));
  },
  async check(input) {
    if ((input.count ?? 1) > 1 && input.seed !== undefined) {
      throw new UsageError({ key: "image.count-seed" }, "seed");
    }
    const size = input.size?.trim().replace(/[×*]/, "x").toLowerCase();
    return size === undefined ? input : { ...input, size: /^\dk$/.test(size) ? size.toUpperCase() : size };
  },
  steps: (input, plan) => shares(input.count ?? 1, plan.perCall.image ?? 1).map((share) => pictureStep(input, share)),
  describe: (_job, input) => ({
    title: `“${input.prompt}”`,
  }),
});

/** The sizes of each provider that makes pictures, in order of preference; if there are several, with who makes them. */
function suggestedSizes({ providers, caller }: ToolContext): Suggestion[] {
  const makers = providers.filter(({ operations }) => operations.image !== undefined);
  const titles = new Map<string, string[]>();
  for (const { operations, title } of makers) {
    for (const size of operations.image?.suggested?.size ?? commonSizes) {
      titles.set(size, [...(titles.get(size) ?? []), title[caller.locale]]);
    }
  }
  return [...titles].map(([value, of]) => ({
    value,
    label: makers.length > 1 ? `${value} (${of.join(", ")})` : value,
  }));
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
  input: { prompt: string; size?: string; negative_prompt?: string; seed?: number },
  { first, count }: Share,
): Step {
  const last = first + count - 1;
  return step({
    name: count === 1 ? `picture-${first}` : `pictures-${first}-${last}`,
    title:
      count === 1
        ? { en: `Picture ${first}`, "zh-CN": `第 ${first} 张图片` }
        : { en: `Pictures ${first} to ${last}`, "zh-CN": `第 ${first} 至 ${last} 张图片` },
    capability: "image",
    request: () => ({
      prompt: input.prompt,
      ...(count === 1 ? {} : { count }),
      size: input.size,
      negativePrompt: input.negative_prompt,
      seed: input.seed,
    }),
  });
}
