import { serves } from "./api-versions.ts";
import { commandsFor } from "./command-methods.ts";
import type { Context } from "./context.ts";
import { messagePayload } from "./payloads.ts";
import { type Chat, isAdministrator, isBotMember, type Message } from "./world.ts";

function bodyOf({ content }: Message) {
  return content.kind === "text" || content.kind === "media" ? content.body : { text: "", entities: [] };
}

/** Whether a group message is for a bot in privacy mode: a command, a reply to it, or a mention. */
function isMeantForBot({ world }: Context, message: Message): boolean {
  const { text, entities } = bodyOf(message);
  const own = `@${world.bot.username}`.toLowerCase();
  const named = entities.some(({ type, offset, length }) => {
    const shown = text.slice(offset, offset + length).toLowerCase();
    return type === "mention" ? shown === own : type === "bot_command" && (!shown.includes("@") || shown.endsWith(own));
  });
  return named || message.replyTo?.fromId === world.bot.id || message.viaBot || message.content.kind === "service";
}

function botSees(context: Context, chat: Chat, message: Message): boolean {
  const { world } = context;
  if (chat.kind === "private") {
    return !world.users.get(chat.userId!)!.blockedBot;
  }
  if (!isBotMember(world, chat)) {
    return false;
  }
  const sees = world.bot.readsAllGroupMessages || chat.kind === "channel" || isAdministrator(chat, world.bot.id);
  return sees || isMeantForBot(context, message);
}

/** Sends the bot a person's message if it can see it. */
export function tellBot(context: Context, message: Message, edited = false): void {
  const chat = context.world.chats.get(message.chatId)!;
  if (!botSees(context, chat, message)) {
    return;
  }
  const kind =
    chat.kind === "channel" ? (edited ? "edited_channel_post" : "channel_post") : edited ? "edited_message" : "message";
  context.updates.push(kind, messagePayload(context, message), String(chat.id));
}

/** Whether a text begins with a command that its client sends only to the bot. */
export function isEphemeralCommand(context: Context, chat: Chat, userId: number, text: string): boolean {
  const name = /^\/([a-z0-9_]+)(?:@\w+)?(?:\s|$)/i.exec(text)?.[1]?.toLowerCase();
  const group = chat.kind === "group" || chat.kind === "supergroup";
  return (
    group &&
    serves(context.version, "10.2") &&
    commandsFor(context, chat, userId).some(({ command, is_ephemeral }) => command === name && is_ephemeral === true)
  );
}
