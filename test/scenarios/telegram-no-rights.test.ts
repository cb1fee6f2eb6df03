import { describe, expect, test, vi } from "vitest";
import type { MessageView } from "../fakes/telegram/message-view.ts";
import type { Person } from "../fakes/telegram/person.ts";
import type { Chat } from "../fakes/telegram/world.ts";
import { everythingSent, newestJob, openTelegramRoom, shownText, type TelegramRoom } from "../telegram-room.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const finished = (room: TelegramRoom) => room.until(() => everythingSent(room), 2 * 60 * 60_000, 15_000);
const fromBot = (messages: readonly MessageView[]) => messages.filter((message) => message.fromBot);
const texts = (messages: readonly MessageView[]) => fromBot(messages).map(({ text }) => shownText(text));
const pictures = (messages: readonly MessageView[]) => fromBot(messages).filter(({ kind }) => kind === "photo");
const notice = (room: TelegramRoom) => newestJob(room).notices.at(-1);

/** They have a chat with the bot, and nothing is in it. */
function hasStarted({ user, chat }: Person): void {
  user.started = chat.messages.length === 0;
}

const closings = [
  [
    "a group where the bot may not write",
    (room: TelegramRoom, people: Person[]) => {
      const group = room.platform.addGroup("Team", people);
      room.platform.permit(group, { can_send_messages: false });
      return { group, threadId: undefined };
    },
  ],
  [
    "a closed topic",
    (room: TelegramRoom, people: Person[]) => {
      const group = room.platform.addGroup("Team", people, { forum: true });
      return { group, threadId: room.platform.addTopic(group, "clips") };
    },
  ],
] as const;

describe.each(closings)("in %s", (_where, create) => {
  async function open(started: boolean) {
    const room = await openTelegramRoom();
    const process = await room.open();
    const ada = await room.member("Ada");
    if (started) {
      hasStarted(ada);
    }
    const { group, threadId } = create(room, [ada]);
    const ask = async (text: string, person = ada) => {
      person.write(text, { in: group, threadId });
      if (threadId !== undefined) {
        room.platform.closeTopic(group, threadId);
      }
      await room.pass(5_000);
      if (threadId !== undefined) {
        room.platform.closeTopic(group, threadId, false);
      }
    };
    return { room, process, ada, group, ask, [Symbol.asyncDispose]: () => room[Symbol.asyncDispose]() };
  }

  test("a request is answered in its sender's own chat, after a sentence that says why", async () => {
    verifies("telegram.no-rights", "telegram.ladder");
    await using one = await open(true);
    await one.ask("/image a fox");
    await finished(one.room);
    const shown = fromBot(one.ada.visibleMessages());
    expect(shown.map(({ kind }) => kind)).toEqual(["text", "photo"]);
    expect(shownText(shown[0]!.text)).toContain("I am not allowed to write in Team");
    expect(fromBot(one.ada.visibleMessages(one.group))).toEqual([]);
    expect(one.room.installation.jobs()).toHaveLength(1);
  });

  test("so are help, a mistake, a question for an input and a stranger's refusal", async () => {
    verifies("telegram.no-rights");
    await using one = await open(true);
    await one.ask("/help");
    await one.ask("/nonsense@toolcast_bot");
    await one.ask("/image");
    expect(texts(one.ada.visibleMessages())).toEqual(
      ["Hello", "do not know", "Prompt"].flatMap((words) => [
        expect.stringContaining("I am not allowed to write in"),
        expect.stringContaining(words),
      ]),
    );
    one.ada.write("a fox");
    await finished(one.room);
    expect(one.room.installation.jobs().map(({ input }) => input.prompt)).toEqual(["a fox"]);
    const eve = one.room.platform.person("Eve");
    one.room.platform.setMember(one.group, eve, "member");
    hasStarted(eve);
    await one.ask("/image a fox", eve);
    expect(texts(eve.visibleMessages()).at(-1)).toContain("only for people");
  });

  test("a request of somebody without a chat is kept, and offered when they write to the bot", async () => {
    verifies("telegram.no-rights", "telegram.ladder");
    await using one = await open(false);
    await one.ask("/image a fox");
    expect(one.room.installation.jobs()).toEqual([]);
    one.ada.start();
    await one.room.pass(5_000);
    const offer = fromBot(one.ada.visibleMessages()).at(-1)!;
    expect(shownText(offer.text)).toContain("in Team, where I am not allowed to write");
    one.ada.press(offer, "Continue here");
    await one.room.pass(5_000);
    one.ada.press(fromBot(one.ada.visibleMessages()).at(-1)!, "Go");
    await finished(one.room);
    expect(one.room.installation.jobs().map(({ input }) => input.prompt)).toEqual(["a fox"]);
    expect(pictures(one.ada.visibleMessages())).toHaveLength(1);
    one.ada.start();
    await one.room.pass(5_000);
    expect(texts(one.ada.visibleMessages()).at(-1)).toContain("Hello");
  });
});

describe("in a group where the bot may send text but no files", () => {
  async function open({ album = false, hasLinks = true } = {}) {
    const room = await openTelegramRoom();
    await room.open(hasLinks ? {} : { publicUrl: undefined });
    const ada = await room.member("Ada");
    const group: Chat = room.platform.addGroup("Team", [ada]);
    const none = Object.fromEntries(
      ["audios", "documents", "photos", "videos", "video_notes", "voice_notes", "other_messages"].map((kind) => [
        `can_send_${kind}`,
        false,
      ]),
    );
    room.platform.permit(group, none);
    const ask = () => ada.write(`/image a fox${album ? " --count 3" : ""}`, { in: group });
    return { room, ada, group, ask, [Symbol.asyncDispose]: () => room[Symbol.asyncDispose]() };
  }

  test.for([
    ["a picture", false, 1],
    ["an album", true, 3],
  ] as const)("%s is sent to its asker's own chat, and the group's message says so", async ([, album, count]) => {
    verifies("telegram.no-rights", "telegram.ladder");
    await using one = await open({ album });
    hasStarted(one.ada);
    one.ask();
    await finished(one.room);
    expect(pictures(one.ada.visibleMessages())).toHaveLength(count);
    expect(texts(one.ada.visibleMessages(one.group))).toEqual([expect.stringContaining("sent as a direct message")]);
    expect(notice(one.room)).toMatchObject({ state: "sent", rung: "direct" });
  });

  test("an album that its asker opens from there comes once, also if its text meets a flood wait", async () => {
    verifies("telegram.no-rights", "telegram.flood");
    await using one = await open({ album: true });
    hasStarted(one.ada);
    one.ask();
    await finished(one.room);
    one.room.platform.faults.next("sendMessage", { kind: "flood", seconds: 30 }, { chatId: one.ada.user.id });
    one.ada.start(newestJob(one.room).id);
    await one.room.pass(5 * 60_000);
    expect(one.room.platform.requestsTo("sendMessage").map(({ status }) => status)).toContain(429);
    expect(pictures(one.ada.visibleMessages())).toHaveLength(6);
    expect(texts(one.ada.visibleMessages()).filter((text) => text.includes("Done:"))).toHaveLength(2);
  });

  test("without such a chat the group's message has links to the files", async () => {
    verifies("telegram.no-rights", "telegram.ladder");
    await using one = await open();
    one.ask();
    await finished(one.room);
    const [shown, ...others] = fromBot(one.ada.visibleMessages(one.group));
    expect([shownText(shown!.text), others]).toEqual([
      expect.stringContaining("I am not allowed to send these files here"),
      [],
    ]);
    expect(shown!.buttons.map(({ url }) => url)).toContainEqual(expect.stringContaining("toolcast.example/links/"));
  });

  test("without such a chat and without links it is not recorded as delivered; the group's message opens one that shows it", async () => {
    verifies("telegram.no-rights", "telegram.ladder");
    await using one = await open({ hasLinks: false });
    one.ask();
    await one.room.until(() => notice(one.room)?.state === "undeliverable", 2 * 60 * 60_000, 15_000);
    const [shown, ...others] = fromBot(one.ada.visibleMessages(one.group));
    expect([shownText(shown!.text), others]).toEqual([
      expect.stringContaining("I am not allowed to send these files here"),
      [],
    ]);
    const url = shown!.buttons.find(({ label }) => label === "Open the chat")?.url ?? "";
    one.ada.start(new URL(url).searchParams.get("start") ?? "");
    await one.room.pass(5_000);
    expect(pictures(one.ada.visibleMessages())).toHaveLength(1);
  });
});
