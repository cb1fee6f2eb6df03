import type { TelegramChatFullInfo, TelegramChatMember } from "@gramio/types";
import { badRequest, TelegramError } from "./api-error.ts";
import { chatOf } from "./chat-access.ts";
import type { Context } from "./context.ts";
import type { Handlers } from "./methods.ts";
import { fullChatPayload, memberPayload } from "./payloads.ts";
import { isMember } from "./world.ts";

export function chatHandlers(context: Context) {
  const { world } = context;
  return {
    getChat: (parameters): TelegramChatFullInfo => fullChatPayload(world, chatOf(context, parameters, "read")),
    getChatMember(parameters): TelegramChatMember {
      const userId = parameters.integer("user_id");
      if (userId === null) {
        throw badRequest("invalid user_id specified");
      }
      const chat = chatOf(context, parameters, "edit");
      if (!world.users.has(userId) && userId !== world.bot.id) {
        throw badRequest("user not found");
      }
      if (!chat.members.has(userId) && chat.kind === "channel" && chat.members.get(world.bot.id) !== "administrator") {
        throw badRequest("member list is inaccessible");
      }
      return memberPayload(world, chat, userId);
    },
    getChatAdministrators(parameters): TelegramChatMember[] {
      const chat = chatOf(context, parameters, "edit");
      if (chat.kind === "private") {
        throw badRequest("there are no administrators in the private chat");
      }
      // The list omits other bots, but not this one.
      return [...chat.members]
        .filter(([, status]) => status === "administrator" || status === "creator")
        .map(([id]) => memberPayload(world, chat, id));
    },
    getChatMemberCount(parameters): number {
      const chat = chatOf(context, parameters, "edit");
      return [...chat.members.keys()].filter((id) => isMember(chat, id)).length;
    },
    leaveChat(parameters): true {
      const chat = chatOf(context, parameters, "edit");
      if (chat.kind === "private") {
        throw new TelegramError(400, "Bad Request: chat not found");
      }
      chat.members.set(world.bot.id, "left");
      context.changed();
      return true;
    },
  } satisfies Handlers;
}
