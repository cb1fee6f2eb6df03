import { badRequest } from "./api-error.ts";
import { chatOf, checkSendRights, threadOf } from "./chat-access.ts";
import type { Context } from "./context.ts";
import { textOf } from "./formatted-text.ts";
import { telegramLimits } from "./limits.ts";
import type { Handlers } from "./methods.ts";
import type { Parameters } from "./parameters.ts";
import { readRichMessage } from "./rich-messages.ts";
import { formattedValues } from "./send-methods.ts";
import type { Draft } from "./world.ts";

export function draftHandlers(context: Context) {
  const { world, clock } = context;

  function show(parameters: Parameters, shown: Pick<Draft, "body" | "blocks">): true {
    const draftId = parameters.integer("draft_id");
    if (draftId === null || draftId === 0) {
      throw badRequest("DRAFT_ID_INVALID");
    }
    const chat = chatOf(context, parameters, "write");
    if (chat.kind !== "private") {
      throw badRequest("method is available only for private chats");
    }
    checkSendRights(context, chat, { kind: "text", body: { text: "", entities: [] }, preview: null });
    const threadId = threadOf(context, chat, parameters);
    const at = world.drafts.findIndex((draft) => draft.chatId === chat.id && draft.threadId === threadId);
    const before = at === -1 ? null : world.drafts[at]!;
    if (before?.draftId === draftId && before.stopped) {
      throw badRequest("DRAFT_STOPPED");
    }
    const draft: Draft = {
      chatId: chat.id,
      threadId,
      draftId,
      ...shown,
      canStop: parameters.flag("can_stop"),
      keepOnStop: parameters.flag("keep_on_stop"),
      until: clock.now() + telegramLimits.draftShownMs,
      stopped: false,
    };
    world.drafts.splice(at === -1 ? world.drafts.length : at, at === -1 ? 0 : 1, draft);
    context.changed();
    return true;
  }

  return {
    sendMessageDraft(parameters): true {
      const body = textOf(formattedValues(parameters), "text", "entities");
      if (body.text.length > telegramLimits.textUnits) {
        throw badRequest("message is too long");
      }
      return show(parameters, { body, blocks: null });
    },
    sendRichMessageDraft(parameters): true {
      const content = readRichMessage(context, parameters, { onlyKnownFiles: true, isDraft: true });
      return show(parameters, { body: null, blocks: content.kind === "rich" ? content.blocks : null });
    },
  } satisfies Handlers;
}

export function settingsHandlers(context: Context) {
  const { bot } = context.world;
  return {
    setMySettings(parameters) {
      const mode = parameters.text("callback_query_mode");
      if (mode !== null && !["default", "auto", "inline"].includes(mode)) {
        throw badRequest("CALLBACK_QUERY_MODE_INVALID");
      }
      const given = (name: string) => parameters.values[name] !== undefined;
      bot.callbackQueryMode = (mode ?? bot.callbackQueryMode) as typeof bot.callbackQueryMode;
      bot.inline = given("supports_inline_queries") ? parameters.flag("supports_inline_queries") : bot.inline;
      bot.guest = given("supports_guest_queries") ? parameters.flag("supports_guest_queries") : bot.guest;
      bot.canJoinGroups = given("can_join_groups") ? parameters.flag("can_join_groups") : bot.canJoinGroups;
      bot.topics = given("has_topics_enabled") ? parameters.flag("has_topics_enabled") : bot.topics;
      bot.readsAllGroupMessages = given("can_read_all_group_messages")
        ? parameters.flag("can_read_all_group_messages")
        : bot.readsAllGroupMessages;
      const share = parameters.integer("inline_feedback_share_denominator");
      bot.inlineFeedback = share === null ? bot.inlineFeedback : share > 0;
      return true;
    },
  } satisfies Handlers;
}
