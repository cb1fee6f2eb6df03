import { describe, expect, test, vi } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
import { everythingSent, openTelegramRoom, shownText, type TelegramRoom } from "../telegram-room.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const finished = (room: TelegramRoom) => room.until(() => everythingSent(room), 2 * 60 * 60_000, 15_000);
const fromBot = <View extends { fromBot: boolean }>(messages: readonly View[]) =>
  messages.filter((message) => message.fromBot);
const last = <View extends { fromBot: boolean }>(messages: readonly View[]) => fromBot(messages).at(-1)!;
const inputs = ({ installation }: TelegramRoom) => installation.jobs().map(({ input }) => input);

describe("a command without what it needs", () => {
  test("asks, accepts text in private, and continues after a restart", async () => {
    verifies("telegram.dialogue");
    await using room = await openTelegramRoom();
    const process = await room.open();
    const ada = await room.member("Ada");
    ada.write("/image");
    await room.calm();
    expect(last(ada.visibleMessages()).buttons.map(({ label }) => label)).toEqual(["Cancel"]);
    await process.kill();
    await room.open();
    ada.write("a fox");
    await finished(room);
    expect(inputs(room)).toMatchObject([{ prompt: "a fox" }]);
    expect(last(ada.visibleMessages()).kind).toBe("photo");
  });

  test("accepts a file, and says what is wrong with an answer before it asks again", async () => {
    verifies("telegram.dialogue");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    ada.write("/describe");
    await room.calm();
    ada.send("photo", fixture("picture.jpg"));
    await finished(room);
    expect(room.installation.jobs().map(({ tool }) => tool)).toEqual(["describe_image"]);
    ada.write("/image");
    await room.calm();
    ada.send("photo", fixture("picture.jpg"));
    await room.pass(5_000);
    const said = fromBot(ada.visibleMessages()).map(({ text }) => shownText(text));
    expect(said.at(-2)).toContain("Text is expected here");
    ada.write("a fox");
    await finished(room);
    expect(inputs(room).at(-1)).toMatchObject({ prompt: "a fox" });
  });

  test("can be cancelled, and a press on an old question says so", async () => {
    verifies("telegram.dialogue");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    ada.write("/image");
    await room.calm();
    const question = last(ada.visibleMessages());
    ada.press(question, "Cancel");
    await room.calm();
    expect(last(ada.visibleMessages()).text).toBe("Cancelled. Nothing was started.");
    ada.write("a fox");
    await room.calm();
    expect(room.installation.jobs()).toEqual([]);
    expect(last(ada.visibleMessages()).text).toMatch(/did not understand/);
  });

  test("from several people in one group: each answers their own by replying", async () => {
    verifies("telegram.dialogue");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    const bo = await room.member("Bo");
    const team = room.platform.addGroup("Team", [ada, bo]);
    ada.write("/image", { in: team });
    bo.write("/image", { in: team });
    await room.calm();
    const [forAda, forBo] = fromBot(ada.visibleMessages(team));
    expect([forAda?.forcesReply, forBo?.forcesReply]).toEqual([true, true]);
    bo.write("a bear", { in: team, replyTo: forBo! });
    ada.write("a fox", { in: team, replyTo: forAda! });
    await finished(room);
    expect(inputs(room)).toMatchObject([{ prompt: "a bear" }, { prompt: "a fox" }]);
  });

  test("that was refused can be corrected, one input at a time, and begins when its sender says so", async () => {
    verifies("telegram.dialogue");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    ada.write("/image a fox --count 99");
    await room.calm();
    ada.press(last(ada.visibleMessages()), "Correct it");
    await room.calm();
    const overview = last(ada.visibleMessages());
    expect(overview.text).toContain("What would you like to change?");
    const count = overview.buttons.find(({ label }) => /number|count|how many/i.test(label))!;
    ada.press(overview, count.label);
    await room.calm();
    ada.write("2");
    await room.pass(5_000);
    expect(room.installation.jobs()).toEqual([]);
    ada.press(last(ada.visibleMessages()), "Go");
    await finished(room);
    expect(inputs(room)).toMatchObject([{ prompt: "a fox", count: 2 }]);
  });
});

describe("who may start work", () => {
  test("a stranger is refused, asks for access, and is admitted by an operator's button", async () => {
    verifies("telegram.closed");
    await using room = await openTelegramRoom();
    const olga = room.platform.person("Olga");
    await room.open({ policy: { operators: [`telegram:${olga.id}`] } });
    olga.start();
    const ada = room.platform.person("Ada");
    ada.write("/image a fox");
    await room.calm();
    expect(room.installation.jobs()).toEqual([]);
    const ask = ada.press(last(ada.visibleMessages()), "Ask for access");
    await room.calm();
    expect(JSON.stringify(ask.answer)).toContain("The operators have been asked.");
    ada.write("/image a fox");
    await room.pass(5_000);
    ada.press(last(ada.visibleMessages()), "Ask for access");
    await room.calm();
    const asked = fromBot(olga.visibleMessages()).filter(({ text }) => text.includes("asks for access"));
    expect(asked).toHaveLength(1);
    olga.press(asked[0]!, "Let in · 允许");
    await room.calm();
    expect(last(ada.visibleMessages()).text).toContain("You have been let in");
    ada.write("/image a fox");
    await finished(room);
    expect(last(ada.visibleMessages()).kind).toBe("photo");
  });

  test("only an operator decides, and a group that was admitted may work", async () => {
    verifies("telegram.closed");
    await using room = await openTelegramRoom();
    const olga = room.platform.person("Olga");
    await room.open({ policy: { operators: [`telegram:${olga.id}`] } });
    olga.start();
    const ada = room.platform.person("Ada");
    const team = room.platform.addGroup("Team", [ada, olga]);
    ada.write("/image a fox", { in: team });
    await room.calm();
    ada.press(last(ada.visibleMessages(team)), "Ask for access");
    await room.calm();
    olga.press(last(olga.visibleMessages()), "Let in · 允许");
    await room.calm();
    ada.write("/image a fox", { in: team });
    await finished(room);
    expect(last(ada.visibleMessages(team)).kind).toBe("photo");
    ada.write("/image a fox");
    await room.calm();
    expect(last(ada.visibleMessages()).text).toContain("only for people and chats");
  });

  test("an operator needs no grant, and while no operator is known the stranger learns their own number", async () => {
    verifies("telegram.closed");
    await using room = await openTelegramRoom();
    const olga = room.platform.person("Olga");
    await room.open({ policy: { operators: [`telegram:${olga.id}`] } });
    const ada = room.platform.person("Ada");
    ada.write("/image a fox");
    await room.calm();
    const ask = ada.press(last(ada.visibleMessages()), "Ask for access");
    await room.calm();
    expect(JSON.stringify(ask.answer)).toContain(String(ada.id));
    olga.write("/image a fox");
    await finished(room);
    expect(last(olga.visibleMessages()).kind).toBe("photo");
  });

  test("a group's administrators may be operators by their role, as long as they hold it", async () => {
    verifies("telegram.closed");
    await using room = await openTelegramRoom();
    const [ada, bo] = [room.platform.person("Ada"), room.platform.person("Bo")];
    const team = room.platform.addGroup("Team", [ada, bo]);
    await room.open({ policy: { operators: [`telegram:admins:${team.id}`] } });
    bo.write("/image a bear", { in: team });
    ada.write("/image a fox", { in: team });
    await finished(room);
    expect(inputs(room)).toMatchObject([{ prompt: "a fox" }]);
  });
});
