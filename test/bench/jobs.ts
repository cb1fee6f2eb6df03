import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openSqliteEngine, systemClock, systemRandom } from "@toolcast/core";
import type { Group } from "./bench.ts";
import { timed } from "./closed-loop.ts";
import { jobsFile, openRawStore, storedRow } from "./job-rows.ts";
import { measured } from "./notation.ts";
import { caller, openRuntime } from "./open-runtime.ts";
import { compare, medianOf, ratioOf } from "./pair.ts";
import type { Row } from "./row.ts";
import { temporaryFolder } from "./side-process.ts";

/** Measured with `node --cpu-prof`, of many at once. */
const causeOfRequests =
  "To take a request in is more than to store it: of the processor's time writing the row and its commit take 50 %; checking and pricing the request and choosing its provider (15 %), the answer (8 %) and recognizing a repeat (2 %) are not part of an insert. One at a time the same code takes about three times as long between two fsyncs as within a batch; no second commit is involved.";

export const jobsGroup: Group = {
  name: "jobs",
  title: "Accepting jobs",
  about:
    "Each durable before it is acknowledged, against `node:sqlite` inserting the same row into the same table with the same indexes; of many at once, all that wait share a transaction on both sides.",
  async measure({ effort }) {
    using folder = temporaryFolder();
    const [ourFolder, rawFolder] = ["ours", "raw"].map((name) => join(folder.path, name)) as [string, string];
    mkdirSync(ourFolder);
    const { engine, runtime, close } = await openRuntime(ourFolder);
    let asked = 0;
    const accept = async () => {
      asked += 1;
      const input = { prompt: `a fox ${asked}` };
      const reply = await runtime.call({ tool: "generate_image", input, caller, key: `bench ${asked}` });
      if (reply.type !== "job") {
        throw new Error("no job");
      }
      return reply.job;
    };
    const sample = await accept();
    const create = async () => {
      asked += 1;
      await engine.create({ ...sample, id: `job_bench${asked}`, key: `bench ${asked}` }, { wakeAt: null });
    };
    await openSqliteEngine({ file: jobsFile(rawFolder), clock: systemClock, random: systemRandom }).close();
    const raw = openRawStore(jobsFile(rawFolder), storedRow(jobsFile(ourFolder), sample.id));
    const rows: Omit<Row, "group">[] = [];
    for (const [callers, goal] of [
      [1, 0.7],
      [64, 0.5],
    ] as const) {
      for (const [what, act, cause] of [
        ["requests taken in and stored as jobs", accept, causeOfRequests],
        ["jobs stored by the engine", create, undefined],
      ] as const) {
        const compared = await compare(
          { ours: timed(act), bare: timed(() => raw.insertWithOthers()) },
          { callers, effort },
        );
        rows.push({
          what: `${what}, ${callers} at once`,
          unit: "ratio",
          value: ratioOf(compared, "perSecond"),
          ours: measured(medianOf(compared.ours, "perSecond"), "per second"),
          bare: measured(medianOf(compared.bare, "perSecond"), "per second"),
          goal: { atLeast: goal },
          cause,
        });
      }
    }
    raw.close();
    await close();
    return rows;
  },
};
