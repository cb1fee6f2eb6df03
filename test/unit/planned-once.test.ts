import { builtInTools, type SpendingTool } from "@toolcast/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createScriptedProvider } from "../doubles/scripted-provider.ts";
import { ada, createInstallation, type Installation, type RunningProcess, startJob } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

let installation: Installation;
let asked: number;
beforeEach(async () => {
  installation = await createInstallation();
  asked = 0;
});
afterEach(() => installation[Symbol.asyncDispose]());

/** The built-in tools, counting how often one of them is asked for its steps. */
const counting = builtInTools.map((tool) => {
  const { steps } = tool as SpendingTool;
  return tool.effect !== "spends"
    ? tool
    : {
        ...tool,
        steps(...request: Parameters<typeof steps>) {
          asked += 1;
          return steps(...request);
        },
      };
});

async function countedWhileOrdered(process: RunningProcess, input: Record<string, unknown>): Promise<{ id: string }> {
  const job = await startJob(process, "image", input);
  expect(asked).toBe(1);
  asked = 0;
  return job;
}

const hasEnded = (id: string) => () => installation.job(id).state.phase === "succeeded";

test("one picture: its steps are asked for once when it is requested and once when a worker takes it", async () => {
  verifies("paid-once.one-start-a-step");
  const process = await installation.open({ tools: counting, started: false });
  const { id } = await countedWhileOrdered(process, { prompt: "x" });
  process.runtime.start();
  await installation.until(hasEnded(id));
  expect(asked).toBe(1);
});

test("a picture that the vendor works on: once more for each look at it", async () => {
  const { provider } = installation;
  provider.nextStart("image", { end: "operation", reference: "r" });
  provider.nextCheck({ state: "pending" }, { state: "pending" });
  const process = await installation.open({ tools: counting, started: false });
  const { id } = await countedWhileOrdered(process, { prompt: "x" });
  process.runtime.start();
  await installation.until(hasEnded(id));
  expect(asked).toBe(1 + provider.checks.length);
});

test("four pictures in separate steps: once more for each message that names the current step", async () => {
  const process = await installation.open({ tools: counting, started: false });
  const { id } = await countedWhileOrdered(process, { prompt: "x", count: 4 });
  process.runtime.start();
  await installation.until(hasEnded(id));
  const shown = installation.platform.updates.length;
  expect(asked).toBe(1 + shown);
});

test("several providers that split a request in the same way need one answer, others one for each way", async () => {
  const others = ["second", "third"].map((id) => createScriptedProvider(id));
  const process = await installation.open({
    tools: counting,
    providers: [installation.provider, ...others].map(({ definition }) => ({ definition, values: {} })),
    started: false,
  });
  const unknown = { tool: "image", input: { prompt: "x", provider: "nowhere" }, caller: ada };
  expect(await process.runtime.call(unknown)).toMatchObject({ type: "refused", failure: { field: "provider" } });
  expect(asked).toBe(1);
});

test("the whole timeline of a job in several steps is shown with one look at them", async () => {
  const process = await installation.open({ tools: counting });
  const { id } = await startJob(process, "image", { prompt: "x", count: 2 });
  await installation.until(hasEnded(id));
  asked = 0;
  await process.runtime.jobMessage(installation.job(id), ada, "timeline");
  expect(asked).toBe(1);
});
