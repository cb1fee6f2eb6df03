import {
  type Capability,
  createHttp,
  type Job,
  type Logger,
  type State,
  silentLogger,
  systemClock,
} from "@toolcast/core";
import {
  createClient,
  createDiscordApi,
  createDiscordSurface,
  type DiscordApi,
  type DiscordSurface,
  registerCommands,
  takeInteractions,
} from "@toolcast/discord/parts";
import Keyv from "keyv";
import { CallsUnderWay } from "./calls-under-way.ts";
import { type DiscordFake, type DiscordOptions, startDiscord } from "./fakes/discord/discord.ts";
import type { Interaction } from "./fakes/discord/interactions.ts";
import type { MessageView } from "./fakes/discord/message-view.ts";
import type { Person } from "./fakes/discord/person.ts";
import type { ManualClock } from "./manual-clock.ts";
import { createInstallation, type Installation, type OpenOptions, type RunningProcess } from "./runtime-fixture.ts";

const minuteMs = 60_000;

/** One process running the adapter, connected to the fake Discord. */
export interface RoomProcess extends RunningProcess {
  discord: DiscordSurface;
  /** Kills the process at once: nothing it began continues. */
  kill(): Promise<void>;
  /** Kills the process just before this request, or after Discord has carried it out but before the answer arrives. */
  dieAt(when: "before" | "after", method: keyof DiscordApi): void;
}

/** An installation of Toolcast on a fake Discord, with a clock moved by hand. */
export interface DiscordRoom extends AsyncDisposable {
  platform: DiscordFake;
  installation: Installation;
  clock: ManualClock;
  open(options?: OpenOptions & { logger?: Logger }): Promise<RoomProcess>;
  /** Sends an interaction to every process again, as Discord does when it got no answer. */
  redeliver(interaction: Interaction): void;
  /** Runs a command and waits for its first answer, and until nothing more happens without time passing. */
  ask(person: Person, ...command: Parameters<Person["runCommand"]>): Promise<Interaction>;
  /** Lets everything happen that needs no time to pass, network traffic included. */
  calm(): Promise<void>;
  pass(ms: number, stepMs?: number): Promise<void>;
  until(condition: () => boolean | Promise<boolean>, limitMs?: number, stepMs?: number): Promise<void>;
}

export interface RoomOptions extends Omit<DiscordOptions, "clock"> {
  /** Keeps small state on a real disk; in memory by default. */
  state?: State;
}

export async function openRoom({ state: given, ...options }: RoomOptions = {}): Promise<DiscordRoom> {
  const installation = await createInstallation();
  const { clock, provider } = installation;
  provider.maxDurationMs = 5 * 60 * minuteMs;
  const platform = await startDiscord({ clock, rateLimits: false, ...options });
  const http = createHttp({ trustedHosts: () => [new URL(platform.files.url).host], clock: systemClock });
  const keyvs = new Map<string, Keyv>();
  const processes: RoomProcess[] = [];
  const payloads = new Map<string, unknown>();
  const calls = new CallsUnderWay();

  const state: State = given ?? {
    keyv(namespace) {
      const keyv = keyvs.get(namespace) ?? new Keyv({ namespace, throwOnErrors: true });
      keyvs.set(namespace, keyv);
      return keyv;
    },
    close() {},
  };

  const room: DiscordRoom = {
    platform,
    installation,
    clock,
    async open({ logger = silentLogger, ...given } = {}) {
      const running = await installation.open({ ...given, attached: false, started: false });
      const { runtime, life } = running;
      const client = createClient(platform.apiUrl);
      const raw = calls.counted(createDiscordApi(platform.token, platform.apiUrl));
      const api = new Proxy(raw, {
        get(target, property) {
          const method = Reflect.get(target, property) as (...parts: unknown[]) => Promise<unknown>;
          return async (...parts: unknown[]) => {
            if (life.dead) {
              return new Promise(() => {});
            }
            const dieIf = (when: "before" | "after") => {
              if (deadly === `${when} ${String(property)}`) {
                life.die();
              }
            };
            dieIf("before");
            if (life.dead) {
              return new Promise(() => {});
            }
            const end = await method(...parts).finally(() => dieIf("after"));
            return life.dead ? new Promise(() => {}) : end;
          };
        },
      });
      let deadly = "";
      const discord = createDiscordSurface({
        runtime: calls.counted(runtime, { except: ["settled"] }),
        state: { ...state, keyv: (name) => life.guard(name, state.keyv(name), ["set", "delete"]) },
        api,
        http: calls.counted(http),
        clock: life.clock,
        apiUrl: platform.apiUrl,
        fileHosts: [new URL(platform.files.url).host],
        logger,
      });
      takeInteractions(client, (payload) => {
        payloads.set((payload as { id?: string } | null)?.id ?? "", payload);
        if (!life.dead) {
          discord.take(payload);
        }
      });
      runtime.attach(discord.surface);
      const { id: application } = await api.application();
      await registerCommands(api, { application, wanted: discord.commands.map(({ body }) => body), logger });
      await discord.recover();
      await client.login(platform.token);
      if (given.started !== false) {
        await runtime.start();
      }
      const opened: RoomProcess = {
        ...running,
        discord,
        async kill() {
          life.die();
          await client.destroy();
        },
        dieAt(when, method) {
          deadly = `${when} ${method}`;
        },
      };
      processes.push(opened);
      return opened;
    },
    redeliver({ id }) {
      const payload = payloads.get(id);
      // One that is still on its way the first time goes to every process anyway.
      for (const { discord, life } of payload === undefined ? [] : processes) {
        if (!life.dead) {
          discord.take(payload);
        }
      }
    },
    async ask(person, ...command) {
      const asked = person.runCommand(...command);
      await platform.until(() => asked.state !== "waiting", "a first answer");
      await room.calm();
      return asked;
    },
    async calm() {
      await calls.calm();
    },
    async pass(ms, stepMs = 1_000) {
      for (let left = ms; left > 0; left -= stepMs) {
        await room.calm();
        await clock.advance(Math.min(stepMs, left));
      }
      await room.calm();
    },
    async until(condition, limitMs = 60 * 60_000, stepMs = 1_000) {
      for (const end = clock.now() + limitMs; ; ) {
        await room.calm();
        if (await condition()) {
          return;
        }
        if (clock.now() >= end) {
          const jobs = [...installation.store.entries.values()].map(({ job, wakeAt }) => {
            const { state, notices, timeline } = job;
            return { wakeAt, state, notices, timeline: timeline.slice(-4) };
          });
          throw new Error(`Not within ${limitMs} ms: ${condition}\n${JSON.stringify(jobs, null, 1).slice(0, 3_000)}`);
        }
        await clock.advance(stepMs);
      }
    },
    async [Symbol.asyncDispose]() {
      for (const process of processes) {
        await process.kill();
      }
      await installation[Symbol.asyncDispose]();
      await http.close();
      await platform.close();
      platform.assertNoViolations();
    },
  };
  return room;
}

/** Escaped text as Discord shows it. */
export function shownText(text: string): string {
  return text
    .replaceAll(/^(#{1,3}|-#) /gm, "")
    .replaceAll(/(?<!\\)(\*\*|`)/g, "")
    .replaceAll(/\\([^\p{L}\p{N}\s])/gu, "$1");
}

/** A message's text as Discord shows it; empty for a message that is not there. */
export function textOf(message: Pick<MessageView, "text"> | null | undefined): string {
  return shownText(message?.text ?? "");
}

/** Waits until every job has ended and its people have been notified. */
export function everythingSent({ installation }: DiscordRoom): boolean {
  const ended = ["succeeded", "failed", "cancelled"];
  return [...installation.store.entries.values()].every(
    ({ job }) => ended.includes(job.state.phase) && job.notices.every(({ state }) => state === "sent"),
  );
}

/** The vendor reports progress once a minute for this long, then finishes. */
export function slowStart({ installation }: DiscordRoom, capability: Capability, minutes: number): void {
  const { provider } = installation;
  provider.nextStart(capability, { end: "operation", reference: { vendor: "slow" } });
  provider.nextCheck(
    ...Array.from({ length: minutes }, (_, index) => ({
      state: "pending" as const,
      fraction: index / minutes,
      checkAfterMs: minuteMs,
    })),
  );
}

/** The job that was created last. */
export function newestJob({ installation }: DiscordRoom): Job {
  const newest = installation
    .jobs()
    .sort((one, other) => one.createdAt - other.createdAt)
    .at(-1);
  if (newest === undefined) {
    throw new Error("There is no job");
  }
  return newest;
}
