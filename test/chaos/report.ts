import { say } from "@toolcast/core/surface";
import type { ChaosArguments } from "./arguments.ts";
import { arrows } from "./arrows.ts";
import { auditChats } from "./audit-chats.ts";
import { auditMoney } from "./audit-money.ts";
import { auditResults } from "./audit-results.ts";
import { auditSecrets } from "./audit-secrets.ts";
import { auditStarts, type Violation } from "./audit-starts.ts";
import { explainEnds } from "./explain-ends.ts";
import { leastOnPlatform, type RunRecord } from "./run.ts";
import { wishKeyOf } from "./wish-jobs.ts";

export interface Report {
  text: string;
  violations: number;
}

const mostShown = 20;

/** Checks the run against the promises and writes the table. */
export async function reportOf(wanted: ChaosArguments, record: RunRecord): Promise<Report> {
  const { jobs, crew, copies, ledger, machine, database, outages, orders, presses } = record;
  const { forward, back } = machine.clockSteps;
  const starts = auditStarts(record);
  const results = await auditResults(record);
  const chats = await auditChats(record);
  const money = auditMoney(record, starts.entriesOf);
  const ends = explainEnds(record);
  const secrets = auditSecrets(record);
  const killed = crew.killed();
  const kills = killed.arrow + killed.random;
  const neverKilledAt = crew.neverKilledAt();
  const shortfalls: Violation[] = [
    ...(jobs.length < wanted.jobs ? [{ what: `${jobs.length} jobs of ${wanted.jobs}` }] : []),
    ...(kills < wanted.kills ? [{ what: `${kills} kills of ${wanted.kills}` }] : []),
    ...(wanted.short || neverKilledAt.length === 0 ? [] : [{ what: `nobody died at: ${neverKilledAt.join(", ")}` }]),
    ...chats.rows.flatMap(({ id, jobs: carried }): Violation[] =>
      carried < leastOnPlatform(wanted) ? [{ what: `${carried} jobs on ${id} of ${leastOnPlatform(wanted)}` }] : [],
    ),
    ...(copies.made > 0 ? [] : [{ what: "no copy was made" }]),
    ...(Math.min(forward, back) > 0 ? [] : [{ what: "the machine was well all the time" }]),
    ...(machine.fullDisk.length > 0 || database !== null ? [] : [{ what: "the disk was never full" }]),
    ...(database === null || Math.min(database.restarts, database.failovers) > 0
      ? []
      : [{ what: "the database was up all the time" }]),
  ];
  const violations = [
    ...[...crew.troubles, ...copies.troubles, ...record.notSent].map((what): Violation => ({ what })),
    ...starts.violations,
    ...results.lost,
    ...results.twice,
    ...results.stuck,
    ...record.unrest,
    ...chats.lost,
    ...chats.twice,
    ...chats.violations,
    ...ends.violations,
    ...money.violations,
    ...secrets.violations,
    ...shortfalls,
  ];
  const killedAt = countBy(crew.lives.flatMap(({ arrow }) => arrow ?? []));
  const events = (name: string) =>
    jobs.flatMap(({ timeline }) => timeline).filter(({ event }) => event === name).length;
  const rows: [string, string][] = [
    ["engine", wanted.engine],
    ["seed", String(wanted.seed)],
    ["app processes started", String(crew.lives.length)],
    ["kills of an app", `${kills} (at an arrow ${killed.arrow}, at a random instant ${killed.random})`],
    ["arrows killed at", `${arrows.length - neverKilledAt.length} of ${arrows.length}`],
    ["drains (SIGTERM)", String(crew.lives.filter(({ end }) => end === "drained").length)],
    ["pauses beyond the lease", String(crew.lives.flatMap(({ pauses }) => pauses).length)],
    ["steps of the machine's clock", `a day forward ${forward}, a day back ${back}`],
    ["times the disk was full", String(machine.fullDisk.length)],
    ...(database === null
      ? []
      : ([
          ["kills of the database", `${database.restarts} restarts, ${database.failovers} failovers to the standby`],
        ] as [string, string][])),
    [
      "restored copies",
      `${copies.made} beside the original, 1 in its place with ${copies.openWhenRestored} open jobs, then released`,
    ],
    ["kills of the vendors", String(outages.length)],
    ["calls that went wrong by order", String(orders.length)],
    ["jobs", String(jobs.length)],
    ["  by tool", listed(countBy(jobs.map(({ tool }) => tool)))],
    ["  by provider", listed(countBy(jobs.map(({ provider }) => provider)))],
    ["  by end", listed(countBy(jobs.map(({ state }) => state.phase)))],
    ["  failed or cancelled because", listed(ends.failed)],
    ["  unresolved because", listed(ends.unresolved)],
    ["  were unclear at some time", String(events("start-unknown") + events("operation-overdue"))],
    ["starts put off and made later", String(events("start-deferred"))],
    ["starts asked for again by their key", String(events("start-unanswered"))],
    ["people's presses", listed(presses)],
    ["operator's questions", listed(record.reads)],
    ["paid starts in the ledger", `${ledger.length} (${starts.again} of them asked for again by a person)`],
    ["steps by paid starts of ours", listed(starts.stepsByStarts)],
    ["messages read, media in them", `${results.messages}, ${results.media}`],
    ...chats.rows.map(({ id, line }): [string, string] => [`on ${id}`, line]),
    ["paid more than once", String(starts.violations.length)],
    ["paid, delivered or taken in by a held copy", String(copies.troubles.length)],
    ["results lost", String(results.lost.length + chats.lost.length)],
    ["delivered twice", String(results.twice.length + chats.twice.length)],
    ["stuck", String(results.stuck.length)],
    ["ends without a cause", String(ends.violations.length)],
    ["money that does not add up", String(money.violations.length)],
    ["secrets found", `${secrets.violations.length} (${secrets.values} values, ${megabytes(secrets.bytes)} searched)`],
    ["memory of an app at most", megabytes(record.peakRssBytes)],
    ["duration", `${Math.round(record.durationMs / 1_000)} s`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = [
    ...rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`),
    ...money.sums,
    `in the bill, or perhaps, and not in the ledger: ${money.differences.length} starts`,
    ...money.differences.map((difference) => `  ${difference}`),
    `killed at: ${listed(killedAt)}`,
    `never killed at: ${neverKilledAt.join(", ") || "none"}`,
    ...violations.slice(0, mostShown).flatMap((violation) => evidence(violation, record, starts.entriesOf)),
    ...(violations.length > mostShown ? [`… and ${violations.length - mostShown} more`] : []),
    violations.length === 0
      ? "every promise held"
      : `${violations.length} VIOLATIONS, seed ${wanted.seed}, all files in ${record.directory}`,
  ];
  return { text: `${lines.join("\n")}\n`, violations: violations.length };
}

function evidence(
  { what, job, seen = [] }: Violation,
  { asked, crew, dispatches }: RunRecord,
  entriesOf: ReadonlyMap<string, readonly object[]>,
): string[] {
  if (job === undefined) return ["", `VIOLATION: ${what}`];
  const pids = dispatches.filter((line) => line.job === job.id).map(({ attempt, pid }) => `${attempt} by ${pid}`);
  const own = crew.lives.filter(({ pid }) => dispatches.some((line) => line.job === job.id && line.pid === pid));
  return [
    "",
    `VIOLATION: ${what}`,
    `  ${job.id} ${JSON.stringify(asked.find(({ wish }) => wish.key === wishKeyOf(job))?.wish)}`,
    ...job.timeline.map(({ at, event, sentence }) => `  ${at} ${event}: ${say(sentence, "en")}`),
    ...seen.map((message) => `  seen ${message}`),
    `  state ${JSON.stringify(job.state)}`,
    `  steps ${JSON.stringify(job.steps)}`,
    `  notices ${JSON.stringify(job.notices)}`,
    `  dispatched: ${pids.join(", ")}`,
    ...own.map((life) => `  process ${JSON.stringify(life)}`),
    ...(entriesOf.get(job.id) ?? []).map((entry) => `  ledger ${JSON.stringify(entry)}`),
  ];
}

function countBy<Value>(values: readonly Value[]): Map<Value, number> {
  return new Map([...Map.groupBy(values, (value) => value)].map(([value, group]) => [value, group.length]));
}

function listed(counts: ReadonlyMap<unknown, number>): string {
  const sorted = [...counts].sort(([, one], [, other]) => other - one);
  return sorted.map(([name, count]) => `${name}: ${count}`).join(", ") || "none";
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_048_576)} MB`;
}
