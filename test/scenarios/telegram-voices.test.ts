import { describe, expect, test, vi } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
import type { MessageView } from "../fakes/telegram/message-view.ts";
import type { Person } from "../fakes/telegram/person.ts";
import { everythingSent, openTelegramRoom, shownText, type TelegramRoom } from "../telegram-room.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const finished = (room: TelegramRoom) => room.until(() => everythingSent(room), 2 * 60 * 60_000, 15_000);
const fromBot = (messages: readonly MessageView[]) => messages.filter((message) => message.fromBot);
const files = (messages: readonly MessageView[]) => fromBot(messages).filter(({ kind }) => kind !== "text");
const uploads = ({ platform }: TelegramRoom) => platform.requests.flatMap((request) => request.files);

/** Gives somebody a voice, from a recording that they reply to. */
async function clone(room: TelegramRoom, person: Person): Promise<void> {
  const sample = person.send("voice", fixture("tone.ogg"), { duration: 5 });
  person.write("/clone --name Xiaolin --consent yes", { replyTo: sample });
  await finished(room);
}

async function speak(room: TelegramRoom, person: Person, output = "tone.mp3"): Promise<void> {
  room.installation.provider.nextStart("speech", {
    end: "done",
    output: { media: [{ bytes: fixture(output) }], charge: { amount: 2, unit: "points" } },
  });
  person.write("/speak Hello --voice Xiaolin");
  await finished(room);
}

describe("speech", () => {
  test("whose rich message is refused is a voice note below the first answer, which says so", async () => {
    verifies("telegram.native", "telegram.ladder");
    await using room = await openTelegramRoom({ version: "10.1" });
    await room.open();
    const ada = await room.member("Ada");
    await clone(room, ada);
    await speak(room, ada);
    expect(files(ada.visibleMessages()).map(({ kind }) => kind)).toEqual(["voice"]);
    expect(fromBot(ada.visibleMessages()).map(({ text }) => shownText(text))).toContain(
      "The result is in a message below.",
    );
    expect(room.platform.requestsTo("sendVoice")).toHaveLength(1);
  });

  test("is a recording for somebody who forbids voice messages, even where no rich message is known", async () => {
    verifies("telegram.native");
    await using room = await openTelegramRoom({ version: "10.1" });
    await room.open();
    const ada = await room.member("Ada");
    ada.start();
    room.platform.forbidVoices(ada);
    await clone(room, ada);
    await speak(room, ada);
    expect(room.platform.requestsTo("sendVoice").map(({ description }) => description)).toEqual([
      expect.stringContaining("VOICE_MESSAGES_FORBIDDEN"),
    ]);
    expect(files(ada.visibleMessages()).map(({ kind }) => kind)).toEqual(["audio"]);
  });

  test.for(["10.1", "10.5"] as const)(
    "is uploaded once and shown again by its id, and offered inline, at Bot API %s",
    async (version) => {
      verifies("telegram.uploaded-once", "telegram.elsewhere");
      await using room = await openTelegramRoom({ version, bot: { inline: true } });
      await room.open();
      const ada = await room.member("Ada");
      await clone(room, ada);
      await speak(room, ada);
      const [spoken] = files(ada.visibleMessages());
      const [id] = spoken?.files.map(({ fileId }) => fileId) ?? [];
      expect(id).toBeDefined();
      const before = uploads(room).length;
      ada.write(`/job ${room.installation.jobs().at(-1)?.id}`);
      await room.pass(5_000);
      const again = files(ada.visibleMessages()).at(-1);
      expect(again?.id).not.toBe(spoken?.id);
      expect(again?.files.map(({ fileId }) => fileId)).toEqual([id]);
      const ask = ada.askInline("");
      await room.calm();
      expect(ask.results).toMatchObject([{ type: "voice", voice_file_id: id }]);
      expect(uploads(room)).toHaveLength(before);
    },
  );
});
