import { afterEach, describe, expect, test, vi } from "vitest";
import { openSlackRoom, type SlackProcess, type SlackRoom } from "../slack-room.ts";
import { verifies } from "../verifies.ts";

const rooms: SlackRoom[] = [];
const open = async (...options: Parameters<typeof openSlackRoom>) => {
  const room = await openSlackRoom(...options);
  rooms.push(room);
  return room;
};

afterEach(async () => {
  for (const room of rooms.splice(0)) {
    await room[Symbol.asyncDispose]();
  }
});

const arrows: Parameters<SlackProcess["dieAt"]>[] = [
  ["before", "post"],
  ["after", "post"],
  ["before", "reserveUpload"],
  ["after", "upload"],
  ["before", "completeUploads"],
  ["after", "completeUploads"],
  ["after", "file"],
  ["before", "update"],
  ["after", "update"],
];

describe("a process that dies", () => {
  test.each(arrows)("%s %s: the next one answers, once", async (when, method) => {
    verifies("slack.crash");
    const room = await open();
    const { platform, installation } = room;
    const first = await room.open();
    const ada = platform.person("ada");
    // A start that is cut off is never repeated: it is over when the process dies.
    installation.provider.nextStart("image", { end: "operation", reference: { vendor: "slow" } });
    installation.provider.nextCheck({ state: "pending", fraction: 0.5, checkAfterMs: 10_000 });
    const asked = ada.command("/image", "a fox");
    if (method === "post") {
      first.dieAt(when, method);
    }
    await platform.until(() => asked.state !== "waiting", "an acknowledgement");
    await room.calm();
    // The edits before the pictures are shared show progress.
    const isDue = () =>
      method !== "update" || [...platform.world.files.values()].some(({ shares }) => shares.length > 0);
    const arm = () => isDue() && first.dieAt(when, method);
    arm();
    platform.onChange(arm);
    await room.pass(20_000);
    expect(first.life.dead).toBe(true);
    await first.kill();
    await room.pass(35_000);
    await room.open();
    await room.until(() => installation.jobs().length === 1 && room.everythingSent());
    const seen = ada.visibleMessages();
    expect(installation.provider.starts).toHaveLength(1);
    expect(seen.flatMap(({ images }) => images)).toHaveLength(1);
    expect(seen.flatMap(({ hiddenFiles }) => hiddenFiles)).toEqual([]);
    expect(seen.flatMap(({ files }) => files)).toHaveLength(1);
    expect(seen.filter(({ threadTs }) => threadTs === null)).toHaveLength(1);
  });
});

describe("an event that Slack repeats", () => {
  test("three times, in two processes, is one job", async () => {
    verifies("slack.acknowledged");
    const room = await open();
    await room.open();
    await room.open();
    const { platform } = room;
    const ada = platform.person("ada");
    const asked = await room.taken(ada.command("/image", "a fox"));
    platform.redeliver(asked);
    platform.redeliver(asked);
    ada.say("image a fox", { in: ada.direct });
    await room.calm();
    const said = platform.deliveries.at(-1);
    if (said !== undefined) {
      await room.taken(said);
      platform.redeliver(said);
      platform.redeliver(said);
    }
    await room.until(() => room.everythingSent());
    expect(room.installation.jobs()).toHaveLength(2);
    expect(room.installation.provider.starts).toHaveLength(2);
  });

  test("no command is lost while Slack refreshes the sockets", async () => {
    verifies("slack.acknowledged");
    const room = await open();
    await room.open();
    const { platform } = room;
    const ada = platform.person("ada");
    platform.sockets.warn();
    const asked = await room.taken(ada.command("/image", "a fox"));
    expect(asked).toMatchObject({ state: "acknowledged", problem: null });
    await room.until(() => room.everythingSent());
    expect(ada.visibleMessages()[0]?.images).toHaveLength(1);
  });
});

test("who asked for an immediate answer is stored with it, and not before", async () => {
  verifies("survives.few-writes");
  const room = await open();
  const { runtime } = await room.open();
  const ada = room.platform.person("ada", { locale: "zh-CN" });
  const stored = vi.spyOn(runtime.inbox, "change");
  await room.taken(ada.command("/explain", "10013"));
  await room.pass(5_000);
  expect(stored.mock.calls.map(([{ content }]) => content)).toMatchObject([{ caller: { locale: "zh-CN" } }]);
});

test.each(["before", "after"] as const)(
  "a process that dies %s it posts an immediate answer: the next one answers once, in the asker's language",
  async (when) => {
    verifies("slack.crash");
    const room = await open();
    const first = await room.open();
    const ada = room.platform.person("ada", { locale: "zh-CN" });
    first.dieAt(when, "post");
    await room.taken(ada.command("/explain", "10013"));
    await room.pass(5_000);
    expect(first.life.dead).toBe(true);
    await first.kill();
    await room.pass(35_000);
    await room.open();
    const answers = () => ada.visibleMessages().filter(({ text }) => text.includes("10013"));
    await room.until(() => answers().length > 0);
    await room.pass(5_000);
    expect(answers()).toHaveLength(1);
    expect(answers()[0]?.text).toMatch(/\p{Script=Han}/u);
  },
);
