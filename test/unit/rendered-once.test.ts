import type { ChatEvent } from "@toolcast/core/chat";
import { expect, test } from "vitest";
import { countingTools } from "../doubles/counting-tools.ts";
import { createScriptedChat, tool, waysOf } from "../doubles/scripted-chat.ts";
import { ada, createInstallation } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

const minuteMs = 60_000;

test("a job's message is rendered once for each time it is shown, on a press too", async () => {
  verifies("chat.rendered-once");
  await using installation = await createInstallation();
  const platform = createScriptedChat();
  const { tools, rendered } = countingTools();
  const running = await installation.open({ attached: false, started: false, tools });
  const chat = await platform.connect(running, installation);
  await running.runtime.start();
  installation.provider.nextStart("image", { end: "operation", reference: { vendor: "slow" } });
  installation.provider.nextCheck(
    ...[0.2, 0.6].map((fraction) => ({ state: "pending" as const, fraction, checkAfterMs: minuteMs })),
  );
  const ways = waysOf(platform);
  const given = { input: { prompt: "a fox" }, files: [], private: false };
  chat.take({ event: "command", id: "1", caller: ada, ways, tool: tool(running, "image"), given });
  await installation.until(() => platform.lines.some(({ message }) => message?.media !== undefined));
  expect(platform.edits).toBeGreaterThan(2);
  expect(rendered()).toBe(platform.edits);

  const press = { action: "show", subject: installation.jobs()[0]?.id ?? "" };
  chat.take({
    ...{ event: "press", id: "2", caller: ada, ways: waysOf(platform), message: "m-1", press },
    taken: async () => ({ shown: true }),
  } as ChatEvent);
  const before = [rendered(), platform.edits];
  await installation.pass(1_000);
  expect([rendered(), platform.edits]).toEqual(before.map((count) => (count ?? 0) + 1));
});
