import { UsageError } from "../../errors/errors.ts";
import type { LocalizedText } from "../../ground/locale.ts";
import { checkMedia } from "../../media/check-media.ts";
import type { MediaLimits } from "../../media/formats.ts";
import { dataAddress } from "../data-address.ts";
import { type MemoryLimits, remembered, tokensOf, wholeAnswerMs } from "../dialogue.ts";
import type { Operation, TextRequest } from "../operation.ts";
import type { ProviderTools } from "../provider.ts";
import { tokenPrice, tokenUnit } from "../rates.ts";
import type { ChatMessage, ChatModel } from "./ask.ts";

/** A model that answers questions. */
export interface AnsweringModel extends ChatModel {
  /** The provider's title for people. */
  title: LocalizedText;
  /** How much of a dialogue is sent along. */
  memory: MemoryLimits;
  /** The pictures it sees. Default: none. */
  pictures?: MediaLimits;
}

/** Answers a question within a dialogue. */
export function textOperation(model: AnsweringModel, { http }: Pick<ProviderTools, "http">): Operation<TextRequest> {
  return {
    maxDurationMs: wholeAnswerMs(model.timeoutMs),
    streams: true,
    validate({ question, image }) {
      if (question.trim() === "") {
        throw new UsageError({ key: "provider.text-empty" }, "question");
      }
      if (image !== undefined && model.pictures === undefined) {
        const values = { provider: model.title, model: model.model };
        throw new UsageError({ key: "provider.sees-no-pictures", values }, "image");
      }
      if (image !== undefined && model.pictures !== undefined) {
        checkMedia(image, model.pictures, "image");
      }
    },
    price(request) {
      if (request.image !== undefined) {
        return {
          known: false,
          dependsOn: { key: "provider.price.spark-image-understanding" },
          unit: tokenUnit(model.rates, model.model),
        };
      }
      const prompt = messagesOf(request, model).reduce((sum, { text }) => sum + tokensOf(text), 0);
      return tokenPrice(model.rates, { of: model.model, prompt, mostCompletion: model.maxTokens });
    },
    async start(request, context) {
      const picture = request.image === undefined ? undefined : await dataAddress(request.image, context);
      // Loaded with the first question, as its library is.
      const { askChatModel } = await import("./ask.ts");
      return askChatModel(model, messagesOf(request, model, picture), context, { http });
    },
  };
}

function messagesOf(
  { question, instructions, history = [] }: Omit<TextRequest, "image">,
  { memory }: AnsweringModel,
  picture?: string,
): ChatMessage[] {
  return [
    ...(instructions ? [{ role: "system" as const, text: instructions }] : []),
    ...remembered(history, memory).flatMap((turn) => [
      { role: "user" as const, text: turn.question },
      { role: "assistant" as const, text: turn.answer },
    ]),
    { role: "user", text: question, picture },
  ];
}
