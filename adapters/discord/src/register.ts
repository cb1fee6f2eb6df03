import type { Logger } from "@toolcast/core";
import type { APIApplicationCommand } from "discord.js";
import type { CommandBody } from "./commands.ts";
import type { DiscordApi } from "./discord-api.ts";

/** More changes than this are sent as one replacement of the whole list. */
const mostSingleChanges = 3;

/** What registering would change. */
export interface CommandChanges {
  /** New or different, as wanted. */
  changed: CommandBody[];
  /** Ids of slash commands that nobody wants any more. */
  removed: string[];
}

/** Compares the commands' own fields; what Discord adds does not count. */
export function commandChanges(
  wanted: readonly CommandBody[],
  present: readonly APIApplicationCommand[],
): CommandChanges {
  const slash = present.filter(({ type }) => type === 1);
  const known = new Map(slash.map((command) => [command.name, canonical(command)]));
  const names = new Set(wanted.map(({ name }) => name));
  return {
    changed: wanted.filter((command) => known.get(command.name) !== canonical(command)),
    removed: slash.filter(({ name }) => !names.has(name)).map(({ id }) => id),
  };
}

/** Updates the registered commands. Writes nothing to Discord when nothing changed, even after a restart. */
export async function registerCommands(
  api: DiscordApi,
  options: { application: string; guild?: string; wanted: readonly CommandBody[]; logger: Logger },
): Promise<CommandChanges> {
  const { application, guild, wanted, logger } = options;
  const present = await api.commands(application, guild);
  const changes = commandChanges(wanted, present);
  const count = changes.changed.length + changes.removed.length;
  if (count > mostSingleChanges) {
    // Commands of other types (an activity's entry point, context menus) are not ours to remove.
    const others = present.filter(({ type }) => type !== 1);
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
    description: record.description,
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
