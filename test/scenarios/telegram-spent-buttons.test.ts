import { describe, expect, test, vi } from "vitest";
import { rawCall } from "../fakes/telegram/driven-client.ts";
import type { MessageView } from "../fakes/telegram/message-view.ts";
import { everythingSent, openTelegramRoom, type TelegramRoom } from "../telegram-room.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const fromBot = (messages: readonly MessageView[]) => messages.filter((message) => message.fromBot);
const buttonsOf = (message: MessageView | undefined) =>
  message?.buttons.map(({ label, disabled }) => `${label}${disabled ? " (disabled)" : ""}`);
const finished = (room: TelegramRoom) => room.until(() => everythingSent(room), 2 * 60 * 60_000, 15_000);

describe("buttons that can no longer act", () => {
  test.for([
    ["10.3", ["Cancel (disabled)"]],
    ["10.2", []],
  ] as const)("below an answered question, at Bot API %s", async ([version, left]) => {
    verifies("telegram.spent-buttons");
    await using room = await openTelegramRoom({ version });
    await room.open();
    const ada = await room.member("Ada");
    ada.write("/image");
    await room.pass(5_000);
    const question = () => fromBot(ada.visibleMessages())[0];
    expect(buttonsOf(question())).toEqual(["Cancel"]);
    ada.write("a fox");
    await finished(room);
    await room.pass(20_000);
    expect(buttonsOf(question())).toEqual(left);
    expect(fromBot(ada.visibleMessages()).at(-1)?.kind).toBe("photo");
  });

  test("below a question that another command ended", async () => {
    verifies("telegram.spent-buttons");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    ada.write("/image");
    await room.pass(5_000);
    ada.write("/jobs");
    await room.pass(20_000);
    expect(buttonsOf(fromBot(ada.visibleMessages())[0])).toEqual(["Cancel (disabled)"]);
  });

  test("and only those: the others of the message can still be pressed", async () => {
    verifies("telegram.spent-buttons");
    await using room = await openTelegramRoom();
    await room.open();
    const { platform } = room;
    const ada = await room.member("Ada");
    ada.start();
    await room.pass(5_000);
    const button = (text: string) => ({ text, callback_data: text });
    const keyboard = { inline_keyboard: [[button("old"), button("other")]] };
    await rawCall(platform)("sendMessage", { chat_id: ada.chat.id, text: "Both", reply_markup: keyboard });
    const shown = () => fromBot(ada.visibleMessages()).at(-1)!;
    const press = ada.press(shown(), "old");
    await room.pass(5_000);
    expect(press.answer?.text).toMatch(/button/i);
    expect(buttonsOf(shown())).toEqual(["old (disabled)", "other"]);
  });

  test("below the question to other operators once one has decided", async () => {
    verifies("telegram.spent-buttons");
    await using room = await openTelegramRoom();
    const [olga, oleg] = [room.platform.person("Olga"), room.platform.person("Oleg", { languageCode: "zh-hans" })];
    await room.open({ policy: { operators: [`telegram:${olga.id}`, `telegram:${oleg.id}`] } });
    olga.start();
    oleg.start();
    const ada = room.platform.person("Ada");
    ada.write("/image a fox");
    await room.pass(5_000);
    ada.press(fromBot(ada.visibleMessages()).at(-1)!, "Ask for access");
    await room.pass(5_000);
    expect(buttonsOf(fromBot(ada.visibleMessages())[0])).toEqual(["Ask for access (disabled)"]);
    const asked = (person: typeof olga) => fromBot(person.visibleMessages()).at(-1)!;
    expect([asked(olga), asked(oleg)].map((one) => one.buttons.length)).toEqual([2, 2]);
    olga.press(asked(olga), "Let in · 允许");
    await room.pass(5_000);
    expect([asked(olga), asked(oleg)].map((one) => one.buttons.length)).toEqual([0, 0]);
    expect(asked(oleg).text).toContain("已允许");
  });
});
