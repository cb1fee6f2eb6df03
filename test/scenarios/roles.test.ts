import { expect, test } from "vitest";
import { ada, createInstallation } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

const hourMs = 60 * 60_000;

test("a process that only receives stores a request and sees its result; another one starts and delivers it", async () => {
  verifies("survives.roles");
  await using installation = await createInstallation();
  const { provider, platform, pass, until } = installation;
  const { runtime: receiving } = await installation.open({ advances: false });
  const reply = await receiving.call({ tool: "image", input: { prompt: "a lake" }, caller: ada });
  const { id } = installation.jobs()[0]!;
  expect(reply).toMatchObject({ type: "job", job: { id } });
  const settled = receiving.settled(id);
  await pass(hourMs);
  expect([provider.starts, platform.posted, installation.job(id).state.phase]).toEqual([[], [], "queued"]);
  const { runtime: working } = await installation.open();
  await until(() => platform.posted.length === 1);
  expect(provider.starts.length).toBe(1);
  await pass(2_000);
  expect((await settled).state.phase).toBe("succeeded");
  await receiving.stop();
  await working.stop();
});
