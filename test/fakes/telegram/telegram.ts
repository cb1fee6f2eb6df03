import type { TelegramBotCommand } from "@gramio/types";
import { systemClock } from "@toolcast/core";
import type { Clock } from "@toolcast/core/engine";
import type { JsonObject } from "../json.ts";
import { type RecordedRequest, startApiServer } from "./api-server.ts";
import type { BotApiVersion } from "./api-versions.ts";
import { botHandlers, type Session } from "./bot-methods.ts";
import { type ChatAffairs, createChatAffairs } from "./chat-affairs.ts";
import { chatHandlers } from "./chat-methods.ts";
import { commandHandlers, commandsFor } from "./command-methods.ts";
import type { Context } from "./context.ts";
import { draftHandlers, settingsHandlers } from "./draft-methods.ts";
import { editHandlers } from "./edit-methods.ts";
import { createFaults, type Faults } from "./faults.ts";
import { createFiles, type WebFile } from "./files.ts";
import { createFloodLimits, type FloodOptions } from "./flood-limits.ts";
import { openJudge, type Violation } from "./judge.ts";
import { type MessageView, viewMessage } from "./message-view.ts";
import type { Handler } from "./methods.ts";
import { addUser, newWorld, type PersonOptions } from "./new-world.ts";
import { createPerson, type Person } from "./person.ts";
import { queryHandlers } from "./query-methods.ts";
import { sendHandlers } from "./send-methods.ts";
import { createUpdates, type Updates } from "./updates.ts";
import { createWebhook, type Webhook } from "./webhook.ts";
import type { BotAccount, Chat, World } from "./world.ts";

export interface TelegramOptions {
  /** Moves every deadline: polls, 15 s, 30 s, flood limits, links. Default the machine's clock. */
  readonly clock?: Clock;
  readonly token?: string;
  /** The version of the Bot API to serve. Default the newest. */
  readonly version?: BotApiVersion;
  /** The folder of a Bot API server in local mode: files up to 2,000 MB, and getFile answers with paths below it. */
  readonly local?: { readonly folder: string };
  /** `false` switches flood limits off; faults of kind `flood` still close a chat. */
  readonly flood?: FloodOptions | false;
  /** Settings that the bot's owner made with BotFather. */
  readonly bot?: Partial<Omit<BotAccount, "id" | "username">>;
  /** The content of web addresses, for files sent by URL. */
  readonly web?: (url: string) => WebFile | null;
  /** Maps a webhook's public address to one on loopback. Default unchanged. */
  readonly route?: (url: string) => string;
}

export interface TelegramFake extends ChatAffairs {
  /** For a client's `apiRoot` and for TELEGRAM_API_ROOT. */
  readonly apiRoot: string;
  readonly token: string;
  readonly version: BotApiVersion;
  readonly bot: BotAccount;
  readonly world: World;
  readonly updates: Updates;
  readonly webhook: Webhook;
  readonly faults: Faults;
  readonly requests: readonly RecordedRequest[];
  requestsTo(...methods: string[]): RecordedRequest[];
  readonly downloads: readonly { readonly path: string; readonly status: number }[];
  /** Whether Telegram's own page (Bot API 10.1) judges too (TOOLCAST_JUDGES names its folder); `@gramio/types` always does. */
  readonly judged: boolean;
  readonly violations: Violation[];
  /** Throws if anything accepted or returned differs from the Bot API's description. */
  assertNoViolations(): void;
  /** Somebody with a client; they have not started the bot yet. */
  person(name: string, options?: PersonOptions): Person;
  /** Commands that somebody's client offers in a chat (default their own with the bot). */
  commandsFor(person: Person, chat?: Chat): readonly TelegramBotCommand[];
  /** The registered commands, by scope and language. */
  readonly commands: ReadonlyMap<string, readonly JsonObject[]>;
  /** Every message in a chat, including everybody's ephemeral ones. */
  allMessages(chat: Chat): MessageView[];
  /** Calls back at each change, before whoever made it hears of it. */
  onChange(listener: () => void): void;
  /** Waits until a condition holds: checks again after each change; gives up after `withinMs` (20,000) of real time. */
  until(condition: () => boolean, what?: string, withinMs?: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * A strict Bot API on loopback, either like the cloud's or as a local server. The real telegraf drives it by polling or
 * webhook. It refuses what Telegram refuses, in its words, and forgets, expires and limits by the clock passed in.
 *
 *     const telegram = await startTelegram({ clock });
 *     const bot = new Telegraf(telegram.token, { telegram: { apiRoot: telegram.apiRoot, webhookReply: false } });
 *     const ada = telegram.person("Ada", { languageCode: "zh-hans" });
 *     ada.start("deep-link");  ada.write("/image a fox");               // in her chat with the bot
 *     const team = telegram.addGroup("Team", [ada, bo], { forum: true });  // the first one owns it, the bot is a member
 *     ada.write("/image@toolcast_bot", { in: team, threadId: telegram.addTopic(team, "clips") });
 *     const voice = ada.send("voice", ogg, { duration: 5, caption: "/clone" });
 *     ada.write("/clone", { replyTo: voice });  ada.sendAlbum([{ kind: "photo", bytes: png }, …], { gapMs: 11_000 });
 *     await telegram.until(() => ada.visibleMessages().length === 2, "an answer");
 *     const press = ada.press(ada.visibleMessages().at(-1)!, "Again");   // by label or data; press.answer: what she saw
 *     ada.visibleMessages().at(-1)!.active;                               // mentions, links, commands: foreign text has none
 *     ada.notifications();  ada.drafts();  ada.stop();  ada.chatAction(); // what rings, what is being written
 *     const ask = ada.askInline("fox");  ada.chooseInline(ask, ask.results![0].id);  ada.callGuest("what?", { in: chat });
 *     ada.block();  ada.addBot(group);  ada.removeBot(group);  telegram.migrate(group);  telegram.permit(group, { … });
 *     telegram.faults.next("sendPhoto", { kind: "drop", when: "after" }, { chatId: team.id });
 *     telegram.faults.always("any", { kind: "hang", ms: 100_000 }, { chatId: team.id });
 *     telegram.assertNoViolations();  await telegram.close();             // last lines of every test
 *
 * Flood limits follow the same clock; a client that waits in real time needs `flood: { clock: systemClock }` or `false`.
 */
export async function startTelegram(options: TelegramOptions = {}): Promise<TelegramFake> {
  const clock = options.clock ?? systemClock;
  const token = options.token ?? "7000000001:AAfake-token-of-the-bot_0123456789abc";
  const version = options.version ?? "10.5";
  const world = newWorld(Number(token.split(":")[0]));
  Object.assign(world.bot, options.bot);
  const judge = openJudge(process.env.TOOLCAST_JUDGES || undefined, version);
  const violations: Violation[] = [];
  const faults = createFaults();
  const session: Session = { loggedOutUntil: 0, links: new Map() };

  const waiting = new Set<() => void>();
  const changed = () => {
    for (const look of [...waiting]) {
      look();
    }
  };
  const updates = createUpdates({
    clock,
    changed,
    firstId: 810_000_001,
    judge(update) {
      const problems = judge.update(JSON.parse(JSON.stringify(update)));
      if (problems.length > 0) {
        const where = Object.keys(update).find((name) => name !== "update_id") ?? "update";
        violations.push({ where, direction: "update", problems, value: update });
      }
    },
  });
  let count = 0;
  const context: Context = {
    clock,
    token,
    world,
    version,
    localFolder: options.local?.folder ?? null,
    files: createFiles(world, { local: options.local !== undefined, web: options.web ?? (() => null) }),
    updates,
    presses: new Map(),
    asks: new Map(),
    guestCalls: new Map(),
    commands: new Map(),
    next: () => {
      count += 1;
      return count;
    },
    changed,
  };
  const webhook = createWebhook({
    clock,
    updates,
    local: options.local !== undefined,
    route: options.route ?? ((url) => url),
    call: (method, values) => api.call(method, values),
    changed,
  });
  const handlers = {
    ...botHandlers(context, webhook, session),
    ...sendHandlers(context),
    ...editHandlers(context),
    ...commandHandlers(context),
    ...chatHandlers(context),
    ...draftHandlers(context),
    ...settingsHandlers(context),
    ...queryHandlers(context),
  };
  const api = await startApiServer({
    clock,
    token,
    version,
    local: options.local !== undefined,
    handlers: handlers as unknown as Readonly<Record<string, Handler>>,
    session,
    judge,
    violations,
    faults,
    flood: createFloodLimits(clock, options.flood ?? {}),
    chatIdOf(given) {
      const text = String(given ?? "");
      const named = [...world.chats.values()].find(({ username }) => username !== null && `@${username}` === text);
      return named?.id ?? (/^-?\d+$/.test(text) ? Number(text) : null);
    },
    changed,
  });

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
    apiRoot: api.url,
    token,
    version,
    bot: world.bot,
    world,
    updates,
    webhook,
    faults,
    requests: api.requests,
    requestsTo: (...methods) => api.requests.filter(({ method }) => method !== null && methods.includes(method)),
    downloads: api.downloads,
    judged: judge.official,
    violations,
    assertNoViolations() {
      if (violations.length > 0) {
        const descriptions = violations.map(
          ({ where, direction, problems }) => `${direction} ${where}: ${problems.join("; ")}`,
        );
        throw new Error(`Not as the Bot API describes it:\n${descriptions.join("\n")}`);
      }
    },
    person: (name, about) => createPerson(context, addUser(world, name, about)),
    commandsFor: (person, chat = person.chat) => commandsFor(context, chat, person.id),
    commands: context.commands,
    allMessages: (chat) => chat.messages.map((message) => viewMessage(context, message)),
    ...createChatAffairs(context),
    onChange: (listener) => waiting.add(listener),
    until,
    async close() {
      await webhook.close();
      await api.close();
    },
  };
}
