import { describe, expect, test, vi } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
import { vendorFailure } from "../doubles/scripted-provider.ts";
import {
  everythingSent,
  newestJob,
  openTelegramRoom,
  shownText,
  slowStart,
  type TelegramRoom,
} from "../telegram-room.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const finished = (room: TelegramRoom) => room.until(() => everythingSent(room), 2 * 60 * 60_000, 15_000);
const fromBot = <View extends { fromBot: boolean }>(messages: readonly View[]) =>
  messages.filter((message) => message.fromBot);

describe("a command in a private chat", () => {
  test("gets a first message at once, which becomes the picture", async () => {
    verifies("telegram.answers");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    ada.write("/image a fox");
    await room.calm();
    expect(fromBot(ada.visibleMessages())).toHaveLength(1);
    await finished(room);
    const [only, ...others] = fromBot(ada.visibleMessages());
    expect(others).toEqual([]);
    expect([only?.kind, only?.edited, only?.replyTo !== null]).toEqual(["photo", true, true]);
    expect(newestJob(room).notices.at(-1)).toMatchObject({ state: "sent", rung: "edit" });
  });

  test("leaves no half of a character in a name or text", async () => {
    verifies("safe.whole-characters");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada \ud83d");
    ada.write("/image a fox \ud83d");
    await room.calm();
    const job = newestJob(room);
    expect([job.caller.name, job.input.prompt]).toEqual(["Ada \ufffd", "a fox \ufffd"]);
  });

  test("shows progress by edits, and a short message says that it is ready, because edits make no sound", async () => {
    verifies("telegram.answers", "telegram.ready-once");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    slowStart(room, "image", 5);
    ada.write("/image a fox");
    await room.pass(3 * 60_000, 5_000);
    expect(shownText(fromBot(ada.visibleMessages())[0]!.text)).toMatch(/▰.*[2-6]\d %/);
    await finished(room);
    expect(fromBot(ada.visibleMessages()).map(({ kind, text }) => [kind, kind === "text" ? text : ""])).toEqual([
      ["photo", ""],
      ["text", "Ready."],
    ]);
  });

  test.each([
    ["en", "Please look at the answer above."],
    ["zh-hans", "请查看上方的回复。"],
  ])("a failure after a while is not called ready (%s)", async (languageCode, notice) => {
    verifies("telegram.answers", "telegram.ready-once");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada", { languageCode });
    slowStart(room, "image", 5);
    room.installation.provider.nextCheck({ state: "failed", failure: vendorFailure() });
    ada.write("/image a fox");
    await finished(room);
    expect(newestJob(room).state.phase).toBe("failed");
    expect(fromBot(ada.visibleMessages()).map(({ text }) => text)).toEqual([expect.anything(), notice]);
  });

  test("answers in the person's language", async () => {
    verifies("telegram.answers");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada", { languageCode: "zh-hans" });
    ada.start();
    ada.write("/jobs");
    await room.calm();
    const [hello, jobs] = fromBot(ada.visibleMessages());
    expect(hello?.text).toContain("/image");
    expect(hello?.text).toMatch(/您好/);
    expect(jobs?.text).toMatch(/\p{Script=Han}/u);
  });

  test("sent by the same update five times is one request", async () => {
    verifies("telegram.taken-once");
    await using room = await openTelegramRoom();
    const process = await room.open();
    const ada = await room.member("Ada");
    ada.write("/image a fox");
    await room.calm();
    const update = room.platform.updates.history.at(-1);
    await Promise.all(Array.from({ length: 5 }, () => process.telegram.take(update)));
    await finished(room);
    await process.kill();
    const next = await room.open();
    await Promise.all(Array.from({ length: 5 }, () => next.telegram.take(update)));
    await finished(room);
    expect(room.installation.jobs()).toHaveLength(1);
    expect(fromBot(ada.visibleMessages())).toHaveLength(1);
  });
});

describe("the subject of a command", () => {
  test("may be a picture that it replies to, a caption or a text", async () => {
    verifies("telegram.replies");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    const picture = ada.send("photo", fixture("picture.jpg"));
    await room.calm();
    ada.write("/describe", { replyTo: picture });
    await finished(room);
    ada.send("photo", fixture("picture.jpg"), { caption: "/describe" });
    await finished(room);
    expect(room.installation.jobs().map(({ tool }) => tool)).toEqual(["describe_image", "describe_image"]);
  });
});
