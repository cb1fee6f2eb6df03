import type { StoreIdentity } from "@toolcast/core/engine";
import { expect, test } from "vitest";
import { createScriptedChat, tool, waysOf } from "../doubles/scripted-chat.ts";
import { ada, createInstallation } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

const minuteMs = 60_000;

test.each([
  ["with a look-up", { looks: true }],
  ["without a look-up", { looks: false }],
])(
  "on a platform %s a held store leaves open requests unanswered, and answers each once after its release",
  async (_name, options) => {
    verifies("paid-once.copied-store", "chat.recovered");
    await using installation = await createInstallation();
    const platform = createScriptedChat(options);
    const { lines } = platform;
    let isHeld = false;
    const identity: StoreIdentity = {
      held: () => (isHeld ? { key: "store.copied" } : null),
      begin() {},
      release() {},
    };
    const open = async () => {
      const running = await installation.open({ attached: false, started: false, identity });
      const chat = await platform.connect(running, installation);
      await running.runtime.start();
      return { running, chat };
    };
    const first = await open();
    platform.nextOpened("die", "die before");
    for (const [id, prompt] of [
      ["1", "a fox"],
      ["2", "a hare"],
    ] as const) {
      const given = { input: { prompt }, files: [], private: false };
      const event = {
        event: "command",
        id,
        caller: ada,
        ways: waysOf(platform),
        tool: tool(first.running, "image"),
        given,
      };
      first.chat.take(event as Parameters<typeof first.chat.take>[0]);
    }
    await installation.pass(1_000);
    first.running.life.die();
    isHeld = true;
    // Only one of the two requests has got its first answer.
    expect(lines).toEqual([{ id: "m-1", message: null, options: {} }]);

    const second = await open();
    await installation.pass(10 * minuteMs);
    expect(lines).toEqual([{ id: "m-1", message: null, options: {} }]);
    expect([installation.jobs().length, installation.provider.starts.length]).toEqual([0, 0]);

    isHeld = false;
    const results = () => lines.filter(({ message }) => (message?.media ?? []).length > 0);
    await installation.until(() => results().length === 2);
    await installation.pass(10 * minuteMs);
    expect(
      results()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(["m-1", "m-2"]);
    expect(installation.provider.starts.map(({ request }) => request.prompt).sort()).toEqual(["a fox", "a hare"]);
    second.running.life.die();
  },
);

test("a process that stops while its store is held begins nothing once that is released, and the next one answers once", async () => {
  verifies("paid-once.copied-store", "chat.recovered");
  await using installation = await createInstallation();
  const platform = createScriptedChat();
  let isHeld = false;
  const identity: StoreIdentity = { held: () => (isHeld ? { key: "store.copied" } : null), begin() {}, release() {} };
  const open = async () => {
    const running = await installation.open({ attached: false, started: false, identity });
    const chat = await platform.connect(running, installation);
    await running.runtime.start();
    return { running, chat };
  };
  const first = await open();
  platform.nextOpened("die");
  first.chat.take({
    ...{ event: "command", id: "1", caller: ada, ways: waysOf(platform), tool: tool(first.running, "image") },
    given: { input: { prompt: "a fox" }, files: [], private: false },
  });
  await installation.pass(1_000);
  first.running.life.die();
  isHeld = true;

  const held = await open();
  await installation.pass(minuteMs);
  await held.chat.close();
  // Its looks at the store may still come, because nothing has ended the process itself.
  isHeld = false;
  await installation.pass(10 * minuteMs);
  expect(platform.lines).toEqual([{ id: "m-1", message: null, options: {} }]);
  expect(installation.jobs()).toEqual([]);
  held.running.life.die();

  const next = await open();
  await installation.until(() => (platform.lines[0]?.message?.media ?? []).length > 0);
  await installation.pass(10 * minuteMs);
  expect([platform.lines.length, installation.provider.starts.length]).toEqual([1, 1]);
  expect(await next.chat.context.answers.open()).toEqual([]);
});

test("when the store cannot be read right after its release, what was left open is answered at the next look", async () => {
  verifies("paid-once.copied-store", "chat.recovered");
  await using installation = await createInstallation();
  const platform = createScriptedChat();
  let isHeld = false;
  const identity: StoreIdentity = { held: () => (isHeld ? { key: "store.copied" } : null), begin() {}, release() {} };
  const first = await installation.open({ attached: false, started: false, identity });
  const chat = await platform.connect(first, installation);
  await first.runtime.start();
  platform.nextOpened("die");
  chat.take({
    ...{ event: "command", id: "1", caller: ada, ways: waysOf(platform), tool: tool(first, "image") },
    given: { input: { prompt: "a fox" }, files: [], private: false },
  });
  await installation.pass(1_000);
  first.life.die();
  isHeld = true;

  const second = await installation.open({ attached: false, started: false, identity });
  const { context } = await platform.connect(second, installation);
  await second.runtime.start();
  const { open } = context.answers;
  let failures = 0;
  context.answers.open = async (...given) => {
    if (failures === 0) {
      failures += 1;
      throw new Error("the database cannot be reached");
    }
    return open.apply(context.answers, given);
  };
  isHeld = false;
  await installation.until(() => (platform.lines[0]?.message?.media ?? []).length > 0);
  expect([failures, platform.lines.length, installation.provider.starts.length]).toEqual([1, 1, 1]);
});

test("what was wrong is said again after a crash, and the request is not started, even if it would be accepted by then", async () => {
  verifies("paid-once.copied-store", "chat.recovered");
  await using installation = await createInstallation();
  let isRemoved = false;
  const platform = createScriptedChat({
    // The process never hears that it was removed.
    async withdraw() {
      platform.lines.splice(0, 1);
      const wasRemoved = isRemoved;
      isRemoved = true;
      return wasRemoved || new Promise<boolean>(() => {});
    },
  });
  let isHeld = false;
  const identity: StoreIdentity = { held: () => (isHeld ? { key: "store.copied" } : null), begin() {}, release() {} };
  const first = await installation.open({ attached: false, started: false, identity });
  const chat = await platform.connect(first, installation);
  isHeld = true;
  chat.take({
    ...{ event: "command", id: "1", caller: ada, ways: waysOf(platform), tool: tool(first, "image") },
    given: { input: { prompt: "a fox" }, files: [], private: false },
    handle: { value: "url", expiresAt: installation.clock.now() + 15 * minuteMs },
  });
  await installation.pass(1_000);
  expect(platform.lines).toEqual([]);
  first.life.die();
  isHeld = false;

  const next = await installation.open({ attached: false, started: false, identity });
  const taken = await platform.connect(next, installation);
  await next.runtime.start();
  await installation.pass(10 * minuteMs);
  expect(platform.lines.map(({ id, message }) => [id, message?.title, message?.private])).toEqual([
    [undefined, expect.stringContaining("Nothing was started or stored"), true],
  ]);
  expect([installation.provider.starts.length, await taken.context.answers.open()]).toEqual([0, []]);
});
