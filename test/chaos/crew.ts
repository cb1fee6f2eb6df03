import { join } from "node:path";
import type { Clock } from "@toolcast/core/engine";
import { arrows } from "./arrows.ts";
import type { Chance } from "./chance.ts";
import { type Child, startChild } from "./child.ts";
import { readLines } from "./room-surface.ts";
import { databaseAwayCode, type KillLine, killAtVariable, machineSignal, type World } from "./settings.ts";

/** One life of an app process; times are in the world's time. */
export interface Life {
  pid: number;
  /** Ordered to kill itself at some arrow. */
  isArmed: boolean;
  from: number;
  to: number;
  end: "arrow" | "random" | "drained" | "running";
  arrow?: string;
  /** When it was paused. */
  pauses: { from: number; to: number }[];
}

export interface Crew {
  lives: Life[];
  /** What must not happen: crashes, and drains that do not end. */
  troubles: string[];
  killed(): { arrow: number; random: number };
  /** The arrows at which nobody has died yet. */
  neverKilledAt(): string[];
  /** A living app, or null if there is none. */
  anyone(): Child | null;
  everyone(): Child[];
  /** Resolves once an app has come up in every seat. */
  seated(): Promise<void>;
  /** From now on nobody is killed; an app that dies at an arrow set earlier is restarted. */
  calm(): void;
  /** Drains all apps and waits for them to end. */
  end(): Promise<void>;
}

export interface CrewOptions {
  world: World;
  clock: Clock;
  chance: Chance;
  logDirectory: string;
  environment: Record<string, string>;
  /** How long an app may live before something happens to it, in real milliseconds. */
  lifeMs: readonly [least: number, most: number];
  /** At most this many apps are killed at random instants, and as many at arrows, however slow the machine. */
  kills: number;
  /** Apps go on dying at arrows until one has died at each. */
  everyArrow: boolean;
  /** A process's lease, in real milliseconds; a pause lasts longer. */
  leaseMs: number;
}

const processes = 2;
/** With this many arrows left or fewer, the rest count as scarce. */
const scarce = 20;
/** How many arrows an app is armed with while many are left. */
const armedAtOnce = 4;
/** How many times longer an armed app is left alone. */
const patienceForArmed = 2;
const patienceForScarce = 8;
/**
 * How long a drain may take, in real milliseconds: the 305 s of the world that an app waits for its starts, and a
 * margin.
 */
const drainMs = 35_000;

/** Two apps on one data directory: killed, paused and drained again and again, and restarted immediately. */
export function runCrew(options: CrewOptions): Crew {
  const { world, clock, chance, logDirectory, environment, lifeMs, leaseMs, kills, everyArrow } = options;
  const seats: (Child | null)[] = Array.from({ length: processes }, () => null);
  const lives: Life[] = [];
  const troubles: string[] = [];
  const used = new Set<string>();
  const over = Promise.withResolvers<void>();
  let isCalm = false;
  let isEnding = false;
  const ended = Promise.all(seats.map((_, seat) => sit(seat)));

  function fresh(): string[] {
    return arrows.filter((arrow) => !used.has(arrow));
  }

  function killed(): { arrow: number; random: number } {
    const count = (how: Life["end"]) => lives.filter(({ end }) => end === how).length;
    return { arrow: count("arrow"), random: count("random") };
  }

  /** The remaining arrows are rarely crossed: an app that is to die at one is left to live longer. */
  function isScarce(): boolean {
    return fresh().length <= scarce;
  }

  /** The arrows at which an app is to die, whichever it crosses first; once every arrow has been used, any one. */
  function nextArrows(): string {
    const left = fresh();
    const wanted = left.length === 0 ? [chance.pick(arrows)] : isScarce() ? left : pickSome(left, armedAtOnce);
    return wanted.map((arrow) => `${arrow}#${chance.pick(isScarce() ? [1] : [1, 1, 1, 2, 4])}`).join(",");
  }

  function pickSome(from: readonly string[], count: number): string[] {
    const left = [...from];
    return Array.from({ length: count }, () => left.splice(chance.below(left.length), 1)[0]!);
  }

  async function sit(seat: number): Promise<void> {
    let port = 0;
    while (!isEnding) {
      const isWanted = killed().arrow < kills || (everyArrow && fresh().length > 0);
      const armed = !isCalm && isWanted && chance.percent(80);
      const child = await startChild({
        program: "app",
        world,
        port,
        logFile: join(logDirectory, `app-${seat}.log`),
        environment: armed ? { ...environment, [killAtVariable]: nextArrows() } : environment,
      });
      if (!("port" in child)) {
        const { pid } = child;
        const kill = killOf(pid);
        if (kill !== undefined) {
          const { arrow, at } = kill;
          lives.push({ pid, isArmed: armed, from: at, to: at, end: "arrow", arrow, pauses: [] });
          used.add(arrow);
          continue;
        }
        if (child.code === databaseAwayCode) continue;
        troubles.push(`an app did not come up: code ${child.code}, signal ${child.signal}`);
        return;
      }
      port = child.port;
      seats[seat] = child;
      // The machine's faults may have changed while it came up.
      child.signal(machineSignal);
      const life: Life = { pid: child.pid, isArmed: armed, from: clock.now(), to: 0, end: "running", pauses: [] };
      lives.push(life);
      await live(child, life);
      life.to ||= clock.now();
      seats[seat] = null;
      if (!isCalm && !isEnding && chance.percent(10)) {
        // For a while there is only one app.
        await after(chance.between(500, 2_500));
      }
    }
  }

  async function live(child: Child, life: Life): Promise<void> {
    let ended = false;
    const ending = child.ended.then((how) => {
      ended = true;
      return how;
    });
    while (!ended && !isEnding) {
      const patience = !life.isArmed ? 1 : isScarce() ? patienceForScarce : patienceForArmed;
      await Promise.race([ending, over.promise, after(chance.between(...lifeMs) * patience)]);
      if (ended || isCalm || isEnding) continue;
      const fate = chance.weighted([
        [killed().random < kills ? 62 : 0, "kill"],
        [13, "drain"],
        [15, "pause"],
        [10, "spare"],
      ] as const);
      if (fate === "kill") {
        Object.assign(life, { end: "random", to: clock.now() });
        child.signal("SIGKILL");
        await ending;
      } else if (fate === "drain") {
        await drain(child, life);
      } else if (fate === "pause") {
        const pause = { from: clock.now(), to: Number.POSITIVE_INFINITY };
        life.pauses.push(pause);
        child.signal("SIGSTOP");
        await after(leaseMs * 1.4);
        child.signal("SIGCONT");
        pause.to = clock.now();
      }
    }
    if (isEnding && !ended) {
      await drain(child, life);
    }
    const { code, signal } = await ending;
    const kill = killOf(child.pid);
    if (kill !== undefined) {
      const { arrow, at } = kill;
      used.add(arrow);
      Object.assign(life, { end: "arrow", arrow, to: at });
    } else if (life.end === "running") {
      troubles.push(`an app ended by itself: pid ${child.pid}, code ${code}, signal ${signal}`);
    }
  }

  async function drain(child: Child, life: Life): Promise<void> {
    child.signal("SIGTERM");
    const how = await Promise.race([child.ended, after(drainMs)]);
    if (how === undefined) {
      troubles.push(`an app did not drain within ${drainMs} ms: pid ${child.pid}`);
      child.signal("SIGKILL");
      life.end = "random";
    } else if (how.signal === "SIGKILL") {
      // It crossed an arrow while shutting down.
      return;
    } else {
      life.end = "drained";
      if (how.code !== 0) troubles.push(`a drained app ended with code ${how.code}: pid ${child.pid}`);
    }
  }

  /** The arrow at which the process killed itself, and when, if it did: this process may hear of it a second later. */
  function killOf(pid: number): KillLine | undefined {
    return readLines<KillLine>(world.killFile).findLast((line) => line.pid === pid);
  }

  const everyone = () => seats.filter((child): child is Child => child?.isAlive() ?? false);
  return {
    lives,
    troubles,
    killed,
    neverKilledAt: fresh,
    everyone,
    anyone() {
      const alive = everyone();
      return alive.length === 0 ? null : chance.pick(alive);
    },
    async seated() {
      while (everyone().length < processes && troubles.length === 0) {
        await after(50);
      }
    },
    calm() {
      isCalm = true;
    },
    async end() {
      isCalm = true;
      isEnding = true;
      over.resolve();
      await ended;
    },
  };
}

/** Waits in real time. */
export function after(delayMs: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), delayMs));
}
