import { describeQuestion, historyOf, recallable, type StoredTurn } from "./dialogue.ts";
import { flag, media, provider, text } from "./field.ts";
import { defineTool, step, type ToolContext } from "./tool.ts";

/** How many of the caller's jobs are searched for the conversation so far. */
const jobsLookedThrough = 60;
/** How much of it is stored with a question, in characters; far more than any model is sent. */
const mostRecalled = 60_000;

/**
 * Answers questions with a language model, as one conversation in each place until the caller starts over. What a model
 * is sent of it is its provider's to decide.
 */
export const askAssistant = defineTool({
  name: "ask_assistant",
  command: "ask",
  effect: "spends",
  makesMedia: false,
  title: { en: "Ask", "zh-CN": "提问" },
  summary: {
    en: "Answers a question with a language model. Ask again to go on.",
    "zh-CN": "由语言模型回答问题，可继续追问。",
  },
  primary: "question",
  input: {
    question: text({
      title: { en: "Question", "zh-CN": "问题" },
      summary: { en: "Up to 10,000 characters.", "zh-CN": "最多 10000 字。" },
      maxLength: 10_000,
      multiline: true,
    }),
    image: media({
      title: { en: "Picture", "zh-CN": "图片" },
      summary: {
        en: "A picture that it is about, if the model sees pictures. Default: none.",
        "zh-CN": "问题所涉及的图片（须模型支持）。默认无。",
      },
      limits: { kind: "image" },
      optional: true,
    }),
    instructions: text({
      title: { en: "How to answer", "zh-CN": "回答要求" },
      summary: { en: "E.g. in one sentence; up to 1,000 characters.", "zh-CN": "如“一句话回答”，最多 1000 字。" },
      maxLength: 1_000,
      optional: true,
    }),
    new: flag({
      title: { en: "Start over", "zh-CN": "重新开始" },
      summary: { en: "Forgets the conversation so far. Default no.", "zh-CN": "清除此前的对话。默认否。" },
      optional: true,
    }),
    provider: provider({ capabilities: ["text"] }),
  },
  examples: [
    {
      title: { en: "Ask anything", "zh-CN": "随便问问" },
      input: { question: { en: "Why is the sky blue?", "zh-CN": "天空为什么是蓝色的？" } },
    },
  ],
  async recall(input, context) {
    return recallable(input.new === true ? [] : await conversationSoFar(context));
  },
  steps: (input) => [
    step({
      name: "answer",
      title: { en: "Answer", "zh-CN": "回答" },
      capability: "text",
      request: (context) => ({
        question: input.question,
        image: input.image === undefined ? undefined : context.asset(input.image),
        instructions: input.instructions,
        history: historyOf(context),
      }),
    }),
  ],
  describe: (job, input, locale) =>
    describeQuestion(job, { question: input.question, next: { command: "ask", input: {} } }, locale),
});

/** What the caller asked in this place and was answered, oldest first, since they last started over. */
async function conversationSoFar({ jobs, caller }: ToolContext): Promise<StoredTurn[]> {
  const turns: StoredTurn[] = [];
  const { surface, conversation } = caller.place;
  let left = mostRecalled;
  for (const job of await jobs.list({ limit: jobsLookedThrough })) {
    const { place } = job.caller;
    if (job.tool !== "ask_assistant" || place.surface !== surface || place.conversation !== conversation) {
      continue;
    }
    const { question } = job.input;
    const answer = job.steps[0]?.text;
    if (typeof question === "string" && answer && job.state.phase === "succeeded") {
      left -= question.length + answer.length;
      if (left < 0) {
        break;
      }
      turns.unshift({ question, answer });
    }
    // However this question ends, everything before it is forgotten.
    if (job.input.new === true) {
      break;
    }
  }
  return turns;
}
