import { isObject, type JsonObject } from "../json.ts";
import { refusal } from "./api-error.ts";
import { checkDescription, checkName, countedCharacters } from "./command-names.ts";
import { checkOptions } from "./command-options.ts";
import type { Context } from "./context.ts";
import { FieldProblems } from "./field-problems.ts";
import { discordLimits } from "./limits.ts";

/** The app's commands: global ones (scope null) and those of each guild. */
export interface Commands {
  list(guildId: string | null, withLocalizations: boolean): JsonObject[];
  get(guildId: string | null, id: string): JsonObject;
  /** Creates a command, or replaces the one with the same name and type; `created` says which. */
  upsert(guildId: string | null, raw: JsonObject): { command: JsonObject; created: boolean };
  replaceAll(guildId: string | null, raw: readonly unknown[]): JsonObject[];
  change(guildId: string | null, id: string, raw: JsonObject): JsonObject;
  remove(guildId: string | null, id: string): void;
  /** The commands a person can choose from: the guild's first, then global ones. */
  named(name: string, guildId: string | null, type?: number): JsonObject | null;
}

const chatInput = 1;
const mostPerType: Record<number, number> = { 1: 100, 2: 15, 3: 15, 4: 1 };

function checkCommand(raw: JsonObject, guildId: string | null): void {
  const problems = new FieldProblems();
  const type = Number(raw.type ?? chatInput);
  problems.choice("type", type, [1, 2, 3, 4]);
  checkName(problems, "", raw, type === chatInput);
  checkDescription(problems, "", raw, type === chatInput ? 1 : 0);
  if (type === chatInput) {
    checkOptions(problems, "options", raw.options, "command");
  }
  const permissions = raw.default_member_permissions;
  if (permissions !== undefined && permissions !== null && !/^\d{1,20}$/.test(String(permissions))) {
    problems.add("default_member_permissions", "BITFIELD_TYPE_CONVERT", "Must be a bit set.");
  }
  const set = (key: string, allowed: readonly number[]) => {
    const given = raw[key];
    if (given === undefined || given === null) {
      return;
    }
    const values = problems.list(key, given, 1, allowed.length);
    values.forEach((value, index) => {
      problems.choice(`${key}.${index}`, value, allowed);
    });
    if (new Set(values).size !== values.length) {
      problems.add(key, "SET_TYPE_ALREADY_CONTAINS_VALUE", "The set already contains this value");
    }
    if (guildId !== null) {
      problems.add(key, "APPLICATION_COMMAND_GUILD_INVALID_FIELD", "Only global commands can have this field.");
    }
  };
  set("contexts", [0, 1, 2]);
  set("integration_types", [0, 1]);
  if (countedCharacters(raw) > 8_000) {
    problems.add("", "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)");
  }
  problems.throwIfAny();
}

/** A command as Discord returns it: omitted fields have their default values, empty ones are omitted. */
function shown(context: Context, guildId: string | null, raw: JsonObject, id: string): JsonObject {
  const optional = (key: string) => (raw[key] === undefined || raw[key] === null ? {} : { [key]: raw[key] });
  const permissions = raw.default_member_permissions;
  return {
    id,
    application_id: context.world.application.id,
    version: context.snowflakes.next(),
    type: raw.type ?? chatInput,
    name: raw.name,
    name_localizations: raw.name_localizations ?? null,
    description: raw.description ?? "",
    description_localizations: raw.description_localizations ?? null,
    ...(Array.isArray(raw.options) && raw.options.length > 0
      ? { options: raw.options.map((option) => shownOption(option as JsonObject)) }
      : {}),
    default_member_permissions: permissions === undefined || permissions === null ? null : String(permissions),
    nsfw: raw.nsfw ?? false,
    ...(guildId === null
      ? {
          dm_permission: raw.dm_permission ?? true,
          contexts: raw.contexts ?? null,
          integration_types: raw.integration_types ?? [0, 1],
        }
      : { guild_id: guildId }),
    ...optional("handler"),
  };
}

function shownOption(raw: JsonObject): JsonObject {
  const kept = Object.entries(raw).filter(
    ([key, value]) =>
      value !== null &&
      value !== undefined &&
      !(key === "required" && value === false) &&
      !(key === "autocomplete" && value === false) &&
      !(Array.isArray(value) && value.length === 0 && key !== "options"),
  );
  const inner = Array.isArray(raw.options)
    ? { options: raw.options.map((option) => shownOption(option as JsonObject)) }
    : {};
  return { ...Object.fromEntries(kept), ...inner };
}

function withoutLocalizations(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(withoutLocalizations);
  }
  if (!isObject(value)) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !key.endsWith("_localizations"))
      .map(([key, inner]) => [key, withoutLocalizations(inner)]),
  );
}

export function createCommands(context: Context): Commands {
  const scopes = new Map<string, JsonObject[]>();
  const creates = new Map<string, number[]>();
  const key = (guildId: string | null) => guildId ?? "global";
  const of = (guildId: string | null) => scopes.get(key(guildId)) ?? [];
  const same = (one: JsonObject, other: JsonObject) =>
    one.name === other.name && Number(one.type ?? chatInput) === Number(other.type ?? chatInput);

  function countCreate(guildId: string | null): void {
    const now = context.clock.now();
    const today = (creates.get(key(guildId)) ?? []).filter((at) => at > now - 86_400_000);
    if (today.length >= discordLimits.commandCreatesADay) {
      throw refusal("commandsADay");
    }
    creates.set(key(guildId), [...today, now]);
  }

  function checkCounts(list: readonly JsonObject[]): void {
    for (const [type, most] of Object.entries(mostPerType)) {
      if (list.filter((command) => Number(command.type ?? chatInput) === Number(type)).length > most) {
        throw refusal("commandsAtMost");
      }
    }
  }

  const commands: Commands = {
    list: (guildId, withLocalizations) =>
      withLocalizations ? of(guildId) : (withoutLocalizations(of(guildId)) as JsonObject[]),
    get(guildId, id) {
      const found = of(guildId).find((command) => command.id === id);
      if (found === undefined) {
        throw refusal("unknownCommand");
      }
      return found;
    },
    upsert(guildId, raw) {
      checkCommand(raw, guildId);
      const existing = of(guildId).find((command) => same(command, raw));
      const others = of(guildId).filter((command) => command !== existing);
      checkCounts([...others, raw]);
      if (existing === undefined) {
        countCreate(guildId);
      }
      const command = shown(context, guildId, raw, existing ? String(existing.id) : context.snowflakes.next());
      scopes.set(key(guildId), [...others, command]);
      context.changed();
      return { command, created: existing === undefined };
    },
    replaceAll(guildId, raw) {
      const given = raw.map((command) => (isObject(command) ? command : {}));
      for (const command of given) {
        checkCommand(command, guildId);
      }
      checkCounts(given);
      if (given.some((command, index) => given.findIndex((other) => same(command, other)) !== index)) {
        const problems = new FieldProblems();
        problems.add("", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique");
        problems.throwIfAny();
      }
      const before = of(guildId);
      const after = given.map((command) => {
        const existing = before.find((other) => same(other, command));
        if (existing === undefined) {
          countCreate(guildId);
        }
        return shown(context, guildId, command, existing ? String(existing.id) : context.snowflakes.next());
      });
      scopes.set(key(guildId), after);
      context.changed();
      return after;
    },
    change(guildId, id, raw) {
      const existing = commands.get(guildId, id);
      const { contexts, integration_types, dm_permission, ...rest } = existing;
      const global = guildId === null ? { contexts, integration_types, dm_permission } : {};
      const merged = { ...rest, ...global, ...raw };
      checkCommand(merged, guildId);
      const command = shown(context, guildId, merged, id);
      scopes.set(
        key(guildId),
        of(guildId).map((other) => (other === existing ? command : other)),
      );
      context.changed();
      return command;
    },
    remove(guildId, id) {
      const existing = commands.get(guildId, id);
      scopes.set(
        key(guildId),
        of(guildId).filter((other) => other !== existing),
      );
      context.changed();
    },
    named(name, guildId, type = chatInput) {
      const inGuild = guildId === null ? [] : of(guildId);
      return (
        [...inGuild, ...of(null)].find((command) => command.name === name && Number(command.type) === type) ?? null
      );
    },
  };
  return commands;
}
