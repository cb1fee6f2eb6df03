import { dashscope, spark } from "@toolcast/core/provider";
import { expect, test } from "vitest";
import { ada, createInstallation } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

const alibaba = (model: string) => ({
  definition: dashscope,
  values: { DASHSCOPE_API_KEY: "sk-marker", DASHSCOPE_IMAGE_MODEL: model },
});
const iflytek = {
  definition: spark,
  values: { SPARK_APP_ID: "a", SPARK_API_KEY: "marker-key", SPARK_API_SECRET: "marker-secret" },
};

test("sizes are those of the model in use, by name too", async () => {
  verifies("provider.suggested");
  await using installation = await createInstallation();
  const sizes = async (model: string, typed: string) => {
    const { runtime } = await installation.open({ providers: [alibaba(model)], started: false });
    return (await runtime.complete("image", "size", typed, ada)).map(({ label }) => label);
  };
  expect(await sizes("wan2.7-image", "")).toEqual(expect.arrayContaining(["1K", "2K", "1280x720"]));
  expect(await sizes("wan2.7-image", "2k")).toEqual(["2K"]);
  expect(await sizes("wan2.7-image-pro", "4")).toEqual(["4K"]);
  expect(await sizes("wan2.5-t2i-preview", "768")).toEqual(["768x2700"]);
  expect(await sizes("qwen-image", "1")).toEqual(["1664x928", "1472x1104", "1328x1328", "1104x1472"]);
});

test("with several providers each size says who makes it, the preferred provider's first", async () => {
  verifies("provider.suggested");
  await using installation = await createInstallation();
  const { runtime } = await installation.open({ providers: [iflytek, alibaba("wanx2.1-t2i-turbo")], started: false });
  const suggested = await runtime.complete("image", "size", "", { ...ada, locale: "zh-CN" });
  expect(suggested[0]).toEqual({ value: "512x512", label: "512x512（讯飞星火、阿里云百炼）" });
  expect(suggested).toContainEqual({ value: "640x360", label: "640x360（讯飞星火）" });
  expect(suggested).toContainEqual({ value: "1440x1080", label: "1440x1080（阿里云百炼）" });
});

test("a provider that suggests none gets the common ones", async () => {
  verifies("provider.suggested");
  await using installation = await createInstallation();
  const { runtime } = await installation.open({ started: false });
  const suggested = await runtime.complete("image", "size", "512", ada);
  expect(suggested.map(({ label }) => label)).toEqual(["512x512", "512x680"]);
});

test("a size by name reaches the provider as the vendor writes it, however it is typed", async () => {
  verifies("provider.suggested");
  await using installation = await createInstallation();
  const process = await installation.open();
  await process.runtime.call({ tool: "image", input: { prompt: "a fox", size: "2k" }, caller: ada });
  await process.runtime.call({ tool: "image", input: { prompt: "a fox", size: "1024×768" }, caller: ada });
  await installation.until(() => installation.provider.starts.length === 2);
  expect(installation.provider.starts.map(({ request }) => request.size)).toEqual(["2K", "1024x768"]);
});
