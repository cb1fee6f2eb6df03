import { type ClientEra, eras } from "../mcp-client.ts";
import type { Group } from "./bench.ts";
import { timed } from "./closed-loop.ts";
import { type CallTool, overHttp, overStdio } from "./mcp-wire.ts";
import { measured } from "./notation.ts";
import { compare, medianOf, ratioOf } from "./pair.ts";
import type { Effort, Row } from "./row.ts";
import { program, startNode } from "./side-process.ts";

/** Measured with `node --cpu-prof` over stdio. */
const causeOfJob =
  "`get_job` does what the bare tool does not: it reads the job and its media from the store at every call, because another process may have changed them, lists its facts with signed links to its media and puts them into words; its data is checked and written beside the text. The message of a job that has ended is rendered once, and a link signed once an hour. A call takes 0.14 ms of the processor over stdio, the bare tool's 0.03 ms.";

/** By the processor time of both processes. */
const causeOfEcho =
  "A tool of ours is called through the same door as from every other surface: who may use it, its input checked with errors in two languages, and an answer that is put into words. Over stdio that is 0.003 ms beside the 0.025 ms that the SDK takes for a call of the bare tool.";

const protocols = { legacy: "2025-11-25", modern: "2026-07-28" };
const atOnce = 8;

async function connect(transport: "HTTP" | "stdio", side: "ours" | "bare", era: ClientEra) {
  if (transport === "stdio") {
    const args = side === "ours" ? program("mcp-process.ts", "stdio") : program("bare-mcp-stdio-process.ts");
    const { child, stop } = await startNode(args, {}, null);
    return { call: await overStdio(child, era), stop };
  }
  const args = side === "ours" ? program("mcp-process.ts") : program("bare-mcp-http-process.ts");
  const { out, stop } = await startNode(args, {}, "\n");
  return { call: await overHttp(out().trim(), era), stop };
}

/** A job that has ended, and how many characters its answer has. */
async function finishedJob(call: CallTool): Promise<{ job: string; length: number }> {
  const ordered = await call("generate_image", { prompt: "a lake", preview: false });
  const job = /job_[\w-]+/.exec(ordered)![0];
  const answer = await call("get_job", { job, preview: false });
  if (!answer.includes("succeeded")) {
    throw new Error("the job has not ended");
  }
  return { job, length: answer.length };
}

async function rowsOf(transport: "HTTP" | "stdio", era: ClientEra, effort: Effort): Promise<Omit<Row, "group">[]> {
  const ours = await connect(transport, "ours", era);
  const bare = await connect(transport, "bare", era);
  const { job, length } = await finishedJob(ours.call);
  const pairs = [
    {
      what: "a tool that repeats its input",
      cause: causeOfEcho,
      ours: () => ours.call("echo", { text: "x" }),
      bare: () => bare.call("echo", { text: "x" }),
    },
    {
      what: "get_job, against a text as long",
      cause: causeOfJob,
      ours: () => ours.call("get_job", { job, wait_seconds: 0, preview: false }),
      bare: () => bare.call("text", { length }),
    },
  ];
  const rows: Omit<Row, "group">[] = [];
  for (const pair of pairs) {
    const compared = await compare({ ours: timed(pair.ours), bare: timed(pair.bare) }, { callers: atOnce, effort });
    const both = (measure: "perSecond" | "p99Ms", unit: "per second" | "ms") => ({
      unit: "ratio" as const,
      value: ratioOf(compared, measure),
      ours: measured(medianOf(compared.ours, measure), unit),
      bare: measured(medianOf(compared.bare, measure), unit),
    });
    rows.push(
      {
        ...both("perSecond", "per second"),
        what: `${transport}, ${protocols[era]}: ${pair.what}`,
        goal: { atLeast: 0.85 },
        cause: pair.cause,
      },
      { ...both("p99Ms", "ms"), what: "its 99th percentile", goal: { atMost: 1.5 }, cause: pair.cause },
    );
  }
  await ours.stop();
  await bare.stop();
  return rows;
}

export const mcpGroup: Group = {
  name: "mcp",
  title: "MCP",
  about: `A tool's call against a bare server of the same SDK, ${atOnce} at once.`,
  async measure({ effort }) {
    const rows: Omit<Row, "group">[] = [];
    for (const transport of ["HTTP", "stdio"] as const) {
      for (const era of eras) {
        rows.push(...(await rowsOf(transport, era, effort)));
      }
    }
    return rows;
  },
};
