import type { JsonObject } from "../json.ts";
import type { FieldProblems } from "./field-problems.ts";
import { may } from "./permissions.ts";
import { isSnowflake } from "./snowflake.ts";
import type { Channel, Pings, World } from "./world.ts";

/** The pings that a request allows; null stands for "as the text says". */
export interface AllowedMentions {
  readonly parse: readonly string[];
  readonly users: readonly string[];
  readonly roles: readonly string[];
  readonly repliedUser: boolean;
}

const everything: AllowedMentions = { parse: ["users", "roles", "everyone"], users: [], roles: [], repliedUser: true };

export function readAllowedMentions(problems: FieldProblems, raw: unknown): AllowedMentions {
  if (raw === undefined || raw === null) {
    return everything;
  }
  const path = "allowed_mentions";
  const given = problems.object(path, raw);
  const ids = (key: "users" | "roles") => {
    const list =
      given[key] === undefined || given[key] === null ? [] : problems.list(`${path}.${key}`, given[key], 0, 100);
    list.forEach((id, index) => {
      if (!isSnowflake(id)) {
        problems.add(`${path}.${key}.${index}`, "NUMBER_TYPE_COERCE", `Value "${String(id)}" is not snowflake.`);
      }
    });
    return list.map(String);
  };
  const parse =
    given.parse === undefined || given.parse === null ? [] : problems.list(`${path}.parse`, given.parse, 0, 3);
  parse.forEach((kind, index) => {
    problems.choice(`${path}.parse.${index}`, kind, everything.parse);
  });
  const users = ids("users");
  const roles = ids("roles");
  for (const [kind, listed] of [
    ["users", users],
    ["roles", roles],
  ] as const) {
    if (parse.includes(kind) && listed.length > 0) {
      problems.add(
        path,
        "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
        `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`,
      );
    }
  }
  return { parse: parse.map(String), users, roles, repliedUser: given.replied_user === true };
}

/** Code spans and blocks mention nobody. */
function withoutCode(text: string): string {
  return text.replace(/```[\s\S]*?```|`[^`\n]*`/g, "").replace(/\\[\\<@`]/g, "");
}

/** The people a text notifies, within what the request allows and what the author may do. */
export function pingsOf(
  world: World,
  channel: Channel,
  authorId: string,
  text: string,
  allowed: AllowedMentions,
  repliedUserId: string | null,
): Pings {
  const seen = withoutCode(text);
  const named = (pattern: RegExp) => [...new Set([...seen.matchAll(pattern)].map(([, id]) => id as string))];
  const widely = may(world, channel, authorId, "MENTION_EVERYONE");
  const userIds = named(/<@!?(\d+)>/g).filter(
    (id) => world.users.has(id) && (allowed.parse.includes("users") || allowed.users.includes(id)),
  );
  const guild = channel.guildId === null ? undefined : world.guilds.get(channel.guildId);
  const roleIds = named(/<@&(\d+)>/g).filter(
    (id) => guild?.roles.has(id) && widely && (allowed.parse.includes("roles") || allowed.roles.includes(id)),
  );
  if (repliedUserId !== null && allowed.repliedUser && !userIds.includes(repliedUserId)) {
    userIds.push(repliedUserId);
  }
  return {
    everyone: /@(everyone|here)\b/.test(seen) && widely && allowed.parse.includes("everyone"),
    userIds,
    roleIds,
  };
}

export const nobody: Pings = { everyone: false, userIds: [], roleIds: [] };

/** Every text that a message's components show. */
export function textOfComponents(components: readonly JsonObject[]): string {
  return components
    .map((component) => {
      const children = (component.components ?? []) as JsonObject[];
      const own = component.type === 10 ? [String(component.content)] : [];
      return [...own, ...(children.length > 0 ? [textOfComponents(children)] : [])].join("\n");
    })
    .filter((text) => text !== "")
    .join("\n");
}
