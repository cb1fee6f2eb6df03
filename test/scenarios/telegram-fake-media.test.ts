import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type RawCall, rawCall } from "../fakes/telegram/driven-client.ts";
import type { WebFile } from "../fakes/telegram/files.ts";
import type { Person } from "../fakes/telegram/person.ts";
import { sampleMedia } from "../fakes/telegram/sample-media.ts";
import { startTelegram, type TelegramFake } from "../fakes/telegram/telegram.ts";
import { createManualClock, type ManualClock } from "../manual-clock.ts";
import { verifies } from "../verifies.ts";

const mebibyte = 1024 * 1024;
let clock: ManualClock;
let telegram: TelegramFake;
let call: RawCall;
let ada: Person;
let web: Record<string, WebFile>;

beforeEach(async () => {
  clock = createManualClock();
  web = {};
  telegram = await startTelegram({ clock, flood: false, web: (url) => web[url] ?? null });
  call = rawCall(telegram);
  ada = telegram.person("Ada");
  ada.start();
});

afterEach(async () => {
  await telegram.close();
  telegram.assertNoViolations();
});

const last = () => ada.visibleMessages().at(-1)!;
const upload = (method: string, field: string, bytes: Uint8Array, more = {}) =>
  call(method, { chat_id: ada.id, ...more }, { [field]: bytes });
const refusal = async (answer: ReturnType<RawCall>) => {
  const { ok, description } = await answer;
  return ok ? "accepted" : description.replace(/^Bad Request: /, "");
};

describe("photos", () => {
  test("keep their size, sides and ratio", async () => {
    verifies("built.telegram-fake");
    expect(await refusal(upload("sendPhoto", "photo", sampleMedia.png(5_000, 5_000)))).toBe("accepted");
    expect(await refusal(upload("sendPhoto", "photo", sampleMedia.png(5_001, 5_000)))).toBe("PHOTO_INVALID_DIMENSIONS");
    expect(await refusal(upload("sendPhoto", "photo", sampleMedia.png(100, 2_001)))).toBe("PHOTO_INVALID_DIMENSIONS");
    expect(await refusal(upload("sendPhoto", "photo", sampleMedia.pdf()))).toBe("IMAGE_PROCESS_FAILED");
    expect(await refusal(upload("sendPhoto", "photo", sampleMedia.png(9, 9, 10 * mebibyte + 1)))).toBe(
      "file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes",
    );
    expect(await refusal(call("sendPhoto", { chat_id: ada.id }))).toBe("there is no photo in the request");
  });

  test("have captions of at most 1,024 units", async () => {
    verifies("built.telegram-fake");
    const captioned = (length: number) =>
      upload("sendPhoto", "photo", sampleMedia.png(), { caption: "x".repeat(length) });
    expect(await refusal(captioned(1024))).toBe("accepted");
    expect(await refusal(captioned(1025))).toBe("message caption is too long");
  });
});

describe("files", () => {
  test("of more than 50 MB are refused, and of more than 20 MB cannot be downloaded", async () => {
    verifies("built.telegram-fake");
    const large = await upload("sendDocument", "document", new Uint8Array(50 * mebibyte + 1));
    expect([large.status, large.description]).toEqual([413, "Request Entity Too Large"]);
    const sent = ada.send("document", sampleMedia.pdf(), { size: 20 * mebibyte + 1 });
    const heavy = sent.content.kind === "media" ? sent.content.file.fileId : "";
    expect(await refusal(call("getFile", { file_id: heavy }))).toBe("file is too big");
    expect(await refusal(call("getFile", { file_id: "nonsense" }))).toBe(
      "wrong file_id or the file is temporarily unavailable",
    );
  });

  test("are fetched by a path with the token, for an hour", async () => {
    verifies("built.telegram-fake");
    await upload("sendDocument", "document", sampleMedia.pdf(300));
    const { file_path: path } = (await call("getFile", { file_id: last().files[0]!.fileId })).result as {
      file_path: string;
    };
    const fetched = (token: string) => fetch(`${telegram.apiRoot}/file/bot${token}/${path}`);
    expect((await (await fetched(telegram.token)).arrayBuffer()).byteLength).toBe(300);
    expect((await fetched("7000000001:other")).status).toBe(401);
    await clock.advance(60 * 60_000);
    expect((await fetched(telegram.token)).status).toBe(404);
  });

  test("are sent again by their id, with the same type", async () => {
    verifies("built.telegram-fake");
    await upload("sendPhoto", "photo", sampleMedia.png());
    const [photo] = last().files;
    await call("sendPhoto", { chat_id: ada.id, photo: photo!.fileId });
    expect(last().files[0]).toBe(photo);
    expect(await refusal(call("sendVoice", { chat_id: ada.id, voice: photo!.fileId }))).toBe(
      "can't use file of type Photo as VoiceNote",
    );
    expect(await refusal(call("sendPhoto", { chat_id: ada.id, photo: "AgACnothing" }))).toBe(
      "wrong file identifier/HTTP URL specified",
    );
  });

  test("sent by address have other limits", async () => {
    verifies("built.telegram-fake");
    web["https://x.example/a.png"] = { bytes: sampleMedia.png(), mimeType: "image/png" };
    web["https://x.example/big.png"] = { bytes: sampleMedia.png(9, 9, 5 * mebibyte + 1), mimeType: "image/png" };
    web["https://x.example/a.wav"] = { bytes: sampleMedia.wav(), mimeType: "audio/x-wav" };
    web["https://x.example/a.ogg"] = { bytes: sampleMedia.ogg(mebibyte + 1), mimeType: "audio/ogg" };
    const photo = (name: string) => call("sendPhoto", { chat_id: ada.id, photo: `https://x.example/${name}` });
    expect(await refusal(photo("a.png"))).toBe("accepted");
    expect(await refusal(photo("big.png"))).toBe("failed to get HTTP URL content");
    expect(await refusal(photo("none.png"))).toBe("failed to get HTTP URL content");
    expect(await refusal(photo("a.wav"))).toBe("wrong type of the web page content");
    const document = { chat_id: ada.id, document: "https://x.example/a.png" };
    expect(await refusal(call("sendDocument", document))).toBe("wrong type of the web page content");
    await call("sendVoice", { chat_id: ada.id, voice: "https://x.example/a.ogg" });
    expect(last().kind).toBe("document");
  });
});

test("voices are OGG with Opus, MP3 or M4A: anything else becomes a file", async () => {
  verifies("built.telegram-fake");
  const kinds: string[] = [];
  for (const bytes of [sampleMedia.ogg(), sampleMedia.mp3(), sampleMedia.m4a(), sampleMedia.wav()]) {
    await upload("sendVoice", "voice", bytes, { duration: 3 });
    kinds.push(last().kind);
  }
  expect(kinds).toEqual(["voice", "voice", "voice", "document"]);
  telegram.forbidVoices(ada);
  expect(await refusal(upload("sendVoice", "voice", sampleMedia.ogg()))).toBe("VOICE_MESSAGES_FORBIDDEN");
  expect(await refusal(upload("sendAudio", "audio", sampleMedia.mp3()))).toBe("accepted");
  expect(last().kind).toBe("audio");
});

describe("albums", () => {
  const album = (media: object[], files: Record<string, Uint8Array> = {}) =>
    call("sendMediaGroup", { chat_id: ada.id, media }, files);
  test("have two to ten items of compatible kinds, each a message", async () => {
    verifies("built.telegram-fake");
    const files = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`f${index}`, sampleMedia.png()]));
    const firstTen = Object.fromEntries(Object.entries(files).slice(0, 10));
    const photos = Object.keys(files).map((name) => ({ type: "photo", media: `attach://${name}` }));
    expect((await album(photos.slice(0, 10), firstTen)).result).toHaveLength(10);
    expect(
      new Set(
        ada
          .visibleMessages()
          .slice(-10)
          .map(({ mediaGroupId }) => mediaGroupId),
      ).size,
    ).toBe(1);
    expect(await refusal(album(photos, files))).toBe("too many messages to send as an album");
    expect((await album(photos.slice(0, 1), files)).ok).toBe(false);
    const mixed = [photos[0]!, { type: "audio", media: "attach://sound" }];
    const unlike = "can't use the media of the specified type in the album";
    expect(await refusal(album(mixed, { f0: sampleMedia.png(), sound: sampleMedia.mp3() }))).toBe(unlike);
    const { id } = last();
    const document = { type: "document", media: "attach://doc" };
    const turned = call(
      "editMessageMedia",
      { chat_id: ada.id, message_id: id, media: document },
      { doc: sampleMedia.pdf() },
    );
    expect(await refusal(turned)).toBe(unlike);
  });
});

test("a local server accepts more, and answers getFile with a path on its disk", async () => {
  verifies("built.telegram-fake");
  const folder = await mkdtemp(join(tmpdir(), "telegram-local-"));
  const local = await startTelegram({ clock, flood: false, local: { folder } });
  const localCall = rawCall(local);
  const bo = local.person("Bo");
  const sent = bo.send("document", sampleMedia.pdf(99), { size: 21 * mebibyte });
  const id = sent.content.kind === "media" ? sent.content.file.fileId : "";
  const { file_path: path } = (await localCall("getFile", { file_id: id })).result as { file_path: string };
  expect(path.startsWith(folder)).toBe(true);
  expect((await readFile(path)).byteLength).toBe(99);
  const big = await localCall("sendDocument", { chat_id: bo.id }, { document: new Uint8Array(50 * mebibyte + 1) });
  expect(big.ok).toBe(true);
  await local.close();
  await rm(folder, { recursive: true });
  local.assertNoViolations();
});
