import {
  type Clock,
  type Http,
  type Logger,
  type Runtime,
  type State,
  type Surface,
  silentLogger,
  sleep,
} from "@toolcast/core";
import { KeptButtons, Outbox, SendNotes, Turnstile } from "@toolcast/core/chat";

import { commandsFor, type DiscordCommand, type Scope } from "./commands.ts";
import type { DiscordContext } from "./context.ts";
import type { DiscordApi } from "./discord-api.ts";
import { discordHosts } from "./file-hosts.ts";
import { find } from "./find.ts";
import { Forms } from "./forms.ts";
import { Interactions } from "./interactions.ts";
import { deliver } from "./ladder.ts";
import { surfaceLimits } from "./limits.ts";
import { addressOf, surfaceId } from "./place.ts";
import { Progress } from "./progress.ts";
import { InteractionRecords } from "./records.ts";
import { recover } from "./recover.ts";
import { Renewal } from "./renewal.ts";
import { failures, readFailure } from "./rest-failure.ts";

export interface DiscordSurfaceOptions {
  runtime: Runtime;
  /** Where tokens, forms and open answers are kept; shared with the runtime. */
  state: State;
  api: DiscordApi;
  /** Loads uploaded files; must trust `fileHosts`. */
  http: Http;
  clock: Clock;
  /** A local or proxy server in Discord's place, e.g. `http://127.0.0.1:8080/api`. Default: Discord's own. */
  apiUrl?: string;
  /** The hosts that uploaded files lie on, as `host` or `host:port`. Default {@link discordHosts} of `apiUrl`. */
  fileHosts?: readonly string[];
  /** Where commands are registered. Default `global`. */
  scope?: Scope;
  /** Default: says nothing. */
  logger?: Logger;
}

/** What still waits for somebody else then is taken up by the next process. */
const drainMs = 10_000;

/** The adapter without its connection: a surface for the runtime, and a door for what the gateway tells. */
export interface DiscordSurface {
  surface: Surface;
  commands: readonly DiscordCommand[];
  /** Takes an interaction as the gateway tells it. Never throws. */
  take(payload: unknown): void;
  /** Puts right what an earlier process left open. Before the runtime starts. */
  recover(): Promise<void>;
  /** Takes no more interactions; resolves when those under way have their answers. */
  close(): Promise<void>;
}

export function createDiscordSurface(options: DiscordSurfaceOptions): DiscordSurface {
  const { runtime, state, clock } = options;
  const commands = commandsFor(runtime.tools, options.scope ?? "global");
  const context: DiscordContext = {
    runtime,
    api: options.api,
    outbox: new Outbox({ clock, readFailure, failures }),
    turnstile: new Turnstile(clock),
    records: new InteractionRecords(state, clock),
    forms: new Forms(state),
    buttons: new KeptButtons(state, surfaceId),
    sends: new SendNotes({ surface: surfaceId, state, clock, readFailure }),
    commands: new Map(commands.map((command) => [command.name, command])),
    http: options.http,
    fileHosts: options.fileHosts ?? discordHosts(options.apiUrl),
    clock,
    logger: options.logger ?? silentLogger,
  };
  const renewal = new Renewal(context);
  context.records.onAdded = (record) => renewal.watch(record.id, record.at);
  const interactions = new Interactions(context);
  const progress = new Progress(context);

  return {
    surface: {
      id: surfaceId,
      limits: surfaceLimits,
      limitsAt(place) {
        const address = addressOf(place);
        return address === null ? surfaceLimits : { ...surfaceLimits, mediaBytes: address.fileBytes };
      },
      rungs: ["edit", "post", "direct"],
      privateRungs: ["edit", "direct"],
      deliver: (rung, delivery) => deliver(context, rung, delivery),
      find: (delivery) => find(context, delivery),
      update: (delivery) => progress.update(delivery),
    },
    commands,
    take: (payload) => interactions.take(payload),
    async recover() {
      await recover(context, (work) => interactions.follow(work));
      await renewal.resume();
    },
    async close() {
      renewal.close();
      const patience = new AbortController();
      const drained = interactions.close().then(() => context.outbox.drained());
      await Promise.race([drained, sleep(clock, drainMs, patience.signal).catch(() => {})]);
      patience.abort();
    },
  };
}
