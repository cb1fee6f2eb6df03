/** One chat model of the vendor, by the domain that names it in a request. */
interface ChatModel {
  /** Where it is asked, on the chat service's host. Another model's path is refused with 10003 or 11200. */
  path: string;
  /** The most tokens of instructions, dialogue and question together. */
  maxTokens: number;
}

/**
 * The chat models. The SDK document names the models `general` and `generalv2` with their limits, but no address: these
 * are from the vendor's page about chat over WebSocket (https://www.xfyun.cn/doc/spark/Web.html).
 */
export const chatModels: Readonly<Record<string, ChatModel>> = {
  general: { path: "/v1.1/chat", maxTokens: 4096 },
  lite: { path: "/v1.1/chat", maxTokens: 8192 },
  generalv2: { path: "/v2.1/chat", maxTokens: 8192 },
  generalv3: { path: "/v3.1/chat", maxTokens: 8192 },
  "pro-128k": { path: "/chat/pro-128k", maxTokens: 131_072 },
  "generalv3.5": { path: "/v3.5/chat", maxTokens: 8192 },
  "max-32k": { path: "/chat/max-32k", maxTokens: 32_768 },
  "4.0Ultra": { path: "/v4.0/chat", maxTokens: 8192 },
  x1: { path: "/v1/x1", maxTokens: 32_768 },
};

/** For a model that is not listed; the vendor refuses what is too long for it (10907). */
export const usualMaxTokens = 8192;
