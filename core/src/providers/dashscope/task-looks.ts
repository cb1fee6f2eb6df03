import { entryOf } from "../../errors/catalog.ts";
import { ToolcastError } from "../../errors/errors.ts";
import type { Clock } from "../../ground/clock.ts";
import type { WorkAges } from "../work-ages.ts";
import type { Api } from "./api.ts";
import { listTasks } from "./task-list.ts";

/** What is known in this process about tasks under way. */
export interface TaskWorks {
  ages: WorkAges;
  looks: TaskLooks;
}

/** So many different tasks must have been asked about lately for a list to be worth it. */
const fewTasks = 3;
/** For how long a task counts as being asked about, in milliseconds; longer than the longest pause between two looks. */
const askedAgoMs = 60_000;
/** How long one list serves all that ask. */
const listAgeMs = 1_000;
/** The longest that a list alone is believed to be right about a task: nobody says how soon it is. */
const longestTrustMs = 30_000;

interface Asked {
  /** Epoch milliseconds, as in its reference. */
  startedAt: number;
  /** When it was last asked about, and when by itself, on the monotonic clock. */
  at: number;
  aloneAt: number;
}

/**
 * Which tasks still wait or run. While several are under way, one call lists them all, and only those that have ended
 * are asked about one by one.
 */
export class TaskLooks {
  readonly #api: Api;
  readonly #clock: Clock;
  readonly #asked = new Map<string, Asked>();
  #list: { at: number; statuses: Promise<Map<string, string>> } | null = null;

  constructor(api: Api, clock: Clock) {
    this.#api = api;
    this.#clock = clock;
  }

  /** `PENDING` or `RUNNING` as a list says; null if the task has to be asked about by itself. */
  async underWay(taskId: string, startedAt: number): Promise<"PENDING" | "RUNNING" | null> {
    const now = this.#clock.monotonic();
    const known = this.#asked.get(taskId);
    const asked = { startedAt, at: now, aloneAt: known?.aloneAt ?? now };
    this.#asked.set(taskId, asked);
    this.#forgetEnded(now);
    if (known !== undefined && this.#asked.size >= fewTasks && now - asked.aloneAt < longestTrustMs) {
      const status = (await this.#statuses(now)).get(taskId);
      if (status === "PENDING" || status === "RUNNING") {
        return status;
      }
    }
    asked.aloneAt = now;
    return null;
  }

  /** It is not asked about any more. */
  ended(taskId: string): void {
    this.#asked.delete(taskId);
  }

  #statuses(now: number): Promise<Map<string, string>> {
    if (this.#list === null || now - this.#list.at >= listAgeMs) {
      this.#list = { at: now, statuses: this.#read() };
    }
    return this.#list.statuses;
  }

  /**
   * Empty if the list cannot be read: every task is then asked about by itself. Rejects if the vendor wants to be asked
   * less: so many questions instead of one would be the wrong answer.
   */
  async #read(): Promise<Map<string, string>> {
    const instant = Math.min(...[...this.#asked.values()].map(({ startedAt }) => startedAt));
    try {
      const tasks = await listTasks(this.#api, { instant, now: this.#clock.now() });
      return new Map(tasks.map(({ task_id: id, status }) => [id, status ?? ""]));
    } catch (error) {
      if (isTooMany(error)) {
        throw error;
      }
      return new Map();
    }
  }

  #forgetEnded(now: number): void {
    for (const [id, { at }] of this.#asked) {
      if (now - at >= askedAgoMs) {
        this.#asked.delete(id);
      }
    }
  }
}

function isTooMany(error: unknown): boolean {
  if (!ToolcastError.isInstance(error)) {
    return false;
  }
  const { failure } = error;
  return failure.httpStatus === 429 || (failure.category ?? entryOf(failure)?.category) === "rate";
}
