import type { Logger, Tool } from "@toolcast/core";
import { shorten } from "@toolcast/core/chat";
import type { BotApi } from "./bot-api.ts";
import { telegramLimits } from "./limits.ts";
import { telegramName } from "./request-input.ts";
import { sentences } from "./sentences.ts";

interface BotCommand {
  command: string;
  description: string;
}

/** English for every language without its own list. */
const registeredLanguages = [
  { code: "", locale: "en" },
  { code: "zh", locale: "zh-CN" },
] as const;

/**
 * The commands of a language. A name that Telegram would not accept is left out, because one bad name makes it reject
 * the whole list.
 */
function commandsIn(tools: readonly Tool[], locale: "en" | "zh-CN"): BotCommand[] {
  const own = tools
    .filter(({ operatorsOnly }) => !operatorsOnly)
    .map(({ command, title, summary }) => ({
      command: telegramName(command),
      description: shorten(summary[locale] || title[locale], telegramLimits.descriptionCharacters),
    }))
    .filter(({ command }) => /^[a-z0-9_]{1,32}$/.test(command));
  return [...own.slice(0, telegramLimits.commands - 1), { command: "help", description: sentences.help[locale] }];
}

/** Languages whose registered commands are out of date. */
export async function changedLanguages(api: BotApi, tools: readonly Tool[]) {
  const compared = await Promise.all(
    registeredLanguages.map(async ({ code, locale }) => {
      const wanted = commandsIn(tools, locale);
      const present = await api.call("getMyCommands", code === "" ? {} : { language_code: code });
      const plain = (commands: readonly BotCommand[]) =>
        JSON.stringify(commands.map(({ command, description }) => [command, description]));
      return plain(present) === plain(wanted) ? [] : [{ code, wanted }];
    }),
  );
  return compared.flat();
}

/** Updates the registered commands; writes nothing to Telegram where nothing changed, even after a restart. */
export async function registerCommands(api: BotApi, tools: readonly Tool[], logger: Logger): Promise<void> {
  const changed = await changedLanguages(api, tools);
  for (const { code, wanted } of changed) {
    await api.call("setMyCommands", { commands: wanted, ...(code === "" ? {} : { language_code: code }) });
  }
  logger.info({ changed: changed.length }, "Telegram commands are registered");
}
