import type { Caller } from "./caller.ts";
import type { Job } from "./jobs/job.ts";

/** Who may do what, and how much a day. */
export interface PolicyOptions {
  /** Caller ids (`<surface>:<person>`) that may see balances and let held jobs pass. */
  operators: readonly string[];
  /** Paid starts a person may make within one calendar day. Default: no bound. */
  dailyPerPerson?: number;
  /** Paid starts of everybody within one calendar day. Default: no bound. */
  dailyTotal?: number;
}

export interface DailyCounter {
  scope: "person" | "total";
  name: string;
  amount: number;
  max: number;
}

/** The rules of this installation; they hold before anything is dispatched. */
export class Policy {
  readonly #options: PolicyOptions;

  constructor(options: PolicyOptions) {
    this.#options = options;
  }

  isOperator(caller: Pick<Caller, "id">): boolean {
    return this.#options.operators.includes(caller.id);
  }

  /** What one paid start of this job counts against, on the calendar day (of this machine) of `now`. */
  countersFor(job: Job, now: number): DailyCounter[] {
    const date = new Date(now);
    const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].join("-");
    const letPass = job.confirmations.some(({ reason }) => reason === "budget");
    const counter = (scope: DailyCounter["scope"], name: string, max: number | undefined): DailyCounter => ({
      scope,
      name: `starts:${day}:${name}`,
      amount: 1,
      max: letPass ? Number.MAX_SAFE_INTEGER : (max ?? Number.MAX_SAFE_INTEGER),
    });
    return [
      counter("person", job.caller.id, this.#options.dailyPerPerson),
      counter("total", "everybody", this.#options.dailyTotal),
    ];
  }
}
