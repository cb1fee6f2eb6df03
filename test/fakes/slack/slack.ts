import { systemClock } from "@toolcast/core";
import type { Clock } from "@toolcast/core/engine";
import { type Administration, createAdministration } from "./administration.ts";
import { directChannel, type Parts } from "./api-call.ts";
import { type RecordedRequest, startApiServer } from "./api-server.ts";
import type { Base, InstalledApp, Manifest } from "./context.ts";
import { createDeliveries, type Delivery } from "./deliveries.ts";
import { createEvents } from "./events.ts";
import { createFaults, type Faults, type Target } from "./faults.ts";
import { type FileHost, startFileHost } from "./file-host.ts";
import { createFiles, type Files } from "./files.ts";
import { everyScope, fullManifest } from "./full-manifest.ts";
import { postToApp } from "./http-transport.ts";
import { createIds } from "./ids.ts";
import { createInteractions } from "./interactions.ts";
import { openJudge, type Violation } from "./judge.ts";
import { manifestProblems } from "./manifest-rules.ts";
import { type MessageView, viewMessage } from "./message-view.ts";
import { createMessages } from "./messages.ts";
import { chatHandlers } from "./methods-chat.ts";
import { fileHandlers } from "./methods-files.ts";
import { streamHandlers } from "./methods-stream.ts";
import { viewHandlers } from "./methods-views.ts";
import { workspaceHandlers } from "./methods-workspace.ts";
import { addChannelTo, addUserTo, newWorld } from "./new-world.ts";
import { createPerson, type Person } from "./person.ts";
import { createRateLimits, type RateLimitOptions } from "./rate-limits.ts";
import { createResponseUrls, type ResponseUrl } from "./response-urls.ts";
import { type SocketMode, startSocketMode } from "./socket-mode.ts";
import { createTriggers } from "./triggers.ts";
import { createViews } from "./views.ts";
import type { Channel, Team, UserGroup, UserKind, World } from "./world.ts";

export interface SlackOptions {
  /** Moves every deadline: 3 s, 30 min, retries, rate windows, processing. Default the machine's clock. */
  readonly clock?: Clock;
  /** The app's manifest: its commands, shortcuts, events and scopes. Default one with everything. */
  readonly manifest?: Manifest;
  /** The scopes that the workspace granted. Default the manifest's bot scopes. */
  readonly scopes?: readonly string[];
  /** `false` switches rate limits off. */
  readonly rateLimits?: RateLimitOptions | false;
  /** How long an uploaded file has no type, in milliseconds of the clock. Default 1,500; 0 for no delay. */
  readonly fileProcessingMs?: number;
  /** The workspace belongs to an organisation; `organisation` if the app is installed for all of it. */
  readonly grid?: "workspace" | "organisation";
}

export interface SlackFake extends Administration {
  /** For `clientOptions.slackApiUrl` and SLACK_API_URL. */
  readonly apiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  readonly app: InstalledApp;
  readonly world: World;
  /** A public channel with the bot and everybody in it. */
  readonly channel: Channel;
  readonly sockets: SocketMode;
  readonly fileHost: FileHost;
  /** Delays processing and loses shares. */
  readonly files: Pick<Files, "hold" | "release" | "neverShareNext" | "byId">;
  readonly faults: Faults;
  readonly requests: readonly RecordedRequest[];
  requestsTo(...targets: Target[]): RecordedRequest[];
  /** Everything sent to the app, with its attempts. */
  readonly deliveries: readonly Delivery[];
  /** Every reply address issued, with its uses. */
  readonly responseUrls: readonly ResponseUrl[];
  /** Sends to these request URLs, in turn; in Socket Mode again if none is named. */
  deliverTo(...addresses: string[]): void;
  /** Sends the same again, as if an acknowledgement had been lost. */
  redeliver(delivery: Delivery, reason?: string): void;
  /** Whether Slack's reference of methods judges (TOOLCAST_JUDGES names its folder). */
  readonly judged: boolean;
  readonly violations: Violation[];
  /** Throws if anything accepted or returned differs from Slack's description. */
  assertNoViolations(): void;
  /** Somebody, in the default channel unless `channels` says otherwise. A stranger belongs to another workspace. */
  person(
    name: string,
    about?: {
      readonly locale?: string;
      readonly kind?: UserKind;
      readonly isAdmin?: boolean;
      readonly team?: Team;
      /** Further workspaces of the same organisation. */
      readonly alsoIn?: readonly Team[];
      readonly channels?: readonly Channel[];
    },
  ): Person;
  addTeam(name: string): Team;
  addGroup(handle: string, ...members: Person[]): UserGroup;
  /** A channel with these people and, unless `withBot` is false, the bot in it. */
  addChannel(
    name: string,
    about?: {
      readonly kind?: "public" | "private" | "group";
      readonly shared?: boolean;
      readonly withBot?: boolean;
      readonly people?: readonly Person[];
    },
  ): Channel;
  /** A conversation between people without the bot, where commands work all the same. */
  addConversation(...people: Person[]): Channel;
  /** Every message in a channel (the default one if omitted), including everybody's ephemeral ones. */
  allMessages(channel?: Channel): MessageView[];
  /** Calls back at each change, before whoever made it hears of it. */
  onChange(listener: () => void): void;
  /** Waits until a condition holds: checks again after each change; gives up after `withinMs` (20,000) of real time. */
  until(condition: () => boolean, what?: string, withinMs?: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * A strict Slack on loopback: Web API, Socket Mode, Events API, reply addresses and file host, which the real Bolt
 * drives. It refuses what Slack refuses, with Slack's codes, and expires, limits and repeats as Slack does, by the clock
 * passed in. Bolt compares signatures with the machine's clock, so signatures carry its time.
 *
 *     const slack = await startSlack({ clock, manifest });                  // the manifest decides what people can do
 *     const app = new App({ token: slack.botToken, appToken: slack.appToken, socketMode: true,
 *                           clientOptions: { slackApiUrl: slack.apiUrl } });
 *     await app.start(); await slack.until(() => slack.sockets.connected === 1, "the socket");
 *     slack.deliverTo("http://127.0.0.1:1234/slack/events");                // or HTTP, signed, to one process or several
 *     const ada = slack.person("ada", { locale: "zh-CN" });                 // kind: "guest", "single-channel guest", "stranger"
 *     const asked = ada.command("/image", "a fox");
 *     await slack.until(() => asked.state !== "waiting", "an answer");      // "acknowledged"; "missed" after 3 s, with .problem
 *     ada.visibleMessages().at(-1)?.text;                                   // what ada sees: MessageView
 *     ada.press("Again", ada.visibleMessages().at(-1)!);                    // by label or action id; without a message: in the modal
 *     ada.modal?.inputs;  const sent = ada.submit({ Prompt: "a fox", Size: "1024x1024" });   // checked as the client checks
 *     sent.errors;  ada.dismiss();                                          // what the app found wrong, by block id
 *     ada.say("hello @toolcast", { thread: ts, files: [{ filename, bytes }] });  ada.say("image a fox", { in: ada.direct });
 *     ada.shortcut("animate", view);  ada.shortcut("open");                 // on a message, global
 *     slack.faults.next("chat.postMessage", { kind: "drop", when: "after" });
 *     slack.redeliver(asked);  slack.sockets.warn();  slack.sockets.drop();  slack.files.hold();
 *     slack.archive(slack.channel);  slack.remove(slack.channel);  slack.closeDirect(ada);  slack.revokeScope("files:read");
 *     await slack.close(); slack.assertNoViolations();                      // last lines of every test
 */
export async function startSlack(options: SlackOptions = {}): Promise<SlackFake> {
  const clock = options.clock ?? systemClock;
  const manifest = options.manifest ?? fullManifest();
  const problems = manifestProblems(manifest);
  if (problems.length > 0) {
    throw new Error(`Slack does not take the manifest: ${problems.join("; ")}`);
  }
  const ids = createIds(clock);
  const world = newWorld(ids, options.grid !== undefined);
  const bot = addUserTo(world, ids, "toolcast", { kind: "bot" });
  const app: InstalledApp = {
    id: ids.next("A"),
    name: bot.name,
    botUserId: bot.id,
    botId: ids.next("B"),
    botToken: "xoxb-1-2-fake",
    appToken: "xapp-1-fake",
    signingSecret: "fake-signing-secret",
    verificationToken: "fake-verification-token",
    manifest,
    scopes: new Set(options.scopes ?? manifest.oauth_config?.scopes?.bot ?? everyScope),
    appScopes: new Set(["connections:write"]),
    organisationInstall: options.grid === "organisation",
    state: "installed",
  };
  const waiting = new Set<() => void>();
  const changed = () => {
    for (const look of [...waiting]) {
      look();
    }
  };
  const base: Base = { clock, ids, world, app, changed };
  const faults = createFaults();
  const judge = openJudge(process.env.TOOLCAST_JUDGES || undefined);
  const violations: Violation[] = [];
  const sockets = await startSocketMode(base);
  let addresses: readonly string[] = [];
  let turn = 0;
  const deliveries = createDeliveries(base, (outgoing, give) => {
    if (addresses.length === 0) {
      return sockets.deliver(outgoing, give);
    }
    const address = addresses[turn % addresses.length]!;
    turn += 1;
    postToApp(address, app, outgoing, give);
    return address;
  });
  const events = createEvents(base, deliveries);
  const files: Files = createFiles(base, {
    hostUrl: () => fileHost.url,
    processingMs: options.fileProcessingMs ?? 1_500,
  });
  const fileHost = await startFileHost({
    ...base,
    app: () => app,
    visibleToApp: (file) => files.visibleToApp(file),
    faults,
  });
  const messages = createMessages(base, files, events);
  const views = createViews(base);
  const triggers = createTriggers(base);
  const parts: Parts = { ...base, files, messages, views, triggers };
  const urls = createResponseUrls(base, files, messages, () => api.url);
  const interactions = createInteractions(parts, deliveries, urls);
  const api = await startApiServer({
    base,
    judge,
    violations,
    faults,
    rateLimits: createRateLimits(clock, options.rateLimits ?? {}),
    respond: (path, body) => {
      urls.use(path, body);
    },
    handlers: {
      "apps.connections.open": () => ({ url: sockets.ticket() }),
      ...workspaceHandlers(parts, () => `${api.url}/`),
      ...chatHandlers(parts),
      ...streamHandlers(parts),
      ...fileHandlers(parts, (file) => fileHost.uploadUrl(file)),
      ...viewHandlers(parts),
    },
  });
  const channel = addChannelTo(world, ids, { name: "general", kind: "public", at: clock.now() }, [bot.id]);

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
    apiUrl: `${api.url}/api/`,
    botToken: app.botToken,
    appToken: app.appToken,
    signingSecret: app.signingSecret,
    app,
    world,
    channel,
    sockets,
    fileHost,
    files,
    faults,
    requests: api.requests,
    requestsTo: (...targets) => api.requests.filter(({ target }) => target !== null && targets.includes(target)),
    deliveries: deliveries.all,
    get responseUrls() {
      return urls.all;
    },
    deliverTo(...given) {
      addresses = given;
    },
    redeliver: (delivery, reason) => deliveries.redeliver(delivery, reason),
    judged: judge.on,
    violations,
    assertNoViolations() {
      if (violations.length > 0) {
        const descriptions = violations.map(
          ({ where, direction, problems: found }) => `${direction} ${where}: ${found.join("; ")}`,
        );
        throw new Error(`Not as Slack describes it:\n${descriptions.join("\n")}`);
      }
    },
    person(name, { channels = [channel], ...about } = {}) {
      const team = about.team ?? (about.kind === "stranger" ? addTeam(`${name}'s workspace`) : world.team);
      const user = addUserTo(world, ids, name, { ...about, team });
      for (const joined of channels) {
        joined.members.add(user.id);
      }
      return createPerson(
        { ...parts, interactions, defaultChannel: () => channels[0] ?? directChannel(base, user.id) },
        user,
      );
    },
    addTeam,
    addGroup(handle, ...members) {
      const group: UserGroup = {
        id: ids.next("S"),
        handle,
        name: handle,
        members: new Set(members.map(({ id }) => id)),
        enabled: true,
      };
      world.groups.set(group.id, group);
      return group;
    },
    addChannel(name, { kind = "public", shared = false, withBot = true, people = [] } = {}) {
      const members = [...(withBot ? [bot.id] : []), ...people.map(({ id }) => id)];
      return addChannelTo(world, ids, { name, kind, shared, at: clock.now() }, members);
    },
    addConversation(...people) {
      const kind = people.length > 2 ? "group" : "direct";
      return addChannelTo(
        world,
        ids,
        { name: "conversation", kind, at: clock.now() },
        people.map(({ id }) => id),
      );
    },
    allMessages: (of = channel) => messages.in(of.id).map((message) => viewMessage(parts, files, message)),
    ...createAdministration(parts, events),
    onChange: (listener) => waiting.add(listener),
    until,
    async close() {
      await Promise.all([sockets.close(), api.close(), fileHost.close()]);
    },
  };

  function addTeam(name: string): Team {
    const team: Team = { id: ids.next("T"), name, domain: name.toLowerCase().replace(/\W+/g, "-") };
    world.teams.set(team.id, team);
    return team;
  }
}
