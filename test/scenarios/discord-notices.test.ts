import { expect, test, vi } from "vitest";
import { type DiscordRoom, everythingSent, newestJob, openRoom, shownText, slowStart } from "../discord-room.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const finished = (room: DiscordRoom) => room.until(() => everythingSent(room), 60 * 60_000, 15_000);

test("an edit after more than a minute is followed by a short message that names the asker and links to the answer", async () => {
  verifies("discord.notified");
  await using room = await openRoom();
  await room.open();
  const [ada, wang] = [room.platform.person("ada"), room.platform.person("wang", { locale: "zh-CN" })];
  await room.ask(ada, "image", { prompt: "at once" });
  slowStart(room, "image", 3);
  const asked = await room.ask(ada, "image", { prompt: "a fox" });
  await finished(room);
  await room.pass(60_000, 15_000);
  const answer = ada.answerTo(asked);
  expect([answer?.files.length, newestJob(room).notices.at(-1)?.rung]).toEqual([1, "edit"]);
  const [word, ...others] = ada.visibleMessages().filter(({ files }) => files.length === 0);
  expect(others).toEqual([]);
  expect(word?.pings).toEqual({ everyone: false, userIds: [ada.id], roleIds: [] });
  expect(shownText(word?.text ?? "")).toMatch(/^<@\d+>\nDone: Generate an image “a fox”$/);
  expect(word?.buttons).toMatchObject([
    { label: "Go to the result", url: expect.stringContaining(`/${room.platform.channel.id}/${answer?.id}`) },
  ]);
  slowStart(room, "image", 3);
  await room.ask(wang, "image", { prompt: "狐狸" });
  await finished(room);
  const last = wang.visibleMessages().filter(({ files }) => files.length === 0);
  expect(last.at(-1)?.buttons).toMatchObject([{ label: "查看结果" }]);
});

test("no such message follows a private answer, wherever it was asked for", async () => {
  verifies("discord.notified", "delivered.private-stays-private");
  await using room = await openRoom();
  await room.open();
  const [ada, bob] = [room.platform.person("ada"), room.platform.person("bob")];
  slowStart(room, "image", 3);
  const asked = await room.ask(ada, "image", { prompt: "a fox", private: true });
  await finished(room);
  await room.pass(60_000, 15_000);
  expect(ada.answerTo(asked)?.files).toHaveLength(1);
  expect([bob.visibleMessages(), ada.visibleMessages().length]).toEqual([[], 1]);
  expect(room.platform.requestsTo("create-message", "follow-up")).toEqual([]);
});

test.each([
  ["between the edit and the message", "editOriginal", 1],
  ["after the message", "createMessage", 1],
] as const)("it is sent once, although one process dies %s", async (_when, method, words) => {
  verifies("discord.notified", "delivered.once");
  await using room = await openRoom();
  const first = await room.open();
  const ada = room.platform.person("ada");
  slowStart(room, "image", 3);
  const asked = await room.ask(ada, "image", { prompt: "a fox" });
  await room.pass(2.5 * 60_000, 15_000);
  first.dieAt("after", method);
  await room.until(() => first.life.dead, 10 * 60_000, 5_000);
  await room.calm();
  await first.kill();
  await room.open();
  await finished(room);
  await room.pass(60_000, 15_000);
  expect(ada.answerTo(asked)?.files).toHaveLength(1);
  expect(ada.visibleMessages().filter(({ pings }) => pings.userIds.includes(ada.id))).toHaveLength(words);
});
