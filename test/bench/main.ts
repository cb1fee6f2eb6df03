import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { startSandbox } from "@toolcast/sandbox";
import { readOrExit } from "../command-line.ts";
import { repository } from "../repository.ts";
import { readArguments } from "./arguments.ts";
import { backlogGroup } from "./backlog.ts";
import { callbackGroup } from "./callback.ts";
import { coldStartGroup } from "./cold-start.ts";
import { discordGroup } from "./discord.ts";
import { explainGroup } from "./explain.ts";
import { jobsGroup } from "./jobs.ts";
import { describeMachine } from "./machine.ts";
import { mcpGroup } from "./mcp.ts";
import { goalOf, spreadText } from "./notation.ts";
import { type Measurement, pageOf } from "./page.ts";
import { postgresGroup } from "./postgres.ts";
import { fullEffort, isMet, quickEffort, type Row } from "./row.ts";
import { endProcesses } from "./side-process.ts";
import { slackGroup } from "./slack.ts";
import { telegramGroup } from "./telegram.ts";

const groups = [
  coldStartGroup,
  discordGroup,
  slackGroup,
  telegramGroup,
  mcpGroup,
  jobsGroup,
  postgresGroup,
  callbackGroup,
  backlogGroup,
  explainGroup,
];

/**
 * What Toolcast costs beside the bare libraries it is built on, against the goals of each line. A whole run writes
 * `docs/benchmarks.md`. Exits with 1 if a goal is not met.
 */
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    endProcesses();
    process.exit(2);
  });
}

function lineOf(row: Row): string {
  const met = isMet(row);
  const sides = [row.ours, row.bare].filter((side) => side !== undefined).join(" / ");
  const goal = row.goal === undefined ? "" : `   goal ${goalOf(row.goal, row.unit)} ${met ? "met" : "NOT MET"}`;
  return `  ${row.what}: ${spreadText(row)}${sides === "" ? "" : `   ${sides}`}${goal}\n`;
}

const names = groups.map(({ name }) => name);
const wanted = readOrExit(() => readArguments(process.argv.slice(2), names));
try {
  const machine = describeMachine();
  const effort = wanted.isQuick ? quickEffort : fullEffort;
  // What the fakes' judges do in this process would be part of every command's time.
  process.env.TOOLCAST_JUDGES = "";
  const sandbox = await startSandbox({ speed: 20 });
  const measurements: Measurement[] = [];
  for (const { name, title, about, measure } of groups) {
    if (wanted.only.length === 0 || wanted.only.includes(name)) {
      process.stdout.write(`${title}\n`);
      const rows = (await measure({ effort, vendors: sandbox.environment })).map((row) => ({ group: name, ...row }));
      measurements.push({ title, about, rows });
      process.stdout.write(rows.map(lineOf).join(""));
    }
  }
  await sandbox.close();
  const rows = measurements.flatMap((measurement) => measurement.rows);
  if (wanted.json !== null) {
    writeFileSync(wanted.json, `${JSON.stringify({ machine, rows }, null, 2)}\n`);
  }
  if (wanted.only.length === 0 && !wanted.isQuick) {
    writeFileSync(join(repository, "docs", "benchmarks.md"), pageOf(machine, measurements));
  }
  process.exitCode = rows.some((row) => isMet(row) === false) ? 1 : 0;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 2;
} finally {
  endProcesses();
}
process.exit();
