import { goalOf, spreadText } from "./notation.ts";
import { isMet, type Row } from "./row.ts";

/** A group with its lines. */
export interface Measurement {
  title: string;
  about: string;
  rows: readonly Row[];
}

/** The machine as far as figures depend on it. */
export interface Machine {
  cores: number;
  memoryGiB: number;
  node: string;
  /** How long one durable write of a row takes in SQLite (`synchronous=FULL`), milliseconds. */
  commitMs: number;
}

const verdict = (row: Row) => {
  const met = isMet(row);
  return met === null ? "" : met ? "🟢" : "🔴";
};

export function pageOf(machine: Machine, measurements: readonly Measurement[]): string {
  const rows = measurements.flatMap((measurement) => measurement.rows);
  const withGoal = rows.filter(({ goal }) => goal !== undefined);
  const missed = withGoal.filter((row) => isMet(row) === false);
  return [
    "# Benchmarks",
    "",
    "Made by `npm run bench`, which takes about six minutes; do not edit. `-- --quick` is for work on the benchmark itself, `-- --only NAME` measures one",
    "group, `-- --json FILE` keeps the figures.",
    "",
    "Both sides of a pair run in the same run, alternately, each in a process of its own, against the same fake platform in a third one. A figure is the",
    "median of at least five rounds, with the lowest and the highest in brackets; the ratio of a pair is taken within each round. Ratios hold on other",
    "machines, the rest does not.",
    "",
    `This run: ${machine.cores} cores, ${machine.memoryGiB} GiB of memory, Node ${machine.node}; one durable write to its disk takes ${machine.commitMs.toFixed(2)} ms. ${withGoal.length - missed.length} of ${withGoal.length} goals are met.`,
    ...measurements.flatMap(({ title, about, rows: lines }) => [
      "",
      `## ${title}`,
      "",
      about,
      "",
      ...tableOf(lines),
      ...causesOf(lines),
    ]),
    "",
  ].join("\n");
}

function tableOf(rows: readonly Row[]): string[] {
  const isPair = rows.some(({ bare }) => bare !== undefined);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const head = isPair ? ["", "Toolcast", "Bare", "Ratio", "Goal", ""] : ["", "", "Goal", ""];
  return [
    line(head),
    line(head.map(() => "---")),
    ...rows.map((row) =>
      line([
        row.what,
        ...(isPair ? [row.ours ?? "", row.bare ?? ""] : []),
        spreadText(row),
        goalOf(row.goal, row.unit),
        verdict(row),
      ]),
    ),
  ];
}

function causesOf(rows: readonly Row[]): string[] {
  const causes = new Set(rows.filter((row) => isMet(row) === false).flatMap(({ cause }) => cause ?? []));
  return [...causes].flatMap((cause) => ["", cause]);
}
