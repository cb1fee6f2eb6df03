import { afterEach, beforeEach, expect, test } from "vitest";
import { vendorFailure } from "../../../test/doubles/scripted-provider.ts";
import {
  ada,
  createInstallation,
  type Installation,
  operator,
  type RunningProcess,
  startJob,
  upload,
} from "../../../test/runtime-fixture.ts";
import { describeImage } from "./describe-image.ts";

let installation: Installation;
let process: RunningProcess;
beforeEach(async () => {
  installation = await createInstallation();
  process = await installation.open();
});
afterEach(() => installation[Symbol.asyncDispose]());

/** Asks, and returns what reached the vendor. */
async function ask(input: Record<string, unknown>, answer: string, caller = ada) {
  installation.provider.nextStart("imageUnderstanding", { end: "done", output: { media: [], text: answer } });
  const { id } = await startJob(process, "describe", input, { caller });
  await installation.until(() => installation.job(id).state.phase === "succeeded");
  return { id, request: installation.provider.starts.at(-1)!.request };
}

test("an answer is kept with its step, shown to programs, and invites the next question", async () => {
  const image = (await upload(process, "picture.png")).id;
  const { id, request } = await ask({ image, question: "What is it?" }, "A mountain.");
  expect(request).toMatchObject({ question: "What is it?", history: [], image: { id: image } });
  expect(installation.job(id).steps).toMatchObject([
    { name: "answer", state: "done", text: "A mountain.", assets: [] },
  ]);
  const job = (await process.runtime.job(id, ada))!;
  expect(process.runtime.jobJson(job)).toMatchObject({ steps: [{ text: "A mountain." }] });
  await installation.until(() => installation.platform.posted.length > 0);
  expect(installation.platform.posted.at(-1)?.message.lines).toEqual(["A mountain."]);
  expect((await process.runtime.jobMessage(job, ada)).actions).toContainEqual(
    expect.objectContaining({ form: { command: "describe", input: { image } }, style: "primary" }),
  );
});

test("without a question the vendor is asked what the picture shows, in the asker's language", async () => {
  const image = (await upload(process, "picture.png")).id;
  expect((await ask({ image }, "A.")).request).toMatchObject({ question: "What does this picture show?" });
  const { request } = await ask({ image, fresh: true }, "山。", { ...ada, locale: "zh-CN" });
  expect(request).toMatchObject({ question: "这张图片里有什么？" });
});

test("what was said about the same bytes is sent along, oldest first; another picture's and another person's is not", async () => {
  const image = (await upload(process, "picture.png")).id;
  await ask({ image, question: "1?" }, "1!");
  const again = (await upload(process, "picture.png")).id;
  await ask({ image: again, question: "2?" }, "2!");
  const other = (await upload(process, "picture.jpg")).id;
  expect((await ask({ image: other, question: "x?" }, "x!")).request).toMatchObject({ history: [] });
  expect((await ask({ image, question: "3?" }, "3!")).request).toMatchObject({
    history: [
      { question: "1?", answer: "1!" },
      { question: "2?", answer: "2!" },
    ],
  });
  const theirs = (await upload(process, "picture.png", operator.id)).id;
  expect((await ask({ image: theirs, question: "4?" }, "4!", operator)).request).toMatchObject({ history: [] });
});

test("after starting over, what was said before is forgotten for good", async () => {
  const image = (await upload(process, "picture.png")).id;
  await ask({ image, question: "1?" }, "1!");
  expect((await ask({ image, question: "2?", fresh: true }, "2!")).request).toMatchObject({ history: [] });
  expect((await ask({ image, question: "3?" }, "3!")).request).toMatchObject({
    history: [{ question: "2?", answer: "2!" }],
  });
});

test.each(["refused", "still to be answered"])(
  "started over by a question that is %s, it is still forgotten",
  async (how) => {
    const image = (await upload(process, "picture.png")).id;
    await ask({ image, question: "1?" }, "1!");
    installation.provider.nextStart(
      "imageUnderstanding",
      how === "refused"
        ? { end: "refused", failure: vendorFailure({ retry: { kind: "after-change" } }) }
        : { end: "operation", reference: "vendor-1" },
    );
    installation.provider.nextCheck(...Array.from({ length: 50 }, () => ({ state: "pending" as const })));
    const { id } = await startJob(process, "describe", { image, question: "2?", fresh: true });
    await installation.until(() => ["failed", "running"].includes(installation.job(id).state.phase));
    expect((await ask({ image, question: "3?" }, "3!")).request).toMatchObject({ history: [] });
  },
);

test("a job is asked with the conversation as it was when requested, however late it starts", async () => {
  const image = (await upload(process, "picture.png")).id;
  await ask({ image, question: "1?" }, "1!");
  const { id } = await startJob(process, "describe", { image, question: "2?" });
  expect(installation.job(id).recalled).toEqual([{ question: "1?", answer: "1!" }]);
});

test("a vendor's warning about the subject is passed on with its meaning", async () => {
  const image = (await upload(process, "picture.png")).id;
  const { id } = await ask({ image }, "A.");
  const job = installation.job(id);
  const warned = { ...job, provider: "spark", steps: [{ ...job.steps[0]!, facts: { warning: "10019" } }] };
  expect(describeImage.describe!(warned, { image }, "en").fields).toEqual([
    { label: "The vendor warns", value: expect.stringContaining("prohibited content") },
  ]);
  expect(describeImage.describe!(job, { image }, "en")).not.toHaveProperty("fields");
});
