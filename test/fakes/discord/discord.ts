import { systemClock } from "@toolcast/core";
import type { Clock } from "@toolcast/core/engine";
import type { JsonObject } from "../json.ts";
import { type RecordedRequest, startApiServer } from "./api-server.ts";
import { createCommands } from "./commands.ts";
import type { Context } from "./context.ts";
import { judgeEvent } from "./event-judge.ts";
import { createFaults, type Faults } from "./faults.ts";
import { type FileHost, startFileHost } from "./file-host.ts";
import { type Gateway, startGateway } from "./gateway.ts";
import { closeCodes, messageContentIntent } from "./gateway-session.ts";
import { createInteractions, type Interaction } from "./interactions.ts";
import { openJudge, type Violation } from "./judge.ts";
import { type MessageView, viewMessage } from "./message-view.ts";
import { createMessages } from "./messages.ts";
import { createModeration, type Moderation } from "./moderation.ts";
import { addChannelTo, addGuildTo, newUser, newWorld } from "./new-world.ts";
import { guildCreatePayload, userPayload } from "./payloads.ts";
import { type PermissionName, permissionBits } from "./permissions.ts";
import { createPerson, type Person } from "./person.ts";
import { createRateLimits, type RateLimitOptions } from "./rate-limits.ts";
import type { RouteName } from "./routes.ts";
import { applicationHandlers } from "./routes-application.ts";
import { interactionHandlers } from "./routes-interactions.ts";
import { directChannel, messageHandlers } from "./routes-messages.ts";
import { loadDiscord, type SavedDiscord } from "./saved-discord.ts";
import { createSnowflakes } from "./snowflake.ts";
import type { Channel, Guild, Role, World } from "./world.ts";

export interface DiscordOptions {
  /** Moves every deadline: 3 s, 15 min, nonces, rate windows, links. Default the machine's clock. */
  readonly clock?: Clock;
  /** The bot's token. */
  readonly token?: string;
  /** Privileged intents switched on for the app, as bits. Default none (Identify with one then closes with 4014). */
  readonly privilegedIntents?: number;
  /** `false` switches rate limits off. */
  readonly rateLimits?: RateLimitOptions | false;
  /** Heartbeat interval in Hello, in milliseconds. Default 41,250. Clients beat in real time, whatever clock is used. */
  readonly heartbeatIntervalMs?: number;
  /** How many Identifies a day are allowed. Default 1,000. */
  readonly identifiesADay?: number;
}

export interface DiscordFake extends Moderation {
  /** For a client's `rest.api` and for DISCORD_API_URL. */
  readonly apiUrl: string;
  readonly token: string;
  readonly applicationId: string;
  readonly botUserId: string;
  /** A guild with the bot in it, and its channel. */
  readonly guild: Guild;
  readonly channel: Channel;
  readonly world: World;
  readonly gateway: Gateway;
  readonly files: FileHost;
  readonly faults: Faults;
  readonly requests: readonly RecordedRequest[];
  requestsTo(...routes: RouteName[]): RecordedRequest[];
  readonly interactions: readonly Interaction[];
  /** Answers of 401, 403 and 429 in the last ten minutes; at 10,000 Discord bans an address. */
  readonly invalidRequests: number;
  /** Whether Discord's OpenAPI file judges (TOOLCAST_JUDGES names its folder). */
  readonly judged: boolean;
  readonly violations: Violation[];
  /** Throws if anything accepted or returned differs from Discord's description. */
  assertNoViolations(): void;
  /** The app's registered commands: global ones, or those of a guild. */
  commands(guild?: Guild): readonly JsonObject[];
  /** Somebody, a member of the default guild unless `guilds` says otherwise. */
  person(
    name: string,
    about?: {
      readonly locale?: string;
      readonly roles?: readonly Role[];
      readonly guilds?: readonly Guild[];
      readonly installedApp?: boolean;
      /** How large a file Nitro lets them upload, in bytes. Default the general limit. */
      readonly uploadBytes?: number;
    },
  ): Person;
  blockDirectMessages(person: Person, blocked?: boolean): void;
  leaveGuild(person: Person, guild: Guild): void;
  addGuild(name: string): Guild;
  addRole(name: string, permissions?: readonly PermissionName[], guild?: Guild): Role;
  addChannel(name: string, guild?: Guild): Channel;
  addThread(name: string, parent?: Channel): Channel;
  /** A group conversation, in which the bot never is. */
  addGroup(...people: Person[]): Channel;
  /** Restores what another fake saved; its people and channels must exist already or be given with it. */
  load(saved: SavedDiscord): void;
  /** A person's conversation with the bot. */
  direct(person: Person): Channel;
  /** Revokes the token: connections end with 4004, requests with 401, until `restoreToken`. */
  revokeToken(): void;
  restoreToken(): void;
  /** Every message in a channel, including everybody's ephemeral ones. */
  allMessages(channel?: Channel): MessageView[];
  /** Calls back at each change, before the caller that made it gets its answer. */
  onChange(listener: () => void): void;
  /** Waits until a condition holds: checks again after each change; gives up after `withinMs` (20,000) of real time. */
  until(condition: () => boolean, what?: string, withinMs?: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * A strict Discord on loopback: gateway, REST v10 and file host, which the real discord.js client drives. It refuses
 * what Discord refuses, with Discord's codes, and forgets, expires and limits as Discord does, by the clock passed in.
 *
 *     const discord = await startDiscord({ clock });
 *     const client = new Client({ intents: [GatewayIntentBits.Guilds], rest: { api: discord.apiUrl } });
 *     await client.login(discord.token);
 *     const ada = discord.person("ada", { locale: "zh-CN" });
 *     const asked = ada.runCommand("image", { prompt: "a fox" });          // a registered command, as its client allows
 *     await discord.until(() => asked.state !== "waiting", "an answer");   // "acknowledged", or "missed" after 3 s
 *     ada.answerTo(asked)?.thinking;                                       // what ada sees: MessageView
 *     ada.press(ada.visibleMessages().at(-1)!, "Again");                   // by label or custom id
 *     ada.submitModal(asked, { prompt: "a longer text" });                 // when asked.modal is there
 *     await ada.autocomplete("speak", { option: "voice", text: "xi" });
 *     ada.runCommand("avatar", { audio: { filename, contentType, bytes } }, { in: discord.addThread("clips") });
 *     ada.runCommand("image", {}, { in: discord.direct(ada) });            // or { in: discord.addGroup(ada), installation: "user" }
 *     discord.faults.next("create-message", { kind: "drop", when: "after" });   // names of routes: routes.ts
 *     discord.revoke(discord.channel, "SEND_MESSAGES");  discord.archive(thread, { locked: true });
 *     discord.deleteMessage(view);  discord.blockDirectMessages(ada);  discord.gateway.drop();
 *     discord.assertNoViolations(); await discord.close();                 // last lines of every test
 *
 * Rate windows follow the same clock; a client that waits in real time needs `rateLimits: { clock: systemClock }` or
 * `false`. discord.js itself waits 5 s of real time between two Identifies of one client (not before a Resume).
 */
export async function startDiscord(options: DiscordOptions = {}): Promise<DiscordFake> {
  const clock = options.clock ?? systemClock;
  const token = options.token ?? "Ym90.fake.token-of-the-bot";
  let isTokenRevoked = false;
  const acceptsToken = (given: unknown) => !isTokenRevoked && given === token;
  const allowedIntents = options.privilegedIntents ?? 0;
  const snowflakes = createSnowflakes(clock);
  const world = newWorld(snowflakes);
  const judge = openJudge(process.env.TOOLCAST_JUDGES || undefined);
  const violations: Violation[] = [];
  const files = await startFileHost(clock, world);
  const faults = createFaults();
  const rateLimits = createRateLimits(clock, options.rateLimits ?? {});

  const waiting = new Set<() => void>();
  const changed = () => {
    for (const look of [...waiting]) {
      look();
    }
  };
  // The flags of an app without the intent say so (the "limited" bit of message content is 1 << 19).
  const applicationFlags = allowedIntents & messageContentIntent ? 1 << 19 : 0;
  const gateway = await startGateway({
    clock,
    acceptsToken,
    allowedIntents,
    heartbeatIntervalMs: options.heartbeatIntervalMs ?? 41_250,
    identifiesADay: options.identifiesADay ?? 1_000,
    changed,
    ready: () => ({
      v: 10,
      user: { ...userPayload(world.users.get(world.application.botUserId)!), verified: true, mfa_enabled: false },
      guilds: ownGuilds().map(({ id }) => ({ id, unavailable: true })),
      shard: [0, 1],
      application: { id: world.application.id, flags: applicationFlags },
    }),
    afterReady: () => ownGuilds().map((guild) => ["GUILD_CREATE", guildCreatePayload(world, guild)] as const),
  });
  const ownGuilds = () => [...world.guilds.values()].filter(({ members }) => members.has(world.application.botUserId));

  const context: Context = {
    clock,
    world,
    snowflakes,
    files,
    judge,
    changed,
    readsMessageContent: (allowedIntents & messageContentIntent) !== 0,
    dispatch(event, data) {
      const problems = judgeEvent(judge, event, data);
      if (problems.length > 0) {
        violations.push({ where: event, direction: "event", problems, value: data });
      }
      gateway.dispatch(event, data);
    },
  };
  const messages = createMessages(context);
  const commands = createCommands(context);
  const interactions = createInteractions(context);
  const gatewayHandler = () => ({
    status: 200,
    body: {
      url: gateway.url,
      shards: 1,
      session_start_limit: {
        total: options.identifiesADay ?? 1_000,
        remaining: gateway.identifiesLeft,
        reset_after: 86_400_000,
        max_concurrency: 1,
      },
    },
  });
  const api = await startApiServer({
    clock,
    acceptsToken,
    judge,
    violations,
    faults,
    rateLimits,
    changed,
    handlers: {
      gateway: gatewayHandler,
      ...applicationHandlers(context, commands, applicationFlags),
      ...messageHandlers(context, messages),
      ...interactionHandlers(context, messages, interactions),
    },
  });

  const guild = addGuildTo(world, snowflakes, "Workshop", clock.now());
  const channel = addChannelTo(world, snowflakes, { kind: "text", name: "general", guildId: guild.id });

  function until(condition: () => boolean, what = "the condition", withinMs = 20_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(deadline);
        clearInterval(again);
        waiting.delete(look);
        settle();
      };
      const look = () => {
        if (condition()) {
          finish(resolve);
        }
      };
      const deadline = setTimeout(() => finish(() => reject(new Error(`Gave up waiting for ${what}`))), withinMs);
      // For conditions that do not depend on what happens here.
      const again = setInterval(look, 10);
      waiting.add(look);
      look();
    });
  }

  return {
    apiUrl: api.url,
    token,
    applicationId: world.application.id,
    botUserId: world.application.botUserId,
    guild,
    channel,
    world,
    gateway,
    files,
    faults,
    requests: api.requests,
    requestsTo: (...routes) => api.requests.filter(({ route }) => route !== null && routes.includes(route)),
    interactions: interactions.all,
    get invalidRequests() {
      return rateLimits.invalidRequests;
    },
    judged: judge.on,
    violations,
    assertNoViolations() {
      if (violations.length > 0) {
        const descriptions = violations.map(
          ({ where, direction, problems }) => `${direction} ${where}: ${problems.join("; ")}`,
        );
        throw new Error(`Not as Discord describes it:\n${descriptions.join("\n")}`);
      }
    },
    commands: (of) => commands.list(of?.id ?? null, true),
    person(name, { locale = "en-US", roles = [], guilds = [guild], installedApp = false, uploadBytes = 0 } = {}) {
      const user = newUser(snowflakes, name, { locale, installedApp, uploadBytes });
      world.users.set(user.id, user);
      for (const joined of guilds) {
        const roleIds = roles.filter(({ id }) => joined.roles.has(id)).map(({ id }) => id);
        joined.members.set(user.id, { roleIds, joinedAt: clock.now() });
      }
      return createPerson({ context, commands, interactions, messages, until, defaultChannel: () => channel }, user);
    },
    revokeToken() {
      isTokenRevoked = true;
      gateway.drop(closeCodes.authenticationFailed);
    },
    restoreToken() {
      isTokenRevoked = false;
    },
    blockDirectMessages(person, blocked = true) {
      person.user.refusesDirectMessages = blocked;
    },
    leaveGuild(person, left) {
      left.members.delete(person.id);
    },
    addGuild: (name) => addGuildTo(world, snowflakes, name, clock.now()),
    addRole(name, permissions = [], of = guild) {
      const bits = permissions.reduce((sum, permission) => sum | permissionBits[permission], 0n);
      const role: Role = { id: snowflakes.next(), name, permissions: bits };
      of.roles.set(role.id, role);
      return role;
    },
    addChannel: (name, of = guild) => addChannelTo(world, snowflakes, { kind: "text", name, guildId: of.id }),
    addThread: (name, parent = channel) =>
      addChannelTo(world, snowflakes, { kind: "thread", name, guildId: parent.guildId, parentId: parent.id }),
    addGroup: (...people) =>
      addChannelTo(world, snowflakes, {
        kind: "group",
        name: "group",
        guildId: null,
        recipientIds: people.map(({ id }) => id),
      }),
    load: (saved) => loadDiscord(saved, { world, interactions, filesUrl: files.url }),
    direct: (person) => directChannel(context, person.id),
    allMessages: (of = channel) => (world.messages.get(of.id) ?? []).map((message) => viewMessage(context, message)),
    ...createModeration(context, messages),
    onChange: (listener) => waiting.add(listener),
    until,
    async close() {
      await Promise.all([gateway.close(), api.close(), files.close()]);
    },
  };
}
