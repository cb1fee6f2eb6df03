import {
  type Capability,
  createHttp,
  type Job,
  type Logger,
  type State,
  silentLogger,
  systemClock,
} from "@toolcast/core";
import { createBotApi, createTelegramSurface, Poll, type TelegramSurface } from "@toolcast/telegram/parts";
import Keyv from "keyv";
import { CallsUnderWay } from "./calls-under-way.ts";
import type { Person } from "./fakes/telegram/person.ts";
import { startTelegram, type TelegramFake, type TelegramOptions } from "./fakes/telegram/telegram.ts";
import type { ManualClock } from "./manual-clock.ts";
import { createInstallation, type Installation, type OpenOptions, type RunningProcess } from "./runtime-fixture.ts";

const minuteMs = 60_000;

/** One process running the adapter, polling the fake Telegram. */
export interface RoomProcess extends RunningProcess {
  telegram: TelegramSurface;
  poll: Poll;
  /** Kills the process at once: nothing it began continues. */
  kill(): Promise<void>;
  /** Kills the process just before this request, or after Telegram has carried it out but before the answer arrives. */
  dieAt(when: "before" | "after", method: string): void;
}

/** An installation of Toolcast on a fake Telegram, with a clock moved by hand. */
export interface TelegramRoom extends AsyncDisposable {
  platform: TelegramFake;
  installation: Installation;
  clock: ManualClock;
  /** Lets a person or a chat in, as an operator does. */
  letIn(id: number): Promise<void>;
  /** Ends the access of a person or a chat, as an operator does. */
  shutOut(id: number): Promise<void>;
  /** Somebody who may start work: an operator has let them in. */
  member(name: string, options?: Parameters<TelegramFake["person"]>[1]): Promise<Person>;
  open(options?: OpenOptions & { logger?: Logger }): Promise<RoomProcess>;
  /** Lets everything happen that needs no time to pass, network traffic included. */
  calm(): Promise<void>;
  pass(ms: number, stepMs?: number): Promise<void>;
  until(condition: () => boolean | Promise<boolean>, limitMs?: number, stepMs?: number): Promise<void>;
}

export async function openTelegramRoom(options: Omit<TelegramOptions, "clock"> = {}): Promise<TelegramRoom> {
  const installation = await createInstallation();
  const { clock, provider } = installation;
  provider.maxDurationMs = 5 * 60 * minuteMs;
  const platform = await startTelegram({ clock, ...options });
  const host = new URL(platform.apiRoot).host;
  const http = createHttp({ trustedHosts: () => [host], clock: systemClock });
  const keyvs = new Map<string, Keyv>();
  const processes: RoomProcess[] = [];
  const calls = new CallsUnderWay();

  const state: State = {
    keyv(namespace) {
      const keyv = keyvs.get(namespace) ?? new Keyv({ namespace, throwOnErrors: true });
      keyvs.set(namespace, keyv);
      return keyv;
    },
    close() {},
  };

  const room: TelegramRoom = {
    platform,
    installation,
    clock,
    async letIn(id) {
      await state.keyv("telegram-access").set(`in/${id}`, "telegram:1");
    },
    async shutOut(id) {
      await state.keyv("telegram-access").delete(`in/${id}`);
    },
    async member(name, about) {
      const person = platform.person(name, about);
      await room.letIn(person.id);
      return person;
    },
    async open({ logger = silentLogger, ...given } = {}) {
      const running = await installation.open({ ...given, attached: false, started: false });
      const { runtime, life } = running;
      const raw = createBotApi({ token: platform.token, apiRoot: platform.apiRoot, clock: life.clock });
      const never = new Promise<never>(() => {});
      let deadly = "";
      const api: typeof raw = {
        ...raw,
        async call(method, parameters, given) {
          if (deadly === `before ${method}`) {
            life.die();
          }
          if (life.dead) {
            return never;
          }
          const request = raw.call(method, parameters, given);
          const end = await (method === "getUpdates" ? request : calls.follow(request)).finally(() => {
            if (deadly === `after ${method}`) {
              life.die();
            }
          });
          return (life.dead ? never : end) as never;
        },
      };
      const telegram = createTelegramSurface({
        runtime: calls.counted(runtime, { except: ["settled"] }),
        ...{ api, token: platform.token, apiRoot: platform.apiRoot, clock: life.clock, logger },
        ...(options.local === undefined ? {} : { filesDirectory: options.local.folder }),
        state: { ...state, keyv: (name) => life.guard(name, state.keyv(name), ["set", "delete"]) },
        http: { ...http, download: (...parts) => calls.follow(http.download(...parts)) },
      });
      runtime.attach(telegram.surface);
      const { id, username = "" } = await api.call("getMe", {});
      telegram.named({ id, username });
      await telegram.recover();
      const poll = new Poll({
        ...{ api, clock: life.clock, logger },
        take: (update) => (life.dead ? never : telegram.take(update)),
        caughtUp: () => (life.dead ? never : telegram.caughtUp()),
      });
      poll.start();
      if (given.started !== false) {
        await runtime.start();
      }
      await platform.until(() => platform.updates.polling || platform.updates.pending.length > 0, "a poll");
      const opened: RoomProcess = {
        ...running,
        telegram,
        poll,
        async kill() {
          life.die();
          void poll.close();
          await platform.until(() => !platform.updates.polling, "the end of the poll");
        },
        dieAt(when, method) {
          deadly = `${when} ${method}`;
        },
      };
      processes.push(opened);
      return opened;
    },
    async calm() {
      const isRead = () => processes.every(({ life }) => life.dead) || platform.updates.pending.length === 0;
      await calls.calm(isRead);
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
            const { state: phase, notices, timeline } = job;
            return { wakeAt, phase, notices, timeline: timeline.slice(-4) };
          });
          throw new Error(`Not within ${limitMs} ms: ${condition}\n${JSON.stringify(jobs, null, 1).slice(0, 3_000)}`);
        }
        await clock.advance(stepMs);
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(processes.map((process) => process.kill()));
      await installation[Symbol.asyncDispose]();
      await http.close();
      await platform.close();
      platform.assertNoViolations();
    },
  };
  return room;
}

/** Text as people read it, without the characters that keep it inert. */
export function shownText(text: string): string {
  return text.replaceAll("\u2060", "");
}

/** Waits until all messages have been taken and carried out, every job has ended, and its people have been notified. */
export function everythingSent({ installation, platform }: TelegramRoom): boolean {
  const ended = ["succeeded", "failed", "cancelled"];
  const { inbox, entries } = installation.store;
  return (
    platform.updates.pending.length === 0 &&
    [...inbox.values()].every(({ entry }) => entry.state !== "open") &&
    [...entries.values()].every(
      ({ job }) => ended.includes(job.state.phase) && job.notices.every(({ state }) => state === "sent"),
    )
  );
}

/** The vendor reports progress once a minute for this long, then finishes. */
export function slowStart({ installation }: TelegramRoom, capability: Capability, minutes: number): void {
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
export function newestJob({ installation }: TelegramRoom): Job {
  const newest = installation
    .jobs()
    .sort((one, other) => one.createdAt - other.createdAt)
    .at(-1);
  if (newest === undefined) {
    throw new Error("There is no job");
  }
  return newest;
}
