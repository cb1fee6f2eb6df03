import type { TelegramBotCommand } from "@gramio/types";
import { isObject, type JsonObject } from "../json.ts";
import { badRequest } from "./api-error.ts";
import { checkAccess, findChat } from "./chat-access.ts";
import type { Context } from "./context.ts";
import { telegramLimits } from "./limits.ts";
import type { Handlers } from "./methods.ts";
import type { Parameters } from "./parameters.ts";
import { type Chat, isAdministrator } from "./world.ts";

const scopes = [
  "default",
  "all_private_chats",
  "all_group_chats",
  "all_chat_administrators",
  "chat",
  "chat_administrators",
  "chat_member",
];

function keyOf(scope: JsonObject, language: string): string {
  return `${String(scope.type)} ${String(scope.chat_id ?? "")} ${String(scope.user_id ?? "")}|${language}`;
}

function scopeOf(context: Context, parameters: Parameters): JsonObject {
  const scope = parameters.object("scope") ?? { type: "default" };
  const refuse = (reason: string) => badRequest(`can't parse BotCommandScope: ${reason}`);
  const { type } = scope;
  if (typeof type !== "string") {
    throw refuse(`Can't find field "type"`);
  }
  if (!scopes.includes(type)) {
    throw refuse("Unsupported type specified");
  }
  if (!type.startsWith("chat")) {
    return { type };
  }
  const chat = findChat(context, String(scope.chat_id ?? ""));
  if (chat === null) {
    throw badRequest("chat not found");
  }
  checkAccess(context, chat, "edit");
  if (type !== "chat" && chat.kind === "private") {
    throw badRequest("can't use specified scope in private chats");
  }
  if (chat.kind === "channel") {
    throw badRequest("can't change commands in channel chats");
  }
  if (type === "chat_member" && scope.user_id === undefined) {
    throw refuse(`Can't find field "user_id"`);
  }
  return { type, chat_id: chat.id, ...(type === "chat_member" ? { user_id: Number(scope.user_id) } : {}) };
}

function languageOf(parameters: Parameters): string {
  const language = parameters.text("language_code") ?? "";
  if (!/^([a-z]{2})?$/.test(language)) {
    throw badRequest("LANG_CODE_INVALID");
  }
  return language;
}

/** One bad name makes the server refuse the whole list. */
function commandsOf(parameters: Parameters): TelegramBotCommand[] {
  const list = parameters.list("commands");
  if (list === null) {
    throw badRequest("can't parse commands JSON object");
  }
  if (list.length > telegramLimits.commands) {
    throw badRequest("BOT_COMMANDS_TOO_MUCH");
  }
  return list.map((item) => {
    if (!isObject(item) || typeof item.command !== "string" || typeof item.description !== "string") {
      throw badRequest("can't parse BotCommand: expected an Object");
    }
    const command = item.command.replace(/^\//, "");
    const { commandName, commandDescription } = telegramLimits;
    if (command === "") {
      throw badRequest("command must be non-empty");
    }
    if ([...command].length > commandName) {
      throw badRequest(`command length must not exceed ${commandName}`);
    }
    if (item.description.trim() === "") {
      throw badRequest("command description must be non-empty");
    }
    if ([...item.description].length > commandDescription) {
      throw badRequest(`command description length must not exceed ${commandDescription}`);
    }
    if (!/^[a-z0-9_]+$/.test(command)) {
      throw badRequest("BOT_COMMAND_INVALID");
    }
    return {
      command,
      description: item.description,
      ...(item.is_ephemeral === true ? { is_ephemeral: true } : {}),
    };
  });
}

export function commandHandlers(context: Context) {
  return {
    setMyCommands(parameters): true {
      const commands = commandsOf(parameters);
      const key = keyOf(scopeOf(context, parameters), languageOf(parameters));
      if (commands.length === 0) {
        context.commands.delete(key);
      } else {
        context.commands.set(key, commands as unknown as readonly JsonObject[]);
      }
      return true;
    },
    getMyCommands(parameters): TelegramBotCommand[] {
      const key = keyOf(scopeOf(context, parameters), languageOf(parameters));
      return [...(context.commands.get(key) ?? [])] as unknown as TelegramBotCommand[];
    },
    deleteMyCommands(parameters): true {
      context.commands.delete(keyOf(scopeOf(context, parameters), languageOf(parameters)));
      return true;
    },
  } satisfies Handlers;
}

/** The commands that somebody's client offers in a chat: the narrowest scope and their language first. */
export function commandsFor(context: Context, chat: Chat, userId: number): readonly TelegramBotCommand[] {
  const language = (context.world.users.get(userId)?.languageCode ?? "").slice(0, 2);
  const admin = isAdministrator(chat, userId);
  const order: JsonObject[] =
    chat.kind === "private"
      ? [{ type: "chat", chat_id: chat.id }, { type: "all_private_chats" }, { type: "default" }]
      : [
          { type: "chat_member", chat_id: chat.id, user_id: userId },
          ...(admin ? [{ type: "chat_administrators", chat_id: chat.id }] : []),
          { type: "chat", chat_id: chat.id },
          ...(admin ? [{ type: "all_chat_administrators" }] : []),
          { type: "all_group_chats" },
          { type: "default" },
        ];
  for (const scope of order) {
    const found = context.commands.get(keyOf(scope, language)) ?? context.commands.get(keyOf(scope, ""));
    if (found !== undefined) {
      return found as unknown as readonly TelegramBotCommand[];
    }
  }
  return [];
}
