import { builtInTools, defineTool, flag } from "@toolcast/core";
import { parseCommandLine } from "@toolcast/core/surface";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  ada,
  createInstallation,
  type Installation,
  type RunningProcess,
  startJob,
  upload,
} from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

let installation: Installation;
let process: RunningProcess;
beforeEach(async () => {
  installation = await createInstallation();
  process = await installation.open();
});
afterEach(() => installation[Symbol.asyncDispose]());

const call = (tool: string, input: Record<string, unknown>, key?: string) =>
  process.runtime.call({ tool, input, caller: ada, ...(key === undefined ? {} : { key }) });

test("is asked for with one word of core's grammar, answered privately, and nothing of it becomes a job", async () => {
  verifies("built.price-only");
  const parsed = parseCommandLine("/image 日照金山 --quote --count 2", process.runtime.tools)!;
  expect(parsed.input).toEqual({ prompt: "日照金山", quote: "true", count: "2" });
  const reply = await call(parsed.command, parsed.input, "event-1");
  expect(reply).toMatchObject({
    type: "answer",
    message: { tone: "info", private: true, title: expect.stringContaining("Nothing was started") },
    data: { price: { amount: 4, unit: "points" }, input: { prompt: "日照金山", count: 2 } },
  });
  expect(reply.message.fields).toContainEqual(expect.objectContaining({ kind: "price", value: "4 points" }));
  expect([installation.jobs(), installation.provider.starts]).toEqual([[], []]);
});

test("offers a form that starts exactly this, at the same provider", async () => {
  verifies("built.price-only");
  const reply = await call("image", { prompt: "a fox", quote: true }, "event-1");
  const [start] = reply.message.actions ?? [];
  expect(start?.form).toEqual({ command: "image", input: { prompt: "a fox", provider: "scripted" } });
  const { id } = await startJob(process, start!.form!.command, start!.form!.input, { key: "event-2" });
  expect(installation.job(id).input).toEqual(start!.form!.input);
});

test("leaves what would be asked to be asked at the start, and refuses what would be refused", async () => {
  verifies("built.price-only");
  const audio = (await upload(process, "tone.wav")).id;
  const reply = await call("clone", { audio, name: "mine", consent: true, quote: "yes" });
  expect(reply.message.actions?.[0]?.form?.input).toEqual({ audio, name: "mine", provider: "scripted" });
  expect(await call("image", { quote: true })).toMatchObject({ type: "refused", failure: { field: "prompt" } });
  expect(await call("image", { prompt: "a fox", quote: "maybe" })).toMatchObject({
    type: "refused",
    failure: { field: "quote" },
  });
  expect(installation.jobs()).toEqual([]);
});

test("is shown when a daily limit is reached, with who can let the start through, which the form still asks for", async () => {
  verifies("built.price-only");
  process.life.die();
  process = await installation.open({ policy: { operators: [], dailyPerPerson: 1 } });
  await startJob(process, "image", { prompt: "a fox" });
  await installation.until(() => installation.provider.starts.length === 1);
  const reply = await call("image", { prompt: "a hare", quote: true });
  expect(reply).toMatchObject({
    type: "answer",
    message: { tone: "info", lines: [expect.stringContaining("daily limit of 1")] },
    data: { price: { amount: 2, unit: "points" } },
  });
  const { command, input } = reply.message.actions![0]!.form!;
  expect((await startJob(process, command, input)).state).toMatchObject({ phase: "held", hold: { reason: "budget" } });
});

test("no is no, and the job knows nothing of it", async () => {
  verifies("built.price-only");
  const { id } = await startJob(process, "image", { prompt: "a fox", quote: "no" });
  expect(installation.job(id).input).toEqual({ prompt: "a fox" });
});

test("every tool that spends has it, those of plugins too, and an input of that name stays its tool's own", () => {
  verifies("built.price-only", "built.field-roles");
  for (const tool of builtInTools) {
    expect("quote" in tool.input, tool.name).toBe(tool.effect === "spends");
  }
  const texts = { title: { en: "Quote", "zh-CN": "引文" }, summary: { en: "Yes or no.", "zh-CN": "是或否。" } };
  const own = flag({ ...texts, optional: true });
  const tool = defineTool({
    ...{ name: "print_quote", command: "print", effect: "spends" as const },
    ...texts,
    input: { quote: own },
    steps: () => [],
  });
  expect(tool.input.quote).toBe(own);
});
