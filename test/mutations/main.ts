import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { createVitest, type Vitest } from "vitest/node";
import { readOrExit } from "../command-line.ts";
import { filesOfProof, spansIn } from "../coverage-page.ts";
import { filesBelow, read, repository } from "../repository.ts";
import { readArguments } from "./arguments.ts";
import { applied, type Change, escaped, type RowValue, rowValues } from "./sites.ts";

/**
 * Changes every value that `docs/coverage.md` names, one at a time in the source where it is written, and runs the
 * tests that its row cites: a row whose tests stay green for every change is not proved. Run it by hand in a clean work
 * tree, because it writes into the sources: `npm run mutations`. `-- --row parameters.n` runs only rows with that text,
 * `-- --shard 2/6` a sixth of all (together they take about an hour). Exits with 1 if a value stayed green.
 */
const { row: wantedText, shard, shards } = readOrExit(() => readArguments(process.argv.slice(2)));
const all = rowValues();
const size = Math.ceil(all.length / shards);
const values = all
  .slice((shard - 1) * size, shard * size)
  .filter(({ row, value }) => `${row.heading} ${row.cells.join(" ")} ${value}`.includes(wantedText));
const vitest = await openVitest();

/**
 * Without Vitest's module cache on disk: if a file changes between the hashing of its text and its transformation, the
 * cache stores it under the wrong hash, and a later run gets the wrong module too.
 */
async function openVitest() {
  const opened = await createVitest("test", {
    ...{ root: repository, watch: false, reporters: [{}], bail: 1, fsModuleCache: false },
    project: ["unit", "scenarios"],
  });
  await opened.standalone();
  return opened;
}

const known = new Map<string, boolean>();
const testFiles = filesBelow(".", (path) => path.endsWith(".test.ts"));

/** The test files for a proof; for a title in a contract, the test files that run the contract. */
function testsOf(proof: string): string[] {
  if (!proof.includes(" › ")) {
    return testFiles.filter((path) => new RegExp(`verifies\\b.*\\b${escaped(proof)}`).test(read(path)));
  }
  return filesOfProof(proof).flatMap((path) => {
    const name = path.split("/").at(-1)!;
    return path.endsWith(".test.ts") ? [path] : testFiles.filter((test) => read(test).includes(`/${name}"`));
  });
}

/** `%s` and `${name}` match anything. */
function patternOf(proofs: readonly string[]): RegExp {
  const names = proofs.map((proof) =>
    escaped(proof.split(" › ")[1]!).replaceAll(/%[sijd]|\\\$\\\{.*?\\\}|\\\$\w+/g, ".*"),
  );
  return new RegExp(names.join("|"));
}

async function isGreen(proofs: readonly string[], vitest: Vitest): Promise<boolean> {
  const byTest = proofs.filter((proof) => proof.includes(" › "));
  const used = byTest.length > 0 ? byTest : proofs;
  const files = [...new Set(used.flatMap(testsOf))];
  if (byTest.length > 0) {
    vitest.setGlobalTestNamePattern(patternOf(byTest));
  } else {
    vitest.resetGlobalTestNamePattern();
  }
  const specifications = files.flatMap((file) => vitest.getModuleSpecifications(join(repository, file)));
  if (specifications.length === 0) {
    throw new Error(`no test file for ${proofs.join("; ")}`);
  }
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications);
  const tests = testModules.flatMap((module) => [...module.children.allTests()]);
  const ran = tests.filter((test) => ["passed", "failed"].includes(test.result().state));
  const broken = testModules.some((module) => module.errors().length > 0 || !module.ok()) || unhandledErrors.length > 0;
  if (ran.length === 0 && !broken) {
    throw new Error(`no test ran for ${proofs.join("; ")}`);
  }
  return !broken && ran.every((test) => test.ok());
}

/** Runs in a new Vitest that holds no module of an earlier run. */
async function isGreenByItself(proofs: readonly string[]): Promise<boolean> {
  const fresh = await openVitest();
  try {
    return await isGreen(proofs, fresh);
  } finally {
    await fresh.close();
  }
}

/** Whether the cited tests notice the change. */
async function isNoticed(change: Change, proofs: readonly string[]): Promise<boolean> {
  const key = JSON.stringify([change, proofs]);
  const before = known.get(key);
  if (before !== undefined) {
    return before;
  }
  const path = join(repository, change.file);
  const source = readFileSync(path, "utf8");
  try {
    writeFileSync(path, applied(source, change));
    vitest.invalidateFile(path);
    const noticed = !(await isGreen(proofs, vitest)) || !(await isGreenByItself(proofs));
    known.set(key, noticed);
    return noticed;
  } finally {
    writeFileSync(path, source);
    vitest.invalidateFile(path);
  }
}

async function endOf({ changes, proofs }: RowValue): Promise<"noticed" | "green" | "not written"> {
  for (const change of changes) {
    if (await isNoticed(change, proofs)) {
      return "noticed";
    }
  }
  return changes.length === 0 ? "not written" : "green";
}

const counts = { noticed: 0, green: 0, "not written": 0 };
for (const [index, one] of values.entries()) {
  const end = await endOf(one);
  counts[end] += 1;
  if (end !== "noticed") {
    const place = one.changes.map(({ file, at }) => `${file}:${read(file).slice(0, at).split("\n").length}`).join(" ");
    process.stdout.write(`${end}: ${one.value} | ${one.row.heading} | ${spansIn(one.row.cells[3] ?? "")} | ${place}\n`);
  }
  if (index % 20 === 19) {
    process.stdout.write(`… ${index + 1} of ${values.length}\n`);
  }
}
process.stdout.write(`${values.length} values: ${JSON.stringify(counts)}\n`);
// With nothing changed all tests must be green again; otherwise stale modules were used, and the numbers are worthless.
const proofs = [...new Set(values.flatMap((one) => one.proofs))];
const red = proofs.length > 0 && !(await isGreen(proofs, vitest));
if (red) {
  process.stdout.write("The tests are red with nothing changed.\n");
}
await vitest.close();
process.exit(red || counts.green > 0 ? 1 : 0);
