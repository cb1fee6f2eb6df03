/** One message of a dialogue with the sandbox's language model. */
export interface ModelMessage {
  role: "system" | "user" | "assistant" | "tool";
  content: string;
}

/** A function that the caller offers to the model. */
export interface ModelFunction {
  name: string;
  parameters?: unknown;
}

/** What the model says: a text, or a function that it asks its caller to run. */
export interface ModelReply {
  text: string;
  call?: { name: string; arguments: string };
}

const longestEcho = 200;

/**
 * A language model without any language in it: what it says depends only on the dialogue, in the language of the last
 * question, so that a second answer fits the first. It asks for a function whose name the question contains, with the
 * JSON object in the question as its arguments, once: the function's result is then part of the answer.
 */
export function replyOf(messages: readonly ModelMessage[], functions: readonly ModelFunction[] = []): ModelReply {
  const asked = messages.filter(({ role }) => role === "user").map(({ content }) => shorten(content));
  const question = asked.at(-1) ?? "";
  const last = messages.at(-1);
  const named = functions.find(({ name }) => question.includes(name));
  if (named !== undefined && last?.role === "user") {
    return { text: "", call: { name: named.name, arguments: /\{.*\}/s.exec(last.content)?.[0] ?? "{}" } };
  }
  const facts = {
    question,
    earlier: asked.slice(0, -1),
    instructions: messages.find(({ role }) => role === "system")?.content,
    result: last?.role === "tool" ? shorten(last.content) : undefined,
  };
  return { text: /\p{Script=Han}/u.test(question) ? inChinese(facts) : inEnglish(facts) };
}

interface Facts {
  question: string;
  earlier: readonly string[];
  instructions: string | undefined;
  result: string | undefined;
}

function inEnglish({ question, earlier, instructions, result }: Facts): string {
  return [
    "[SANDBOX answer, no real model was asked]",
    `Your question: “${question}”`,
    ...(earlier.length > 0
      ? [`It is question ${earlier.length + 1} of this conversation; the one before was “${earlier.at(-1)}”.`]
      : []),
    ...(instructions ? [`Asked to answer like this: “${shorten(instructions)}”.`] : []),
    ...(result === undefined ? [] : [`The function returned: ${result}`]),
    "A real model would answer here, piece by piece, as this text arrives: first a few words, then a sentence, then the rest.",
    "What you see while it arrives is kept. If it breaks off or you stop it, you have what had arrived by then.",
  ].join("\n");
}

function inChinese({ question, earlier, instructions, result }: Facts): string {
  return [
    "【沙箱回答，未使用真实模型】",
    `您的问题：“${question}”`,
    ...(earlier.length > 0 ? [`这是本次对话的第 ${earlier.length + 1} 个问题，上一个是“${earlier.at(-1)}”。`] : []),
    ...(instructions ? [`回答要求：“${shorten(instructions)}”。`] : []),
    ...(result === undefined ? [] : [`函数返回：${result}`]),
    "真实模型会在这里作答，并像这段文字一样逐段到达：先是几个字，然后是一句话，最后是全文。",
    "到达过程中看到的内容都会保留。如果中断或被您停止，已到达的部分仍在。",
  ].join("\n");
}

function shorten(text: string): string {
  const characters = [...text.trim()];
  return characters.length > longestEcho ? `${characters.slice(0, longestEcho).join("")}…` : characters.join("");
}
