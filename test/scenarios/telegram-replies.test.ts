import { describe, expect, test, vi } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
import type { MessageView } from "../fakes/telegram/message-view.ts";
import type { Person } from "../fakes/telegram/person.ts";
import { everythingSent, newestJob, openTelegramRoom, shownText, type TelegramRoom } from "../telegram-room.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const finished = (room: TelegramRoom) => room.until(() => everythingSent(room), 2 * 60 * 60_000, 15_000);
const fromBot = (messages: readonly MessageView[]) => messages.filter((message) => message.fromBot);
const last = (messages: readonly MessageView[]) => fromBot(messages).at(-1)!;
const mebibyte = 1024 * 1024;

/** Gives somebody a voice, from a recording that they reply to. */
async function clone(room: TelegramRoom, person: Person): Promise<void> {
  const sample = person.send("voice", fixture("tone.ogg"), { duration: 5 });
  person.write("/clone --name Xiaolin --consent yes", { replyTo: sample });
  await finished(room);
}

describe("a command that replies", () => {
  test("/speak to a text speaks that text", async () => {
    verifies("telegram.replies");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    const bo = await room.member("Bo");
    const team = room.platform.addGroup("Team", [ada, bo]);
    await clone(room, ada);
    const said = bo.write("The fox jumps over the dog.", { in: team });
    ada.write("/speak --voice Xiaolin", { in: team, replyTo: said });
    await finished(room);
    expect(newestJob(room)).toMatchObject({
      tool: "synthesize_speech",
      input: { text: "The fox jumps over the dog." },
    });
  });

  test("/speak to a caption speaks the caption, and text of its own has priority", async () => {
    verifies("telegram.replies");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    await clone(room, ada);
    const said = ada.send("photo", fixture("picture.jpg"), { caption: "A fox." });
    ada.write("/speak --voice Xiaolin", { replyTo: said });
    await finished(room);
    ada.write("/speak A bear. --voice Xiaolin", { replyTo: said });
    await finished(room);
    expect(room.installation.jobs().slice(1)).toMatchObject([
      { input: { text: "A fox." } },
      { input: { text: "A bear." } },
    ]);
  });

  test.for([["video"], ["video_note"], ["animation"], ["document"]] as const)(
    "/avatar to a video sent as a %s films that video",
    async ([kind]) => {
      verifies("telegram.replies");
      await using room = await openTelegramRoom();
      await room.open();
      const ada = await room.member("Ada");
      const film = ada.send(kind, fixture("avc.mp4"), { mimeType: "video/mp4", name: "me.mp4" });
      ada.write("/avatar --text Hello", { replyTo: film });
      await room.until(() => room.installation.jobs().length === 1);
      expect(newestJob(room)).toMatchObject({
        tool: "create_avatar_video",
        input: { text: "Hello", video: expect.stringMatching(/^asset_/) },
      });
    },
  );

  test("/clone to a voice note of ours uses it, though it is part of a rich message, and /explain its text", async () => {
    verifies("telegram.replies");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    await clone(room, ada);
    room.installation.provider.nextStart("speech", {
      end: "done",
      output: { media: [{ bytes: fixture("tone.mp3") }], charge: { amount: 2, unit: "points" } },
    });
    ada.write("/speak It says code 11200. --voice Xiaolin");
    await finished(room);
    const spoken = fromBot(ada.visibleMessages()).find(({ kind }) => kind === "rich")!;
    ada.write("/clone --name Xiaobai --consent yes", { replyTo: spoken });
    await finished(room);
    expect(newestJob(room)).toMatchObject({ tool: "clone_voice", input: { name: "Xiaobai" } });
    expect(newestJob(room).state.phase).toBe("succeeded");
    ada.write("/explain", { replyTo: spoken });
    await room.pass(5_000);
    expect(shownText(last(ada.visibleMessages()).text)).toMatch(/^(?!Give a code).*11200/s);
  });

  test("to an answer of ours speaks what was answered, without cost and names, and a picture of ours is no text", async () => {
    verifies("telegram.replies");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    await clone(room, ada);
    const answer = `${"It runs. ".repeat(500)}The end.`;
    room.installation.provider.nextStart("text", { end: "done", output: { media: [], text: answer } });
    ada.write("/ask What does the fox do?");
    await finished(room);
    const shown = fromBot(ada.visibleMessages()).find(({ buttons, text }) => buttons.length > 0 && /Ask/.test(text))!;
    ada.write("/speak --voice Xiaolin", { replyTo: shown });
    await finished(room);
    expect(newestJob(room)).toMatchObject({ tool: "synthesize_speech", input: { text: answer } });
    ada.write("/image a fox");
    await finished(room);
    const jobs = room.installation.jobs().length;
    ada.write("/speak --voice Xiaolin", { replyTo: last(ada.visibleMessages()) });
    await room.pass(5_000);
    expect(shownText(last(ada.visibleMessages()).text)).toContain("What is spoken");
    expect(room.installation.jobs()).toHaveLength(jobs);
  });

  test("to a message of another chat uses its file, or its text", async () => {
    verifies("telegram.replies");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    const bo = await room.member("Bo");
    const team = room.platform.addGroup("Team", [ada, bo]);
    const picture = bo.send("photo", fixture("picture.jpg"), { in: team });
    const voice = bo.send("voice", fixture("tone.ogg"), { in: team, duration: 5 });
    const text = bo.write("The fox jumps over the dog.", { in: team });
    ada.write("/describe", { replyTo: picture });
    await finished(room);
    expect(newestJob(room)).toMatchObject({
      tool: "describe_image",
      input: { image: expect.stringMatching(/^asset_/) },
    });
    ada.write("/clone --name Xiaolin --consent yes", { replyTo: voice });
    await finished(room);
    ada.write("/speak --voice Xiaolin", { replyTo: text });
    await finished(room);
    expect(newestJob(room)).toMatchObject({
      tool: "synthesize_speech",
      input: { text: "The fox jumps over the dog." },
    });
  });

  test("/explain explains the text it replies to, be it a caption or our own message, and otherwise asks for one", async () => {
    verifies("telegram.replies");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    const text = ada.write("It says code 11200, why?");
    const caption = ada.send("photo", fixture("picture.jpg"), { caption: "error 11200" });
    await room.pass(5_000);
    for (const replyTo of [text, caption]) {
      ada.write("/explain", { replyTo });
      await room.pass(5_000);
      expect(shownText(last(ada.visibleMessages()).text)).toContain("11200");
    }
    ada.write("/explain", { replyTo: last(ada.visibleMessages()) });
    await room.pass(5_000);
    expect(shownText(last(ada.visibleMessages()).text)).toContain("11200");
    // Nothing can be read from a voice message.
    ada.write("/explain", { replyTo: ada.send("voice", fixture("tone.ogg"), { duration: 5 }) });
    await room.pass(5_000);
    expect(shownText(last(ada.visibleMessages()).text)).toContain("Give a code or paste the error");
  });
});

describe("a file", () => {
  test("that is too large to be loaded is answered once, however often its update comes, and nothing is started", async () => {
    verifies("telegram.file-limits", "telegram.taken-once");
    await using room = await openTelegramRoom();
    const process = await room.open();
    const ada = await room.member("Ada");
    const size = 25 * mebibyte;
    ada.send("video", fixture("avc.mp4"), { caption: "/avatar --text Hello", size });
    await room.pass(5_000);
    const update = room.platform.updates.history.at(-1);
    await Promise.all([process.telegram.take(update), process.telegram.take(update)]);
    const film = ada.send("video", fixture("avc.mp4"), { size });
    await room.pass(5_000);
    expect(room.installation.jobs()).toEqual([]);
    const answers = () => fromBot(ada.visibleMessages()).filter(({ text }) => text.includes("at most"));
    expect(answers().map(({ text }) => shownText(text))).toEqual([expect.stringContaining("Nothing was started")]);
    ada.write("/avatar --text Hello", { replyTo: film });
    await room.pass(5_000);
    expect(answers()).toHaveLength(2);
    expect([room.installation.jobs(), room.platform.requestsTo("getFile")]).toEqual([[], []]);
  });

  test("of a picture over Telegram's limit is sent as a smaller one, with the original behind a button", async () => {
    verifies("telegram.file-limits");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    const picture = Buffer.concat([fixture("picture.jpg"), Buffer.alloc(11 * mebibyte)]);
    room.installation.provider.nextStart("image", {
      end: "done",
      output: { media: [{ bytes: picture }], charge: { amount: 2, unit: "points" } },
    });
    ada.write("/image a fox");
    await finished(room);
    const shown = last(ada.visibleMessages());
    expect([shown.kind, shown.files[0]?.mimeType]).toEqual(["photo", "image/jpeg"]);
    expect(shown.files[0]?.size).toBeLessThan(10 * mebibyte);
    expect(shown.buttons.map(({ url }) => url)).toContainEqual(
      expect.stringMatching(/^https:\/\/toolcast\.example\/links\//),
    );
  });

  test("of a film over Telegram's limit is a signed link, and nothing is uploaded", async () => {
    verifies("telegram.file-limits");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    const box = Buffer.alloc(51 * mebibyte);
    box.writeUInt32BE(box.byteLength, 0);
    box.write("free", 4);
    room.installation.provider.nextStart("avatarVideo", {
      end: "done",
      output: {
        media: [{ bytes: Buffer.concat([fixture("avc.mp4"), box]) }],
        charge: { amount: 2, unit: "points" },
      },
    });
    ada.send("video", fixture("avc.mp4"), { caption: "/avatar --text Hello" });
    await room.until(() => room.installation.jobs().length === 1);
    await finished(room);
    const shown = fromBot(ada.visibleMessages()).find(({ buttons }) => buttons.some(({ url }) => url !== null));
    expect(shown?.kind).toBe("text");
    expect(shown?.buttons.map(({ url }) => url)).toContainEqual(
      expect.stringMatching(/^https:\/\/toolcast\.example\/links\//),
    );
    expect(room.platform.requests.flatMap(({ files }) => files)).toEqual([]);
  });
});

describe("a topic of a private chat", () => {
  test("has its own questions, answers and results, and none is given for opening it", async () => {
    verifies("telegram.private-topics");
    await using room = await openTelegramRoom({ bot: { topics: true } });
    const process = await room.open();
    const ada = await room.member("Ada");
    const [foxes, bears] = [room.platform.addTopic(ada.chat, "Foxes"), room.platform.addTopic(ada.chat, "Bears")];
    ada.write("/image", { threadId: foxes });
    ada.write("/image", { threadId: bears });
    await room.pass(5_000);
    await process.kill();
    await room.open();
    ada.write("a bear", { threadId: bears });
    ada.write("a fox", { threadId: foxes });
    await finished(room);
    expect(room.installation.jobs().map(({ input }) => input.prompt)).toEqual(["a bear", "a fox"]);
    const pictures = fromBot(ada.visibleMessages()).filter(({ kind }) => kind === "photo");
    expect(pictures.map(({ threadId, text }) => [threadId, /fox|bear/.exec(shownText(text))?.[0]]).sort()).toEqual([
      [foxes, "fox"],
      [bears, "bear"],
    ]);
    expect(fromBot(ada.visibleMessages()).every(({ threadId }) => threadId !== null)).toBe(true);
  });
});
