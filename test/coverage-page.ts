import { filesBelow, read } from "./repository.ts";

/** The text of `docs/coverage.md`. */
export const coveragePage = read("docs/coverage.md");

export interface CoverageRow {
  /** The heading above its table. */
  heading: string;
  cells: string[];
}

/** Every row of every table, without headers and separator lines. */
export const coverageRows: CoverageRow[] = coveragePage.split(/^#+ /m).flatMap((part) => {
  const [heading = "", ...lines] = part.split("\n");
  const table = lines.filter((line) => line.startsWith("|"));
  return table
    .filter((line, index) => !/^\|(-+\|)+$/.test(line) && !/^\|(-+\|)+$/.test(table[index + 1] ?? ""))
    .map((line) => ({
      heading,
      cells: line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    }));
});

/** A row of a field: its name, where it occurs, its range and meaning, the file, the proof. */
export const fieldRows = coverageRows.filter(({ cells }) => cells.length === 5);

/** A row of codes: the codes, what is proved, the proof. */
export const codeRows = coverageRows.filter(({ cells }) => cells.length === 3 && cells[2]!.includes("›"));

/** Every piece of text in backticks. */
export function spansIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, span]) => span!);
}

const testFiles = ["core/src", "sandbox/src", "adapters", "app/src", "test"].flatMap((folder) =>
  filesBelow(folder, (path) => /\.test\.ts$/.test(path) || path.startsWith("test/contracts/")),
);

/** The files that the file in a proof (`file › test`) can mean: exactly one, unless the page is wrong. */
export function filesOfProof(proof: string): string[] {
  const [file = ""] = proof.split(" › ");
  return testFiles.filter((path) => `/${path}`.replace(/(\.test)?\.ts$/, "").endsWith(`/${file}`));
}
