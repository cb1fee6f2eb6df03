import type { RecentSetBack } from "../ground/recent-set-back.ts";
import type { JobEngine, Schedule } from "../job/engine.ts";
import { type RunningSchedule, runSchedule, type ScheduleOptions } from "./schedule.ts";

type EngineOptions = Omit<ScheduleOptions, keyof ScheduleRequest>;
type ScheduleRequest = Parameters<JobEngine["schedule"]>[0];

const defaultConcurrency = 64;

/** The schedules that an engine runs in this process. */
export class Schedules implements Iterable<RunningSchedule> {
  readonly #running = new Set<RunningSchedule>();

  [Symbol.iterator](): Iterator<RunningSchedule> {
    return this.#running.values();
  }

  /** Runs another one until it is stopped. `setBack` is what the engine's instants are corrected by. */
  run(
    engine: EngineOptions & { setBack: RecentSetBack },
    { concurrency = defaultConcurrency, onClockStep, ...request }: ScheduleRequest,
  ): Schedule {
    const { setBack, ...options } = engine;
    const schedule = runSchedule({
      ...{ ...options, ...request, concurrency },
      onClockStep(byMs) {
        setBack.look();
        onClockStep?.(byMs);
      },
    });
    this.#running.add(schedule);
    return {
      stop: async (drainMs) => {
        await schedule.stop(drainMs);
        this.#running.delete(schedule);
      },
    };
  }

  /** Stops them all at once: work in progress is aborted. */
  async stop(): Promise<void> {
    await Promise.all([...this.#running].map((schedule) => schedule.stop(0)));
    this.#running.clear();
  }
}
