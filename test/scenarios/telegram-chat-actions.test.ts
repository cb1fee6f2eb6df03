import type { Capability } from "@toolcast/core";
import { describe, expect, test, vi } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
import { everythingSent, openTelegramRoom, slowStart, type TelegramRoom } from "../telegram-room.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const finished = (room: TelegramRoom) => room.until(() => everythingSent(room), 2 * 60 * 60_000, 15_000);

describe("while a job works", () => {
  test.for([
    ["/image a fox", "image", "upload_photo"],
    ["/describe", "imageUnderstanding", "typing"],
  ] as const)("%s shows that by a chat action, kept alive for a minute", async ([command, capability, action]) => {
    verifies("telegram.chat-action");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    slowStart(room, capability as Capability, 4);
    if (command === "/describe") {
      ada.send("photo", fixture("picture.jpg"), { caption: command });
    } else {
      ada.write(command);
    }
    await room.calm();
    const seen: (string | null)[] = [];
    for (let second = 0; second < 50; second += 1) {
      await room.pass(1_000);
      seen.push(ada.chatAction());
    }
    expect(new Set(seen)).toEqual(new Set([action]));
    await room.pass(60_000);
    expect(ada.chatAction()).toBeNull();
    await finished(room);
  });

  test("only the newest of several jobs in one chat is shown", async () => {
    verifies("telegram.chat-action");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    slowStart(room, "image", 4);
    ada.write("/image a fox");
    await room.pass(10_000);
    slowStart(room, "imageUnderstanding", 4);
    ada.send("photo", fixture("picture.jpg"), { caption: "/describe" });
    await room.pass(40_000);
    const shown = room.platform.requestsTo("sendChatAction").map(({ values }) => values.action);
    expect(shown.filter((action, index) => action !== shown[index - 1])).toEqual(["upload_photo", "typing"]);
    await finished(room);
  });

  test("the action ends with the job", async () => {
    verifies("telegram.chat-action");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    const { provider } = room.installation;
    provider.nextStart("image", { end: "operation", reference: { vendor: "slow" } });
    provider.nextCheck({ state: "pending", checkAfterMs: 20_000 });
    ada.write("/image a fox");
    await room.pass(10_000);
    const asked = room.platform.requestsTo("sendChatAction");
    expect(asked.length).toBeGreaterThan(1);
    await room.until(() => everythingSent(room), 60_000);
    const before = room.platform.requestsTo("sendChatAction").length;
    await room.pass(60_000);
    expect(room.platform.requestsTo("sendChatAction")).toHaveLength(before);
  });

  test("the action takes no room from results: it waits while Telegram asks to wait", async () => {
    verifies("telegram.chat-action", "telegram.flood");
    await using room = await openTelegramRoom();
    await room.open();
    const { platform } = room;
    const ada = await room.member("Ada");
    const team = platform.addGroup("Team", [ada]);
    slowStart(room, "image", 1);
    ada.write("/image a fox", { in: team });
    await room.pass(5_000);
    platform.faults.next("editMessageText", { kind: "flood", seconds: 30 }, { chatId: team.id });
    await room.pass(10_000);
    ada.write("/image a bear", { in: team });
    await finished(room);
    const pictures = ada.visibleMessages(team).filter(({ kind }) => kind === "photo");
    expect(pictures).toHaveLength(2);
    expect(platform.requestsTo("sendChatAction").length).toBeLessThan(12);
  });
});
