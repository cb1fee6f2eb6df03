import { expect, test } from "vitest";
import { vendorFailure } from "../doubles/scripted-provider.ts";
import { ada, createInstallation, startJob } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

test("a failed job's message explains itself and has a button that says more about the vendor's code", async () => {
  verifies("understood.failure", "understood.explain");
  await using installation = await createInstallation();
  const process = await installation.open();
  const failure = vendorFailure({ provider: "spark", layer: "cloud", vendorCode: "10013" });
  installation.provider.nextStart("image", { end: "refused", failure });
  const { id } = await startJob(process, "image", { prompt: "x" });
  await installation.until(() => installation.platform.posted.length > 0);
  const actions = installation.platform.posted[0]?.message.actions ?? [];
  const button = actions.find(({ action }) => action === "explain");
  expect(button).toMatchObject({ subject: id, label: "Explain the code" });
  const reply = await process.runtime.press({ action: "explain", subject: id, caller: ada });
  expect(reply).toMatchObject({ type: "answer", data: { matches: [{ provider: "spark", code: "10013" }] } });
});
