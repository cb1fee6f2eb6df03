import type { TelegramBotCommand, TelegramBotCommandScope } from "@gramio/types";
import type { Logger, State, Tool } from "@toolcast/core";
import { shorten } from "@toolcast/core/chat";
import { z } from "zod";
import { readFailure } from "./api-failure.ts";
import type { BotApi } from "./bot-api.ts";
import { telegramLimits } from "./limits.ts";
import { accessCommand, isAskedAlone, telegramName } from "./request-input.ts";
import { sentences } from "./sentences.ts";

/** Each costs two requests at every start. */
const mostMembers = 20;
/** Then a server that did not return `is_ephemeral` may have been updated. */
const trustedMs = 24 * 60 * 60_000;

/** English for every language without its own list. */
const registeredLanguages = [
  { code: "", locale: "en" },
  { code: "zh", locale: "zh-CN" },
] as const;

/** One list of commands: who sees it, and in which language. */
interface CommandList {
  scope: TelegramBotCommandScope;
  code: string;
  commands: TelegramBotCommand[];
}

/** Where everybody sees the same commands. */
const commonScopes = [
  { type: "default" },
  { type: "all_group_chats" },
] as const satisfies readonly TelegramBotCommandScope[];

/**
 * The commands of a language. A name that Telegram would not accept is left out, because one bad name makes it reject the
 * whole list.
 */
function commandsIn(
  tools: readonly Tool[],
  locale: "en" | "zh-CN",
  scope: TelegramBotCommandScope["type"],
): TelegramBotCommand[] {
  const own = tools
    .filter(({ operatorsOnly }) => !operatorsOnly || scope === "chat" || scope === "chat_member")
    .map((tool) => ({
      command: telegramName(tool.command),
      description: shorten(tool.summary[locale] || tool.title[locale], telegramLimits.descriptionCharacters),
      // Then the group does not see the command (Bot API 10.2).
      ...((scope === "all_group_chats" || scope === "chat_member") && isAskedAlone(tool) ? { is_ephemeral: true } : {}),
    }))
    .filter(({ command }) => /^[a-z0-9_]{1,32}$/.test(command));
  const added = [
    ...(scope === "chat" ? [{ command: accessCommand, description: sentences.access[locale] }] : []),
    { command: "help", description: sentences.help[locale] },
  ];
  return [...own.slice(0, telegramLimits.commands - added.length), ...added];
}

function listsFor(tools: readonly Tool[], scopes: readonly TelegramBotCommandScope[]): CommandList[] {
  return scopes.flatMap((scope) =>
    registeredLanguages.map(({ code, locale }) => ({
      ...{ scope, code },
      commands: commandsIn(tools, locale, scope.type),
    })),
  );
}

/** The lists that everybody sees and that are out of date. */
export async function changedLists(api: BotApi, tools: readonly Tool[], state: State): Promise<CommandList[]> {
  const lists = listsFor(tools, commonScopes);
  const changed = await Promise.all(lists.map((list) => isChanged(api, list, state.keyv("telegram-commands"))));
  return lists.filter((_, index) => changed[index]);
}

/** A server before Bot API 10.2 does not return `is_ephemeral`: it counts as set if it was, not long ago. */
async function isChanged(api: BotApi, list: CommandList, keyv: ReturnType<State["keyv"]>): Promise<boolean> {
  const present = await api.call("getMyCommands", placeOf(list));
  return (
    texts(present) !== texts(list.commands) ||
    (whole(present) !== whole(list.commands) && (await keyv.get(sentKey(list))) !== whole(list.commands))
  );
}

function sentKey(list: CommandList): string {
  return `sent/${JSON.stringify(placeOf(list))}`;
}

function placeOf({ scope, code }: Pick<CommandList, "scope" | "code">) {
  return { ...(scope.type === "default" ? {} : { scope }), ...(code === "" ? {} : { language_code: code }) };
}

function texts(commands: readonly TelegramBotCommand[]): string {
  return JSON.stringify(commands.map(({ command, description }) => [command, description]));
}

function whole(commands: readonly TelegramBotCommand[]): string {
  return JSON.stringify(commands.map(({ command, description, is_ephemeral }) => [command, description, is_ephemeral]));
}

/** An operator in a group. */
const memberSchema = z.object({ chat: z.number(), user: z.number() });
type GroupMember = z.infer<typeof memberSchema>;

/**
 * The commands that Telegram offers while people type: for everybody, and more for operators, in their own chats and to
 * them alone in the groups where they use the bot.
 */
export class Commands {
  readonly #api: BotApi;
  readonly #tools: readonly Tool[];
  readonly #logger: Logger;
  readonly #keyv: ReturnType<State["keyv"]>;

  constructor(options: { api: BotApi; tools: readonly Tool[]; logger: Logger; state: State }) {
    this.#api = options.api;
    this.#tools = options.tools;
    this.#logger = options.logger;
    this.#keyv = options.state.keyv("telegram-commands");
  }

  /**
   * Updates what changed, and nothing else, even after a restart. A list that Telegram refuses does not keep the others
   * from being updated: commands work without being listed.
   */
  async register(operators: readonly number[]): Promise<void> {
    const earlier = (await this.#keyv.get<number[]>("operators")) ?? [];
    const members = await this.#members();
    const isFormer = (id: number) => !operators.includes(id);
    const former = [
      ...earlier.filter(isFormer).map(chatScope),
      ...members.filter(({ user }) => isFormer(user)).map(memberScope),
    ];
    const current = members.filter(({ user }) => !isFormer(user));
    const scopes = [...commonScopes, ...operators.map(chatScope), ...current.map(memberScope)];
    const changed = await this.#update(listsFor(this.#tools, scopes));
    for (const list of listsFor([], former)) {
      await this.#tolerant(() => this.#api.call("deleteMyCommands", placeOf(list)));
    }
    if (former.length > 0 || operators.some((id) => !earlier.includes(id))) {
      await this.#keyv.set("operators", [...operators]);
      await this.#keyv.set("members", current);
    }
    this.#logger.info({ changed }, "Telegram commands are registered");
  }

  /** Offers an operator who has just become known their commands. It costs as much whatever their number. */
  async offerTo(operator: number): Promise<void> {
    const earlier = (await this.#keyv.get<number[]>("operators")) ?? [];
    if (!earlier.includes(operator)) {
      await this.#keyv.set("operators", [...earlier, operator]);
    }
    await this.#update(listsFor(this.#tools, [chatScope(operator)]));
  }

  /** Offers an operator their commands in a group that they have just used the bot in. */
  async offerIn(chat: number, user: number): Promise<void> {
    const members = await this.#members();
    if (!members.some((member) => member.chat === chat && member.user === user)) {
      await this.#keyv.set("members", [...members, { chat, user }].slice(-mostMembers));
      await this.#update(listsFor(this.#tools, [memberScope({ chat, user })]));
    }
  }

  async #members(): Promise<GroupMember[]> {
    return z.array(memberSchema).safeParse(await this.#keyv.get("members")).data ?? [];
  }

  async #update(lists: readonly CommandList[]): Promise<number> {
    let changed = 0;
    for (const list of lists) {
      await this.#tolerant(async () => {
        if (await isChanged(this.#api, list, this.#keyv)) {
          await this.#api.call("setMyCommands", { commands: list.commands, ...placeOf(list) });
          await this.#keyv.set(sentKey(list), whole(list.commands), trustedMs);
          changed += 1;
        }
      });
    }
    return changed;
  }

  async #tolerant(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const failure = readFailure(error);
      if (failure.kind !== "refused" && failure.kind !== "limited") {
        throw error;
      }
      this.#logger.error({ reason: failure.detail }, "Telegram commands could not be registered");
    }
  }
}

function chatScope(chat_id: number): TelegramBotCommandScope {
  return { type: "chat", chat_id };
}

function memberScope({ chat: chat_id, user: user_id }: GroupMember): TelegramBotCommandScope {
  return { type: "chat_member", chat_id, user_id };
}
