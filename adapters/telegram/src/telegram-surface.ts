import type { Logger, Runtime, State } from "@toolcast/core";
import { Chat, type ChatRoute, createChatKit, Intake } from "@toolcast/core/chat";
import type { Clock } from "@toolcast/core/engine";
import type { Http } from "@toolcast/core/provider";
import type { Surface } from "@toolcast/core/surface";
import { Access } from "./access.ts";
import { Admins } from "./admins.ts";
import { Albums } from "./albums.ts";
import { failures, platformName, readFailure } from "./api-failure.ts";
import { Backlog } from "./backlog.ts";
import type { BotApi } from "./bot-api.ts";
import { Chats } from "./chats.ts";
import type { TelegramContext } from "./context.ts";
import { deliver, find } from "./delivery-routes.ts";
import { handleUpdate, takeUpdate } from "./events.ts";
import { FileIds } from "./file-ids.ts";
import { stageUpload } from "./inline.ts";
import { KnownGroups } from "./known-groups.ts";
import { serverLimits } from "./limits.ts";
import { surfaceId } from "./place.ts";
import { Commands } from "./register.ts";
import { StagedUploads } from "./staged-uploads.ts";
import { createTelegramPort } from "./telegram-port.ts";
import { laneOf, type StoredUpdate } from "./update.ts";
import { WorkSigns } from "./work-signs.ts";

export interface TelegramSurfaceOptions {
  /** Started and stopped by its creator. */
  runtime: Runtime;
  /** Where forms, grants and file ids are kept; shared with the runtime. */
  state: State;
  /** Makes the requests, e.g. `createBotApi`. */
  api: BotApi;
  /** The bot's token; a secret. Only its number is used. */
  token: string;
  /** Loads files; must trust the server of the Bot API. */
  http: Http;
  /** The server's origin. */
  apiRoot: string;
  /** The path on this machine of the folder of a Bot API server in local mode. Default: files are loaded over HTTP. */
  filesDirectory?: string;
  /** Usually `systemClock`. */
  clock: Clock;
  /** Default: logs nothing. */
  logger?: Logger;
}

/** The adapter without its connection: a surface for the runtime, and an entry point for updates. */
export interface TelegramSurface {
  /** To be attached to the runtime. */
  surface: Surface<ChatRoute>;
  /** Who the bot is, as Telegram reports it. Call it before the first update. */
  named(bot: { id: number; username: string }): void;
  /** Registers the commands that changed. Rejects while Telegram cannot be reached. */
  register(): Promise<void>;
  /**
   * Takes an update. True when it is stored, or nothing more needs to be done about it; false when it must be delivered
   * again. Never rejects.
   */
  take(update: unknown): Promise<boolean>;
  /** To be called when Telegram has nothing more for us. Never rejects. */
  caughtUp(): Promise<void>;
  /** Resumes what an earlier process left open. Call it before the runtime starts. */
  recover(): Promise<void>;
  /** To be called before each time that updates begin to come, as other processes may have received them meanwhile. */
  begin(): Promise<void>;
  /** Takes no more updates; resolves once those in progress are answered. */
  close(): Promise<void>;
}

export function createTelegramSurface(options: TelegramSurfaceOptions): TelegramSurface {
  const { runtime, state, clock, logger, api, http, token, filesDirectory = null } = options;
  const kit = createChatKit({
    ...{ surface: surfaceId, title: platformName, runtime, state, clock, readFailure, failures },
    logger,
  });
  const access = new Access({
    state,
    isOperator: (caller) => runtime.isOperator(caller),
    idOf: (chat) => chats.idOf(chat),
  });
  const groups = new KnownGroups(state);
  const chats: Chats = new Chats({ ...{ state, access, groups }, outbox: kit.outbox });
  const workSigns = new WorkSigns({ api, chats, clock, runtime, state });
  const commands = new Commands({ api, tools: runtime.tools, logger: kit.logger, state });
  const fileIds = new FileIds(state, token);
  const context: TelegramContext = {
    ...{ ...kit, api, http, access, filesDirectory },
    limits: serverLimits({ isLocal: filesDirectory !== null }),
    admins: new Admins({ api, clock }),
    backlog: new Backlog({ state, clock }),
    fileHosts: [new URL(options.apiRoot).host],
    ...{ chats, workSigns, commands, groups },
    fileIds,
    stagedUploads: new StagedUploads({
      ...{ clock, fileIds, logger: kit.logger },
      upload: (owner, asset) => stageUpload(context, owner, asset),
    }),
    questions: state.keyv("telegram-questions"),
    kept: state.keyv("telegram-kept"),
    albums: new Albums(state),
    bot: { id: Number(token.split(":", 1)[0]), username: "" },
  };
  const chat = new Chat(context, createTelegramPort(context));
  const telegram = { context, chat };
  const intake = new Intake({
    ...{ surface: surfaceId, inbox: runtime.inbox, clock, logger: kit.logger, turnstile: kit.turnstile },
    laneOf: (update) => laneOf((update as unknown as StoredUpdate).update),
    handle: (event) => handleUpdate(telegram, event),
    isOnHold: () => runtime.held() !== null,
  });

  return {
    surface: {
      id: surfaceId,
      limits: context.limits.surface,
      routes: ["edit", "post", "direct"],
      privateRoutes: ["edit", "post", "direct"],
      answerRoutes: ["edit"],
      deliver(route, delivery) {
        workSigns.end(delivery.message.jobId);
        return deliver(telegram, route, delivery);
      },
      find: (delivery) => find(telegram, delivery),
      update: (delivery) => chat.update(delivery),
      async forget(person) {
        await Promise.all([access.forget(person), context.kept.delete(person)]);
        await chat.forget(person);
      },
    },
    named: (bot) => Object.assign(context.bot, bot),
    register: async () => commands.register(await access.operators()),
    take: (update) => takeUpdate({ ...telegram, intake }, update),
    caughtUp: () => context.backlog.caughtUp(),
    begin: () => context.backlog.load(),
    async recover() {
      await context.backlog.load();
      await chat.recover();
      await intake.recover();
    },
    async close() {
      workSigns.close();
      await Promise.all([intake.close(), chat.close()]);
    },
  };
}
