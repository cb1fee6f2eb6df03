import { UsageError } from "@toolcast/core";
import { describeMessage } from "@toolcast/core/chat";
import { expect, test } from "vitest";
import { ada, createInstallation, startJob } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

test("a job is shown as text alone, as usual, or with its whole timeline; the viewer decides what its tool shows", async () => {
  await using installation = await createInstallation();
  const process = await installation.open();
  const { id } = await startJob(process, "image", { prompt: "a lake" });
  await installation.until(() => installation.job(id).state.phase === "succeeded");
  const job = installation.job(id);
  const usual = await process.runtime.jobMessage(job, ada);
  expect(usual.media).toHaveLength(1);
  expect(usual.actions).toContainEqual(expect.objectContaining({ action: "details" }));

  expect(usual.fields).toContainEqual({ kind: "asked", label: "Prompt", value: "a lake" });
  const { media: _media, actions: _actions, ...rest } = usual;
  const facts = usual.fields!.filter(({ kind }) => kind !== "asked");
  expect(await process.runtime.jobMessage(job, ada, "text")).toEqual({ ...rest, fields: facts });
  const whole = await process.runtime.jobMessage(job, ada, "timeline");
  expect(whole.fields!.length).toBe(usual.fields!.length + job.timeline.length);
  expect(whole.actions).not.toContainEqual(expect.objectContaining({ action: "details" }));

  const call = { tool: "job", input: { job: id }, caller: ada };
  expect(await process.runtime.call(call)).toMatchObject({ message: { fields: whole.fields } });
  const asked = await process.runtime.call({ ...call, detail: "text" });
  expect(asked.message.fields).toEqual(facts);
  expect(asked.message.actions).toBeUndefined();
});

test("a job as text alone leaves out the text it produced, which its reader takes from the job", async () => {
  verifies("mcp.results");
  await using installation = await createInstallation();
  const process = await installation.open();
  const { id } = await startJob(process, "image", { prompt: "a lake" });
  await installation.until(() => installation.job(id).state.phase === "succeeded");
  const job = installation.job(id);
  const told = { ...job, steps: job.steps.map((step) => ({ ...step, text: "A lake at night." })) };
  expect((await process.runtime.jobMessage(told, ada)).lines).toContain("A lake at night.");
  expect(JSON.stringify(await process.runtime.jobMessage(told, ada, "text"))).not.toContain("A lake at night.");
});

test("between its last step and its end a job says that the result is coming, and between two steps that it continues", async () => {
  await using installation = await createInstallation();
  const process = await installation.open();
  const { id } = await startJob(process, "image", { prompt: "a lake" });
  await installation.until(() => installation.job(id).state.phase === "succeeded");
  const job = installation.job(id);
  const [made] = job.steps;
  const titleWith = async (steps: typeof job.steps) =>
    (await process.runtime.jobMessage({ ...job, steps, state: { phase: "queued", attempt: 0 } }, ada)).title;
  expect(await titleWith([made!])).toMatch(/finished; the result is on its way\.$/);
  expect(await titleWith([made!, { name: "next", state: "waiting", assets: [] }])).toMatch(/continuing in a moment\.$/);
  expect(await titleWith([{ name: "next", state: "waiting", assets: [] }])).toMatch(/^Accepted: /);
});

test("a result shows a long value as far as its place allows, and the job's story shows all of it", async () => {
  verifies("job.recipe");
  await using installation = await createInstallation();
  const { runtime, ...process } = await installation.open();
  const question = "b".repeat(1_500);
  const sent = await startJob({ ...process, runtime }, "image", { prompt: "a".repeat(900), negative_prompt: "a hen" });
  await installation.until(() => installation.job(sent.id).state.phase === "succeeded");
  const job = installation.job(sent.id);
  const long = { ...job, input: { ...job.input, prompt: question } };
  const shown = await runtime.jobMessage(long, ada);
  const asked = shown.fields!.filter(({ kind }) => kind === "asked");
  expect(asked.map(({ label }) => label)).toEqual(["Prompt", "Negative prompt", "Provider"]);
  expect(asked[0]?.value).toBe(`${"b".repeat(1_000)}…`);
  const small = {
    mediaPerMessage: 1,
    mediaBytes: 1e9,
    textCharacters: 4_096,
    captionCharacters: 1_024,
    updateIntervalMs: 0,
  };
  const fitted = await runtime.fit(shown, small, "en");
  expect(fitted.overflow).toBeUndefined();
  expect(fitted.fields![1]?.value).toMatch(/^b{300,}…$/);
  const story = await runtime.jobMessage(long, ada, "timeline");
  expect(story.lines).toContain(`Prompt: ${question}`);
});

test("a moment that a sentence names is marked as one, for places that show moments themselves", async () => {
  verifies("chat.moments");
  await using installation = await createInstallation();
  const process = await installation.open();
  const { id } = await startJob(process, "image", { prompt: "a lake" });
  const job = installation.job(id);
  const until = Date.UTC(2026, 0, 8, 12);
  const sentence = { key: "job.provider-rests" as const, values: { provider: "Scripted", until: { instant: until } } };
  const waiting = { ...job, state: { phase: "queued" as const, attempt: 0, reason: new UsageError(sentence).failure } };
  const message = await process.runtime.jobMessage(waiting, ada);
  const [named] = message.moments ?? [];
  expect([named?.at, message.lines?.[0]]).toEqual([until, expect.stringContaining(named?.text ?? "none")]);
  const spans = describeMessage(message, { locale: "en" }).flatMap((block) => block.spans);
  expect(spans).toContainEqual({ text: named?.text, moment: { at: until, detail: "minute" } });
});
