import { defineTool, media } from "@toolcast/core";
import { describe, expect, test, vi } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
import type { MessageView } from "../fakes/telegram/message-view.ts";
import { everythingSent, newestJob, openTelegramRoom, slowStart, type TelegramRoom } from "../telegram-room.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const finished = (room: TelegramRoom) => room.until(() => everythingSent(room), 2 * 60 * 60_000, 15_000);
const fromBot = (messages: readonly MessageView[]) => messages.filter((message) => message.fromBot);
const last = (messages: readonly MessageView[]) => fromBot(messages).at(-1)!;

describe("a button", () => {
  test("works after a restart, and only for those it is meant for: others get a private refusal", async () => {
    verifies("telegram.private", "telegram.answers");
    await using room = await openTelegramRoom();
    const process = await room.open();
    const [ada, bo] = [await room.member("Ada"), await room.member("Bo")];
    const team = room.platform.addGroup("Team", [ada, bo]);
    slowStart(room, "image", 30);
    ada.write("/image a fox", { in: team });
    await room.pass(2 * 60_000, 10_000);
    const shown = last(ada.visibleMessages(team));
    const cancel = shown.buttons.find(({ label }) => /cancel/i.test(label))!;
    const foreign = bo.press(shown, cancel.label);
    await room.pass(2_000);
    expect(JSON.stringify(foreign.answer)).toMatch(/text/);
    expect(newestJob(room).state.phase).not.toBe("cancelled");
    await process.kill();
    await room.open();
    await room.calm();
    const own = ada.press(last(ada.visibleMessages(team)), cancel.label);
    await finished(room);
    expect(own.answer).not.toBeNull();
    expect(own.answer).not.toEqual(foreign.answer);
    expect(fromBot(bo.visibleMessages())).toEqual([]);
  });

  test("pressed by a stranger starts nothing", async () => {
    verifies("telegram.closed");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    const eve = room.platform.person("Eve");
    const team = room.platform.addGroup("Team", [ada, eve]);
    ada.write("/image a fox", { in: team });
    await finished(room);
    const [result] = fromBot(eve.visibleMessages(team));
    for (const { label, data } of result!.buttons.filter((button) => button.data !== null)) {
      const press = eve.press(result!, data ?? label);
      await room.calm();
      expect(JSON.stringify(press.answer)).toContain("only for people and chats");
    }
    expect(room.installation.jobs()).toHaveLength(1);
  });
});

describe("an album", () => {
  const both = defineTool({
    ...{ name: "compare_pictures", command: "compare", effect: "reads" },
    title: { en: "Compare", "zh-CN": "比较" },
    summary: { en: "Compares two pictures.", "zh-CN": "比较两张图片。" },
    input: {
      one: media({
        title: { en: "One", "zh-CN": "其一" },
        summary: { en: "A picture.", "zh-CN": "图片。" },
        limits: { kind: "image" },
      }),
      other: media({
        title: { en: "Other", "zh-CN": "其二" },
        summary: { en: "A picture.", "zh-CN": "图片。" },
        limits: { kind: "image" },
      }),
    },
    answer: async ({ one, other }) => ({
      message: { tone: "info", title: one === other ? "the same" : "two pictures" },
      data: { one, other },
    }),
  });

  test("is one request, even though its second picture comes 11 seconds later", async () => {
    verifies("telegram.replies");
    await using room = await openTelegramRoom();
    await room.open({ tools: [both] });
    const ada = await room.member("Ada");
    const picture = { kind: "photo", bytes: fixture("picture.jpg") } as const;
    ada.sendAlbum([{ ...picture, caption: "/compare" }, picture], { gapMs: 11_000 });
    await room.pass(30_000);
    expect(fromBot(ada.visibleMessages()).map(({ text }) => text)).toEqual([expect.stringContaining("two pictures")]);
  });
});
