import { describe, expect, test, vi } from "vitest";
import type { BotApiVersion } from "../fakes/telegram/api-versions.ts";
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
const texts = (messages: readonly MessageView[]) => fromBot(messages).map(({ text }) => shownText(text));

/** Two members of a group whose clients know the bot's commands; neither has written to the bot. */
async function group(version?: BotApiVersion) {
  const room = await openTelegramRoom(version === undefined ? {} : { version });
  const process = await room.open();
  await process.telegram.register();
  const [ada, bo] = [await room.member("Ada"), await room.member("Bo")];
  const team = room.platform.addGroup("Team", [ada, bo]);
  return { room, process, ada, bo, team, [Symbol.asyncDispose]: () => room[Symbol.asyncDispose]() };
}

describe("a private question in a group", () => {
  test.for(["10.3", "10.5"] as const)(
    "is seen and answered there by its asker alone, at Bot API %s",
    async (version) => {
      verifies("telegram.alone");
      await using scene = await group(version);
      const { room, ada, bo, team } = scene;
      ada.write("/voices", { in: team });
      await room.calm();
      expect(texts(ada.visibleMessages(team))).toEqual([expect.stringContaining("voice")]);
      expect(ada.visibleMessages(team).every(({ ephemeral }) => ephemeral)).toBe(true);
      expect(bo.visibleMessages(team)).toEqual([]);
    },
  );

  test("at a server that cannot do that is answered by a link to the private chat", async () => {
    verifies("telegram.alone", "telegram.deep-link");
    await using scene = await group("10.1");
    const { room, ada, bo, team } = scene;
    ada.write("/voices", { in: team });
    await room.pass(5_000);
    expect(texts(bo.visibleMessages(team))).toEqual([expect.stringContaining("only for you")]);
    ada.start(new URL(fromBot(ada.visibleMessages(team))[0]?.buttons[0]?.url ?? "").searchParams.get("start") ?? "");
    await room.pass(5_000);
    expect(texts(ada.visibleMessages())).toEqual([expect.stringContaining("voice")]);
  });

  test("that comes too late to be answered there is answered in the private chat", async () => {
    verifies("telegram.alone");
    await using scene = await group();
    const { room, process, ada, bo, team } = scene;
    ada.start();
    await room.pass(5_000);
    await process.kill();
    ada.write("/voices", { in: team });
    await room.clock.advance(20_000);
    await room.open();
    await room.pass(5_000);
    expect([texts(ada.visibleMessages(team)), texts(bo.visibleMessages(team))]).toEqual([[], []]);
    expect(texts(ada.visibleMessages()).at(-1)).toContain("voice");
  });

  test("asked in sight of all is answered alone by a bot that is administrator", async () => {
    verifies("telegram.alone");
    await using room = await openTelegramRoom();
    await room.open();
    const [ada, bo] = [await room.member("Ada"), await room.member("Bo")];
    const team = room.platform.addGroup("Team", [ada, bo]);
    ada.addBot(team, "administrator");
    ada.write("/voices", { in: team });
    await room.pass(5_000);
    expect(texts(ada.visibleMessages(team))).toEqual([expect.stringContaining("voice")]);
    expect(texts(bo.visibleMessages(team))).toEqual([]);
  });

  test("that is wrong is answered alone, too", async () => {
    verifies("telegram.alone");
    await using scene = await group();
    const { room, ada, bo, team } = scene;
    ada.write("/voices --nonsense 5", { in: team });
    await room.pass(5_000);
    expect(texts(ada.visibleMessages(team))).toEqual([expect.stringContaining("nonsense")]);
    expect(bo.visibleMessages(team)).toEqual([]);
  });
});

describe("a private command that changes something, in a group", () => {
  test("is seen by nobody else, and continued in the private chat by a link that only its asker sees", async () => {
    verifies("telegram.alone", "telegram.deep-link");
    await using scene = await group();
    const { room, ada, bo, team } = scene;
    ada.write("/forget", { in: team });
    await room.pass(5_000);
    const [asked, ...hints] = ada.visibleMessages(team);
    expect([asked?.ephemeral, hints.map(({ ephemeral, text }) => [ephemeral, text])]).toEqual([
      true,
      [[true, expect.stringContaining("only for you")]],
    ]);
    expect(bo.visibleMessages(team)).toEqual([]);
    ada.start(new URL(hints[0]?.buttons[0]?.url ?? "").searchParams.get("start") ?? "");
    await room.pass(5_000);
    expect(fromBot(ada.visibleMessages())).toHaveLength(1);
    expect(texts(ada.visibleMessages())[0]).not.toContain("Hello");
  });
});

describe("an operator's command in a group", () => {
  test("is offered to them alone there, and then neither it nor its answer is seen by the others", async () => {
    verifies("telegram.alone", "telegram.commands");
    await using room = await openTelegramRoom();
    const [olga, bo] = [room.platform.person("Olga"), room.platform.person("Bo")];
    const operators = [`telegram:${olga.id}`];
    const first = await room.open({ policy: { operators } });
    await first.telegram.register();
    const team = room.platform.addGroup("Team", [bo, olga]);
    olga.start();
    await room.pass(5_000);
    olga.write("/jobs", { in: team });
    bo.write("/jobs", { in: team });
    await room.pass(5_000);
    const offered = (person: typeof olga) => room.platform.commandsFor(person, team).map(({ command }) => command);
    expect([offered(olga), offered(bo)]).toEqual([
      expect.arrayContaining(["balance", "bills"]),
      expect.not.arrayContaining(["balance"]),
    ]);
    const before = bo.visibleMessages(team).length;
    olga.write("/balance", { in: team });
    await room.pass(5_000);
    expect(texts(olga.visibleMessages(team)).at(-1)).toContain("Balance");
    expect(olga.visibleMessages(team).at(-1)?.ephemeral).toBe(true);
    expect(bo.visibleMessages(team)).toHaveLength(before);
    const sent = room.platform.requestsTo("setMyCommands").length;
    await first.telegram.register();
    expect(room.platform.requestsTo("setMyCommands")).toHaveLength(sent);
    await first.kill();
    const next = await room.open();
    await next.telegram.register();
    expect(offered(olga)).not.toContain("balance");
  });
});

describe("buttons below an answer for one member alone", () => {
  test("change that answer and show nothing to the others", async () => {
    verifies("telegram.alone", "telegram.private");
    await using scene = await group();
    const { room, ada, bo, team } = scene;
    await room.letIn(team.id);
    slowStart(room, "image", 30);
    ada.write("/image a fox", { in: team });
    await room.pass(30_000);
    const before = texts(bo.visibleMessages(team)).length;
    const { id } = newestJob(room);
    ada.write(`/job ${id}`, { in: team });
    await room.pass(5_000);
    const answer = () => fromBot(ada.visibleMessages(team)).find(({ ephemeral }) => ephemeral)!;
    expect(answer().buttons.length).toBeGreaterThan(0);
    const shown = shownText(answer().text);
    const { label } = answer().buttons.find((button) => /cancel/i.test(button.label))!;
    ada.press(answer(), label);
    await room.pass(20_000);
    expect(newestJob(room).cancelWish !== undefined || newestJob(room).state.phase === "cancelled").toBe(true);
    expect(shownText(answer().text)).not.toBe(shown);
    expect(answer().buttons.map((button) => button.label)).not.toContain(label);
    expect(texts(bo.visibleMessages(team))).toHaveLength(before);
  });

  test("show files in the private chat, or none while there is no such chat", async () => {
    verifies("telegram.alone");
    await using scene = await group();
    const { room, ada, bo, team } = scene;
    ada.write("/image a fox", { in: team });
    await finished(room);
    const { id } = newestJob(room);
    const before = texts(bo.visibleMessages(team));
    ada.write(`/job ${id}`, { in: team });
    await room.pass(10_000);
    const answer = () =>
      fromBot(ada.visibleMessages(team))
        .filter(({ ephemeral }) => ephemeral)
        .at(-1);
    expect(shownText(answer()?.text ?? "")).toContain("a fox");
    ada.start();
    await room.pass(5_000);
    ada.write(`/job ${id}`, { in: team });
    await room.pass(10_000);
    expect(answer()?.text).toBe("The result was sent as a direct message.");
    expect(fromBot(ada.visibleMessages()).at(-1)?.kind).toBe("photo");
    expect(texts(bo.visibleMessages(team))).toEqual(before);
  });

  test("nothing that a job delivers later rests on such a message", async () => {
    verifies("telegram.alone");
    await using scene = await group();
    const { room, ada, team } = scene;
    await room.letIn(team.id);
    slowStart(room, "image", 2);
    ada.write("/image a fox", { in: team });
    await finished(room);
    const result = fromBot(ada.visibleMessages(team)).filter(({ kind }) => kind === "photo");
    expect(result.map(({ ephemeral }) => ephemeral)).toEqual([false]);
  });
});
