import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { gramioDeclarations } from "../fakes/telegram/declared-types.ts";
import { type RawCall, rawCall } from "../fakes/telegram/driven-client.ts";
import { telegramLimits } from "../fakes/telegram/limits.ts";
import { readOfficial } from "../fakes/telegram/official-types.ts";
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
  telegram = await startTelegram({ clock });
  call = rawCall(telegram);
  ada = telegram.person("Ada");
  ada.start();
});

afterEach(async () => {
  await telegram.close();
  telegram.assertNoViolations();
});

const send = (chatId = ada.id) => call("sendMessage", { chat_id: chatId, text: "x" });
const stored = () => ada.visibleMessages().length - 1;

describe("flood limits", () => {
  test("allow one message a second in a chat after a burst, and say how long to wait", async () => {
    verifies("built.telegram-fake");
    const statuses: number[] = [];
    for (let count = 0; count < 6; count += 1) {
      statuses.push((await send()).status);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
    const refused = await send();
    expect([refused.description, refused.parameters, refused.headers.get("retry-after")]).toEqual([
      "Too Many Requests: retry after 1",
      { retry_after: 1 },
      "1",
    ]);
    expect((await call("sendChatAction", { chat_id: ada.id, action: "typing" })).ok).toBe(true);
    expect((await send(telegram.addGroup("Team", [ada]).id)).ok).toBe(true);
    await clock.advance(1_000);
    expect([(await send()).ok, (await send()).ok]).toEqual([true, false]);
  });

  test("allow 20 a minute in a group, counting edits and every item of an album", async () => {
    verifies("built.telegram-fake");
    const own = await startTelegram({ clock, flood: { chat: { burst: 100, everyMs: 1 } } });
    const ownCall = rawCall(own);
    const group = own.addGroup("Team", [own.person("Bo")]);
    const files = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`f${index}`, sampleMedia.png()]));
    const media = Object.keys(files).map((name) => ({ type: "photo", media: `attach://${name}` }));
    const album = await ownCall("sendMediaGroup", { chat_id: group.id, media }, files);
    expect(album.ok).toBe(true);
    const edit = (count: number) =>
      ownCall("editMessageCaption", { chat_id: group.id, message_id: 1, caption: `${count}` });
    const edits: boolean[] = [];
    for (let count = 0; count < 11; count += 1) {
      edits.push((await edit(count)).ok);
    }
    expect(edits.map(Number).join("")).toBe("11111111110");
    expect((await edit(11)).parameters).toEqual({ retry_after: 3 });
    await clock.advance(3_000);
    expect((await edit(12)).ok).toBe(true);
    await own.close();
    own.assertNoViolations();
  });

  test("allow 30 a second from the bot", async () => {
    verifies("built.telegram-fake");
    const people = Array.from({ length: 31 }, (_, index) => telegram.person(`P${index}`));
    const answers: boolean[] = [];
    for (const person of people) {
      person.start();
      answers.push((await send(person.id)).ok);
    }
    expect(answers.filter((ok) => ok)).toHaveLength(30);
    await clock.advance(1_000);
    expect((await send(people[30]!.id)).ok).toBe(true);
  });

  test("close a chat for as long as a fault says, and no other", async () => {
    verifies("built.telegram-fake");
    const group = telegram.addGroup("Team", [ada]);
    telegram.faults.next("sendMessage", { kind: "flood", seconds: 30 }, { chatId: group.id });
    expect((await send()).ok).toBe(true);
    expect((await send(group.id)).parameters).toEqual({ retry_after: 30 });
    await clock.advance(10_000);
    expect((await send(group.id)).parameters).toEqual({ retry_after: 20 });
    await clock.advance(20_000);
    expect((await send(group.id)).ok).toBe(true);
  });
});

describe("faults", () => {
  test("happen before or after the request is carried out", async () => {
    verifies("built.telegram-fake");
    telegram.faults.next("sendMessage", { kind: "status", status: 502 });
    expect([(await send()).status, stored()]).toEqual([502, 0]);
    telegram.faults.next("sendMessage", { kind: "status", status: 502, when: "after" });
    expect([(await send()).status, stored()]).toEqual([502, 1]);
    telegram.faults.next("sendMessage", { kind: "drop" });
    await expect(send()).rejects.toThrow();
    expect(stored()).toBe(1);
    telegram.faults.next("sendMessage", { kind: "drop", when: "after" });
    await expect(send()).rejects.toThrow();
    expect(stored()).toBe(2);
    expect((await send()).status).toBe(200);
  });

  test("in one chat hang for as long as the clock says, while others continue", async () => {
    verifies("built.telegram-fake");
    const group = telegram.addGroup("Team", [ada]);
    telegram.faults.always("any", { kind: "hang", ms: 100_000 }, { chatId: group.id });
    const slow = send(group.id);
    await telegram.until(() => clock.pending() === 1, "the wait");
    expect((await send()).ok).toBe(true);
    expect(telegram.allMessages(group)).toEqual([]);
    await clock.advance(100_000);
    expect((await slow).ok).toBe(true);
  });
});

describe("the judge", () => {
  test("sees faults in requests that the server itself does not check", async () => {
    verifies("built.telegram-judge");
    expect((await call("sendMessage", { chat_id: ada.id, text: "x", reply_to: 1, protect_content: "maybe" })).ok).toBe(
      true,
    );
    expect(() => telegram.assertNoViolations()).toThrow(
      /reply_to: is unknown[\s\S]*protect_content: should be a boolean/,
    );
    telegram.violations.splice(0);
    const blocks = [{ type: "voice_note", voice_note: { type: "voice", media: "attach://file" } }];
    await call("sendRichMessage", { chat_id: ada.id, rich_message: { blocks } }, { file: sampleMedia.ogg() });
    expect(telegram.violations).toMatchObject([{ where: "sendRichMessage", direction: "request" }]);
    telegram.violations.splice(0);
  });

  test("sees fields in the server's output that no description allows", async () => {
    verifies("built.telegram-judge");
    Object.assign(ada.user, { firstName: 5 });
    ada.write("x");
    expect(telegram.violations[0]).toMatchObject({ direction: "update", where: "message" });
    telegram.violations.splice(0);
    await send();
    expect(telegram.violations).toMatchObject([{ direction: "answer", where: "sendMessage" }]);
    telegram.violations.splice(0);
  });

  test("has read the library's declarations completely", () => {
    verifies("built.telegram-judge");
    const { methods, types } = gramioDeclarations();
    const parameters = [...methods.values()].flatMap(({ parameters: given }) =>
      given?.is === "named" ? [given.name] : [],
    );
    expect(methods.size).toBe(185);
    expect(parameters.filter((name) => !types.has(name))).toEqual([]);
  });

  test("has the limits that the server enforces, in Telegram's own words", ({ skip }) => {
    verifies("built.telegram-judge");
    skip(!telegram.judged, "Telegram's own page is not at hand (TOOLCAST_JUDGES)");
    const official = readOfficial(process.env.TOOLCAST_JUDGES!);
    const said = (where: "methods" | "types", name: string, field: string) =>
      official[where][name]!.fields!.find((one) => one.name === field)!.description;
    const { albumItems, webhookConnections } = telegramLimits;
    expect(said("methods", "sendMessage", "text")).toContain(`1-${telegramLimits.textUnits} characters`);
    expect(said("methods", "sendPhoto", "caption")).toContain(`0-${telegramLimits.captionUnits} characters`);
    expect(said("types", "InlineKeyboardButton", "callback_data")).toContain(
      `1-${telegramLimits.callbackDataBytes} bytes`,
    );
    expect(said("types", "BotCommand", "command")).toContain(`1-${telegramLimits.commandName} characters`);
    expect(said("types", "BotCommand", "description")).toContain(`1-${telegramLimits.commandDescription} characters`);
    expect(said("methods", "setMyCommands", "commands")).toContain(`At most ${telegramLimits.commands} commands`);
    expect(said("methods", "sendMediaGroup", "media")).toContain(`${albumItems.min}-${albumItems.max} items`);
    expect(said("methods", "answerCallbackQuery", "text")).toContain(
      `0-${telegramLimits.callbackAnswerUnits} characters`,
    );
    expect(said("methods", "answerInlineQuery", "inline_query_id")).toBeDefined();
    expect(said("types", "InlineQueryResultArticle", "id")).toContain(`1-${telegramLimits.inlineResultIdBytes} Bytes`);
    expect(said("types", "CopyTextButton", "text")).toContain(`1-${telegramLimits.copyTextUnits} characters`);
    expect(said("types", "ForceReply", "input_field_placeholder")).toContain(
      `1-${telegramLimits.placeholderUnits} characters`,
    );
    expect(said("methods", "setWebhook", "max_connections")).toContain(
      `${webhookConnections.min}-${webhookConnections.max}`,
    );
    expect(said("methods", "sendPhoto", "photo")).toContain(`${telegramLimits.photoBytes / 1024 / 1024} MB`);
    expect(said("methods", "sendPhoto", "photo")).toContain(`ratio must be at most ${telegramLimits.photoRatio}`);
    const voice = official.methods.sendVoice as unknown as { description: string[] };
    expect(voice.description.join(" ")).toContain(`${telegramLimits.uploadBytes / 1024 / 1024} MB`);
  });
});
