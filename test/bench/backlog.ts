import { startSandbox } from "@toolcast/sandbox";
import { startDiscord } from "../fakes/discord/discord.ts";
import { freePort } from "../free-port.ts";
import type { Group } from "./bench.ts";
import { startIsModules } from "./cold-start.ts";
import { firstAcknowledged } from "./first-acknowledged.ts";
import { fill, jobsFile, type StoredRow, storedRow } from "./job-rows.ts";
import { processorAndMemory } from "./process-usage.ts";
import type { Effort, Row } from "./row.ts";
import { type Measured, startNode, temporaryFolder, toolcast } from "./side-process.ts";
import { type Spread, spreadOf } from "./statistics.ts";

const kinds = ["in line", "not due", "finished"] as const;
type Kind = (typeof kinds)[number];

/** The pages that people leave open, and what a supervisor asks. */
const pages = ["/healthz", "/api/jobs", "/api/overview"];
/** Well after the first look at everything that is due when a process starts. */
const settleMs = 3_000;

interface Server extends Measured {
  url: string;
}

async function startServer(environment: Record<string, string>, more: Record<string, string> = {}): Promise<Server> {
  const port = String(await freePort());
  const args = toolcast("start", "--no-supervisor");
  const server = await startNode(args, { ...environment, PORT: port, ...more }, "Toolcast is ready");
  return { ...server, url: `http://127.0.0.1:${port}` };
}

async function order(server: Server, text: string): Promise<string> {
  const body = JSON.stringify({ text });
  const answer = await fetch(`${server.url}/api/conversations/main/messages`, { method: "POST", body });
  return ((await answer.json()) as { jobId: string }).jobId;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A stored job of each kind, made by Toolcast itself. */
async function samplesOf(environment: Record<string, string>, file: string): Promise<Record<Kind, StoredRow>> {
  const server = await startServer(environment);
  const phaseOf = async (id: string) =>
    ((await (await fetch(`${server.url}/api/jobs/${id}`)).json()) as { phase: string }).phase;
  const finished = await order(server, "/image a fox");
  await until(async () => (await phaseOf(finished)) === "succeeded");
  // More than the vendor works on at once, and none of them ends.
  const slow = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      order(server, `/image a slow fox ${index} [[slow 100000s]] --provider dashscope`),
    ),
  );
  const parked = () => slow.map((id) => storedRow(file, id)).find((row) => row.waits_for !== null);
  await until(async () => parked() !== undefined);
  const rows = { finished: storedRow(file, finished), inLine: parked() as StoredRow };
  await server.stop();
  // It may have been read while it was looked at. No process that dies leaves a whole backlog leased.
  const inLine = { ...rows.inLine, lease_holder: null, lease_until: null, hinted_at: null };
  const inSixHours = Date.now() + 5 * 60 * 60_000;
  return {
    finished: rows.finished,
    // Each has been looked at, also the second time after its first answer; it is due when there is a place.
    "in line": { ...inLine, wake_at: null },
    "not due": { ...inLine, waits_for: null, called_at: null, wake_at: inSixHours, scheduled_at: Date.now() },
  };
}

interface Idle {
  memoryMb: number;
  /** Of one core. */
  processorPercent: Spread;
  pageMs: Spread;
}

async function idleOf(environment: Record<string, string>, effort: Effort): Promise<Idle> {
  const server = await startServer(environment);
  const pid = server.child.pid!;
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  const percents: number[] = [];
  for (let round = 0; round < effort.rounds; round += 1) {
    const before = processorAndMemory(pid).processorMs;
    const began = performance.now();
    await new Promise((resolve) => setTimeout(resolve, effort.roundMs));
    percents.push(((processorAndMemory(pid).processorMs - before) * 100) / (performance.now() - began));
  }
  const times: number[] = [];
  for (let round = 0; round < effort.rounds * 4; round += 1) {
    const began = performance.now();
    for (const page of pages) {
      await (await fetch(`${server.url}${page}`)).text();
    }
    times.push((performance.now() - began) / pages.length);
  }
  const { memoryMb } = processorAndMemory(pid);
  await server.stop();
  return { memoryMb, processorPercent: spreadOf(percents), pageMs: spreadOf(times) };
}

/** How long a start with this store takes to the first acknowledged command. */
async function restart(environment: Record<string, string>): Promise<number> {
  const discord = await startDiscord({ rateLimits: false });
  const { tookMs, server } = await firstAcknowledged(discord, () =>
    startServer(environment, { DISCORD_TOKEN: discord.token, DISCORD_API_URL: discord.apiUrl }),
  );
  await server.stop();
  await discord.close();
  return tookMs;
}

export const backlogGroup: Group = {
  name: "backlog",
  title: "A full house",
  about:
    "A running `toolcast start` whose store holds that many jobs of one person: waiting in line, each looked at, for a place at a vendor that finishes nothing; waiting for a later time, or finished. Pages are `/healthz`, the list of jobs and the operator's overview, the mean of the three; processor is of one core.",
  async measure({ effort }) {
    using folder = temporaryFolder();
    await using sandbox = await openSandbox();
    const environment = { ...sandbox.environment, TOOLCAST_DATA_DIR: folder.path, HOME: folder.path };
    const file = jobsFile(folder.path);
    const samples = await samplesOf(environment, file);
    const sizes = [1_000, 10_000, 100_000].filter((size) => size <= effort.mostJobs);
    const rows: Omit<Row, "group">[] = [];
    const empty = await idleOf(environment, effort);
    for (const kind of kinds) {
      for (const size of sizes) {
        fill(file, samples[kind], size);
        const { memoryMb, processorPercent, pageMs } = await idleOf(environment, effort);
        const what = `${size.toLocaleString("en-US")} ${kind}`;
        const added = memoryMb - empty.memoryMb;
        rows.push(
          { what: `${what}: processor while idle`, unit: "%", value: processorPercent, goal: { atMost: 2 } },
          { what: `${what}: memory more than with none`, unit: "MB", value: spreadOf([added]) },
          {
            what: `${what}: a page`,
            unit: "ms",
            value: pageMs,
            goal: { atMost: Math.max(10, 2 * empty.pageMs.median) },
          },
        );
      }
    }
    const most = sizes.at(-1)!;
    fill(file, samples["in line"], most);
    const starts: number[] = [];
    for (let round = 0; round < effort.rounds; round += 1) {
      starts.push(await restart(environment));
    }
    rows.push({
      what: `a restart with ${most.toLocaleString("en-US")} in line, to the first acknowledged Discord command`,
      unit: "ms",
      value: spreadOf(starts),
      goal: { atMost: 1_500 },
      cause: startIsModules,
    });
    return rows;
  },
};

/** Vendors of its own, whose speed is that of real ones. */
async function openSandbox() {
  const sandbox = await startSandbox({ speed: 1 });
  return { environment: sandbox.environment, [Symbol.asyncDispose]: () => sandbox.close() };
}
