import sharp from "sharp";
import { describe, expect, test, vi } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
import type { MessageView } from "../fakes/telegram/message-view.ts";
import type { Person } from "../fakes/telegram/person.ts";
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
const notice = (room: TelegramRoom) => newestJob(room).notices.at(-1);
const files = (messages: readonly MessageView[]) => fromBot(messages).filter(({ kind }) => kind !== "text");

describe("in the conversation", () => {
  test("a 40-minute job in a topic shows progress and becomes the result there", async () => {
    verifies("telegram.answers", "telegram.ladder");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    const team = room.platform.addGroup("Team", [ada], { forum: true });
    const topic = room.platform.addTopic(team, "clips");
    slowStart(room, "image", 40);
    ada.write("/image a fox", { in: team, threadId: topic });
    await room.pass(20 * 60_000, 15_000);
    expect(shownText(last(ada.visibleMessages(team)).text)).toMatch(/▰.*[45]\d %/);
    await finished(room);
    expect(fromBot(ada.visibleMessages(team)).map(({ kind, threadId }) => [kind, threadId])).toEqual([
      ["photo", topic],
      ["text", topic],
    ]);
    expect(notice(room)).toMatchObject({ state: "sent", rung: "edit" });
  });

  test.for(["is still there", "was deleted"] as const)(
    "a topic that is closed while the job runs loses no result if the first answer %s",
    async (state) => {
      verifies("telegram.ladder");
      await using room = await openTelegramRoom();
      await room.open();
      const ada = await room.member("Ada");
      ada.start();
      const team = room.platform.addGroup("Team", [ada], { forum: true });
      const topic = room.platform.addTopic(team, "clips");
      slowStart(room, "image", 5);
      ada.write("/image a fox", { in: team, threadId: topic });
      await room.pass(60_000, 10_000);
      room.platform.closeTopic(team, topic);
      if (state === "was deleted") {
        room.platform.deleteMessage(last(ada.visibleMessages(team)).message);
      }
      await finished(room);
      const [inTopic, inOwn] = [files(ada.visibleMessages(team)), files(ada.visibleMessages())];
      expect([...inTopic, ...inOwn].map(({ kind }) => kind)).toEqual(["photo"]);
      expect(inOwn).toHaveLength(state === "was deleted" ? 1 : 0);
      expect(notice(room)).toMatchObject({ state: "sent", rung: state === "was deleted" ? "direct" : "edit" });
    },
  );

  test("after a deleted first answer, the result is a reply to the command", async () => {
    verifies("telegram.ladder");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    slowStart(room, "image", 3);
    const asked = ada.write("/image a fox");
    await room.calm();
    room.platform.deleteMessage(last(ada.visibleMessages()).message);
    await finished(room);
    expect(files(ada.visibleMessages())).toMatchObject([{ kind: "photo", replyTo: asked.id }]);
    expect(notice(room)).toMatchObject({ state: "sent", rung: "post" });
  });

  test("a group that became a supergroup gets the result under its new id, and remains admitted", async () => {
    verifies("telegram.ladder", "telegram.closed");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = room.platform.person("Ada");
    const team = room.platform.addGroup("Team", [ada], { kind: "group" });
    await room.letIn(team.id);
    slowStart(room, "image", 3);
    ada.write("/image a fox", { in: team });
    await room.calm();
    const now = room.platform.migrate(team);
    await finished(room);
    expect(files(ada.visibleMessages(now))).toMatchObject([{ kind: "photo" }]);
    ada.write("/image a bear", { in: now });
    await finished(room);
    expect(files(ada.visibleMessages(now)).map(({ kind }) => kind)).toEqual(["photo", "photo"]);
    ada.write("/image a wolf");
    await room.pass(5_000);
    expect([room.installation.jobs().length, last(ada.visibleMessages()).text]).toEqual([
      2,
      expect.stringContaining("only for people and chats"),
    ]);
  });
});

describe("to the asker alone", () => {
  test("a bot that was removed delivers the result in the private chat", async () => {
    verifies("telegram.ladder");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    ada.start();
    const team = room.platform.addGroup("Team", [ada]);
    slowStart(room, "image", 3);
    ada.write("/image a fox", { in: team });
    await room.calm();
    ada.removeBot(team);
    await finished(room);
    expect(files(ada.visibleMessages())).toMatchObject([{ kind: "photo" }]);
    expect(notice(room)).toMatchObject({ state: "sent", rung: "direct" });
  });

  test("a bot that was blocked keeps the result, with the reason", async () => {
    verifies("telegram.ladder");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    slowStart(room, "image", 3);
    ada.write("/image a fox");
    await room.calm();
    ada.block();
    await room.until(() => notice(room)?.state === "undeliverable", 2 * 60 * 60_000, 15_000);
    expect(notice(room)?.trouble).toMatch(/blocked/);
    ada.block(false);
    ada.write(`/job ${newestJob(room).id}`);
    await room.pass(10_000);
    const story = fromBot(ada.visibleMessages())
      .slice(-2)
      .map(({ text }) => shownText(text));
    expect(story.join("\n")).toMatch(/blocked/);
  });

  test("a private answer requested in a group comes in the private chat, by a link that works once for the asker", async () => {
    verifies("telegram.private", "telegram.deep-link");
    await using room = await openTelegramRoom({ version: "10.1" });
    const [olga, eve] = [room.platform.person("Olga"), room.platform.person("Eve")];
    await room.open({ policy: { operators: [`telegram:${olga.id}`] } });
    const team = room.platform.addGroup("Team", [olga]);
    olga.write("/voices", { in: team });
    await room.calm();
    const [hint, ...others] = fromBot(olga.visibleMessages(team));
    expect([hint?.text, others]).toEqual([expect.stringContaining("only for you"), []]);
    const payload = new URL(hint?.buttons[0]?.url ?? "").searchParams.get("start") ?? "";
    eve.start(payload);
    olga.start(payload);
    olga.start(payload);
    await room.calm();
    const [voices, hello, ...more] = fromBot(olga.visibleMessages()).map(({ text }) => text);
    expect([voices, hello, more]).toEqual([expect.not.stringContaining("Hello"), expect.stringContaining("Hello"), []]);
    expect(fromBot(eve.visibleMessages()).map(({ text }) => text)).toEqual([expect.stringContaining("Hello")]);
    olga.write("/voices", { in: team });
    await room.pass(5_000);
    expect(fromBot(olga.visibleMessages(team))).toHaveLength(1);
    expect(fromBot(olga.visibleMessages())).toHaveLength(3);
  });

  test.for([
    ["asks for more", "/clone", "Recording"],
    ["is wrong", "/cancel nothing", "nothing"],
  ] as const)(
    "a private command in a group that %s is continued in a private chat that did not exist",
    async ([, command, asked]) => {
      verifies("telegram.deep-link");
      await using room = await openTelegramRoom({ version: "10.1" });
      await room.open();
      const ada = await room.member("Ada");
      const team = room.platform.addGroup("Team", [ada]);
      ada.write(command, { in: team });
      await room.pass(5_000);
      const [hint, ...others] = fromBot(ada.visibleMessages(team));
      expect([hint?.text, others]).toEqual([expect.stringContaining("only for you"), []]);
      ada.start(new URL(hint?.buttons[0]?.url ?? "").searchParams.get("start") ?? "");
      await room.pass(5_000);
      expect(fromBot(ada.visibleMessages()).map(({ text }) => shownText(text))).toEqual([
        expect.stringContaining(asked),
      ]);
    },
  );
});

describe("as Telegram shows it", () => {
  /** Gives somebody a voice, from a recording that they reply to. */
  async function speaking(room: TelegramRoom, person: Person, output: string): Promise<void> {
    const sample = person.send("voice", fixture("tone.ogg"), { duration: 5 });
    person.write("/clone --name Xiaolin --consent yes", { replyTo: sample });
    await finished(room);
    room.installation.provider.nextStart("speech", {
      end: "done",
      output: { media: [{ bytes: fixture(output) }], charge: { amount: 2, unit: "points" } },
    });
    person.write("/speak Hello --voice Xiaolin");
    await finished(room);
  }

  test("a voice note is cloned and spoken back in the first answer", async () => {
    verifies("telegram.native", "telegram.replies");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    await speaking(room, ada, "tone.mp3");
    const spoken = files(ada.visibleMessages());
    expect(spoken.map(({ kind }) => kind)).toEqual(["rich"]);
    expect(spoken[0]?.edited).toBe(true);
    expect(JSON.stringify(spoken[0]?.payload)).toContain("voice_note");
    expect(shownText(spoken[0]?.text ?? "")).toContain("Hello");
    expect(room.installation.provider.starts).toMatchObject([
      { capability: "voiceCloning" },
      { capability: "speech", request: { text: "Hello", speakerId: "speaker-1" } },
    ]);
  });

  test("if voices are forbidden it is a recording, and anything that is no voice is a file", async () => {
    verifies("telegram.native");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    ada.start();
    room.platform.forbidVoices(ada);
    await speaking(room, ada, "tone.mp3");
    expect(files(ada.visibleMessages()).map(({ kind }) => kind)).toEqual(["audio"]);
    const bo = await room.member("Bo");
    await speaking(room, bo, "tone.wav");
    expect(files(bo.visibleMessages()).map(({ kind }) => kind)).toEqual(["document"]);
  });

  test("a moving picture becomes an animation in the first answer", async () => {
    verifies("telegram.native");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    room.installation.provider.nextStart("image", {
      end: "done",
      output: {
        media: [{ bytes: await sharp(fixture("picture.png")).gif().toBuffer() }],
        charge: { amount: 2, unit: "points" },
      },
    });
    ada.write("/image a fox");
    await finished(room);
    expect(files(ada.visibleMessages()).map(({ kind }) => kind)).toEqual(["animation"]);
    expect(room.platform.requestsTo("editMessageMedia").map(({ status }) => status)).toEqual([200]);
    expect(room.platform.requestsTo("sendAnimation")).toEqual([]);
  });

  test("several pictures are an album, with their text and buttons below", async () => {
    verifies("telegram.native");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    ada.write("/image a fox --count 3");
    await finished(room);
    const shown = fromBot(ada.visibleMessages());
    const album = shown.filter(({ mediaGroupId }) => mediaGroupId !== null);
    expect(album.map(({ kind }) => kind)).toEqual(["photo", "photo", "photo"]);
    expect(shownText(shown[0]!.text)).toBe("The result is in a message below.");
    expect(last(shown).buttons.length).toBeGreaterThan(0);
  });

  test("foreign text mentions nobody and becomes nothing that can be tapped", async () => {
    verifies("telegram.inert");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    ada.write("/image @everyone_here see https://evil.example/x or evil.com #now /start $AAPL bob@evil.com");
    await room.calm();
    await finished(room);
    const shown = fromBot(ada.visibleMessages());
    expect(shown.flatMap(({ active }) => active)).toEqual([]);
    expect(shown.map(({ preview }) => preview)).toEqual(shown.map(() => null));
    expect(shownText(shown[0]!.text)).toContain("@everyone_here");
  });
});
