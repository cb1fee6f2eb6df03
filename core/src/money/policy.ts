import type { Job } from "../job/job.ts";
import type { Caller } from "../people/caller.ts";

/** Who may do what, and how much a day. */
export interface PolicyOptions {
  /** Caller ids (`<surface>:<person>`) or roles (`<surface>:role:<id>`) that may see balances and release held jobs. */
  operators: readonly string[];
  /**
   * Who may use which tools. A tool that no rule names is open to everybody, unless a rule names `*`. Default: no rule.
   */
  access?: readonly AccessRule[];
  /** Paid starts a person may make in one calendar day. Default: no limit. */
  dailyPerPerson?: number;
  /** Paid starts of everybody together in one calendar day. Default: no limit. */
  dailyTotal?: number;
  /** A price above this, or one that is not known beforehand, needs the asker's approval. Default: none does. */
  askAbove?: number;
  /** The time zone of a calendar day, an IANA name. Default `Asia/Shanghai`, in which the vendors bill. */
  timeZone?: string;
}

const defaultTimeZone = "Asia/Shanghai";

/** Restricts a tool to some callers; operators may use every tool. */
export interface AccessRule {
  /** A tool's command, or `*` for every tool that no other rule names. */
  tool: string;
  /** Caller ids, roles or places (`<surface>:channel:<id>`): any one is enough. */
  allowed: readonly string[];
}

/** What a paid start adds to one of the day's counters, and that counter's limit. */
export interface DailyCounter {
  scope: "person" | "total";
  /** The counter's name in the engine. */
  name: string;
  amount: number;
  max: number;
}

/** The rules of this installation; they are checked before anything is dispatched. */
export class Policy {
  readonly #options: PolicyOptions;

  constructor(options: PolicyOptions) {
    this.#options = options;
  }

  isOperator(caller: Pick<Caller, "id" | "roles">): boolean {
    return [caller.id, ...(caller.roles ?? [])].some((id) => this.#options.operators.includes(id));
  }

  /** The roles that operators or rules are named by. */
  rolesNamed(): string[] {
    const { operators, access = [] } = this.#options;
    return [...operators, ...access.flatMap(({ allowed }) => allowed)].filter((id) => id.includes(":role:"));
  }

  /**
   * Whether the caller may look at what only operators see, above all money: operators may, and their programs.
   * Deciding is another right.
   */
  seesMoney(caller: Pick<Caller, "id" | "roles" | "agent">): boolean {
    const { of } = caller.agent ?? {};
    return this.isOperator(caller) || (of !== undefined && this.#options.operators.includes(of));
  }

  /**
   * Whether the tool is for operators and the caller may not use it. An operator's program may use one that only reads.
   */
  isForOthers(
    { operatorsOnly = false, effect }: { operatorsOnly?: boolean; effect: "reads" | "changes" | "spends" },
    caller: Pick<Caller, "id" | "roles" | "agent">,
  ): boolean {
    return operatorsOnly && !(effect === "reads" ? this.seesMoney(caller) : this.isOperator(caller));
  }

  /** Whether this person may use the tool where they are. Outsiders may spend only where a rule allows it. */
  mayUse(
    { command, effect }: { command: string; effect: "reads" | "changes" | "spends" },
    caller: Pick<Caller, "id" | "roles" | "places" | "outsider">,
  ): boolean {
    const rules = this.#options.access ?? [];
    const own = rules.filter(({ tool }) => tool === command);
    const ruling = own.length > 0 ? own : rules.filter(({ tool }) => tool === "*");
    const ids = [caller.id, ...(caller.roles ?? []), ...(caller.places ?? [])];
    return (
      (ruling.length === 0 && !(caller.outsider && effect === "spends")) ||
      this.isOperator(caller) ||
      ruling.some(({ allowed }) => ids.some((id) => allowed.includes(id)))
    );
  }

  /**
   * Whether the asker must agree to the price first. Agreeing to anything else while the price was shown counts, too.
   */
  asksForPrice(job: Pick<Job, "price" | "confirmations">): boolean {
    const { askAbove } = this.#options;
    const agreed = job.confirmations.some(({ reason, priceShown }) => reason === "price" || priceShown);
    if (askAbove === undefined || agreed) {
      return false;
    }
    return job.price === undefined || !job.price.known || job.price.amount > askAbove;
  }

  /** The calendar day of `now`, e.g. `2026-01-31`: the same in every process, whatever the time zone of its machine. */
  dayOf(now: number): string {
    return dayIn(this.#options.timeZone ?? defaultTimeZone, now);
  }

  /** The counters that one paid start of this job adds to, on the calendar day of `now`. */
  countersFor(job: Job, now: number): DailyCounter[] {
    const day = this.dayOf(now);
    const letPass = job.confirmations.some(({ reason }) => reason === "budget");
    const counter = (scope: DailyCounter["scope"], name: string, max: number | undefined): DailyCounter => ({
      scope,
      name: `${startCounters(day)}${name}`,
      amount: 1,
      max: letPass ? Number.MAX_SAFE_INTEGER : (max ?? Number.MAX_SAFE_INTEGER),
    });
    return [
      counter("person", job.caller.id, this.#options.dailyPerPerson),
      counter("total", "everybody", this.#options.dailyTotal),
    ];
  }

  /** Those of them that have a limit. */
  limitsFor(job: Job, now: number): DailyCounter[] {
    const { dailyPerPerson, dailyTotal } = this.#options;
    return dailyPerPerson === undefined && dailyTotal === undefined
      ? []
      : this.countersFor(job, now).filter(({ max }) => max < Number.MAX_SAFE_INTEGER);
  }
}

/** How the names of the counters of one day's paid starts begin; without a day, of all days. */
export function startCounters(day: string): string {
  return day === "" ? "starts:" : `starts:${day}:`;
}

/** Days begin with a minute in every time zone. */
const minuteMs = 60_000;
const formats = new Map<string, Intl.DateTimeFormat>();
/** The day of the last minute that was asked for: to format one takes longer than to check most requests. */
const days = new Map<string, { minute: number; day: string }>();

function dayIn(timeZone: string, now: number): string {
  const minute = Math.floor(now / minuteMs);
  const known = days.get(timeZone);
  if (known?.minute === minute) {
    return known.day;
  }
  const day = formattedDay(timeZone, now);
  days.set(timeZone, { minute, day });
  return day;
}

function formattedDay(timeZone: string, now: number): string {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat("en", { timeZone, calendar: "gregory", year: "numeric", month: "2-digit", day: "2-digit" });
  formats.set(timeZone, format);
  const parts = new Map(format.formatToParts(now).map(({ type, value }) => [type, value]));
  return [parts.get("year")?.padStart(4, "0"), parts.get("month"), parts.get("day")].join("-");
}
