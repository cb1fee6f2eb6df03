import { defineTool, media } from "@toolcast/core";
import { describe, expect, test, vi } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
import type { MessageView } from "../fakes/telegram/message-view.ts";
import type { AlbumItem } from "../fakes/telegram/person.ts";
import { everythingSent, openTelegramRoom, type TelegramRoom } from "../telegram-room.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const finished = (room: TelegramRoom) => room.until(() => everythingSent(room), 2 * 60 * 60_000, 15_000);
const fromBot = (messages: readonly MessageView[]) => messages.filter((message) => message.fromBot);
const names = Array.from({ length: 10 }, (_, index) => `picture_${index}`);

/** A tool that takes ten pictures, and says which it got. */
const ten = defineTool({
  ...{ name: "count_pictures", command: "count", effect: "reads" },
  title: { en: "Count", "zh-CN": "计数" },
  summary: { en: "Counts ten pictures.", "zh-CN": "数十张图片。" },
  input: Object.fromEntries(
    names.map((name) => {
      const title = { en: name, "zh-CN": name };
      return [name, media({ title, summary: title, limits: { kind: "image" } })];
    }),
  ),
  answer: async (given) => ({
    message: { tone: "info", title: `different pictures: ${new Set(Object.values(given)).size}` },
    data: Object.values(given).map(String),
  }),
});

/** Pictures that differ in their last byte. */
function pictures(commandAt: number, command: string): AlbumItem[] {
  return names.map((_, index) => ({
    kind: "photo" as const,
    bytes: new Uint8Array([...fixture("picture.jpg"), index]),
    ...(index === commandAt ? { caption: command } : {}),
  }));
}

describe("an album of ten pictures", () => {
  test.for([
    ["the first", 0],
    ["the fourth", 3],
    ["the last", 9],
  ] as const)("with its command below %s is one request with each of them once", async ([, commandAt]) => {
    verifies("telegram.replies");
    await using room = await openTelegramRoom();
    await room.open({ tools: [ten] });
    const ada = await room.member("Ada");
    ada.sendAlbum(pictures(commandAt, "/count"), { gapMs: 1_600 });
    await room.pass(40_000);
    expect(fromBot(ada.visibleMessages()).map(({ text }) => text)).toEqual([
      expect.stringContaining("different pictures: 10"),
    ]);
  });

  test("is still one if the process dies after parts that came before the command", async () => {
    verifies("telegram.replies", "telegram.taken-once");
    await using room = await openTelegramRoom();
    const process = await room.open({ tools: [ten] });
    const ada = await room.member("Ada");
    ada.sendAlbum(pictures(9, "/count"), { gapMs: 1_000 });
    await room.pass(5_000);
    await process.kill();
    await room.open({ tools: [ten] });
    await room.pass(40_000);
    expect(fromBot(ada.visibleMessages()).map(({ text }) => text)).toEqual([
      expect.stringContaining("different pictures: 10"),
    ]);
  });

  test("without a command is answered once, as is one with more files than its command takes", async () => {
    verifies("telegram.replies");
    await using room = await openTelegramRoom();
    await room.open();
    const [ada, bo] = [await room.member("Ada"), await room.member("Bo", { languageCode: "zh-hans" })];
    ada.sendAlbum(pictures(-1, ""), { gapMs: 1_000 });
    bo.sendAlbum(pictures(0, "/describe"), { gapMs: 1_000 });
    await finished(room);
    await room.pass(60_000);
    expect(fromBot(ada.visibleMessages()).map(({ text }) => text)).toEqual([
      expect.stringContaining("I did not understand that."),
    ]);
    expect(room.installation.jobs()).toHaveLength(1);
    expect(fromBot(bo.visibleMessages()).filter(({ text }) => text.includes("多出的文件未使用"))).toHaveLength(1);
    expect(fromBot(bo.visibleMessages())).toHaveLength(2);
  });

  test("whose last file comes after its command has begun says once that it is not used", async () => {
    verifies("telegram.replies");
    await using room = await openTelegramRoom();
    await room.open({ tools: [ten] });
    const ada = await room.member("Ada");
    ada.sendAlbum(pictures(0, "/count").slice(0, 4), { gapMs: 14_000 });
    await room.pass(60_000);
    const texts = fromBot(ada.visibleMessages()).map(({ text }) => text);
    expect(texts.filter((text) => text.includes("it is not used"))).toHaveLength(1);
  });

  const output = {
    media: pictures(-1, "").map(({ bytes }) => ({ bytes })),
    charge: { amount: 2, unit: "points" },
  };
  const albumsSeen = (messages: readonly MessageView[]) => [
    ...Map.groupBy(
      fromBot(messages).filter(({ mediaGroupId }) => mediaGroupId !== null),
      ({ mediaGroupId }) => mediaGroupId,
    ).values(),
  ];

  test("comes out whole, each picture once", async () => {
    verifies("telegram.native");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    const team = room.platform.addGroup("Team", [ada]);
    room.installation.provider.nextStart("image", { end: "done", output });
    ada.write("/image a fox", { in: team });
    await finished(room);
    const albums = albumsSeen(ada.visibleMessages(team));
    expect(albums.map((one) => one.map(({ kind }) => kind))).toEqual([names.map(() => "photo")]);
    expect(new Set(albums.flat().flatMap(({ files }) => files)).size).toBe(10);
  });

  test("is not sent again when the text below it meets a flood wait", async () => {
    verifies("telegram.native", "telegram.flood");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    ada.write("/image a fox --count 3");
    // The first message is the one that becomes the result.
    room.platform.faults.next("sendMessage", { kind: "flood", seconds: 30 }, { after: 1 });
    await finished(room);
    expect(room.platform.requestsTo("sendMessage").map(({ status }) => status)).toContain(429);
    expect(ada.visibleMessages().filter(({ kind }) => kind === "photo")).toHaveLength(3);
  });

  const refusal = {
    kind: "status",
    status: 400,
    body: { ok: false, error_code: 400, description: "Bad Request: IMAGE_PROCESS_FAILED" },
  } as const;

  test("that is refused as an album shows each picture once, also if one of them meets a flood wait", async () => {
    verifies("telegram.native", "telegram.flood");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    room.platform.faults.always("sendMediaGroup", refusal);
    room.platform.faults.next("sendPhoto", { kind: "flood", seconds: 30 }, { after: 1 });
    ada.write("/image a fox --count 3");
    await finished(room);
    expect(room.platform.requestsTo("sendPhoto").map(({ status }) => status)).toContain(429);
    expect(ada.visibleMessages().filter(({ kind }) => kind === "photo")).toHaveLength(3);
  });

  test("of which one picture is accepted in no form says below the others where it is", async () => {
    verifies("telegram.native");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    room.platform.faults.always("sendMediaGroup", refusal);
    room.platform.faults.next("sendPhoto", refusal, { after: 2 });
    room.platform.faults.next("sendDocument", refusal);
    ada.write("/image a fox --count 3");
    await finished(room);
    const shown = fromBot(ada.visibleMessages());
    expect(shown.filter(({ kind }) => kind === "photo")).toHaveLength(2);
    expect(shown.at(-1)?.text.match(/could not be sent here|The link to /g) ?? []).toHaveLength(1);
  });

  test("is not sent again after a crash before its text, and, asked for again, is sent by its ids", async () => {
    verifies("telegram.native", "telegram.taken-once");
    await using room = await openTelegramRoom();
    const process = await room.open();
    const ada = await room.member("Ada");
    const { provider } = room.installation;
    provider.nextStart("image", { end: "operation", reference: { vendor: "slow" } });
    provider.nextCheck({ state: "pending", checkAfterMs: 60_000 }, { state: "done", output });
    ada.write("/image a fox");
    await room.pass(20_000);
    process.dieAt("before", "sendMessage");
    await room.until(() => process.life.dead, 5 * 60_000);
    await process.kill();
    await room.open();
    await finished(room);
    const ids = () =>
      albumsSeen(ada.visibleMessages()).map((one) => one.flatMap(({ files }) => files.map(({ fileId }) => fileId)));
    const [first = [], ...others] = ids();
    expect([new Set(first).size, others]).toEqual([10, []]);
    ada.write(`/job ${room.installation.jobs()[0]?.id}`);
    await room.pass(20_000);
    expect(ids()).toEqual([first, first]);
    expect(room.installation.jobs()).toHaveLength(1);
  });
});
