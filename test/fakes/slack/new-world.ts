import type { Ids } from "./ids.ts";
import type { Channel, ChannelKind, Team, User, UserKind, World } from "./world.ts";

export function newWorld(ids: Ids, onGrid: boolean): World {
  const team: Team = { id: ids.next("T"), name: "Workshop", domain: "workshop" };
  return {
    team,
    enterprise: onGrid ? { id: ids.next("E"), name: "Organisation" } : null,
    teams: new Map([[team.id, team]]),
    users: new Map(),
    channels: new Map(),
    groups: new Map(),
    messages: new Map(),
    files: new Map(),
    sessions: new Map(),
    notifications: [],
  };
}

export function addUserTo(
  world: World,
  ids: Ids,
  name: string,
  about: {
    readonly kind?: UserKind;
    readonly locale?: string;
    readonly team?: Team;
    readonly alsoIn?: readonly Team[];
    readonly isAdmin?: boolean;
  } = {},
): User {
  const user: User = {
    id: ids.next(world.enterprise !== null && about.kind !== "bot" && about.kind !== "stranger" ? "W" : "U"),
    name,
    realName: name.replace(/^./, (first) => first.toUpperCase()),
    teamId: (about.team ?? world.team).id,
    otherTeamIds: (about.alsoIn ?? []).map(({ id }) => id),
    kind: about.kind ?? "member",
    locale: about.locale ?? "en-US",
    isAdmin: about.isAdmin ?? false,
    direct: "open",
  };
  world.users.set(user.id, user);
  return user;
}

export function addChannelTo(
  world: World,
  ids: Ids,
  given: { readonly name: string; readonly kind: ChannelKind; readonly shared?: boolean; readonly at: number },
  members: Iterable<string>,
): Channel {
  const channel: Channel = {
    id: ids.next(given.kind === "direct" ? "D" : given.kind === "group" ? "G" : "C"),
    kind: given.kind,
    name: given.name,
    teamId: world.team.id,
    createdAt: given.at,
    members: new Set(members),
    shared: given.shared ?? false,
    archived: false,
  };
  world.channels.set(channel.id, channel);
  return channel;
}
