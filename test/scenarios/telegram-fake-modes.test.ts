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
  telegram = await startTelegram({ clock, flood: false, bot: { inline: true, inlineFeedback: true, guest: true } });
  call = rawCall(telegram);
  ada = telegram.person("Ada", { languageCode: "zh-hans" });
  ada.start();
});

afterEach(async () => {
  await telegram.close();
  telegram.assertNoViolations();
});

const refusal = async (answer: ReturnType<RawCall>) => {
  const { ok, description } = await answer;
  return ok ? "accepted" : description.replace(/^Bad Request: /, "");
};
const article = (id: string, text: string, more = {}) => ({
  type: "article",
  id,
  title: id,
  input_message_content: { message_text: text },
  ...more,
});
const button = { reply_markup: { inline_keyboard: [[{ text: "More", callback_data: "more" }]] } };

describe("commands", () => {
  const image = { command: "image", description: "Makes a picture" };
  test("are kept by scope and language, and offered from the narrowest", async () => {
    verifies("built.telegram-fake");
    const group = telegram.addGroup("Team", [ada]);
    const set = (name: string, more = {}) =>
      call("setMyCommands", { commands: [{ ...image, command: name }], ...more });
    await set("everywhere");
    await set("chinese", { language_code: "zh" });
    await set("led", { scope: { type: "chat_administrators", chat_id: group.id } });
    const offered = (person: Person, chat = person.chat) =>
      telegram.commandsFor(person, chat).map(({ command }) => command);
    expect([offered(ada), offered(telegram.person("Bo")), offered(ada, group)]).toEqual([
      ["chinese"],
      ["everywhere"],
      ["led"],
    ]);
    await call("deleteMyCommands", { language_code: "zh" });
    expect(offered(ada)).toEqual(["everywhere"]);
    expect((await call("getMyCommands", { language_code: "zh" })).result).toEqual([]);
  });

  test("are all refused if one is wrong", async () => {
    verifies("built.telegram-fake");
    const set = (...commands: object[]) => refusal(call("setMyCommands", { commands }));
    await set(image);
    expect(await set(image, { ...image, command: "image-edit" })).toBe("BOT_COMMAND_INVALID");
    expect(await set({ ...image, command: "Image" })).toBe("BOT_COMMAND_INVALID");
    expect(await set({ ...image, command: "x".repeat(33) })).toBe("command length must not exceed 32");
    expect(await set({ ...image, description: "x".repeat(257) })).toBe(
      "command description length must not exceed 256",
    );
    expect(await set({ ...image, description: "" })).toBe("command description must be non-empty");
    expect(await set(...Array.from({ length: 101 }, () => image))).toBe("BOT_COMMANDS_TOO_MUCH");
    expect(await refusal(call("setMyCommands", { commands: [image], language_code: "zh-CN" }))).toBe(
      "LANG_CODE_INVALID",
    );
    expect((await call("getMyCommands")).result).toEqual([image]);
  });
});

describe("inline mode", () => {
  test("sends what was offered and edits it by its own id, with known files only", async () => {
    verifies("built.telegram-fake");
    const ask = ada.askInline("fox");
    await call("answerInlineQuery", {
      inline_query_id: ask.id,
      results: [article("a", "…", button)],
      is_personal: true,
    });
    const elsewhere = telegram.addGroup("Elsewhere", [ada], { bot: "left" });
    ada.chooseInline(ask, "a", { in: elsewhere });
    const chosen = telegram.updates.history.at(-1)!.chosen_inline_result!;
    expect([chosen.result_id, chosen.query]).toEqual(["a", "fox"]);
    const inline = { inline_message_id: chosen.inline_message_id! };
    expect((await call("editMessageText", { ...inline, text: "ready", ...button })).result).toBe(true);
    const media = { type: "photo", media: "attach://file" };
    const uploaded = call("editMessageMedia", { ...inline, media }, { file: sampleMedia.png() });
    expect(await refusal(uploaded)).toBe("wrong file identifier/HTTP URL specified");
    await call("sendPhoto", { chat_id: ada.id }, { photo: sampleMedia.png() });
    const staged = ada.visibleMessages().at(-1)!.files[0]!.fileId;
    expect((await call("editMessageMedia", { ...inline, media: { type: "photo", media: staged }, ...button })).ok).toBe(
      true,
    );
    expect(ada.visibleMessages(elsewhere).map(({ kind, fromBot }) => [kind, fromBot])).toEqual([["photo", true]]);
    ada.press(ada.visibleMessages(elsewhere)[0]!, "More");
    const pressed = telegram.updates.history.at(-1)!.callback_query!;
    expect([pressed.message, pressed.inline_message_id]).toEqual([undefined, chosen.inline_message_id]);
  });

  test("keeps its limits", async () => {
    verifies("built.telegram-fake");
    const answer = (results: object[]) =>
      refusal(call("answerInlineQuery", { inline_query_id: ada.askInline("x").id, results }));
    expect(await answer(Array.from({ length: 51 }, (_, index) => article(`${index}`, "x")))).toBe("RESULTS_TOO_MUCH");
    expect(await answer([article("a", "x"), article("a", "y")])).toBe("RESULT_ID_DUPLICATE");
    expect(await answer([article("x".repeat(65), "x")])).toBe("RESULT_ID_INVALID");
    const late = ada.askInline("late");
    await clock.advance(10_001);
    expect(await refusal(call("answerInlineQuery", { inline_query_id: late.id, results: [] }))).toContain(
      "query is too old",
    );
  });
});

test("a guest is called by a mention, and answers once with an inline message", async () => {
  verifies("built.telegram-fake");
  const chat = telegram.addGroup("Strangers", [ada], { bot: "left" });
  ada.callGuest("a fox?", { in: chat });
  const { guest_message: called } = telegram.updates.history.at(-1)!;
  expect(called?.text).toBe("@toolcast_bot a fox?");
  const answer = () => call("answerGuestQuery", { guest_query_id: called!.guest_query_id, result: article("a", "…") });
  const { inline_message_id: id } = (await answer()).result as { inline_message_id: string };
  await call("editMessageText", { inline_message_id: id, text: "ready" });
  expect(ada.visibleMessages(chat).map(({ text }) => text)).toEqual(["@toolcast_bot a fox?", "ready"]);
  expect((await answer()).status).toBe(429);
});

describe("drafts", () => {
  const draft = (more = {}) => call("sendMessageDraft", { chat_id: ada.id, draft_id: 7, text: "so far", ...more });
  test("are visible for 30 seconds or until the message, and notify nobody", async () => {
    verifies("built.telegram-fake");
    await draft({ text: "" });
    expect(ada.drafts()).toMatchObject([{ draftId: 7, thinking: true }]);
    await draft();
    expect(ada.drafts()).toMatchObject([{ text: "so far", thinking: false, canStop: false }]);
    await clock.advance(30_000);
    expect(ada.drafts()).toEqual([]);
    const blocks = [{ type: "thinking", text: "hm" }];
    await call("sendRichMessageDraft", { chat_id: ada.id, draft_id: 8, rich_message: { blocks } });
    expect(ada.drafts()).toMatchObject([{ text: "hm" }]);
    expect(ada.notifications()).toEqual([]);
    await call("sendMessage", { chat_id: ada.id, text: "whole" });
    expect(ada.drafts()).toEqual([]);
    expect(await refusal(draft({ draft_id: 0 }))).toBe("DRAFT_ID_INVALID");
    const group = telegram.addGroup("Team", [ada]);
    expect(await refusal(draft({ chat_id: group.id }))).toBe("method is available only for private chats");
  });

  test("can be stopped if they say so", async () => {
    verifies("built.telegram-fake");
    await draft();
    expect(() => ada.stop()).toThrow("nothing to stop");
    await draft({ can_stop: true });
    ada.stop(ada.drafts()[0]);
    expect(telegram.updates.history.at(-1)?.stopped_message_generation).toMatchObject({ draft_id: 7 });
    expect(ada.drafts()).toEqual([]);
  });
});

test("in the callback mode inline, presses on own messages come without the message", async () => {
  verifies("built.telegram-fake");
  await call("setMySettings", { callback_query_mode: "inline" });
  await call("sendMessage", { chat_id: ada.id, text: "x", ...button });
  ada.press(ada.visibleMessages().at(-1)!, "More");
  const pressed = telegram.updates.history.at(-1)!.callback_query!;
  expect(pressed.message).toBeUndefined();
  expect((await call("editMessageText", { inline_message_id: pressed.inline_message_id, text: "y" })).result).toBe(
    true,
  );
  expect(ada.visibleMessages().at(-1)?.text).toBe("y");
});

test("a chat action lasts five seconds", async () => {
  verifies("built.telegram-fake");
  await call("sendChatAction", { chat_id: ada.id, action: "upload_photo" });
  expect(ada.chatAction()).toBe("upload_photo");
  await clock.advance(5_000);
  expect(ada.chatAction()).toBeNull();
  expect(await refusal(call("sendChatAction", { chat_id: ada.id, action: "dancing" }))).toBe(
    "wrong parameter action in request",
  );
  telegram.violations.splice(0);
});
