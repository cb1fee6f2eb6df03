import { describe, expect, test } from "vitest";
import { vendorFailure } from "../doubles/scripted-provider.ts";
import { ada, createInstallation, startJob, upload } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

describe("somebody who may no longer use the tool of a job", () => {
  test("releases nothing, and nothing is sent", async () => {
    verifies("spending.access");
    const access = [{ tool: "clone", allowed: ["chat:role:artist", "chat:channel:studio"] }];
    await using installation = await createInstallation();
    const process = await installation.open({ policy: { operators: [], access } });
    const sample = await upload(process, "tone.wav");
    const clone = (caller: typeof ada) =>
      startJob(process, "clone", { audio: sample.id, name: "mine" }, { caller, key: caller.place.conversation });
    const notHere = { type: "refused", failure: { sentence: { key: "tool.not-here", values: { name: "clone" } } } };
    const { id } = await clone({ ...ada, roles: ["chat:role:artist"] });
    expect(await process.runtime.press({ action: "release", subject: id, caller: ada })).toMatchObject(notHere);
    await installation.pass(60_000);
    expect(installation.job(id).state.phase).toBe("held");
    expect(installation.provider.starts).toEqual([]);
    const studio = { ...ada, place: { ...ada.place, conversation: "studio" }, places: ["chat:channel:studio"] };
    const { id: second } = await clone(studio);
    const direct = { ...ada, places: ["chat:channel:direct"] };
    await process.runtime.press({ action: "release", subject: second, caller: direct });
    await installation.until(() => installation.job(second).state.phase === "succeeded");
    expect(installation.provider.starts).toHaveLength(1);
  });

  test("starts nothing again, but may leave it", async () => {
    verifies("spending.access");
    await using installation = await createInstallation();
    const process = await installation.open();
    const failure = vendorFailure({ kind: "unknown", charged: "unknown" });
    installation.provider.nextStart("image", { end: "unknown", failure });
    const { id } = await startJob(process, "image", { prompt: "x" });
    await installation.until(() => installation.job(id).state.phase === "unresolved");
    const press = (action: string) =>
      process.runtime.press({ action, subject: id, caller: { ...ada, outsider: true } });
    const reply = await press("start-again");
    expect(reply).toMatchObject({ type: "refused", failure: { sentence: { key: "tool.not-here" } } });
    await installation.pass(60_000);
    expect(installation.job(id).state.phase).toBe("unresolved");
    expect(installation.provider.starts).toHaveLength(1);
    expect(await press("leave")).toMatchObject({ type: "job" });
  });
});
