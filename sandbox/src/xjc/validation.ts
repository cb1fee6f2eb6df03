import type { Context } from "../context.ts";
import { XjcRefusal } from "./codes.ts";

export type Fields = Record<string, string>;

/** 20004 with its findings in an unreliable order, as from the vendor. */
export function shuffledProblems(context: Pick<Context, "random">, problems: string[]): XjcRefusal {
  const shuffled = [...problems];
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const other = Math.floor(context.random() * (last + 1));
    [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
  }
  return new XjcRefusal(20004, shuffled.join(","));
}

/** Collects every finding about one body, so that the answer can list them all. */
export class Validation {
  readonly problems: string[] = [];
  readonly fields: Fields;
  private readonly context: Pick<Context, "random">;

  /** Keeps the non-empty text among `names`; any other value there is a finding. */
  constructor(context: Pick<Context, "random">, body: Record<string, unknown>, names: readonly string[]) {
    this.context = context;
    this.fields = {};
    for (const name of names) {
      const value = body[name];
      if (value === undefined || value === null || value === "") continue;
      if (typeof value === "string") this.fields[name] = value;
      else this.problems.push(`${name}必须是字符串`);
    }
  }

  require(name: string): void {
    if (this.fields[name] === undefined) this.complain(`${name}不能为空`);
  }

  atMost(name: string, characters: number): void {
    if ([...(this.fields[name] ?? "")].length > characters) this.complain(`${name}不超过${characters}字`);
  }

  /** The number in a text field, 1 when absent; a finding when out of range. */
  ratio(name: string, range: { least: number; most: number }): number {
    const text = this.fields[name];
    if (text === undefined) return 1;
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= range.least && value <= range.most) return value;
    this.complain(`${name}不允许小于${range.least}或大于${range.most}`);
    return 1;
  }

  complain(problem: string): void {
    this.problems.push(problem);
  }

  finish(): void {
    if (this.problems.length > 0) throw shuffledProblems(this.context, this.problems);
  }
}
