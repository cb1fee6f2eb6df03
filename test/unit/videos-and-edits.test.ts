import type { Job } from "@toolcast/core";
import { dashscope } from "@toolcast/core/provider";
import { say } from "@toolcast/core/surface";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createScriptedProvider } from "../doubles/scripted-provider.ts";
import { ada, createInstallation, type Installation, startJob, upload } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

const isDone = ({ state }: Job) => state.phase === "succeeded";

let installation: Installation;
beforeEach(async () => {
  installation = await createInstallation();
});
afterEach(() => installation[Symbol.asyncDispose]());

describe("a video", () => {
  test("is one paid start from words, and one from a picture", async () => {
    verifies("paid-once.one-start-a-step");
    const process = await installation.open();
    const { id: image } = await upload(process, "picture.png");
    const jobs = [
      await startJob(process, "video", { prompt: "a fox runs", duration: 10, size: "720p", seed: 7 }),
      await startJob(process, "video", { prompt: "it runs", image }),
    ];
    await installation.until(() => jobs.every(({ id }) => isDone(installation.job(id))));
    expect(installation.provider.starts).toMatchObject([
      { capability: "video", request: { prompt: "a fox runs", durationSeconds: 10, size: "720P", seed: 7 } },
      { capability: "video", request: { prompt: "it runs", image: { id: image } } },
    ]);
    expect(jobs.map(({ id }) => installation.job(id).state.phase)).toEqual(["succeeded", "succeeded"]);
  });

  test("can be asked for again, with the same picture", async () => {
    verifies("job.recipe");
    const process = await installation.open();
    const { id: image } = await upload(process, "picture.png");
    const { id } = await startJob(process, "video", { prompt: "it runs", image, duration: 5 });
    await installation.until(() => isDone(installation.job(id)));
    const { actions = [] } = await process.runtime.jobMessage(installation.job(id), ada);
    expect(actions.find(({ action }) => action === "again")?.form).toEqual({
      command: "video",
      input: { prompt: "it runs", image, duration: 5 },
    });
  });

  test("that nobody makes is refused before anything is stored", async () => {
    installation.provider.without.add("video");
    const process = await installation.open();
    const asked = await process.runtime.call({ tool: "video", input: { prompt: "a fox" }, caller: ada });
    expect(asked).toMatchObject({ type: "refused", failure: { charged: "no" } });
    expect(installation.store.entries.size).toBe(0);
  });
});

describe("a picture given to be changed", () => {
  test("goes to the first provider that can change it, several results a start if it makes several", async () => {
    verifies("spending.edits");
    const able = createScriptedProvider("able");
    able.perEdit = 2;
    const unable = createScriptedProvider("unable");
    unable.without.add("imageEditing");
    const process = await installation.open({
      providers: [unable, able].map(({ definition }) => ({ definition, values: {} })),
    });
    const { id: image } = await upload(process, "picture.png");
    const { id } = await startJob(process, "image", { prompt: "make it blue", image, count: 2 });
    await installation.until(() => isDone(installation.job(id)));
    expect(unable.starts).toEqual([]);
    expect(able.starts).toMatchObject([
      { capability: "imageEditing", request: { prompt: "make it blue", image: { id: image }, count: 2 } },
    ]);
  });

  test("is refused with a model that only makes pictures, which still makes them", async () => {
    verifies("spending.edits");
    const values = { DASHSCOPE_API_KEY: "sk-marker", DASHSCOPE_IMAGE_MODEL: "wanx2.1-t2i-turbo" };
    const process = await installation.open({ providers: [{ definition: dashscope, values }], started: false });
    const { id: image } = await upload(process, "picture.png");
    const ask = (input: Record<string, string | boolean>) =>
      process.runtime.call({ tool: "image", input, caller: ada });
    expect(await ask({ prompt: "x", quote: true })).toMatchObject({ type: "answer" });
    expect(await ask({ prompt: "x", quote: true, image })).toMatchObject({
      type: "refused",
      failure: { field: "image", charged: "no" },
    });
  });

  test("is refused, naming its input, where no provider can change it", async () => {
    verifies("spending.edits");
    installation.provider.without.add("imageEditing");
    const process = await installation.open();
    const { id: image } = await upload(process, "picture.png");
    const asked = await process.runtime.call({ tool: "image", input: { prompt: "x", image }, caller: ada });
    expect(asked).toMatchObject({ type: "refused", failure: { field: "image", charged: "no" } });
    const { failure } = asked as Extract<typeof asked, { type: "refused" }>;
    expect(say(failure.sentence, "en")).toMatch(/can change a picture/);
    expect(say(failure.sentence, "zh-CN")).toMatch(/修改图片/);
    expect([installation.store.entries.size, installation.provider.starts]).toEqual([0, []]);
  });

  test("is refused if the provider that is named cannot change it", async () => {
    verifies("spending.edits");
    const unable = createScriptedProvider("unable");
    unable.without.add("imageEditing");
    const process = await installation.open({
      providers: [installation.provider, unable].map(({ definition }) => ({ definition, values: {} })),
    });
    const { id: image } = await upload(process, "picture.png");
    const input = { prompt: "x", image, provider: "unable" };
    expect(await process.runtime.call({ tool: "image", input, caller: ada })).toMatchObject({
      type: "refused",
      failure: { field: "provider", charged: "no" },
    });
    expect(installation.store.entries.size).toBe(0);
  });
});
