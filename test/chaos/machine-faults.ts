import { renameSync, writeFileSync } from "node:fs";
import type { Clock } from "@toolcast/core/engine";
import type { Chance } from "./chance.ts";
import { after, type Crew } from "./crew.ts";
import { type Machine, machineSignal, type World } from "./settings.ts";

/** What happened to the machine of the apps; times are those of a correct clock. */
export interface MachineFaults {
  /** How often its clock was set a day forward and a day back; each time it was set right again. */
  clockSteps: { forward: number; back: number };
  /** The periods in which its disk was full. */
  fullDisk: { from: number; to: number }[];
  /** From now on the machine works normally. */
  calm(): Promise<void>;
}

export interface MachineFaultsOptions {
  world: World;
  clock: Clock;
  crew: Pick<Crew, "everyone">;
  /** Whether its disk is filled as well: the database may be on another machine. */
  fillsDisk: boolean;
  chance: Chance;
  /** How many wishes have been made so far: the faults grow with the work, however slow the machine is. */
  asked: () => number;
  /** Real milliseconds between two faults. */
  everyMs: readonly [least: number, most: number];
}

const dayMs = 24 * 60 * 60_000;
const wellMachine: Machine = { clockStepMs: 0, isDiskFull: false };
/** Each fault happens once, and more follow as the work grows. */
const firstFaults = 3;
const wishesPerFurtherFault = 20;
/** How long a clock is wrong and how long a disk is full, in real milliseconds. */
const wrongMs = [1_500, 4_000] as const;
const fullMs = [800, 2_500] as const;

export function startWell(world: Pick<World, "machineFile">): void {
  tell(world, wellMachine);
}

/** Written atomically: an app may read the file while it starts. */
function tell({ machineFile }: Pick<World, "machineFile">, machine: Machine): void {
  writeFileSync(`${machineFile}.new`, JSON.stringify(machine));
  renameSync(`${machineFile}.new`, machineFile);
}

/** Takes turns in setting the clock under all apps a day forward or back and filling the disk. */
export function runMachineFaults({
  world,
  clock,
  crew,
  fillsDisk,
  chance,
  asked,
  everyMs,
}: MachineFaultsOptions): MachineFaults {
  const clockSteps = { forward: 0, back: 0 };
  const fullDisk: MachineFaults["fullDisk"] = [];
  const over = Promise.withResolvers<void>();
  let isCalm = false;
  const living = live();

  function set(machine: Machine): void {
    tell(world, machine);
    for (const app of crew.everyone()) app.signal(machineSignal);
  }

  async function live(): Promise<void> {
    const wait = (span: readonly [least: number, most: number]) =>
      Promise.race([...(isCalm ? [] : [over.promise]), after(chance.between(...span))]);
    const kinds = fillsDisk ? 3 : 2;
    for (let turn = 0; ; ) {
      await Promise.race([over.promise, after(chance.between(...everyMs))]);
      // Each fault happens once however short the run is.
      if (isCalm && turn >= kinds) return;
      if (turn >= firstFaults + asked() / wishesPerFurtherFault) continue;
      const fault = turn % kinds;
      if (fault === 2) {
        const full = { from: clock.now(), to: Number.POSITIVE_INFINITY };
        fullDisk.push(full);
        set({ ...wellMachine, isDiskFull: true });
        await wait(fullMs);
        set(wellMachine);
        full.to = clock.now();
      } else {
        const way = fault === 0 ? "forward" : "back";
        clockSteps[way] += 1;
        set({ ...wellMachine, clockStepMs: way === "forward" ? dayMs : -dayMs });
        await wait(wrongMs);
        set(wellMachine);
      }
      turn += 1;
    }
  }

  return {
    clockSteps,
    fullDisk,
    async calm() {
      isCalm = true;
      over.resolve();
      await living;
      set(wellMachine);
    },
  };
}

/** The correct time of an entry, whatever the machine's clock said; no run lasts half a day of the world. */
export function unstepped(instant: number, { epochMs }: Pick<World, "epochMs">): number {
  return instant - Math.round((instant - epochMs - dayMs / 4) / dayMs) * dayMs;
}
