import { describe, expect, test, vi } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
import type { MessageView } from "../fakes/telegram/message-view.ts";
import { everythingSent, newestJob, openTelegramRoom, shownText, type TelegramRoom } from "../telegram-room.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const finished = (room: TelegramRoom) => room.until(() => everythingSent(room), 2 * 60 * 60_000, 15_000);
const fromBot = (messages: readonly MessageView[]) => messages.filter((message) => message.fromBot);
const agreeable = (messages: readonly MessageView[]) =>
  fromBot(messages).findLast(({ buttons }) => buttons.some(({ label }) => label === "Agree"))!;
const texts = (messages: readonly MessageView[]) => fromBot(messages).map(({ text }) => shownText(text));
const asking = { policy: { operators: [], askAbove: 0 } };

/** Work that Ada asked for in a group that was let in; it waits until she agrees to the price. */
async function open() {
  const room = await openTelegramRoom();
  const process = await room.open(asking);
  await process.telegram.register();
  const [ada, bo] = [room.platform.person("Ada"), room.platform.person("Bo")];
  const team = room.platform.addGroup("Team", [ada, bo]);
  await room.letIn(team.id);
  ada.write("/image a fox", { in: team });
  await room.pass(5_000);
  const { provider } = room.installation;
  const phase = () => newestJob(room).state.phase;
  const question = () => agreeable(ada.visibleMessages(team));
  return {
    ...{ room, process, ada, bo, team, provider, phase, question },
    [Symbol.asyncDispose]: () => room[Symbol.asyncDispose](),
  };
}

describe("work that waits for agreement in a group", () => {
  test("starts once when its asker agrees, and its result is there for all", async () => {
    verifies("telegram.closed", "telegram.answers");
    await using scene = await open();
    const { room, ada, bo, team, provider, question } = scene;
    expect([provider.starts.length, scene.phase()]).toEqual([0, "held"]);
    const asked = question();
    ada.press(asked, "Agree");
    ada.press(asked, "Agree");
    await finished(room);
    expect(provider.starts).toHaveLength(1);
    expect(fromBot(bo.visibleMessages(team)).filter(({ kind }) => kind === "photo")).toHaveLength(1);
  });

  test("is not for another member to agree to, nor for a stranger", async () => {
    verifies("telegram.closed");
    await using scene = await open();
    const { room, ada, bo, team, provider, question } = scene;
    const byBo = bo.press(question(), "Agree");
    await room.pass(5_000);
    expect(byBo.answer?.text).toContain("Only the person who asked");
    await room.shutOut(team.id);
    await room.letIn(ada.id);
    const byStranger = bo.press(question(), "Agree");
    await room.pass(5_000);
    expect(byStranger.answer?.text).toContain("only for people and chats");
    expect([provider.starts.length, scene.phase()]).toEqual([0, "held"]);
  });

  test("does not start once the group's access has ended", async () => {
    verifies("telegram.closed");
    await using scene = await open();
    const { room, ada, team, provider, question } = scene;
    await room.shutOut(team.id);
    const press = ada.press(question(), "Agree");
    await room.pass(10_000);
    expect(press.answer?.text).toContain("only for people and chats");
    expect([provider.starts.length, scene.phase()]).toEqual([0, "held"]);
  });

  test("does not start by an agreement from hours ago, which can be repeated", async () => {
    verifies("telegram.closed", "telegram.late");
    await using scene = await open();
    const { room, process, ada, team, provider, question } = scene;
    await room.pass(60_000, 10_000);
    await process.kill();
    ada.press(question(), "Agree");
    await room.clock.advance(3 * 60 * 60_000);
    await room.open(asking);
    await room.pass(20_000);
    expect([provider.starts.length, scene.phase()]).toEqual([0, "held"]);
    expect(texts(ada.visibleMessages(team)).at(-1)).toContain("Nothing was started");
    await room.pass(60_000, 10_000);
    ada.press(question(), "Agree");
    await finished(room);
    expect(provider.starts).toHaveLength(1);
  });
});

describe("a result never rests on a message for one member alone", () => {
  test("neither if its job is agreed to in such a message", async () => {
    verifies("telegram.alone", "telegram.private");
    await using scene = await open();
    const { room, ada, bo, team, provider } = scene;
    ada.start();
    ada.addBot(team, "administrator");
    ada.write(`/job ${newestJob(room).id}`, { in: team });
    await room.pass(5_000);
    const shown = agreeable(ada.visibleMessages(team).filter(({ ephemeral }) => ephemeral));
    ada.press(shown, "Agree");
    await finished(room);
    expect(provider.starts).toHaveLength(1);
    const results = fromBot(bo.visibleMessages(team)).filter(({ kind }) => kind === "photo");
    expect(results.map(({ ephemeral }) => ephemeral)).toEqual([false]);
  });

  test("nor if it is private and the bot is an administrator, who may show it so at any time", async () => {
    verifies("telegram.alone", "telegram.private");
    await using scene = await open();
    const { room, ada, bo, team, provider } = scene;
    ada.start();
    ada.addBot(team, "administrator");
    const before = fromBot(bo.visibleMessages(team)).length;
    const sample = ada.send("voice", fixture("tone.ogg"), { in: team, duration: 5 });
    ada.write("/clone --name Xiaolin --consent yes", { in: team, replyTo: sample });
    await room.pass(10_000);
    ada.press(agreeable(ada.visibleMessages()), "Agree");
    await room.until(() => newestJob(room).notices.some(({ state }) => state === "sent"), 10 * 60_000);
    expect(provider.starts.map(({ capability }) => capability)).toEqual(["voiceCloning"]);
    expect(texts(ada.visibleMessages()).join("\n")).toContain("Done: Clone a voice");
    expect(ada.visibleMessages(team).filter(({ ephemeral, fromBot }) => ephemeral && fromBot)).toEqual([]);
    expect(fromBot(bo.visibleMessages(team))).toHaveLength(before);
  });
});
