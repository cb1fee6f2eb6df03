import { expect, test } from "vitest";
import { ada, createInstallation, startJob } from "../runtime-fixture.ts";

test("a job is shown as text alone, as usual, or with its whole timeline; the viewer decides what its tool shows", async () => {
  await using installation = await createInstallation();
  const process = await installation.open();
  const { id } = await startJob(process, "image", { prompt: "a lake" });
  await installation.until(() => installation.job(id).state.phase === "succeeded");
  const job = installation.job(id);
  const usual = await process.runtime.jobMessage(job, ada);
  expect(usual.media).toHaveLength(1);
  expect(usual.actions).toContainEqual(expect.objectContaining({ action: "details" }));

  const { media: _media, actions: _actions, ...rest } = usual;
  expect(await process.runtime.jobMessage(job, ada, "words")).toEqual(rest);
  const whole = await process.runtime.jobMessage(job, ada, "timeline");
  expect(whole.fields!.length).toBe(usual.fields!.length + job.timeline.length);
  expect(whole.actions).not.toContainEqual(expect.objectContaining({ action: "details" }));

  const call = { tool: "job", input: { job: id }, caller: ada };
  expect(await process.runtime.call(call)).toMatchObject({ message: { fields: whole.fields } });
  const asked = await process.runtime.call({ ...call, detail: "words" });
  expect(asked.message.fields).toEqual(usual.fields);
  expect(asked.message.actions).toBeUndefined();
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
  expect(await titleWith([made!])).toMatch(/made; the result is on its way\.$/);
  expect(await titleWith([made!, { name: "next", state: "waiting", assets: [] }])).toMatch(/it goes on in a moment\.$/);
  expect(await titleWith([{ name: "next", state: "waiting", assets: [] }])).toMatch(/^Accepted: /);
});
