import { afterEach, expect, test } from "vitest";
import type { Person } from "../fakes/slack/person.ts";
import type { Channel } from "../fakes/slack/world.ts";
import { openSlackRoom, type SlackRoom } from "../slack-room.ts";
import { verifies } from "../verifies.ts";

const rooms: SlackRoom[] = [];

afterEach(async () => {
  for (const room of rooms.splice(0)) {
    await room[Symbol.asyncDispose]();
  }
});

/** What closes the conversation while the job runs; the asker's direct messages are closed as well. */
const closings: Readonly<Record<string, (room: SlackRoom, channel: Channel, ada: Person) => void>> = {
  "the bot was never in it": () => {},
  "the bot was removed from it": ({ platform }, channel) => platform.remove(channel),
  "it was archived": ({ platform }, channel) => platform.archive(channel),
};

test.each(
  Object.keys(closings).flatMap((name) => [
    {
      name,
      locale: "en-US",
      keptWords: "could not be sent here. It is kept",
      words: "Could not be delivered: direct messages from the bot are blocked",
    },
    { name, locale: "zh-CN", keptWords: "无法发送到此处，已保存", words: "未能送达：无法向该用户发送私信" },
  ]),
)("a result is kept, and the job says why: $name ($locale)", async ({ name, locale, words, keptWords }) => {
  verifies("slack.ladder");
  const room = await openSlackRoom();
  rooms.push(room);
  await room.open();
  const { platform, installation } = room;
  const ada = platform.person("ada", { locale });
  const withBot = name !== "the bot was never in it";
  const channel = platform.addChannel("plans", { kind: "private", withBot, people: [ada] });
  installation.provider.nextStart("image", { end: "operation", reference: { vendor: "slow" } });
  installation.provider.nextCheck({ state: "pending", fraction: 0.5, checkAfterMs: 60_000 });
  await room.taken(ada.command("/image", "a fox", { in: channel }));
  await room.pass(2_000);
  closings[name]!(room, channel, ada);
  platform.closeDirect(ada);
  await room.until(() => room.newestJob().notices.some(({ rung }) => rung === "kept"), 3 * 60 * 60_000, 30_000);
  const job = room.newestJob();
  const { id, state, notices } = job;
  expect([state.phase, notices.map((notice) => notice.rung)]).toEqual(["succeeded", ["kept"]]);
  expect(installation.provider.starts).toHaveLength(1);
  const before = ada.visibleMessages().length;
  await room.taken(ada.command("/job", id));
  await room.pass(10_000);
  const shown = ada.visibleMessages().slice(before);
  expect(shown.map(({ ephemeral }) => ephemeral)).toEqual([true]);
  expect(shown[0]?.text).toContain(words);
  const outcomes = ada.visibleMessages(channel).filter(({ text }) => text.includes(keptWords));
  expect(outcomes).toHaveLength(name === "it was archived" ? 0 : 1);
});

test.each([
  ["while the command can be answered", 1, "en-US", "could not be sent here. It is kept"],
  ["when its address has expired", 40, "zh-CN", "无法发送到此处，已保存"],
])(
  "a result for one person is kept when they accept no direct messages, and only they read so: %s",
  async (...given) => {
    verifies("slack.ladder");
    const [, minutes, locale, words] = given;
    const room = await openSlackRoom();
    rooms.push(room);
    await room.open();
    const { platform, installation, clock } = room;
    const [ada, bob] = [platform.person("ada", { locale }), platform.person("bob")];
    const until = clock.now() + minutes * 60_000;
    installation.provider.nextStart("image", { end: "operation", reference: { vendor: "slow" } });
    installation.provider.everyCheck = () =>
      clock.now() < until ? { state: "pending", fraction: 0.5, checkAfterMs: 30_000 } : null;
    await room.taken(ada.command("/image", "a fox --private"));
    platform.closeDirect(ada);
    await room.until(() => room.newestJob().notices.some(({ rung }) => rung === "kept"), 3 * 60 * 60_000, 15_000);
    const told = ada.visibleMessages().filter(({ text }) => text.includes(words));
    expect(told.map(({ ephemeral }) => ephemeral)).toEqual([true]);
    expect(bob.visibleMessages()).toEqual([]);
    expect(platform.allMessages().filter(({ ephemeral }) => !ephemeral)).toEqual([]);
    expect(room.newestJob().state.phase).toBe("succeeded");
  },
);
