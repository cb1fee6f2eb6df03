import type { TelegramBotCommand, TelegramBotCommandScope } from "@gramio/types";
import type { Logger, State, Tool } from "@toolcast/core";
import { shorten } from "@toolcast/core/chat";
import { readFailure } from "./api-failure.ts";
import type { BotApi } from "./bot-api.ts";
import { telegramLimits } from "./limits.ts";
import { answersAlone, telegramName } from "./request-input.ts";
import { sentences } from "./sentences.ts";

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
 * The commands of a language. A name that Telegram would not accept is left out, because one bad name makes it reject
 * the whole list.
 */
function commandsIn(
  tools: readonly Tool[],
  locale: "en" | "zh-CN",
  scope: TelegramBotCommandScope["type"],
): TelegramBotCommand[] {
  const own = tools
    .filter(({ operatorsOnly }) => !operatorsOnly || scope === "chat")
    .map((tool) => ({
      command: telegramName(tool.command),
      description: shorten(tool.summary[locale] || tool.title[locale], telegramLimits.descriptionCharacters),
      // Then the group sees neither the command nor its answer (Bot API 10.2).
      ...(scope === "all_group_chats" && answersAlone(tool) ? { is_ephemeral: true } : {}),
    }))
    .filter(({ command }) => /^[a-z0-9_]{1,32}$/.test(command));
  return [...own.slice(0, telegramLimits.commands - 1), { command: "help", description: sentences.help[locale] }];
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
export function changedLists(api: BotApi, tools: readonly Tool[]): Promise<CommandList[]> {
  return changedOf(api, listsFor(tools, commonScopes));
}

async function changedOf(api: BotApi, lists: readonly CommandList[]): Promise<CommandList[]> {
  const compared = await Promise.all(
    lists.map(async (list) => {
      const present = await api.call("getMyCommands", placeOf(list));
      return plain(present) === plain(list.commands) ? [] : [list];
    }),
  );
  return compared.flat();
}

function placeOf({ scope, code }: Pick<CommandList, "scope" | "code">) {
  return { ...(scope.type === "default" ? {} : { scope }), ...(code === "" ? {} : { language_code: code }) };
}

function plain(commands: readonly TelegramBotCommand[]): string {
  return JSON.stringify(commands.map(({ command, description }) => [command, description]));
}

/** The commands that Telegram offers while people type: for everybody, and for operators in their own chats. */
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
    const former = earlier.filter((id) => !operators.includes(id));
    const changed = await this.#update(listsFor(this.#tools, [...commonScopes, ...operators.map(chatScope)]));
    for (const list of listsFor([], former.map(chatScope))) {
      await this.#tolerant(() => this.#api.call("deleteMyCommands", placeOf(list)));
    }
    if (former.length > 0 || operators.some((id) => !earlier.includes(id))) {
      await this.#keyv.set("operators", [...operators]);
    }
    this.#logger.info({ changed }, "Telegram commands are registered");
  }

  async #update(lists: readonly CommandList[]): Promise<number> {
    let changed = 0;
    for (const list of lists) {
      await this.#tolerant(async () => {
        for (const { commands, ...place } of await changedOf(this.#api, [list])) {
          await this.#api.call("setMyCommands", { commands, ...placeOf(place) });
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
