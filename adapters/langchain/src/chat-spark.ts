import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import type { BaseLanguageModelInput } from "@langchain/core/language_models/base";
import {
  BaseChatModel,
  type BaseChatModelCallOptions,
  type BaseChatModelParams,
  type BindToolsInput,
} from "@langchain/core/language_models/chat_models";
import { AIMessageChunk, type BaseMessage } from "@langchain/core/messages";
import { type ChatGeneration, ChatGenerationChunk, type ChatResult } from "@langchain/core/outputs";
import type { Runnable } from "@langchain/core/runnables";
import { convertToOpenAITool } from "@langchain/core/utils/function_calling";
import { createHttp, systemClock, ToolcastError } from "@toolcast/core";
import type { Clock } from "@toolcast/core/engine";
import { type Http, openSparkChat, type SparkChat, type StartEnd, spark } from "@toolcast/core/provider";
import { say } from "@toolcast/core/surface";
import { sparkMessages } from "./spark-messages.ts";

/** Where and how Spark's chat models are asked. */
export interface ChatSparkFields extends BaseChatModelParams {
  /** The application, from the vendor's console. */
  appId: string;
  /** Its key. */
  apiKey: string;
  /** Its secret, which signs and is never sent. */
  apiSecret: string;
  /** The model, e.g. `4.0Ultra`. Default `lite`. */
  domain?: string;
  /** The address of the chat service; needed with a model that is not listed. Default: the vendor's. */
  url?: string;
  /** How varied the answers are, 0 to 1; some models refuse 0. The vendor's default is 0.5. */
  temperature?: number;
  /** How many candidates to choose from, 1 to 6. The vendor's default is 4. */
  topK?: number;
  /** The longest answer in tokens, 1 to 4096. The vendor's default is 2048. */
  maxTokens?: number;
  /** Content review; the vendor knows only `default`. Default: not sent. */
  auditing?: "default";
  /** A session of the user. Default: none. */
  chatId?: string;
  /** Who asks; the vendor gets a hash of it and answers one question of each at a time. Default `langchain`. */
  user?: string;
  /** Further parameters, passed on unchanged. Default: none. */
  extra?: Readonly<Record<string, string | number | boolean>>;
  /**
   * The longest wait for a whole answer, and in a stream for its next piece, in milliseconds, 1,000 to 600,000. Default
   * 60,000.
   */
  timeoutMs?: number;
  /** Makes the connections. Default: our own, directly. */
  http?: Http;
  /** Tells the time for signatures and timeouts. Default: the machine's clock. */
  clock?: Clock;
}

/** What one call may say besides its messages. */
export interface ChatSparkCallOptions extends BaseChatModelCallOptions {
  /** Functions that the model may ask for. Default: none. */
  tools?: readonly BindToolsInput[];
}

type Done = Extract<StartEnd, { end: "done" }>;

/**
 * Spark's chat models for LangChain 1.x, over the vendor's own WebSocket: streamed, with tools. A question is asked once:
 * nothing here repeats it, because every attempt may be charged. Ending a stream early stops the answer, whose tokens are
 * charged all the same.
 */
export class ChatSpark extends BaseChatModel<ChatSparkCallOptions> {
  readonly #chat: SparkChat;
  readonly #user: string;
  readonly #domain: string;

  constructor(fields: ChatSparkFields) {
    super(fields);
    const { clock = systemClock, user = "langchain" } = fields;
    const settings = spark.schema.parse(variablesOf(fields));
    const http = fields.http ?? createHttp({ trustedHosts: () => spark.hosts(settings), clock });
    this.#chat = openSparkChat(settings, { http, clock });
    this.#user = user;
    this.#domain = settings.chat.domain;
  }

  static override lc_name(): string {
    return "ChatSpark";
  }

  override _llmType(): string {
    return "spark";
  }

  /** Neither keys nor an address. */
  override toJSON() {
    return this.toJSONNotImplemented();
  }

  override bindTools(
    tools: BindToolsInput[],
    kwargs: Partial<ChatSparkCallOptions> = {},
  ): Runnable<BaseLanguageModelInput, AIMessageChunk, ChatSparkCallOptions> {
    return this.withConfig({ tools, ...kwargs });
  }

  override async _generate(messages: BaseMessage[], options: this["ParsedCallOptions"]): Promise<ChatResult> {
    const end = await this.#ask(messages, options, {});
    const message = lastChunk(end, this.#domain, end.output.text ?? "");
    const generation: ChatGeneration = { text: end.output.text ?? "", message };
    return { generations: [generation], llmOutput: { tokenUsage: message.usage_metadata } };
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    const stop = new AbortController();
    const pieces: string[] = [];
    let wake = () => {};
    const asking = this.#ask(messages, options, {
      stop: stop.signal,
      onText(piece) {
        pieces.push(piece);
        wake();
      },
    });
    let end: Done | undefined;
    const ended = asking.then((done) => {
      end = done;
    });
    ended.catch(() => {});
    try {
      for (;;) {
        for (const text of pieces.splice(0)) {
          yield new ChatGenerationChunk({ text, message: new AIMessageChunk({ content: text }) });
          await runManager?.handleLLMNewToken(text);
        }
        if (end !== undefined && pieces.length === 0) {
          break;
        }
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        if (pieces.length === 0) {
          await Promise.race([promise, ended]);
        }
      }
      yield new ChatGenerationChunk({ text: "", message: lastChunk(end, this.#domain, "") });
    } finally {
      // A reader that stops reading wants no more.
      stop.abort();
    }
  }

  async #ask(
    messages: BaseMessage[],
    { signal, tools = [] }: this["ParsedCallOptions"],
    reading: { stop?: AbortSignal; onText?(piece: string): void },
  ): Promise<Done> {
    signal?.throwIfAborted();
    const functions = tools.map((tool) => convertToOpenAITool(tool).function as never);
    const end = await this.#chat.ask(
      { messages: sparkMessages(messages), functions },
      { callerId: this.#user, signal: signal ?? new AbortController().signal, ...reading },
    );
    if (end.end === "done") {
      return end;
    }
    signal?.throwIfAborted();
    const { failure } = end as Extract<StartEnd, { failure: unknown }>;
    throw new ToolcastError(say(failure.sentence, "en"), failure);
  }
}

/** Everything about an answer but its text: tokens, the vendor's id, and what the model wants to call. */
function lastChunk({ output }: Done, domain: string, content: string): AIMessageChunk {
  const { usage, functionCall, warning } = (output.facts ?? {}) as {
    usage?: { prompt?: number; completion?: number; total?: number };
    functionCall?: { name: string; arguments: string };
    warning?: string;
  };
  const call = functionCall && {
    ...{ type: "tool_call_chunk" as const, index: 0, id: output.requestId ?? "call" },
    ...{ name: functionCall.name, args: functionCall.arguments || "{}" },
  };
  const { prompt = 0, completion = 0, total } = usage ?? {};
  return new AIMessageChunk({
    content,
    tool_call_chunks: call && [call],
    usage_metadata:
      total === undefined ? undefined : { input_tokens: prompt, output_tokens: completion, total_tokens: total },
    response_metadata: {
      ...{ model_name: domain, finish_reason: functionCall === undefined ? "stop" : "tool_calls" },
      ...{ sid: output.requestId, warning },
    },
  });
}

/** The fields as the provider's settings, which check them. */
function variablesOf(fields: ChatSparkFields): Record<string, string | undefined> {
  const text = (value: number | undefined) => (value === undefined ? undefined : String(value));
  return {
    SPARK_APP_ID: fields.appId,
    SPARK_API_KEY: fields.apiKey,
    SPARK_API_SECRET: fields.apiSecret,
    SPARK_CHAT_DOMAIN: fields.domain,
    SPARK_CHAT_URL: fields.url,
    SPARK_TEMPERATURE: text(fields.temperature),
    SPARK_TOP_K: text(fields.topK),
    SPARK_MAX_TOKENS: text(fields.maxTokens),
    SPARK_AUDITING: fields.auditing,
    SPARK_CHAT_ID: fields.chatId,
    SPARK_CHAT_EXTRA: fields.extra === undefined ? undefined : JSON.stringify(fields.extra),
    SPARK_CHAT_TIMEOUT_SECONDS: text(fields.timeoutMs === undefined ? undefined : fields.timeoutMs / 1_000),
  };
}
