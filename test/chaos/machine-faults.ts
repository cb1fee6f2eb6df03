import { renameSync, writeFileSync } from "node:fs";
import type { Clock } from "@toolcast/core/engine";
import type { Chance } from "./chance.ts";
import { after, type Crew } from "./crew.ts";
import { type Machine, machineSignal, type World } from "./settings.ts";

/** What the machine of the apps did to them, in instants of a right clock. */
export interface MachineFaults {
  /** How often its clock was set a day forward, and a day back; and set right again each time. */
  clockSteps: { forward: number; back: number };
  /** When its disk was full. */
  fullDisk: { from: number; to: number }[];
  /** From now on the machine is well. */
  calm(): Promise<void>;
}

export interface MachineFaultsOptions {
  world: World;
  clock: Clock;
  crew: Pick<Crew, "everyone">;
  chance: Chance;
  /** How many wishes have been told so far: as many more faults as there is more work, however slow the machine. */
  asked: () => number;
  /** Real milliseconds between two faults. */
  everyMs: readonly [least: number, most: number];
}

const dayMs = 24 * 60 * 60_000;
const wellMachine: Machine = { clockStepMs: 0, isDiskFull: false };
/** Each of them once, and more with the work. */
const firstFaults = 3;
const wishesPerFurtherFault = 20;
/** Real milliseconds for which a clock is wrong, and for which a disk is full. */
const wrongMs = [1_500, 4_000] as const;
const fullMs = [800, 2_500] as const;

export function startWell(world: Pick<World, "machineFile">): void {
  tell(world, wellMachine);
}

/** In one piece: an app may read it while it comes up. */
function tell({ machineFile }: Pick<World, "machineFile">, machine: Machine): void {
  writeFileSync(`${machineFile}.new`, JSON.stringify(machine));
  renameSync(`${machineFile}.new`, machineFile);
}

/** Sets the clock of the machine under all apps a day forward and back, and fills its disk, one after the other in turns. */
export function runMachineFaults({ world, clock, crew, chance, asked, everyMs }: MachineFaultsOptions): MachineFaults {
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
      Promise.race([over.promise, after(chance.between(...span))]);
    for (let turn = 0; !isCalm; ) {
      await wait(everyMs);
      if (isCalm) return;
      if (turn >= firstFaults + asked() / wishesPerFurtherFault) continue;
      if (turn % 3 === 2) {
        const full = { from: clock.now(), to: Number.POSITIVE_INFINITY };
        fullDisk.push(full);
        set({ ...wellMachine, isDiskFull: true });
        await wait(fullMs);
        set(wellMachine);
        full.to = clock.now();
      } else {
        const way = turn % 3 === 0 ? "forward" : "back";
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

/** When something was written, whatever the machine's clock said then: no run lasts half a day of the world. */
export function unstepped(instant: number, { epochMs }: Pick<World, "epochMs">): number {
  return instant - Math.round((instant - epochMs - dayMs / 4) / dayMs) * dayMs;
}
