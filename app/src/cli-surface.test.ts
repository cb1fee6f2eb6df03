import { afterEach, beforeEach, expect, test } from "vitest";
import { ada, createInstallation, type Installation, startJob } from "../../test/runtime-fixture.ts";
import { cliSurface } from "./cli-surface.ts";

let installation: Installation;
beforeEach(async () => {
  installation = await createInstallation();
});
afterEach(() => installation[Symbol.asyncDispose]());

const caller = { ...ada, id: "cli:local", place: { surface: "cli", conversation: "terminal" } };

test("the outcome of a job from the command line is kept at once for whoever requested it, and nothing stays due", async () => {
  // @verifies delivered.pulled
  const process = await installation.open();
  const { id } = await startJob(process, "image", { prompt: "x" }, { caller });
  await installation.until(() => installation.job(id).state.phase === "succeeded");
  await installation.pass(5_000);
  // As earlier versions left it: due for a surface that no process has.
  expect(installation.job(id).notices).toMatchObject([{ state: "pending" }]);
  expect(installation.store.entries.get(id)).toMatchObject({ needsSurface: "cli" });
  process.runtime.attach(cliSurface);
  await installation.until(() => installation.job(id).notices[0]?.state === "kept");
  await installation.pass(5_000);
  expect(installation.store.entries.get(id)).toMatchObject({ wakeAt: null, hintedAt: null, needsSurface: null });
  expect(installation.platform.posted).toEqual([]);
});
