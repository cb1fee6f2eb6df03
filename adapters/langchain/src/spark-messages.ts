import { AIMessage, type BaseMessage, ToolMessage } from "@langchain/core/messages";
import type { SparkMessage } from "@toolcast/core/provider";

/**
 * A dialogue as Spark reads it: instructions first, then questions and answers in turn. It has no role for a function's
 * result, which becomes part of the next question.
 */
export function sparkMessages(messages: readonly BaseMessage[]): SparkMessage[] {
  const instructions = messages.filter(isSystem).map(({ text }) => text);
  const said: SparkMessage[] = [];
  for (const message of messages) {
    if (isSystem(message)) {
      continue;
    }
    const role = AIMessage.isInstance(message) ? "assistant" : "user";
    const content = contentOf(message);
    const last = said.at(-1);
    if (last?.role === role) {
      said[said.length - 1] = { role, content: `${last.content}\n\n${content}` };
    } else {
      said.push({ role, content });
    }
  }
  return [
    ...(instructions.length === 0 ? [] : [{ role: "system" as const, content: instructions.join("\n\n") }]),
    ...said,
  ];
}

function isSystem(message: BaseMessage): boolean {
  return message.type === "system";
}

function contentOf(message: BaseMessage): string {
  if (ToolMessage.isInstance(message)) {
    return `Result of the function: ${message.text}`;
  }
  const calls = AIMessage.isInstance(message) ? (message.tool_calls ?? []) : [];
  return [message.text, ...calls.map(({ name, args }) => `${name}(${JSON.stringify(args)})`)]
    .filter(Boolean)
    .join("\n");
}
