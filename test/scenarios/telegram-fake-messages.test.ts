import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type RawCall, rawCall } from "../fakes/telegram/driven-client.ts";
import type { Person } from "../fakes/telegram/person.ts";
import { sampleMedia } from "../fakes/telegram/sample-media.ts";
import { startTelegram, type TelegramFake } from "../fakes/telegram/telegram.ts";
import { createManualClock, type ManualClock } from "../manual-clock.ts";
import { verifies } from "../verifies.ts";

let clock: ManualClock;
let telegram: TelegramFake;
let call: RawCall;
let ada: Person;

beforeEach(async () => {
  clock = createManualClock();
  telegram = await startTelegram({ clock, flood: false });
  call = rawCall(telegram);
  ada = telegram.person("Ada");
  ada.start();
});

afterEach(async () => {
  await telegram.close();
  telegram.assertNoViolations();
});

const text = (body: string, more = {}) => call("sendMessage", { chat_id: ada.id, text: body, ...more });
const refusal = async (answer: ReturnType<RawCall>) => {
  const { ok, description } = await answer;
  return ok ? "accepted" : description.replace(/^Bad Request: /, "");
};
const last = () => ada.visibleMessages().at(-1)!;

describe("texts", () => {
  test("are counted in UTF-16 units after their entities are parsed", async () => {
    verifies("built.telegram-fake");
    expect(await refusal(text("x".repeat(4096)))).toBe("accepted");
    expect(await refusal(text("x".repeat(4097)))).toBe("message is too long");
    expect(await refusal(text(`<b>${"x".repeat(4096)}</b>`, { parse_mode: "HTML" }))).toBe("accepted");
    expect(await refusal(text("🦊".repeat(2048)))).toBe("accepted");
    expect(await refusal(text("🦊".repeat(2049)))).toBe("message is too long");
    expect(await refusal(text(" \n "))).toBe("message text is empty");
    expect(await refusal(text("x", { parse_mode: "Rtf" }))).toBe("unsupported parse_mode");
  });

  test("in MarkdownV2 are parsed as tdlib parses them", async () => {
    verifies("built.telegram-fake");
    const source =
      "*bold _both_* __under__ ~gone~ ||hid||\n>quote\n[a\\.b](https://x.example/?q=1\\)) `c*` ```js\nlet x```";
    await text(source, { parse_mode: "MarkdownV2" });
    expect(last().text).toBe("bold both under gone hid\nquote\na.b c* let x");
    const entities = last().payload.entities!.map(({ type, offset, length }) => [
      type,
      last().text.slice(offset, offset + length),
    ]);
    expect(entities).toEqual([
      ["bold", "bold both"],
      ["italic", "both"],
      ["underline", "under"],
      ["strikethrough", "gone"],
      ["spoiler", "hid"],
      ["blockquote", "quote\n"],
      ["text_link", "a.b"],
      ["code", "c*"],
      ["pre", "let x"],
    ]);
    const refusals: string[] = [];
    for (const wrong of ["a-b", "*open", "é [x](http://y", "||a|", "![x](y)"]) {
      refusals.push(await refusal(text(wrong, { parse_mode: "MarkdownV2" })));
    }
    expect(refusals).toEqual([
      "can't parse entities: Character '-' is reserved and must be escaped with the preceding '\\'",
      "can't parse entities: Can't find end of Bold entity at byte offset 0",
      "can't parse entities: Can't find end of a URL at byte offset 7",
      "can't parse entities: Character '|' is reserved and must be escaped with the preceding '\\'",
      "can't parse entities: Invalid tg://emoji or tg://time URL specified",
    ]);
  });

  test("in HTML are parsed as tdlib parses them", async () => {
    verifies("built.telegram-fake");
    const html =
      '<b>a</b> &lt;i&gt; <pre><code class="language-js">x</code></pre> <a href="https://x.example">l</a> &#128522;';
    await text(html, { parse_mode: "HTML" });
    expect(last().text).toBe("a <i> x l 😊");
    expect(last().payload.entities).toEqual([
      { type: "bold", offset: 0, length: 1 },
      { type: "pre", offset: 6, length: 1, language: "js" },
      { type: "text_link", offset: 8, length: 1, url: "https://x.example" },
    ]);
    const refusals: string[] = [];
    for (const wrong of ["<script>x", "<b>x", "<b>x</i>", "é</b>", "<span>x</span>", "a <b"]) {
      refusals.push(await refusal(text(wrong, { parse_mode: "HTML" })));
    }
    expect(refusals.map((words) => words.replace("can't parse entities: ", ""))).toEqual([
      'Unsupported start tag "script" at byte offset 0',
      `Can't find end tag corresponding to start tag "b"`,
      'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"',
      "Unexpected end tag at byte offset 2",
      'Tag "span" must have class "tg-spoiler" at byte offset 0',
      "Unclosed start tag at byte offset 2",
    ]);
  });

  test("accept entities by UTF-16 offsets, and none that split a character", async () => {
    verifies("built.telegram-fake");
    const bold = (offset: number, length: number) => ({ entities: [{ type: "bold", offset, length }] });
    expect(await refusal(text("🦊 x", bold(3, 1)))).toBe("accepted");
    expect(await refusal(text("🦊 x", bold(1, 2)))).toBe(
      "entity begins in a middle of a UTF-16 symbol at byte offset 4",
    );
    expect(await refusal(text("x", bold(4, 1)))).toBe("entity begins after the end of the text at UTF-16 offset 4");
    expect(await refusal(text("xy", bold(1, 9)))).toBe(
      "entity beginning at UTF-16 offset 1 ends after the end of the text at UTF-16 offset 10",
    );
  });

  test("show which of their parts are active: foreign text is inert only within code", async () => {
    verifies("built.telegram-fake");
    const hostile = "@everyone https://evil.example/x /forget #tag a@b.example evil.com";
    await text(hostile);
    expect(last().active.map(({ type }) => type)).toEqual(["mention", "url", "bot_command", "hashtag", "email", "url"]);
    expect(last().preview).toBe("https://evil.example/x");
    await text(hostile, { entities: [{ type: "code", offset: 0, length: hostile.length }] });
    expect([last().active, last().preview]).toEqual([[], null]);
    await text("see https://good.example", { link_preview_options: { is_disabled: true } });
    expect([last().active.length, last().preview]).toEqual([1, null]);
    const blocks = [{ type: "paragraph", text: ["by ", { type: "code", text: "@x" }, " @admin_name"] }];
    await call("sendRichMessage", { chat_id: ada.id, rich_message: { blocks } });
    expect(last().active.map(({ text: shown }) => shown)).toEqual(["@admin_name"]);
  });
});

describe("keyboards", () => {
  const keyboard = (...rows: object[][]) => text("x", { reply_markup: { inline_keyboard: rows } });
  test("keep their limits", async () => {
    verifies("built.telegram-fake");
    expect(await refusal(keyboard([{ text: "a", callback_data: "é".repeat(32) }]))).toBe("accepted");
    const tooLong = `${"é".repeat(32)}x`;
    expect(await refusal(keyboard([{ text: "a", callback_data: tooLong }]))).toBe("BUTTON_DATA_INVALID");
    const unallowed = "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard";
    expect(await refusal(keyboard([{ text: "a", callback_data: "" }]))).toBe(unallowed);
    expect(await refusal(keyboard([{ text: "a", url: "nowhere" }]))).toContain("is invalid: Wrong HTTP URL");
    const nine = Array.from({ length: 9 }, () => ({ text: "a", callback_data: "a" }));
    expect(await refusal(keyboard(nine))).toBe("reply markup is too long");
    expect(await refusal(keyboard([]))).toBe("accepted");
    expect(last().buttons).toEqual([]);
    telegram.violations.splice(0);
  });

  test("have buttons that cannot be pressed, presses that are answered once, and links that open nothing", async () => {
    verifies("built.telegram-fake");
    await keyboard([
      { text: "no", disabled: {} },
      { text: "yes", callback_data: "y" },
    ]);
    expect(() => ada.press(last(), "no")).toThrow("nothing to press");
    const press = ada.press(last(), "yes");
    const answer = () => call("answerCallbackQuery", { callback_query_id: press.id, text: "done", show_alert: true });
    expect((await answer()).result).toBe(true);
    expect(press.answer).toMatchObject({ text: "done", alert: true });
    const old = "query is too old and response timeout expired or query ID is invalid";
    expect(await refusal(answer())).toBe(old);
    const late = ada.press(last(), "yes", { inaccessible: true });
    expect(telegram.updates.history.at(-1)?.callback_query?.message).toMatchObject({ date: 0 });
    await clock.advance(16 * 60_000);
    expect(await refusal(call("answerCallbackQuery", { callback_query_id: late.id }))).toBe(old);
  });
});

describe("edits and deletions", () => {
  const edit = (method: string, more: object) =>
    call(method, { chat_id: ada.id, message_id: last().id, ...more } as Record<string, unknown>);

  test("change what is there, notify nobody and refuse an edit that changes nothing", async () => {
    verifies("built.telegram-fake");
    await text("one", { reply_markup: { inline_keyboard: [[{ text: "a", callback_data: "a" }]] } });
    const rung = ada.notifications().length;
    const unmodified =
      "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message";
    const markup = { reply_markup: { inline_keyboard: [[{ text: "a", callback_data: "a" }]] } };
    expect(await refusal(edit("editMessageText", { text: "one", ...markup }))).toBe(unmodified);
    expect(await refusal(edit("editMessageText", { text: "one" }))).toBe("accepted");
    expect([last().buttons, last().edited]).toEqual([[], true]);
    expect(await refusal(edit("editMessageCaption", { caption: "x" }))).toBe(
      "there is no caption in the message to edit",
    );
    expect(ada.notifications().length).toBe(rung);
    expect(await refusal(call("editMessageText", { chat_id: ada.id, message_id: 99, text: "x" }))).toBe(
      "message to edit not found",
    );
    expect(await refusal(call("editMessageText", { chat_id: ada.id, message_id: 1, text: "x" }))).toBe(
      "message can't be edited",
    );
  });

  test("turn a text into media, and a rich message into a voice note", async () => {
    verifies("built.telegram-fake");
    await text("…");
    const media = { type: "photo", media: "attach://file", caption: "done" };
    await call("editMessageMedia", { chat_id: ada.id, message_id: last().id, media }, { file: sampleMedia.png() });
    expect([last().kind, last().text]).toEqual(["photo", "done"]);
    expect(await refusal(edit("editMessageText", { text: "x" }))).toBe("there is no text in the message to edit");
    const again = { type: "photo", media: last().files[0]!.fileId, caption: "done" };
    expect(await refusal(edit("editMessageMedia", { media: again }))).toContain("message is not modified");
    await text("…");
    const spoken = { blocks: [{ type: "voice_note", voice_note: { type: "voice_note", media: "attach://file" } }] };
    const answer = await call(
      "editMessageText",
      { chat_id: ada.id, message_id: last().id, rich_message: spoken },
      { file: sampleMedia.ogg() },
    );
    expect(answer.description).toBe("");
    expect([last().kind, last().files[0]?.kind]).toEqual(["rich", "voice"]);
  });

  test("become impossible when the message is gone, and for others' messages in private chats after 48 hours", async () => {
    verifies("built.telegram-fake");
    await text("gone");
    const { id } = last();
    expect(await refusal(call("deleteMessage", { chat_id: ada.id, message_id: id }))).toBe("accepted");
    expect(await refusal(call("deleteMessage", { chat_id: ada.id, message_id: id }))).toBe(
      "message to delete not found",
    );
    expect(await refusal(text("x", { reply_parameters: { message_id: id } }))).toBe("message to be replied not found");
    expect(await refusal(text("x", { reply_parameters: { message_id: id, allow_sending_without_reply: true } }))).toBe(
      "accepted",
    );
    await clock.advance(48 * 60 * 60_000);
    expect(await refusal(call("deleteMessage", { chat_id: ada.id, message_id: last().id }))).toBe(
      "message can't be deleted",
    );
    expect(await refusal(call("deleteMessages", { chat_id: ada.id, message_ids: [id] }))).toBe("accepted");
  });

  test("leave copies and forwards alone", async () => {
    verifies("built.telegram-fake");
    await text("original");
    const from = { chat_id: ada.id, from_chat_id: ada.id, message_id: last().id };
    expect((await call("copyMessage", from)).result).toEqual({ message_id: last().id });
    expect(last().payload.forward_origin).toBeUndefined();
    await call("forwardMessage", from);
    expect(last().payload.forward_origin).toMatchObject({ type: "user", sender_user: { id: telegram.bot.id } });
    expect(await refusal(edit("editMessageText", { text: "x" }))).toBe("message can't be edited");
    expect(await refusal(call("copyMessage", { ...from, message_id: 99 }))).toBe("message to copy not found");
  });
});

test("people who blocked the bot, are gone or never wrote to it cannot be written to", async () => {
  verifies("built.telegram-fake");
  const stranger = telegram.person("Stranger");
  telegram.addGroup("Team", [ada, stranger]);
  const to = async (id: number) => (await call("sendMessage", { chat_id: id, text: "x" })).description;
  expect(await to(stranger.id)).toBe("Forbidden: bot can't initiate conversation with a user");
  expect(await to(12_345)).toBe("Bad Request: chat not found");
  ada.block();
  expect(telegram.updates.history.at(-1)?.my_chat_member?.new_chat_member.status).toBe("kicked");
  expect(await to(ada.id)).toBe("Forbidden: bot was blocked by the user");
  ada.block(false);
  expect(await to(ada.id)).toBe("");
  telegram.deactivate(ada);
  expect(await to(ada.id)).toBe("Forbidden: user is deactivated");
});
