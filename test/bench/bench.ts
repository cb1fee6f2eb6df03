import type { Effort, Row } from "./row.ts";

/** What all groups share. */
export interface Bench {
  effort: Effort;
  /** The variables that name the vendors: a sandbox in the benchmark's own process. */
  vendors: Record<string, string>;
}

/** One theme of the benchmark. */
export interface Group {
  name: string;
  title: string;
  /** What is compared with what, for readers of the table. */
  about: string;
  measure(bench: Bench): Promise<Omit<Row, "group">[]>;
}
