import { afterEach, beforeEach, expect, test } from "vitest";
import { ada, createInstallation, type Installation, startJob } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

let installation: Installation;
beforeEach(async () => {
  installation = await createInstallation();
});
afterEach(() => installation[Symbol.asyncDispose]());

test("copying from a list of jobs copies the id, and a shortened list says so", async () => {
  verifies("understood.both-languages");
  const process = await installation.open({ started: false });
  const list = async (limit: number, caller = ada) =>
    (await process.runtime.call({ tool: "list_jobs", input: { limit }, caller })).message;
  expect((await list(2)).title).toBe("No jobs.");
  const first = await startJob(process, "image", { prompt: "x" });
  const second = await startJob(process, "image", { prompt: "y" });
  const whole = await list(2);
  expect(whole.title).toBe("Your jobs: 2");
  const copyable = whole.fields?.filter((field) => field.copyable === true).map(({ value }) => value);
  expect(copyable?.toSorted()).toEqual([first.id, second.id].toSorted());
  const cut = await list(1);
  expect(cut.title).toBe("Your newest jobs: 1");
  expect(cut.fields).toHaveLength(1);
  const chinese = await list(1, { ...ada, locale: "zh-CN" });
  expect(chinese.title).toBe("您最近的任务：1 个");
  expect(chinese.actions?.[0]?.label).toMatch(/^查看过程：job_/);
});

test("jobs differ by what was asked for, and by the place if there are several", async () => {
  verifies("mcp.list");
  const process = await installation.open({ started: false });
  const list = async () => process.runtime.call({ tool: "list_jobs", input: {}, caller: ada });
  await startJob(process, "image", { prompt: "a lake" });
  await startJob(process, "image", { prompt: "a hill ".repeat(30) });
  const labels = (await list()).message.fields?.map(({ label }) => label) ?? [];
  expect(labels.toSorted()).toEqual([
    expect.stringMatching(/^Generate an image “a hill .*…” · /),
    expect.stringMatching(/^Generate an image “a lake” · /),
  ]);
  expect(labels.join()).not.toContain("main");
  await startJob(
    process,
    "image",
    { prompt: "a sea" },
    { caller: { ...ada, place: { ...ada.place, conversation: "other" } } },
  );
  const shown = await list();
  expect(shown.message.fields?.map(({ label }) => label)).toEqual(
    expect.arrayContaining([expect.stringMatching(/a sea.* · other/), expect.stringMatching(/a lake.* · main/)]),
  );
  expect(shown).toMatchObject({
    data: {
      jobs: expect.arrayContaining([
        expect.objectContaining({
          name: "Generate an image “a sea”",
          place: { surface: "chat", conversation: "other" },
        }),
      ]),
    },
  });
});

test("a shortened quotation is closed", async () => {
  verifies("understood.both-languages");
  const process = await installation.open({ started: false });
  const { id } = await startJob(process, "image", { prompt: "word ".repeat(40) });
  const { title } = await process.runtime.jobMessage(installation.job(id), ada);
  expect(title).toMatch(/“word word .*…”/);
});
