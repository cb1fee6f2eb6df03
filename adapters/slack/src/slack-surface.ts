import type { Logger, Runtime, State } from "@toolcast/core";
import { Chat, type ChatRoute, createChatKit } from "@toolcast/core/chat";
import type { Clock } from "@toolcast/core/engine";
import type { Surface } from "@toolcast/core/surface";
import type { SlackContext } from "./context.ts";
import { deliver } from "./delivery-routes.ts";
import { type Notices, takePayload } from "./events.ts";
import { find } from "./find.ts";
import { surfaceLimits } from "./limits.ts";
import { People } from "./people.ts";
import { platformName, surfaceId } from "./place.ts";
import type { SlackApi } from "./slack-api.ts";
import { failures, readFailure } from "./slack-failure.ts";
import { createSlackPort } from "./slack-port.ts";
import { Uploads } from "./uploads.ts";
import type { NotTaken, Transport } from "./ways.ts";

export interface SlackSurfaceOptions extends Notices {
  /** Started and stopped by its creator. */
  runtime: Runtime;
  /** Where forms and uploads are kept; shared with the runtime. */
  state: State;
  /** Makes the requests, e.g. `createSlackApi`. */
  api: SlackApi;
  /** Usually `systemClock`. */
  clock: Clock;
  /** For operators. */
  logger: Logger;
  /** The workspace and the bot's name there, once they are known. */
  self(): { team: string; bot: string; botName: string };
}

/** The adapter without its connection: a surface for the runtime, and an entry point for what Slack sends. */
export interface SlackSurface {
  /** To be attached to the runtime. */
  surface: Surface<ChatRoute>;
  /** Takes what Slack sends. Never throws. `notTaken`: it was not, and Slack should send it again. Default: Slack waits. */
  take(payload: unknown, acknowledge: Transport, notTaken?: NotTaken): void;
  /** Resumes what an earlier process left open. Call it before the runtime starts. */
  recover(): Promise<void>;
  /** Takes no more events; resolves once those in progress are answered. */
  close(): Promise<void>;
}

export function createSlackSurface(options: SlackSurfaceOptions): SlackSurface {
  const { runtime, state, clock, logger, api, self, removed } = options;
  const kit = createChatKit({
    ...{ surface: surfaceId, title: platformName, runtime, state, clock, logger, readFailure, failures },
  });
  const { outbox } = kit;
  const context: SlackContext = {
    ...kit,
    api,
    people: new People({ api, outbox, clock, logger, team: () => self().team }),
    team: () => self().team,
    uploads: new Uploads({ api, outbox, clock, state }),
    bot: () => self().bot,
    botName: () => self().botName,
  };
  const chat = new Chat(context, createSlackPort(context));
  const slack = { context, chat, notices: { removed } };

  return {
    surface: {
      id: surfaceId,
      limits: surfaceLimits,
      routes: ["edit", "post", "direct"],
      privateRoutes: ["edit", "direct"],
      answerRoutes: ["edit"],
      deliver: (route, delivery) => deliver(slack, route, delivery),
      find: (delivery) => find(slack, delivery),
      update: (delivery) => chat.update(delivery),
      forget: (person) => chat.forget(person),
    },
    take: (payload, acknowledge, notTaken = () => {}) => takePayload(slack, payload, acknowledge, notTaken),
    recover: () => chat.recover(),
    close: () => chat.close(),
  };
}
