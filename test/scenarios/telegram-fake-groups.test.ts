import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type RawCall, rawCall } from "../fakes/telegram/driven-client.ts";
import type { Person } from "../fakes/telegram/person.ts";
import { sampleMedia } from "../fakes/telegram/sample-media.ts";
import { startTelegram, type TelegramFake } from "../fakes/telegram/telegram.ts";
import type { Chat } from "../fakes/telegram/world.ts";
import { createManualClock, type ManualClock } from "../manual-clock.ts";
import { verifies } from "../verifies.ts";

let clock: ManualClock;
let telegram: TelegramFake;
let call: RawCall;
let ada: Person;
let bo: Person;
let team: Chat;

beforeEach(async () => {
  clock = createManualClock();
  telegram = await startTelegram({ clock, flood: false });
  call = rawCall(telegram);
  ada = telegram.person("Ada");
  bo = telegram.person("Bo");
  team = telegram.addGroup("Team", [ada, bo]);
});

afterEach(async () => {
  await telegram.close();
  telegram.assertNoViolations();
});

const refusal = async (answer: ReturnType<RawCall>) => {
  const { ok, description } = await answer;
  return ok ? "accepted" : description;
};
const say = (chat: Chat, text = "x", more = {}) => call("sendMessage", { chat_id: chat.id, text, ...more });
const heard = () => telegram.updates.history.flatMap(({ message }) => message?.text ?? []);

describe("what the bot receives", () => {
  test("in a group is commands, replies to it and mentions of it", async () => {
    verifies("built.telegram-fake");
    await say(team, "hello");
    const own = ada.visibleMessages(team).at(-1)!;
    ada.write("just talking", { in: team });
    ada.write("/image a fox", { in: team });
    ada.write("/image@other_bot a fox", { in: team });
    ada.write("/image@toolcast_bot a fox", { in: team });
    ada.write("yes", { in: team, replyTo: own });
    ada.write("hey @toolcast_bot", { in: team });
    expect(heard()).toEqual(["/image a fox", "/image@toolcast_bot a fox", "yes", "hey @toolcast_bot"]);
    expect(telegram.updates.history[2]?.message?.reply_to_message?.text).toBe("hello");
  });

  test("is everything if it is an administrator or privacy is off", async () => {
    verifies("built.telegram-fake");
    const led = telegram.addGroup("Led", [ada], { bot: "administrator" });
    ada.write("talk", { in: led });
    telegram.bot.readsAllGroupMessages = true;
    ada.write("more talk", { in: team });
    expect(heard()).toEqual(["talk", "more talk"]);
    const channel = telegram.addChannel("News", [ada]);
    telegram.postInChannel(channel, "post");
    expect(telegram.updates.history.at(-1)?.channel_post?.text).toBe("post");
  });
});

describe("rights", () => {
  test("of members apply to the bot, by kind of message", async () => {
    verifies("built.telegram-fake");
    telegram.permit(team, { can_send_voice_notes: false, can_send_photos: false });
    const voice = () => call("sendVoice", { chat_id: team.id }, { voice: sampleMedia.ogg() });
    expect(await refusal(voice())).toBe("Bad Request: not enough rights to send voice notes to the chat");
    const photo = call("sendPhoto", { chat_id: team.id }, { photo: sampleMedia.png() });
    expect(await refusal(photo)).toBe("Bad Request: not enough rights to send photos to the chat");
    expect(await refusal(say(team))).toBe("accepted");
    ada.addBot(team, "administrator");
    expect(await refusal(voice())).toBe("accepted");
    ada.addBot(team, "restricted");
    telegram.permit(team, { can_send_messages: false });
    expect(await refusal(say(team))).toBe("Bad Request: not enough rights to send text messages to the chat");
  });

  test("end with membership, in the server's words", async () => {
    verifies("built.telegram-fake");
    const small = telegram.addGroup("Small", [ada], { kind: "group" });
    const channel = telegram.addChannel("News", [ada]);
    for (const [chat, word] of [
      [team, "supergroup"],
      [small, "group"],
      [channel, "channel"],
    ] as const) {
      ada.removeBot(chat);
      expect(await refusal(say(chat))).toBe(`Forbidden: bot was kicked from the ${word} chat`);
      ada.addBot(chat);
      await call("leaveChat", { chat_id: chat.id });
      expect(await refusal(say(chat))).toBe(`Forbidden: bot is not a member of the ${word} chat`);
    }
    telegram.deleteChat(small);
    expect(await refusal(say(small))).toBe("Forbidden: the group chat was deleted");
    const kinds = telegram.updates.history.flatMap(
      ({ my_chat_member: change }) => change?.new_chat_member.status ?? [],
    );
    expect(kinds).toEqual(["kicked", "member", "kicked", "member", "kicked", "administrator"]);
  });

  test("of people are given to the bot", async () => {
    verifies("built.telegram-fake");
    const admins = (await call("getChatAdministrators", { chat_id: team.id })).result as { user: { id: number } }[];
    expect(admins.map(({ user }) => user.id)).toEqual([ada.id]);
    telegram.setMember(team, bo, "administrator");
    const member = await call("getChatMember", { chat_id: team.id, user_id: bo.id });
    expect(member.result).toMatchObject({ status: "administrator" });
    expect((await call("getChat", { chat_id: team.id })).result).toMatchObject({ title: "Team", type: "supergroup" });
    expect(await refusal(call("getChatMember", { chat_id: team.id, user_id: 5 }))).toBe("Bad Request: user not found");
  });
});

describe("topics", () => {
  test("hold their messages, and closed or unknown ones accept none", async () => {
    verifies("built.telegram-fake");
    const forum = telegram.addGroup("Forum", [ada], { forum: true });
    const topic = telegram.addTopic(forum, "clips");
    ada.write("/image", { in: forum, threadId: topic });
    expect(telegram.updates.history.at(-1)?.message).toMatchObject({
      message_thread_id: topic,
      is_topic_message: true,
    });
    expect(await refusal(say(forum, "x", { message_thread_id: topic }))).toBe("accepted");
    expect(ada.visibleMessages(forum).at(-1)?.threadId).toBe(topic);
    expect(await refusal(say(forum, "x", { message_thread_id: 99 }))).toBe("Bad Request: message thread not found");
    expect(await refusal(say(team, "x", { message_thread_id: topic }))).toBe("Bad Request: message thread not found");
    telegram.closeTopic(forum, topic);
    expect(await refusal(say(forum, "x", { message_thread_id: topic }))).toBe("Bad Request: TOPIC_CLOSED");
  });

  test("exist in private chats if the bot has them", async () => {
    verifies("built.telegram-fake");
    ada.start();
    expect(() => telegram.addTopic(ada.chat, "one")).toThrow("no topics");
    telegram.bot.topics = true;
    const topic = telegram.addTopic(ada.chat, "one");
    expect(await refusal(say(ada.chat, "x", { message_thread_id: topic }))).toBe("accepted");
    expect((await call("getMe")).result).toMatchObject({ has_topics_enabled: true });
  });
});

test("a group that became a supergroup says so, in messages and in its refusals", async () => {
  verifies("built.telegram-fake");
  const small = telegram.addGroup("Small", [ada], { kind: "group" });
  const upgraded = telegram.migrate(small);
  const refused = await say(small);
  expect([refused.status, refused.description, refused.parameters]).toEqual([
    400,
    "Bad Request: group chat was upgraded to a supergroup chat",
    { migrate_to_chat_id: upgraded.id },
  ]);
  expect(
    telegram.updates.history.map(({ message }) => [message?.migrate_to_chat_id, message?.migrate_from_chat_id]),
  ).toEqual([
    [upgraded.id, undefined],
    [undefined, small.id],
  ]);
  expect(await refusal(say(upgraded))).toBe("accepted");
});

describe("ephemeral messages", () => {
  const alone = (more = {}) => ({ ephemeral_message_parameters: { receiver_user_id: ada.id, ...more } });
  test("can answer a press within 15 seconds, and only its presser sees them", async () => {
    verifies("built.telegram-fake");
    await say(team, "choose", { reply_markup: { inline_keyboard: [[{ text: "Mine", callback_data: "m" }]] } });
    expect((await say(team, "secret", alone())).ok).toBe(false);
    const press = ada.press(ada.visibleMessages(team).at(-1)!, "Mine");
    const sent = await say(team, "secret", alone({ callback_query_id: press.id }));
    expect(sent.result).toMatchObject({ message_id: 0, ephemeral_message_id: 1, receiver_user: { id: ada.id } });
    const texts = (person: Person) => person.visibleMessages(team).map(({ text }) => text);
    expect([texts(ada), texts(bo)]).toEqual([["choose", "secret"], ["choose"]]);
    const replacing = alone({ callback_query_id: press.id, replace_callback_query_message: true });
    await say(team, "in its place", replacing);
    expect([texts(ada), texts(bo)]).toEqual([["secret", "in its place"], ["choose"]]);
    await clock.advance(15_001);
    expect((await say(team, "late", alone({ callback_query_id: press.id }))).ok).toBe(false);
    const where = { chat_id: team.id, receiver_user_id: ada.id, ephemeral_message_id: 1 };
    expect((await call("editEphemeralMessageText", { ...where, text: "changed" })).result).toBe(true);
    expect((await call("deleteEphemeralMessage", { ...where, ephemeral_message_id: 2 })).result).toBe(true);
    expect(texts(ada)).toEqual(["choose", "changed"]);
    expect((await call("editEphemeralMessageText", { ...where, receiver_user_id: bo.id, text: "no" })).ok).toBe(false);
  });

  test("can answer ephemeral commands, whose chat and receiver 10.4 knows without being given them", async () => {
    verifies("built.telegram-fake");
    await call("setMyCommands", { commands: [{ command: "balance", description: "Balance", is_ephemeral: true }] });
    ada.write("/balance", { in: team });
    const asked = telegram.updates.history.at(-1)!.message!;
    expect([asked.message_id, bo.visibleMessages(team)]).toEqual([0, []]);
    const reply = { reply_parameters: { ephemeral_message_id: asked.ephemeral_message_id! } };
    const answer = await say(team, "5.00", { ...reply });
    expect(answer.result).toMatchObject({ receiver_user: { id: ada.id } });
    expect(ada.visibleMessages(team).map(({ text }) => text)).toEqual(["/balance", "5.00"]);
    await clock.advance(15_001);
    expect((await say(team, "late", reply)).ok).toBe(false);
    ada.addBot(team, "administrator");
    expect((await say(team, "any time", alone())).ok).toBe(true);
  });

  test("of 10.2 name their receiver beside the text", async () => {
    verifies("built.telegram-fake");
    const old = await startTelegram({ clock, version: "10.2" });
    const [cy, dee] = [old.person("Cy"), old.person("Dee")];
    const group = old.addGroup("Old", [cy, dee], { bot: "administrator" });
    const sent = await rawCall(old)("sendMessage", { chat_id: group.id, text: "secret", receiver_user_id: dee.id });
    expect(sent.result).toMatchObject({ message_id: 0 });
    expect([cy.visibleMessages(group).length, dee.visibleMessages(group).length]).toEqual([0, 1]);
    await old.close();
    old.assertNoViolations();
  });
});
