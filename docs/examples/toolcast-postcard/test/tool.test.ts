import type { Caller } from "@toolcast/core";
import { createInstallation } from "@toolcast/testing";
import { expect, test } from "vitest";
import { postcard } from "../index.js";

const ada: Caller = {
  id: "chat:ada",
  name: "Ada",
  locale: "en",
  place: { surface: "chat", conversation: "main" },
};

test("a request becomes one paid start, and its result arrives in the conversation", async () => {
  await using installation = await createInstallation();
  const { runtime } = await installation.open({ tools: [postcard] });
  const reply = await runtime.call({ tool: postcard.command, input: { place: "Lisbon" }, caller: ada });
  expect(reply).toMatchObject({ type: "job" });
  await installation.until(() => installation.platform.posted.length === 1);
  expect(installation.provider.starts).toMatchObject([{ capability: "image" }]);
  expect(JSON.stringify(installation.provider.starts)).toContain("A vintage postcard from Lisbon");
});

test("a request without its main input starts nothing", async () => {
  await using installation = await createInstallation();
  const { runtime } = await installation.open({ tools: [postcard] });
  const reply = await runtime.call({ tool: postcard.command, input: {}, caller: ada });
  expect(reply).toMatchObject({ type: "refused", failure: { field: "place" } });
  expect(installation.provider.starts).toEqual([]);
});
