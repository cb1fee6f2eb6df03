import { describe, expect, test, vi } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
import type { MessageView } from "../fakes/telegram/message-view.ts";
import { everythingSent, openTelegramRoom, shownText, type TelegramRoom } from "../telegram-room.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const finished = (room: TelegramRoom) => room.until(() => everythingSent(room), 2 * 60 * 60_000, 15_000);
const fromBot = (messages: readonly MessageView[]) => messages.filter((message) => message.fromBot);
const last = (messages: readonly MessageView[]) => fromBot(messages).at(-1)!;
const texts = (messages: readonly MessageView[]) => fromBot(messages).map(({ text }) => shownText(text));
const onlyForPeople = "only for people and chats";

describe("somebody who is no longer an operator", () => {
  /** Olga was asked to let Eve in, and has a list of two pages with Ada on it; then she lost her office. */
  async function open() {
    const room = await openTelegramRoom();
    const { platform } = room;
    const [olga, eve, ada] = [platform.person("Olga"), platform.person("Eve"), await room.member("Ada")];
    for (let id = 1; id <= 11; id += 1) {
      await room.letIn(10 ** 12 + id);
    }
    const first = await room.open({ policy: { operators: [`telegram:${olga.id}`] } });
    olga.start();
    eve.write("/image a fox");
    await room.pass(5_000);
    eve.press(last(eve.visibleMessages()), "Ask for access");
    await room.pass(5_000);
    const question = last(olga.visibleMessages());
    olga.write("/access");
    await room.pass(5_000);
    const list = last(olga.visibleMessages());
    olga.write(`/access ${ada.id}`);
    await room.pass(5_000);
    const about = last(olga.visibleMessages());
    await first.kill();
    await room.clock.advance(40_000);
    await room.open();
    return { room, olga, eve, ada, question, list, about, [Symbol.asyncDispose]: () => room[Symbol.asyncDispose]() };
  }

  test("lets nobody in, keeps nobody out and ends nobody's access by the buttons they still have", async () => {
    verifies("telegram.closed");
    await using scene = await open();
    const { room, olga, eve, ada, question, list, about } = scene;
    for (const [message, label] of [
      [question, "Let in · 允许"],
      [question, "Keep out · 拒绝"],
      [about, about.buttons[0]!.label],
      [list, list.buttons[0]!.label],
      [list, "More"],
    ] as const) {
      const press = olga.press(message, label);
      await room.pass(5_000);
      expect([label, press.answer?.text]).toEqual([label, expect.stringContaining("Only operators")]);
    }
    expect(last(olga.visibleMessages()).text).toBe(about.text);
    expect(texts(eve.visibleMessages())).toEqual([expect.stringContaining(onlyForPeople)]);
    eve.write("/image a fox");
    ada.write("/image a bear");
    await finished(room);
    expect(room.installation.jobs().map(({ input }) => input.prompt)).toEqual(["a bear"]);
  });
});

describe("an operator's answer to somebody who asks for access", () => {
  test("may be no: they learn it, start nothing, and may ask again", async () => {
    verifies("telegram.closed");
    await using room = await openTelegramRoom();
    const [olga, eve] = [room.platform.person("Olga"), room.platform.person("Eve", { languageCode: "zh-hans" })];
    await room.open({ policy: { operators: [`telegram:${olga.id}`] } });
    olga.start();
    const ask = async () => {
      eve.write("/image a fox");
      await room.pass(5_000);
      eve.press(last(eve.visibleMessages()), "申请访问");
      await room.pass(5_000);
    };
    await ask();
    const press = olga.press(last(olga.visibleMessages()), "Keep out · 拒绝");
    await room.pass(5_000);
    expect(press.answer?.text).toContain("Eve");
    expect([shownText(last(olga.visibleMessages()).text), last(olga.visibleMessages()).buttons]).toEqual([
      press.answer?.text,
      [],
    ]);
    expect(texts(eve.visibleMessages()).at(-1)).toBe("管理员拒绝了您的申请。");
    await ask();
    expect(room.installation.jobs()).toEqual([]);
    expect(texts(olga.visibleMessages()).filter((text) => text.includes("asks for access"))).toHaveLength(1);
    olga.press(last(olga.visibleMessages()), "Let in · 允许");
    await room.pass(5_000);
    eve.write("/image a fox");
    await finished(room);
    expect(room.installation.jobs()).toHaveLength(1);
  });
});

describe("a request for access", () => {
  /** Eve is a stranger, and Olga the operator who could let her in. */
  async function open() {
    const room = await openTelegramRoom();
    const [olga, eve] = [room.platform.person("Olga"), room.platform.person("Eve")];
    const process = await room.open({ policy: { operators: [`telegram:${olga.id}`] } });
    olga.start();
    eve.write("/image a fox");
    await room.pass(5_000);
    const asks = () => eve.press(last(eve.visibleMessages()), "Ask for access");
    const questions = (person = olga) =>
      fromBot(person.visibleMessages()).filter(({ text }) => shownText(text).includes("asks for access"));
    return { room, olga, eve, process, asks, questions, [Symbol.asyncDispose]: () => room[Symbol.asyncDispose]() };
  }

  test("that reaches no operator says so, and can be made again", async () => {
    verifies("telegram.closed");
    await using scene = await open();
    scene.olga.block();
    const press = scene.asks();
    await scene.room.pass(5_000);
    expect(press.answer?.text).toContain(String(scene.eve.id));
    scene.olga.block(false);
    scene.asks();
    await scene.room.pass(5_000);
    expect(scene.questions()).toHaveLength(1);
  });

  test("is passed on again if Telegram did not take it", async () => {
    verifies("telegram.closed");
    await using scene = await open();
    const { room, olga } = scene;
    room.platform.faults.next("sendMessage", { kind: "status", status: 502 }, { chatId: olga.id, times: 2 });
    scene.asks();
    await room.pass(30_000);
    expect(scene.questions()).toHaveLength(1);
  });

  test("is passed on by the next process if this one dies", async () => {
    verifies("telegram.closed", "telegram.taken-once");
    await using scene = await open();
    const { room, olga, process } = scene;
    process.dieAt("before", "sendMessage");
    scene.asks();
    await room.until(() => process.life.dead, 60_000);
    await process.kill();
    await room.clock.advance(40_000);
    await room.open({ policy: { operators: [`telegram:${olga.id}`] } });
    await room.pass(30_000);
    expect(scene.questions()).toHaveLength(1);
  });

  test("is passed on to the next operator once whoever was asked is none any more", async () => {
    verifies("telegram.closed");
    await using scene = await open();
    const { room, eve, process } = scene;
    scene.asks();
    await room.pass(5_000);
    await process.kill();
    await room.clock.advance(40_000);
    const pia = room.platform.person("Pia");
    await room.open({ policy: { operators: [`telegram:${pia.id}`] } });
    pia.start();
    for (let time = 0; time < 2; time += 1) {
      eve.write("/image a fox");
      await room.pass(5_000);
      scene.asks();
      await room.pass(5_000);
    }
    expect(scene.questions(pia)).toHaveLength(1);
  });
});

describe("the access of a group that became a supergroup", () => {
  /** A request begun in the group continues in Ada's own chat; meanwhile the group got another id. */
  async function open() {
    const room = await openTelegramRoom({ version: "10.1" });
    const { platform } = room;
    const [olga, ada] = [platform.person("Olga"), platform.person("Ada")];
    await room.open({ policy: { operators: [`telegram:${olga.id}`] } });
    const team = platform.addGroup("Team", [ada], { kind: "group" });
    await room.letIn(team.id);
    ada.write("/clone", { in: team });
    olga.write("/access");
    await room.pass(5_000);
    const before = last(olga.visibleMessages());
    const link = new URL(fromBot(ada.visibleMessages(team)).flatMap(({ buttons }) => buttons)[0]?.url ?? "");
    const now = platform.migrate(team);
    await room.pass(5_000);
    const continues = async () => {
      ada.start(link.searchParams.get("start") ?? "");
      await room.pass(5_000);
      ada.send("voice", fixture("tone.ogg"), { duration: 5 });
      await room.pass(10_000);
      return texts(ada.visibleMessages()).join("\n");
    };
    return { room, olga, ada, team, now, before, continues, [Symbol.asyncDispose]: () => room[Symbol.asyncDispose]() };
  }

  test("goes on for a request begun under the old id", async () => {
    verifies("telegram.closed", "telegram.ladder");
    await using scene = await open();
    expect(await scene.continues()).not.toContain(onlyForPeople);
  });

  for (const [which, list] of [
    ["a list from before", "old"],
    ["a new list", "new"],
  ] as const) {
    test(`ends for both ids by ${which}`, async () => {
      verifies("telegram.closed", "telegram.ladder");
      await using scene = await open();
      const { room, olga, ada, now, before } = scene;
      if (list === "new") {
        olga.write("/access");
        await room.pass(5_000);
        expect(last(olga.visibleMessages()).buttons).toHaveLength(1);
      }
      const shown = list === "new" ? last(olga.visibleMessages()) : before;
      olga.press(shown, shown.buttons[0]!.label);
      await room.pass(5_000);
      expect(await scene.continues()).toContain(onlyForPeople);
      ada.write("/image a fox", { in: now });
      await room.pass(5_000);
      expect(texts(ada.visibleMessages(now)).at(-1)).toContain(onlyForPeople);
      expect(room.installation.jobs()).toEqual([]);
      olga.write("/access");
      await room.pass(5_000);
      expect(last(olga.visibleMessages()).buttons).toEqual([]);
    });
  }
});
