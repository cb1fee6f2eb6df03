import { dashscope } from "@toolcast/core/provider";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ada, createInstallation, type Installation, type RunningProcess } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

let installation: Installation;
beforeEach(async () => {
  installation = await createInstallation();
});
afterEach(() => installation[Symbol.asyncDispose]());

const key = { DASHSCOPE_API_KEY: "sk-marker" };
const open = (values: Record<string, string> = {}, started = true) =>
  installation.open({ providers: [{ definition: dashscope, values: { ...key, ...values } }], started });

/** The model that pictures are made with, as its price depends on it. */
async function modelOf({ runtime }: RunningProcess): Promise<string> {
  const reply = await runtime.call({ tool: "image", input: { prompt: "a fox", quote: true }, caller: ada });
  return /rate depends on the model (\S+) /.exec(JSON.stringify(reply))?.[1] ?? JSON.stringify(reply);
}

/** As the versions that knew only one default left it. */
async function forgetBeginning(): Promise<void> {
  await installation.state("installation").delete("defaults");
}

test("a new installation gets the current default, and keeps it", async () => {
  verifies("spending.kept-defaults");
  expect(await modelOf(await open({}, false))).toBe("wan2.7-image");
  const first = await open();
  expect(await modelOf(first)).toBe("wan2.7-image");
  first.life.die();
  expect(await modelOf(await open())).toBe("wan2.7-image");
});

test("an older installation keeps its default, started or not, and a set variable decides in both", async () => {
  verifies("spending.kept-defaults");
  const first = await open();
  first.life.die();
  await forgetBeginning();
  expect(await modelOf(await open({}, false))).toBe("wanx2.1-t2i-turbo");
  const older = await open();
  expect(await modelOf(older)).toBe("wanx2.1-t2i-turbo");
  expect(await modelOf(await open())).toBe("wanx2.1-t2i-turbo");
  expect(await modelOf(await open({ DASHSCOPE_IMAGE_MODEL: "qwen-image-2.0" }))).toBe("qwen-image-2.0");
  expect(await modelOf(await open({ DASHSCOPE_IMAGE_MODEL: " " }))).toBe("wanx2.1-t2i-turbo");
});
