import type { Goal, Row, Unit } from "./row.ts";

/** A number with three significant digits and thousands separated. */
function numeral(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
  return value.toLocaleString("en-US", { minimumFractionDigits: 0, maximumFractionDigits: digits });
}

export function measured(value: number, unit: Unit): string {
  switch (unit) {
    case "ratio":
      return value.toFixed(2);
    case "%":
      return `${value.toFixed(1)} %`;
    case "per second":
      return `${numeral(value)}/s`;
    default:
      return `${numeral(value)} ${unit}`;
  }
}

export function goalOf(goal: Goal | undefined, unit: Unit): string {
  return goal === undefined
    ? ""
    : "atLeast" in goal
      ? `≥ ${measured(goal.atLeast, unit)}`
      : `≤ ${measured(goal.atMost, unit)}`;
}

/** The median, and what the rounds were between. */
export function spreadText({ value, unit }: Pick<Row, "value" | "unit">): string {
  const [least, most] = [value.least, value.most].map((edge) => measured(edge, unit));
  const median = measured(value.median, unit);
  return least === most ? median : `${median} (${least} to ${most})`;
}
