import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { createVitest, type Vitest } from "vitest/node";
import { filesOfProof, spansIn } from "../coverage-page.ts";
import { filesBelow, read, repository } from "../repository.ts";
import { applied, type Change, escaped, type RowValue, rowValues } from "./sites.ts";

/**
 * Changes every value that `docs/coverage.md` names, once and where it is written, and runs the tests that its row cites:
 * a row whose tests stay green for every change is not proved. By hand, in a work tree with nothing uncommitted, since it
 * writes into the sources: `npm run mutations`; `npm run mutations -- --row parameters.n` for rows with such a part alone,
 * `--shard 2/6` for a sixth of all (they take about an hour together). Exits with 1 when a value stayed green.
 */
const { values: options } = parseArgs({ options: { row: { type: "string" }, shard: { type: "string" } } });
const [shard = 1, shards = 1] = (options.shard ?? "1/1").split("/").map(Number);
const all = rowValues();
const size = Math.ceil(all.length / shards);
const values = all
  .slice((shard - 1) * size, shard * size)
  .filter(({ row, value }) => `${row.heading} ${row.cells.join(" ")} ${value}`.includes(options.row ?? ""));
const vitest = await openVitest();

/**
 * Without Vitest's cache of modules on disk: a file that changes between the hash of its text and its transformation is
 * kept there under the wrong text, so that a later run, too, gets the one for the other.
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

/** The test files that show a proof: those of a contract are the ones that keep it. */
function testsOf(proof: string): string[] {
  if (!proof.includes(" › ")) {
    return testFiles.filter((path) => new RegExp(`verifies\\b.*\\b${escaped(proof)}`).test(read(path)));
  }
  return filesOfProof(proof).flatMap((path) => {
    const name = path.split("/").at(-1)!;
    return path.endsWith(".test.ts") ? [path] : testFiles.filter((test) => read(test).includes(`/${name}"`));
  });
}

/** `%s` and `${name}` stand for anything. */
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

/** In a Vitest that holds no module of an earlier run. */
async function isGreenByItself(proofs: readonly string[]): Promise<boolean> {
  const fresh = await openVitest();
  try {
    return await isGreen(proofs, fresh);
  } finally {
    await fresh.close();
  }
}

/** Whether the cited tests notice it. */
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
// With nothing changed every test is green again; else modules of an earlier run were used, and the numbers are worth nothing.
const proofs = [...new Set(values.flatMap((one) => one.proofs))];
const red = proofs.length > 0 && !(await isGreen(proofs, vitest));
if (red) {
  process.stdout.write("The tests are red with nothing changed.\n");
}
await vitest.close();
process.exit(red || counts.green > 0 ? 1 : 0);
