import { builtInTools, createHttp, type Job, type Logger, type State, silentLogger, systemClock } from "@toolcast/core";
import { slack as definition } from "@toolcast/slack";
import {
  createClient,
  createSlackApi,
  createSlackSurface,
  type SlackApi,
  type SlackSurface,
  Sockets,
} from "@toolcast/slack/parts";
import Keyv from "keyv";
import { CallsUnderWay } from "./calls-under-way.ts";
import type { Manifest } from "./fakes/slack/context.ts";
import type { Delivery } from "./fakes/slack/deliveries.ts";
import { type SlackFake, type SlackOptions, startSlack } from "./fakes/slack/slack.ts";
import type { ManualClock } from "./manual-clock.ts";
import { createInstallation, type Installation, type OpenOptions, type RunningProcess } from "./runtime-fixture.ts";

const minuteMs = 60_000;

/** One process running the adapter, connected to the fake Slack by the real Bolt. */
export interface SlackProcess extends RunningProcess {
  slack: SlackSurface;
  /** Whether the workspace has removed the app. */
  isRemoved(): boolean;
  /** Kills the process at once: nothing it began continues. */
  kill(): Promise<void>;
  /** Kills the process just before this request, or after Slack has carried it out but before the answer arrives. */
  dieAt(when: "before" | "after", method: keyof SlackApi | "acknowledge"): void;
}

/** An installation of Toolcast on a fake Slack, with a clock moved by hand. */
export interface SlackRoom extends AsyncDisposable {
  platform: SlackFake;
  installation: Installation;
  clock: ManualClock;
  open(options?: OpenOptions & { logger?: Logger }): Promise<SlackProcess>;
  /** Waits until an act is acknowledged and nothing more happens without time passing. */
  taken<Act extends Pick<Delivery, "state">>(act: Act): Promise<Act>;
  /** Lets everything happen that needs no time to pass, network traffic included. */
  calm(): Promise<void>;
  pass(ms: number, stepMs?: number): Promise<void>;
  until(condition: () => boolean | Promise<boolean>, limitMs?: number, stepMs?: number): Promise<void>;
  /** Waits until every job has ended and its people have been notified. */
  everythingSent(): boolean;
  /** The job that was created last. */
  newestJob(): Job;
}

export async function openSlackRoom({
  prefix,
  ...options
}: Omit<SlackOptions, "clock"> & { prefix?: string } = {}): Promise<SlackRoom> {
  const installation = await createInstallation();
  const { clock, provider } = installation;
  provider.maxDurationMs = 5 * 60 * minuteMs;
  const printed = await definition.commands?.manifest?.run({
    ...{ tools: builtInTools, publicUrl: null, argument: prefix, values: {} },
  });
  const manifest = JSON.parse(printed?.join("\n") ?? "") as Manifest;
  const platform = await startSlack({ clock, rateLimits: false, fileProcessingMs: 500, manifest, ...options });
  const hosts = [platform.fileHost.url, platform.apiUrl].map((url) => new URL(url).host);
  const http = createHttp({ trustedHosts: () => hosts, clock: systemClock });
  const keyvs = new Map<string, Keyv>();
  const processes: SlackProcess[] = [];
  const calls = new CallsUnderWay();

  const room: SlackRoom = {
    platform,
    installation,
    clock,
    async open({ logger = silentLogger, ...given } = {}) {
      const running = await installation.open({ ...given, attached: false, started: false });
      const { runtime, life } = running;
      let deadly = "";
      let isRemoved = false;
      const dieIf = (when: "before" | "after", what: string) => {
        if (deadly === `${when} ${what}`) {
          life.die();
        }
      };
      const raw = calls.counted(createSlackApi(createClient(platform.botToken, platform.apiUrl, logger), http, hosts));
      const api = new Proxy(raw, {
        get(target, property) {
          const method = Reflect.get(target, property) as (...parts: unknown[]) => unknown;
          return (...parts: unknown[]) => {
            if (life.dead) {
              return new Promise(() => {});
            }
            dieIf("before", String(property));
            const end = life.dead ? new Promise(() => {}) : method(...parts);
            return end instanceof Promise
              ? end
                  .finally(() => dieIf("after", String(property)))
                  .then((value) => (life.dead ? new Promise(() => {}) : value))
              : end;
          };
        },
      });
      const state: State = {
        keyv(namespace) {
          const keyv = keyvs.get(namespace) ?? new Keyv({ namespace, throwOnErrors: true });
          keyvs.set(namespace, keyv);
          return life.guard(namespace, keyv, ["set", "delete"]);
        },
        close() {},
      };
      const { team, bot, botName } = await api.identify();
      const slack = createSlackSurface({
        ...{ runtime: calls.counted(runtime, { except: ["settled"] }), state, api, logger, clock: life.clock },
        self: () => ({ team, bot, botName }),
        removed() {
          isRemoved = true;
          api.forget();
        },
      });
      const sockets = new Sockets({
        ...{ appToken: platform.appToken, apiUrl: platform.apiUrl, clock: life.clock, logger, http },
        take: (payload, acknowledge) => {
          if (!life.dead) {
            slack.take(payload, async (answer) => {
              if (!life.dead) {
                await acknowledge(answer);
                dieIf("after", "acknowledge");
              }
              if (life.dead) {
                await new Promise(() => {});
              }
            });
          }
        },
      });
      runtime.attach(slack.surface);
      await slack.recover();
      const before = platform.sockets.opened;
      await sockets.start();
      await platform.until(() => platform.sockets.opened >= before + 2, "the sockets");
      if (given.started !== false) {
        await runtime.start();
      }
      const opened: SlackProcess = {
        ...running,
        slack,
        isRemoved: () => isRemoved,
        async kill() {
          life.die();
          await sockets.close();
        },
        dieAt(when, method) {
          deadly = `${when} ${method}`;
        },
      };
      processes.push(opened);
      return opened;
    },
    async taken(act) {
      await platform.until(() => act.state !== "waiting", "an acknowledgement");
      await room.calm();
      return act;
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
    async until(condition, limitMs = 60 * minuteMs, stepMs = 1_000) {
      for (const end = clock.now() + limitMs; ; ) {
        await room.calm();
        if (await condition()) {
          return;
        }
        if (clock.now() >= end) {
          const jobs = installation.jobs().map(({ state, notices, timeline }) => ({ state, notices, timeline }));
          throw new Error(`Not within ${limitMs} ms: ${condition}\n${JSON.stringify(jobs, null, 1).slice(0, 3_000)}`);
        }
        await clock.advance(stepMs);
      }
    },
    everythingSent() {
      const ended = ["succeeded", "failed", "cancelled"];
      return installation
        .jobs()
        .every(
          ({ state, notices }) => ended.includes(state.phase) && notices.every((notice) => notice.state === "sent"),
        );
    },
    newestJob() {
      const newest = installation
        .jobs()
        .sort((one, other) => one.createdAt - other.createdAt)
        .at(-1);
      if (newest === undefined) {
        throw new Error("There is no job");
      }
      return newest;
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
