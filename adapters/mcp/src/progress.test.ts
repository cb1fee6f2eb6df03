import type { ServerContext } from "@modelcontextprotocol/server";
import type { Caller, Job, Runtime } from "@toolcast/core";
import { expect, test } from "vitest";
import { createManualClock } from "../../../test/manual-clock.ts";
import { sampleJob } from "../../../test/sample-job.ts";
import { reportProgress } from "./progress.ts";

const caller: Caller = {
  id: "mcp:local",
  name: "local",
  locale: "en",
  place: { surface: "mcp", conversation: "agent" },
};

// @verifies mcp.progress
test("a notice in progress when the result is ready is no longer sent, and nothing is left running", async () => {
  const clock = createManualClock();
  const sent: string[] = [];
  const written = Promise.withResolvers<void>();
  let tell: (job: Job) => void = () => {};
  const runtime = {
    jobMessage: async (job: Job) => {
      await written.promise;
      return { tone: "progress", title: job.id, private: true };
    },
    watch(listener: (job: Job) => void) {
      tell = listener;
      return () => {
        tell = () => {};
      };
    },
  } as Pick<Runtime, "jobMessage" | "watch"> as Runtime;
  const context = {
    mcpReq: {
      _meta: { progressToken: "p" },
      signal: new AbortController().signal,
      notify: async ({ params }: { params: { message: string } }) => void sent.push(params.message),
    },
  } as unknown as ServerContext;

  const report = reportProgress({ context, runtime, clock, caller });
  await clock.advance(0);
  expect(sent).toEqual(["Received."]);
  report.follow(sampleJob("job_1"));
  tell(sampleJob("job_1"));
  const stopped = report.stop();
  written.resolve();
  await stopped;
  await clock.advance(60_000);
  expect(sent).toEqual(["Received."]);
  expect(clock.pending()).toBe(0);
});

// @verifies mcp.progress
test("a brief store failure does not stop progress: the next notice comes in time", async () => {
  const clock = createManualClock();
  const sentAt: number[] = [];
  let isInTrouble = false;
  const runtime = {
    jobMessage: async (job: Job) => {
      if (isInTrouble) {
        throw new Error("the disk is busy");
      }
      return { tone: "progress", title: job.id, private: true };
    },
    watch: () => () => {},
  } as Pick<Runtime, "jobMessage" | "watch"> as Runtime;
  const context = {
    mcpReq: {
      _meta: { progressToken: "p" },
      signal: new AbortController().signal,
      notify: async () => void sentAt.push(clock.now()),
    },
  } as unknown as ServerContext;

  const report = reportProgress({ context, runtime, clock, caller });
  report.follow(sampleJob("job_1"));
  await clock.advance(5_000);
  isInTrouble = true;
  await clock.advance(10_000);
  isInTrouble = false;
  const calm = clock.now();
  await clock.advance(10_000);
  expect(sentAt.filter((at) => at > calm)).toHaveLength(1);
  await report.stop();
  expect(clock.pending()).toBe(0);
});
