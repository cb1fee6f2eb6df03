import { describe, expect, test, vi } from "vitest";
import type { MessageView } from "../fakes/telegram/message-view.ts";
import { everythingSent, openTelegramRoom, shownText, type TelegramRoom } from "../telegram-room.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const finished = (room: TelegramRoom) => room.until(() => everythingSent(room), 2 * 60 * 60_000, 15_000);
const fromBot = (messages: readonly MessageView[]) => messages.filter((message) => message.fromBot);
const last = (messages: readonly MessageView[]) => fromBot(messages).at(-1)!;
const texts = (messages: readonly MessageView[]) => fromBot(messages).map(({ text }) => shownText(text));

describe("after a long absence", () => {
  const awayMs = 3 * 60 * 60_000;

  async function away(room: TelegramRoom, prepare: () => Promise<void>, act: () => void): Promise<void> {
    const process = await room.open();
    await prepare();
    await room.pass(2 * 60_000, 30_000);
    await process.kill();
    act();
    await room.clock.advance(awayMs);
    await room.open();
    await room.pass(20_000);
  }

  test("a press on Again starts nothing and says so; pressed once more it starts", async () => {
    verifies("telegram.late");
    await using room = await openTelegramRoom();
    const ada = await room.member("Ada");
    const result = () => fromBot(ada.visibleMessages()).find(({ kind }) => kind === "photo")!;
    const again = () => result().buttons.find(({ label }) => /again/i.test(label))!.label;
    await away(
      room,
      async () => {
        ada.write("/image a fox");
        await finished(room);
      },
      () => ada.press(result(), again()),
    );
    expect(room.installation.jobs()).toHaveLength(1);
    expect(texts(ada.visibleMessages()).at(-1)).toContain("Nothing was started");
    await room.pass(60_000, 10_000);
    ada.press(result(), again());
    await finished(room);
    expect(room.installation.jobs()).toHaveLength(2);
  });

  test("a press on Again that was made while updates were still received starts at once", async () => {
    verifies("telegram.late");
    await using room = await openTelegramRoom();
    const process = await room.open();
    const ada = await room.member("Ada");
    ada.write("/image a fox");
    await finished(room);
    await room.pass(2 * 60_000, 30_000);
    await process.kill();
    const result = fromBot(ada.visibleMessages()).find(({ kind }) => kind === "photo")!;
    ada.press(result, result.buttons.find(({ label }) => /again/i.test(label))!.label);
    await room.clock.advance(10 * 60_000);
    await room.open();
    await finished(room);
    expect(room.installation.jobs()).toHaveLength(2);
  });

  test("the answer to a question starts nothing; the question still stands", async () => {
    verifies("telegram.late");
    await using room = await openTelegramRoom();
    const ada = await room.member("Ada");
    await away(
      room,
      async () => {
        ada.write("/image");
        await room.pass(5_000);
      },
      () => ada.write("a fox"),
    );
    expect(room.installation.jobs()).toEqual([]);
    expect(texts(ada.visibleMessages()).at(-1)).toContain("Nothing was started");
    ada.write("a bear");
    await finished(room);
    expect(room.installation.jobs().map(({ input }) => input.prompt)).toEqual(["a bear"]);
  });

  test("a press in a dialogue starts nothing, and can be repeated", async () => {
    verifies("telegram.late");
    await using room = await openTelegramRoom();
    const ada = await room.member("Ada");
    const go = () =>
      fromBot(ada.visibleMessages()).findLast(({ buttons }) => buttons.some(({ label }) => label === "Go"))!;
    await away(
      room,
      async () => {
        ada.write("/image a fox");
        await finished(room);
        const result = last(ada.visibleMessages());
        ada.press(result, result.buttons.find(({ label }) => /change/i.test(label))!.label);
        await room.pass(5_000);
      },
      () => ada.press(go(), "Go"),
    );
    expect(room.installation.jobs()).toHaveLength(1);
    expect(texts(ada.visibleMessages()).at(-1)).toContain("Nothing was started");
    await room.pass(60_000, 10_000);
    ada.press(go(), "Go");
    await finished(room);
    expect(room.installation.jobs()).toHaveLength(2);
  });

  test("a link that continues a request starts nothing; opened again it does", async () => {
    verifies("telegram.late", "telegram.deep-link");
    await using room = await openTelegramRoom({ version: "10.1" });
    const ada = await room.member("Ada");
    const team = room.platform.addGroup("Team", [ada]);
    let payload = "";
    await away(
      room,
      async () => {
        ada.write("/clone", { in: team });
        await room.pass(5_000);
        const [hint] = fromBot(ada.visibleMessages(team));
        payload = new URL(hint?.buttons[0]?.url ?? "").searchParams.get("start") ?? "";
      },
      () => ada.start(payload),
    );
    expect(texts(ada.visibleMessages())).toEqual([expect.stringContaining("Nothing was started")]);
    ada.start(payload);
    await room.pass(5_000);
    expect(texts(ada.visibleMessages()).at(-1)).toContain("Recording");
  });

  test("a request that was stored but not begun starts nothing, and its sender learns so", async () => {
    verifies("telegram.late");
    await using room = await openTelegramRoom();
    const process = await room.open();
    const ada = await room.member("Ada");
    process.dieAt("after", "sendMessage");
    ada.write("/image a fox");
    await room.until(() => process.life.dead, 60_000);
    await process.kill();
    await room.clock.advance(awayMs);
    await room.open();
    await room.pass(60_000, 5_000);
    expect(room.installation.jobs()).toEqual([]);
    expect(texts(ada.visibleMessages()).at(-1)).toContain("Nothing was started");
  });

  test("a press that was stored but not carried out starts nothing, and its sender learns so", async () => {
    verifies("telegram.late", "chat.recovered");
    await using room = await openTelegramRoom();
    const process = await room.open();
    const ada = await room.member("Ada");
    ada.write("/image a fox");
    await finished(room);
    const [job] = room.installation.jobs();
    const press = { action: "start-again", subject: job?.id ?? "" };
    await process.runtime.inbox.take({
      ...{ id: "telegram:a-press", surface: "telegram", keepUntil: room.clock.now() + 2 * awayMs },
      content: { at: room.clock.now(), caller: job!.caller as never, press },
    });
    await process.kill();
    await room.clock.advance(awayMs);
    await room.open();
    await room.pass(20_000);
    expect(texts(ada.visibleMessages()).at(-1)).toContain("was interrupted after you pressed. Nothing was started");
    expect(room.installation.provider.starts).toHaveLength(1);
  });

  test("neither an inline query nor a mention from before starts anything", async () => {
    verifies("telegram.late", "telegram.elsewhere");
    await using room = await openTelegramRoom({ bot: { inline: true, guest: true } });
    const ada = await room.member("Ada");
    const elsewhere = room.platform.addGroup("Elsewhere", [ada], { bot: "left" });
    await away(
      room,
      async () => {},
      () => {
        ada.askInline("image a fox");
        ada.callGuest("/image a fox", { in: elsewhere });
      },
    );
    expect(room.installation.jobs()).toEqual([]);
  });
});

describe("in a dialogue in a group", () => {
  test("only a reply to the question answers it", async () => {
    verifies("telegram.dialogue");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    const team = room.platform.addGroup("Team", [ada]);
    ada.write("/help", { in: team });
    await room.pass(5_000);
    const help = last(ada.visibleMessages(team));
    ada.write("/image", { in: team });
    await room.pass(5_000);
    const question = last(ada.visibleMessages(team));
    ada.write("thanks", { in: team, replyTo: help });
    await room.pass(5_000);
    expect(room.installation.jobs()).toEqual([]);
    ada.write("a fox", { in: team, replyTo: question });
    await finished(room);
    expect(room.installation.jobs().map(({ input }) => input.prompt)).toEqual(["a fox"]);
  });

  test("in a private chat a reply to something else of the bot's answers nothing either", async () => {
    verifies("telegram.dialogue");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    ada.start();
    await room.pass(5_000);
    const hello = last(ada.visibleMessages());
    ada.write("/image");
    await room.pass(5_000);
    ada.write("thanks", { replyTo: hello });
    await room.pass(5_000);
    expect(room.installation.jobs()).toEqual([]);
    ada.write("a fox");
    await finished(room);
    expect(room.installation.jobs().map(({ input }) => input.prompt)).toEqual(["a fox"]);
  });
});
