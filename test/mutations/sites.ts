import { stripTypeScriptTypes } from "node:module";
import { dirname } from "node:path";
import { type CoverageRow, codeRows, fieldRows, spansIn } from "../coverage-page.ts";
import { filesBelow, read } from "../repository.ts";

/** One value of a row, and where it is written: it is proved if a change at one of these places is noticed. */
export interface RowValue {
  row: CoverageRow;
  /** As it is reported, such as `10,000` or `parameters.n`. */
  value: string;
  /** The proofs of its row. */
  proofs: string[];
  changes: Change[];
}

/** One change of a source file. */
export interface Change {
  file: string;
  at: number;
  length: number;
  instead: string;
}

/** For a number no more places than these are tried: far from its field they are about something else. */
const mostPlaces = 12;
const nearbyLines = 4;

/** Every value in the rows that the product uses. */
export function rowValues(): RowValue[] {
  return [
    ...fieldRows.filter(({ cells }) => !cells[4]!.startsWith("not used: ")).flatMap(valuesOfField),
    ...codeRows.flatMap(valuesOfCodes),
  ];
}

function valuesOfField(row: CoverageRow): RowValue[] {
  const [names = "", , range = "", file = "", proof = ""] = row.cells;
  const path = spansIn(file)[0]!;
  const proofs = spansIn(proof);
  const written = spansIn(names).map((name) => [name, leafOf(name)] as const);
  const values = [
    ...(written.length === 0 ? [[names, names] as const] : written).map(
      ([value, leaf]) => ({ value, changes: nameChanges(path, leaf) }) as const,
    ),
    ...spansIn(range)
      .filter((span) => !/^[A-Z_]{6,}$/.test(span))
      .map((span) => ({ value: `\`${span}\``, changes: nameChanges(path, span) })),
    ...numbersIn(range).map((value) => ({
      value,
      changes: numberChanges(path, value, written[0]?.[1] ?? ""),
    })),
  ];
  return values.map((one) => ({ row, proofs, ...one }));
}

/** The first, the middle and the last code of a row, wherever the catalogue has them. */
function valuesOfCodes(row: CoverageRow): RowValue[] {
  const [codes = "", , proof = ""] = row.cells;
  const all = spansIn(codes);
  const chosen = [...new Set([all[0], all[Math.floor(all.length / 2)], all.at(-1)])].filter(
    (code) => code !== undefined,
  );
  const catalogue = filesBelow("core/src/errors/catalog", (path) => !path.endsWith(".test.ts"));
  return chosen.map((code) => ({
    row,
    value: code,
    proofs: spansIn(proof),
    changes: catalogue.flatMap((path) => nameChanges(path, code)),
  }));
}

/** `output.results[].url` is written as `url`. */
function leafOf(name: string): string {
  return name.startsWith("/") ? name : (name.split(".").at(-1) ?? name).replaceAll(/\[\]|: .*$/g, "");
}

function numbersIn(range: string): string[] {
  const plain = range.replaceAll(/`[^`]*`/g, "").replaceAll(/[A-Z]\.\d+/g, "");
  return [
    ...new Set([...plain.matchAll(/(?<![\w.])\d[\d,]*(?:\.\d+)?(?!\w)/g)].map(([number]) => number.replace(/,$/, ""))),
  ];
}

/** A key, a string, a property that is read, a shorthand: every form in which the name enters or leaves our code. */
function nameChanges(file: string, name: string): Change[] {
  if (name === "") {
    return [];
  }
  const word = escaped(name);
  const isWord = /^\w+$/.test(name);
  const forms: [RegExp, string][] = isWord
    ? [
        [new RegExp(`(?<=[{,(\\n]\\s*)${word}(?=\\??:)`, "g"), `${name}_`],
        [new RegExp(`(?<=["'\`])${word}(?=["'\`])`, "g"), `${name}_`],
        [new RegExp(`(?<=[{,]\\s*)${word}(?=\\s*[,}])`, "g"), `${name}_: ${name}`],
        [new RegExp(`(?<=[\\w)\\]]\\??\\.)${word}(?!\\w)`, "g"), `${name}_`],
        [new RegExp(`(?<=["'\`][^"'\`\\n]*)(?<!\\w)${word}(?!\\w)(?=[^"'\`\\n]*["'\`])`, "g"), `${name}_`],
      ]
    : [[new RegExp(word, "g"), `${name}_`]];
  const own = changesOf(file, forms);
  return own.length > 0 ? own : besides(file).flatMap((path) => changesOf(path, forms));
}

/** The vendor's other files: a field that all its calls share is read in one place. */
function besides(file: string): string[] {
  return filesBelow(dirname(file), (path) => path !== file && !path.endsWith(".test.ts"));
}

function numberChanges(file: string, value: string, name: string): Change[] {
  const digits = value.replaceAll(",", "");
  const written = digits.split("").map(escaped).join("_?");
  const [, fraction] = digits.split(".");
  const instead =
    fraction === undefined ? String(Number(digits) + 1) : (Number(digits) + 0.1).toFixed(fraction.length + 1);
  const forms: [RegExp, string][] = [
    [new RegExp(`(?<![\\w.$])${written}(?![\\w.])`, "g"), instead],
    // A row counts in seconds what the code counts in milliseconds, and in kHz what it counts in Hz.
    [new RegExp(`(?<![\\w.$])${written}_?000(?![\\w.])`, "g"), `${digits}001`],
  ];
  const own = changesOf(file, forms);
  const others = besides(file).flatMap((path) => changesOf(path, forms));
  const rank = (change: Change) => distance(change, name) + (change.file === file ? 0 : nearbyLines);
  return [...own, ...others].sort((one, other) => rank(one) - rank(other)).slice(0, mostPlaces);
}

/** The distance in lines to the nearest mention of the name. */
function distance({ file, at }: Change, name: string): number {
  const source = read(file);
  const lineOf = (offset: number) => source.slice(0, offset).split("\n").length;
  const here = lineOf(at);
  const mentions = name === "" ? [] : [...source.matchAll(new RegExp(`(?<!\\w)${escaped(name)}`, "gi"))];
  return Math.min(...mentions.map(({ index }) => Math.abs(lineOf(index) - here)), 1_000);
}

/** Only changes to code that runs: not to comments or types, and nothing that fails to parse. */
function changesOf(file: string, forms: readonly [RegExp, string][]): Change[] {
  const source = read(file);
  const before = runs(source);
  return forms.flatMap(([pattern, instead]) =>
    [...source.matchAll(pattern)]
      .map(({ index, 0: found }) => ({ file, at: index, length: found.length, instead }))
      .filter((change) => {
        const after = runs(applied(source, change));
        return after !== null && after !== before;
      }),
  );
}

export function applied(source: string, { at, length, instead }: Change): string {
  const changed = source.slice(0, at) + instead + source.slice(at + length);
  // A loose object passes on keys it does not name, so renaming one would change no behaviour.
  return instead.endsWith("_") ? changed.replaceAll("z.looseObject(", "z.object(") : changed;
}

/** The code without types, comments and spaces; null if it does not parse. */
function runs(source: string): string | null {
  try {
    return stripTypeScriptTypes(source)
      .replaceAll(/\/\*[\s\S]*?\*\/|(?<!["'`:][^\n]*)\/\/[^\n]*/g, "")
      .replaceAll(/\s+/g, " ");
  } catch {
    return null;
  }
}

/** Text as a pattern that matches it literally. */
export function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
