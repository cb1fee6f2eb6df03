import { describe, expect, test, vi } from "vitest";
import type { MessageView } from "../fakes/telegram/message-view.ts";
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
const fromBot = (messages: readonly MessageView[]) => messages.filter((message) => message.fromBot);

describe("Telegram's own Stop button", () => {
  test("cancels the job, in the first answer, and once", async () => {
    verifies("telegram.stop");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada", { languageCode: "zh-hans" });
    slowStart(room, "image", 20);
    room.installation.provider.nextCancel("stopped");
    ada.write("/image a fox");
    await room.pass(20_000);
    expect(ada.drafts()).toMatchObject([{ canStop: true, thinking: true }]);
    ada.stop();
    await finished(room);
    expect(newestJob(room).state.phase).toBe("cancelled");
    expect(shownText(fromBot(ada.visibleMessages())[0]?.text ?? "")).toContain("已取消");
  });

  test("works after a restart", async () => {
    verifies("telegram.stop");
    await using room = await openTelegramRoom();
    const process = await room.open();
    const ada = await room.member("Ada");
    slowStart(room, "image", 20);
    room.installation.provider.nextCancel("stopped");
    ada.write("/image a fox");
    await room.pass(20_000);
    await process.kill();
    ada.stop();
    await room.open();
    await finished(room);
    expect(newestJob(room).state.phase).toBe("cancelled");
  });

  test("is not shown in groups, nor for what is soon done, nor for long", async () => {
    verifies("telegram.stop");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    const team = room.platform.addGroup("Team", [ada]);
    ada.write("/image a fox");
    await finished(room);
    slowStart(room, "image", 20);
    ada.write("/image a bear", { in: team });
    await room.pass(60_000);
    expect(room.platform.requestsTo("sendMessageDraft")).toEqual([]);
    await finished(room);
    slowStart(room, "image", 20);
    ada.write("/image a wolf");
    await room.pass(3 * 60_000, 5_000);
    expect(room.platform.requestsTo("sendMessageDraft")).toHaveLength(2);
    expect(ada.drafts()).toEqual([]);
    await finished(room);
  });

  test("is gone once the result is there", async () => {
    verifies("telegram.stop", "telegram.ready-once");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    const { provider } = room.installation;
    provider.nextStart("image", { end: "operation", reference: { vendor: "slow" } });
    provider.nextCheck({ state: "pending", checkAfterMs: 18_000 });
    ada.write("/image a fox");
    await room.until(() => ada.drafts().length > 0, 60_000);
    await room.until(() => everythingSent(room), 60_000);
    expect(ada.drafts()).toEqual([]);
    expect(fromBot(ada.visibleMessages()).map(({ kind }) => kind)).toEqual(["photo", "text"]);
  });
});
