import type { TelegramSentGuestMessage } from "@gramio/types";
import { isObject, type JsonObject } from "../json.ts";
import { badRequest, tooManyRequests } from "./api-error.ts";
import type { Context } from "./context.ts";
import { inlineContent } from "./inline-results.ts";
import { telegramLimits } from "./limits.ts";
import { addMessage } from "./messages.ts";
import type { Handlers } from "./methods.ts";
import type { Message } from "./world.ts";

const tooOld = () => badRequest("query is too old and response timeout expired or query ID is invalid");

/** Gives a message an inline_message_id, the only way for the bot to edit it. */
export function inlineIdOf(context: Context, message: Message): string {
  message.inlineId ??= `AgAAA${Buffer.from(`inline ${context.next()}`).toString("base64url")}`;
  context.world.inlineMessages.set(message.inlineId, message);
  return message.inlineId;
}

export function queryHandlers(context: Context) {
  const { clock, world } = context;
  return {
    answerCallbackQuery(parameters): true {
      const press = context.presses.get(parameters.text("callback_query_id") ?? "");
      if (press === undefined || clock.now() - press.at > telegramLimits.callbackAnswerMs || press.answer !== null) {
        throw tooOld();
      }
      const text = parameters.text("text") ?? "";
      if (text.length > telegramLimits.callbackAnswerUnits) {
        throw badRequest("MESSAGE_TOO_LONG");
      }
      const url = parameters.text("url");
      if (
        url !== null &&
        !new RegExp(`^(https://t\\.me/|tg://resolve\\?domain=)${world.bot.username}`, "i").test(url)
      ) {
        throw badRequest("URL_INVALID");
      }
      press.answer = { text, alert: parameters.flag("show_alert"), url };
      context.changed();
      return true;
    },
    answerInlineQuery(parameters): true {
      const ask = context.asks.get(parameters.text("inline_query_id") ?? "");
      const results = parameters.list("results") ?? [];
      if (results.length > telegramLimits.inlineResults) {
        throw badRequest("RESULTS_TOO_MUCH");
      }
      const ids = new Set<string>();
      for (const result of results) {
        if (!isObject(result)) {
          throw badRequest("can't parse inline query result: Inline query result must be an object");
        }
        const id = String(result.id ?? "");
        if (id === "" || Buffer.byteLength(id) > telegramLimits.inlineResultIdBytes) {
          throw badRequest("RESULT_ID_INVALID");
        }
        if (ids.has(id)) {
          throw badRequest("RESULT_ID_DUPLICATE");
        }
        ids.add(id);
        inlineContent(context, result);
      }
      if (ask === undefined || clock.now() - ask.at > telegramLimits.inlineAnswerMs || ask.results !== null) {
        throw tooOld();
      }
      const button = parameters.object("button");
      const start = button?.start_parameter;
      if (start !== undefined && !/^[A-Za-z0-9_-]{1,64}$/.test(String(start))) {
        throw badRequest("START_PARAM_INVALID");
      }
      ask.results = results as JsonObject[];
      ask.button = button;
      context.changed();
      return true;
    },
    answerGuestQuery(parameters): TelegramSentGuestMessage {
      const call = context.guestCalls.get(parameters.text("guest_query_id") ?? "");
      const result = parameters.object("result");
      if (result === null) {
        throw badRequest("result isn't specified");
      }
      const { content, markup } = inlineContent(context, result);
      if (call === undefined) {
        throw tooOld();
      }
      if (call.answers >= telegramLimits.guestAnswers) {
        throw tooManyRequests(60);
      }
      call.answers += 1;
      const message = addMessage(context, {
        chat: world.chats.get(call.message.chatId)!,
        fromId: world.bot.id,
        content,
        markup,
        replyTo: call.message,
        threadId: call.message.threadId,
        guestCallerId: call.message.fromId,
      });
      return { inline_message_id: inlineIdOf(context, message) };
    },
  } satisfies Handlers;
}
