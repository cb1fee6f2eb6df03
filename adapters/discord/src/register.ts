import type { Logger } from "@toolcast/core";
import { type APIApplicationCommand, ApplicationCommandType } from "discord.js";
import type { CommandBody } from "./commands.ts";
import type { DiscordApi } from "./discord-api.ts";
import type { MenuBody } from "./menus.ts";

/** More changes than this are sent as one replacement of the whole list. */
const mostSingleChanges = 3;

export type OwnCommand = CommandBody | MenuBody;

/** Slash commands and entries of messages' menus; those of other types (an activity's entry point, menus of users) are not ours. */
export function isOwnType({ type }: Pick<APIApplicationCommand, "type">): boolean {
  return type === ApplicationCommandType.ChatInput || type === ApplicationCommandType.Message;
}

function keyOf({ type, name }: { type?: number; name: string }): string {
  return `${type ?? ApplicationCommandType.ChatInput}/${name}`;
}

/** What registering would change. */
export interface CommandChanges {
  /** New or different, as wanted. */
  changed: OwnCommand[];
  /** Ids of slash commands that nobody wants any more. */
  removed: string[];
}

/** Compares the commands' own fields; what Discord adds does not count. */
export function commandChanges(
  wanted: readonly OwnCommand[],
  present: readonly APIApplicationCommand[],
): CommandChanges {
  const own = present.filter(isOwnType);
  const known = new Map(own.map((command) => [keyOf(command), canonical(command)]));
  const keys = new Set(wanted.map(keyOf));
  return {
    changed: wanted.filter((command) => known.get(keyOf(command)) !== canonical(command)),
    removed: own.filter((command) => !keys.has(keyOf(command))).map(({ id }) => id),
  };
}

/** Updates the registered commands. Writes nothing to Discord when nothing changed, even after a restart. */
export async function registerCommands(
  api: DiscordApi,
  options: { application: string; guild?: string; wanted: readonly OwnCommand[]; logger: Logger },
): Promise<CommandChanges> {
  const { application, guild, wanted, logger } = options;
  const present = await api.commands(application, guild);
  const changes = commandChanges(wanted, present);
  const count = changes.changed.length + changes.removed.length;
  if (count > mostSingleChanges) {
    const others = present.filter((command) => !isOwnType(command));
    await api.replaceCommands(application, guild, [...wanted, ...others]);
  } else {
    for (const command of changes.changed) {
      await api.putCommand(application, guild, command);
    }
    for (const id of changes.removed) {
      await api.deleteCommand(application, guild, id);
    }
  }
  logger.info(
    { registered: wanted.length, changed: changes.changed.length, removed: changes.removed.length },
    "Discord commands are registered",
  );
  return changes;
}

/** Our fields, with Discord's defaults filled in, in a fixed order. */
function canonical(command: object): string {
  return JSON.stringify(pick(command as Record<string, unknown>, true));
}

function pick(record: Record<string, unknown>, isCommand: boolean): unknown {
  const texts = (value: unknown) =>
    Object.entries((value as Record<string, string> | null | undefined) ?? {}).sort(([one], [other]) =>
      one < other ? -1 : 1,
    );
  const list = (value: unknown) => (Array.isArray(value) ? value : []);
  const both = {
    name: record.name,
    names: texts(record.name_localizations),
    description: record.description ?? "",
    descriptions: texts(record.description_localizations),
    options: list(record.options).map((option) => pick(option as Record<string, unknown>, false)),
  };
  return isCommand
    ? {
        ...both,
        permissions: record.default_member_permissions ?? null,
        // Absent in a server's own commands, where they mean nothing.
        contexts: record.contexts === undefined || record.contexts === null ? null : [...list(record.contexts)].sort(),
        installs:
          record.contexts === undefined || record.contexts === null ? null : [...list(record.integration_types)].sort(),
      }
    : {
        ...both,
        type: record.type,
        required: record.required ?? false,
        autocomplete: record.autocomplete ?? false,
        least: record.min_value ?? null,
        most: record.max_value ?? null,
        shortest: record.min_length || null,
        longest: record.max_length ?? null,
        choices: list(record.choices).map((choice: Record<string, unknown>) => ({
          name: choice.name,
          names: texts(choice.name_localizations),
          value: choice.value,
        })),
      };
}
