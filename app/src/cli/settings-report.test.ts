import { dashscope, spark } from "@toolcast/core/provider";
import { expect, test } from "vitest";
import { createInstallation } from "../../../test/runtime-fixture.ts";
import type { Configuration } from "../configuration/configuration.ts";
import { settingsJson, settingsLines } from "./settings-report.ts";

const key = { DASHSCOPE_API_KEY: "sk-marker" };

test("the settings that doctor prints have this installation's default", async () => {
  // @verifies spending.kept-defaults
  await using installation = await createInstallation();
  const open = () => installation.open({ providers: [{ definition: dashscope, values: key }] });
  const first = await open();
  first.life.die();
  // As the versions that knew only one default left it.
  await installation.state("installation").delete("defaults");
  const { runtime } = await open();
  const kept = runtime.providers[0]!.keptDefaults;
  const configuration = {
    ...{ definitions: [dashscope, spark], adapterDefinitions: [], adapters: [] },
    providers: [{ definition: dashscope, values: key }],
  } as unknown as Configuration;
  const line = settingsLines(configuration, "en", kept).find((one) => one.includes("DASHSCOPE_IMAGE_MODEL"));
  expect(line).toMatch(/default wanx2\.1-t2i-turbo {2}/);
  expect(settingsJson(configuration, "en", kept)).toContainEqual(
    expect.objectContaining({ variable: "DASHSCOPE_IMAGE_MODEL", default: "wanx2.1-t2i-turbo", set: false }),
  );
  expect(settingsLines(configuration, "en", {}).join("\n")).toContain("default wan2.7-image");
});
