import type { Json } from "../ground/json.ts";
import { say } from "../messages/sentence.ts";
import { describeQuestion, historyOf, recallable, type StoredTurn } from "./dialogue.ts";
import { flag, media, provider, text } from "./field.ts";
import { defineTool, step, type ToolContext } from "./tool.ts";

/** How many of the caller's jobs are searched for earlier questions about a picture. */
const jobsLookedThrough = 50;

/**
 * Answers questions about a picture. Questions about the same picture form one dialogue until the caller starts over.
 */
export const describeImage = defineTool({
  name: "describe_image",
  command: "describe",
  effect: "spends",
  makesMedia: false,
  title: { en: "Describe a picture", "zh-CN": "图片理解" },
  summary: {
    en: "Says what a picture shows, or answers a question about it. Ask again to follow up.",
    "zh-CN": "描述图片或回答相关问题，可继续追问。",
  },
  primary: "question",
  input: {
    image: media({
      title: { en: "Picture", "zh-CN": "图片" },
      summary: {
        en: "jpg or png, at most 4 MB, sides of 50 to 6,000 pixels.",
        "zh-CN": "jpg 或 png，不超过 4 MB，边长 50 至 6000 像素。",
      },
      limits: { kind: "image" },
    }),
    question: text({
      title: { en: "Question", "zh-CN": "问题" },
      summary: {
        en: "What you want to know; up to 1,000 characters. Default: what the picture shows.",
        "zh-CN": "您想了解的内容，最多 1000 字。默认描述图片内容。",
      },
      maxLength: 1_000,
      multiline: true,
      optional: true,
    }),
    fresh: flag({
      title: { en: "Start over", "zh-CN": "重新开始" },
      summary: {
        en: "Forgets what was said about it before. Default no.",
        "zh-CN": "清除此前关于这张图片的问答。默认否。",
      },
      optional: true,
    }),
    provider: provider({ capabilities: ["imageUnderstanding"] }),
  },
  async check(input, { caller }) {
    return { ...input, question: input.question ?? say({ key: "describe.usual-question" }, caller.locale) };
  },
  async recall({ image, fresh }, context) {
    return recallable(fresh === true ? [] : await earlierTurns(image, context));
  },
  steps: (input) => [
    step({
      name: "answer",
      title: { en: "Answer", "zh-CN": "回答" },
      capability: "imageUnderstanding",
      request: (context) => ({
        image: context.asset(input.image),
        question: input.question ?? "",
        history: historyOf(context),
      }),
    }),
  ],
  describe: (job, input, locale) =>
    describeQuestion(
      job,
      { question: input.question, next: { command: "describe", input: { image: input.image } } },
      locale,
    ),
});

/** What the caller asked about this picture, oldest first, since they last started over. */
async function earlierTurns(image: string, { jobs, asset }: ToolContext): Promise<StoredTurn[]> {
  const picture = await asset(image);
  if (picture === null) {
    return [];
  }
  const turns: StoredTurn[] = [];
  for (const job of await jobs.list({ limit: jobsLookedThrough })) {
    const { image: seen, question, fresh } = job.input as { image?: Json; question?: Json; fresh?: Json };
    if (job.tool !== "describe_image" || typeof seen !== "string" || typeof question !== "string") {
      continue;
    }
    if ((await asset(seen))?.hash !== picture.hash) {
      continue;
    }
    const answer = job.steps[0]?.text;
    if (answer && job.state.phase === "succeeded") {
      turns.unshift({ question, answer });
    }
    // However this question ends, everything before it is forgotten.
    if (fresh === true) {
      break;
    }
  }
  return turns;
}
