import { describe, expect, test, vi } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
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
const last = (messages: readonly MessageView[]) => fromBot(messages).at(-1)!;
const texts = (messages: readonly MessageView[]) => fromBot(messages).map(({ text }) => shownText(text));

describe("an operator", () => {
  for (const [language, code, ended, yours] of [
    ["English", "en", "End access of", "An operator has ended your access"],
    ["Chinese", "zh-hans", "撤销", "管理员已撤销您的访问权限"],
  ] as const) {
    test(`lists who was let in and ends somebody's access by one press, in ${language}`, async () => {
      verifies("telegram.closed");
      await using room = await openTelegramRoom();
      const olga = room.platform.person("Olga", { languageCode: code });
      const eve = room.platform.person("Eve", { languageCode: code });
      await room.open({ policy: { operators: [`telegram:${olga.id}`] } });
      olga.start();
      eve.write("/image a fox");
      await room.pass(5_000);
      eve.press(last(eve.visibleMessages()), code === "en" ? "Ask for access" : "申请访问");
      await room.pass(5_000);
      olga.press(last(olga.visibleMessages()), "Let in · 允许");
      await room.pass(5_000);
      eve.write("/image a fox");
      await finished(room);
      expect(room.installation.jobs()).toHaveLength(1);
      olga.write("/access");
      await room.pass(5_000);
      const list = last(olga.visibleMessages());
      expect([shownText(list.text), list.buttons.map(({ label }) => label)]).toEqual([
        expect.stringContaining(`Eve (${eve.id})`),
        [expect.stringContaining(ended)],
      ]);
      olga.press(list, list.buttons[0]!.label);
      await room.pass(5_000);
      expect(texts(eve.visibleMessages()).at(-1)).toContain(yours);
      const again = fromBot(eve.visibleMessages()).find(({ kind }) => kind === "photo")!;
      const press = eve.press(again, again.buttons[0]!.label);
      eve.write("/image a bear");
      await room.pass(10_000);
      expect(room.installation.jobs()).toHaveLength(1);
      expect(press.answer?.text).toContain(code === "en" ? "only for people" : "仅对管理员允许");
      olga.write("/access");
      await room.pass(5_000);
      expect(last(olga.visibleMessages()).buttons).toEqual([]);
    });
  }

  test("lets in or shuts out by number, and turns the pages of a long list", async () => {
    verifies("telegram.closed");
    await using room = await openTelegramRoom();
    const [olga, eve] = [room.platform.person("Olga"), room.platform.person("Eve")];
    for (let id = 1; id <= 23; id += 1) {
      await room.letIn(id);
    }
    await room.open({ policy: { operators: [`telegram:${olga.id}`] } });
    olga.write(`/access ${eve.id}`);
    await room.pass(5_000);
    olga.press(last(olga.visibleMessages()), "Let in");
    await room.pass(5_000);
    eve.write("/image a fox");
    await finished(room);
    expect(room.installation.jobs()).toHaveLength(1);
    olga.write("/access");
    await room.pass(5_000);
    const list = () => last(olga.visibleMessages());
    const seen = new Set<string>();
    for (const turn of ["More", "More", ""]) {
      for (const { label } of list().buttons.filter((one) => one.label.startsWith("End access"))) {
        seen.add(label);
      }
      if (turn !== "") {
        olga.press(list(), turn);
        await room.pass(5_000);
      }
    }
    expect(seen.size).toBe(24);
    olga.press(list(), "Back");
    await room.pass(5_000);
    expect(list().buttons.map(({ label }) => label)).toContain("Back");
  });

  test("is the only one who sees or changes it", async () => {
    verifies("telegram.closed");
    await using room = await openTelegramRoom();
    const olga = room.platform.person("Olga");
    await room.open({ policy: { operators: [`telegram:${olga.id}`] } });
    const [ada, eve] = [await room.member("Ada"), room.platform.person("Eve")];
    const team = room.platform.addGroup("Team", [olga, ada, eve]);
    eve.write("/access");
    olga.write("/access", { in: team });
    await room.pass(5_000);
    expect(texts(eve.visibleMessages())).toEqual([expect.stringContaining("Only operators")]);
    expect(texts(eve.visibleMessages(team))).toEqual([expect.stringContaining("our own chat")]);
  });
});

test("being forgotten deletes an application for access, and what operators decided stays", async () => {
  verifies("telegram.closed", "safe.forgotten");
  await using room = await openTelegramRoom();
  const olga = room.platform.person("Olga");
  const { telegram } = await room.open({ policy: { operators: [`telegram:${olga.id}`] } });
  const [eve, ada] = [room.platform.person("Eve"), await room.member("Ada")];
  olga.start();
  eve.write("/image a fox");
  await room.pass(5_000);
  eve.press(last(eve.visibleMessages()), "Ask for access");
  await room.pass(5_000);
  await telegram.surface.forget?.(`telegram:${eve.id}`, room.clock.now());
  await telegram.surface.forget?.(`telegram:${ada.id}`, room.clock.now());
  olga.write(`/access ${eve.id}`);
  olga.write(`/access ${ada.id}`);
  await room.pass(5_000);
  expect(texts(olga.visibleMessages()).slice(-2)).toEqual([
    expect.stringMatching(`^${eve.id} .* has no access`),
    expect.stringContaining("has access"),
  ]);
});

describe("access that was ended meanwhile holds back", () => {
  async function open() {
    const room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    const end = () => room.shutOut(ada.id);
    return { room, ada, end, [Symbol.asyncDispose]: () => room[Symbol.asyncDispose]() };
  }

  test("the answer to a question, and ends the dialogue", async () => {
    verifies("telegram.closed");
    await using one = await open();
    one.ada.write("/image");
    await one.room.pass(3_000);
    await one.end();
    one.ada.write("a fox");
    one.ada.write("a fox");
    await one.room.pass(5_000);
    expect(one.room.installation.jobs()).toEqual([]);
    expect(texts(one.ada.visibleMessages()).slice(-2)).toEqual([
      expect.stringContaining("only for people"),
      expect.stringContaining("I did not understand"),
    ]);
  });

  test("the button that starts a changed request", async () => {
    verifies("telegram.closed");
    await using one = await open();
    one.ada.write("/image a fox");
    await finished(one.room);
    const result = last(one.ada.visibleMessages());
    one.ada.press(result, result.buttons.find(({ label }) => /change/i.test(label))!.label);
    await one.room.pass(5_000);
    await one.end();
    const press = one.ada.press(last(one.ada.visibleMessages()), "Go");
    await one.room.pass(5_000);
    expect([one.room.installation.jobs().length, press.answer?.text]).toEqual([
      1,
      expect.stringContaining("only for people"),
    ]);
  });

  test("a link that continues a request", async () => {
    verifies("telegram.closed", "telegram.deep-link");
    await using one = await open();
    const { room, ada } = one;
    const team = room.platform.addGroup("Team", [ada]);
    ada.write("/clone", { in: team, replyTo: ada.send("voice", fixture("tone.ogg"), { in: team, duration: 5 }) });
    await room.pass(5_000);
    const link = fromBot(ada.visibleMessages(team)).flatMap(({ buttons }) => buttons)[0]?.url ?? "";
    await one.end();
    ada.start(new URL(link).searchParams.get("start") ?? "");
    await room.pass(5_000);
    expect(texts(ada.visibleMessages())).toEqual([expect.stringContaining("only for people")]);
  });

  test("nothing that ends work: its own job can still be cancelled", async () => {
    verifies("telegram.closed");
    await using one = await open();
    slowStart(one.room, "image", 30);
    one.ada.write("/image a fox");
    await one.room.pass(60_000, 10_000);
    await one.end();
    const shown = last(one.ada.visibleMessages());
    one.ada.press(shown, shown.buttons.find(({ label }) => /cancel/i.test(label))!.label);
    await one.room.pass(10_000);
    expect(newestJob(one.room).timeline.map(({ event }) => event)).toContain("cancel-wished");
  });
});

describe("a group that was let in", () => {
  test("keeps its access where a request moves to a member's own chat", async () => {
    verifies("telegram.closed", "telegram.deep-link");
    await using room = await openTelegramRoom({ version: "10.1" });
    await room.open();
    const ada = room.platform.person("Ada");
    const team = room.platform.addGroup("Team", [ada]);
    await room.letIn(team.id);
    ada.write("/clone", { in: team });
    await room.pass(5_000);
    const link = fromBot(ada.visibleMessages(team)).flatMap(({ buttons }) => buttons)[0]?.url ?? "";
    ada.start(new URL(link).searchParams.get("start") ?? "");
    await room.pass(5_000);
    ada.send("voice", fixture("tone.ogg"), { duration: 5 });
    await room.pass(5_000);
    expect(texts(ada.visibleMessages()).join("\n")).not.toContain("only for people");
    ada.write("/image a fox");
    await room.pass(5_000);
    expect(texts(ada.visibleMessages()).at(-1)).toContain("only for people");
  });

  for (const how of ["leaves the message out", "shows nothing of the message"] as const) {
    test(`decides about a press there even if Telegram ${how}`, async () => {
      verifies("telegram.closed", "telegram.answers");
      await using room = await openTelegramRoom();
      await room.open();
      const ada = room.platform.person("Ada");
      const team = room.platform.addGroup("Team", [ada], { forum: true });
      const topic = room.platform.addTopic(team, "clips");
      await room.letIn(team.id);
      ada.write("/image a fox", { in: team, threadId: topic });
      await finished(room);
      if (how === "leaves the message out") {
        room.platform.bot.callbackQueryMode = "inline";
      }
      const inaccessible = how !== "leaves the message out";
      const result = last(ada.visibleMessages(team));
      ada.press(result, result.buttons.find(({ label }) => /again/i.test(label))!.label, { inaccessible });
      await finished(room);
      expect(room.installation.jobs()).toHaveLength(2);
      const shown = fromBot(ada.visibleMessages(team));
      expect(shown.filter(({ kind }) => kind === "photo").map(({ threadId }) => threadId)).toEqual([topic, topic]);
      expect(fromBot(ada.visibleMessages())).toEqual([]);
    });

    test(`hears the press in a dialogue there even if Telegram ${how}`, async () => {
      verifies("telegram.dialogue");
      await using room = await openTelegramRoom();
      await room.open();
      const ada = room.platform.person("Ada");
      const team = room.platform.addGroup("Team", [ada], { forum: true });
      const topic = room.platform.addTopic(team, "clips");
      await room.letIn(team.id);
      ada.write("/image a fox", { in: team, threadId: topic });
      await finished(room);
      const result = last(ada.visibleMessages(team));
      ada.press(result, result.buttons.find(({ label }) => /change/i.test(label))!.label);
      await room.pass(10_000);
      if (how === "leaves the message out") {
        room.platform.bot.callbackQueryMode = "inline";
      }
      ada.press(last(ada.visibleMessages(team)), "Go", { inaccessible: how !== "leaves the message out" });
      await finished(room);
      expect(room.installation.jobs()).toHaveLength(2);
    });
  }

  test("says nothing about a member's own chat", async () => {
    verifies("telegram.closed");
    await using room = await openTelegramRoom({ bot: { callbackQueryMode: "inline" } });
    await room.open();
    const [ada, eve] = [await room.member("Ada"), room.platform.person("Eve")];
    const team = room.platform.addGroup("Team", [ada, eve]);
    ada.write("/image a fox", { in: team });
    await finished(room);
    const result = last(eve.visibleMessages(team));
    const press = eve.press(result, result.buttons[0]!.label);
    await room.pass(5_000);
    expect([press.answer?.text, room.installation.jobs().length]).toEqual([
      expect.stringContaining("only for people"),
      1,
    ]);
  });
});
