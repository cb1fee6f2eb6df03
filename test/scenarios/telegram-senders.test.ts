import { describe, expect, test, vi } from "vitest";
import type { MessageView } from "../fakes/telegram/message-view.ts";
import { openTelegramRoom } from "../telegram-room.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const fromBot = (messages: readonly MessageView[]) => messages.filter((message) => message.fromBot);

let spare = 900_000_000;

const groupBot = { id: 1_087_968_824, is_bot: true, first_name: "Group", username: "GroupAnonymousBot" };
const channelBot = { id: 136_817_688, is_bot: true, first_name: "Channel", username: "Channel_Bot" };
const telegramItself = { id: 777_000, is_bot: false, first_name: "Telegram" };
const channel = { id: -1_009_876_543_210, type: "channel", title: "News" };

describe("in a group that may start work", () => {
  async function open() {
    const room = await openTelegramRoom();
    const process = await room.open();
    const ada = room.platform.person("Ada");
    const group = room.platform.addGroup("Team", [ada]);
    await room.letIn(group.id);
    const shown = { id: group.id, type: "supergroup", title: "Team" };
    /** A message of the group under another sender; its update's id. */
    const write = async (text: string, sender: object) => {
      spare += 1;
      const date = Math.floor(room.clock.now() / 1_000);
      await process.telegram.take({ update_id: spare, message: { message_id: 7, date, chat: shown, text, ...sender } });
      await room.pass(2_000);
      return spare;
    };
    return {
      ...{ room, process, ada, write },
      anonymous: { from: groupBot, sender_chat: shown },
      seen: () => fromBot(ada.visibleMessages(group)),
      [Symbol.asyncDispose]: () => room[Symbol.asyncDispose](),
    };
  }

  test("an anonymous administrator learns in both languages that nobody can be billed", async () => {
    verifies("telegram.senders");
    await using one = await open();
    await one.write("/image a fox", one.anonymous);
    await one.write("/jobs", one.anonymous);
    expect(one.seen().map(({ text }) => text)).toEqual(
      Array(2).fill(expect.stringMatching(/Remain anonymous.*匿名/su)),
    );
    expect(one.room.installation.jobs()).toEqual([]);
  });

  test("an anonymous administrator gets help, and answers that cost and reveal nothing, by the administrators' rules", async () => {
    verifies("telegram.senders");
    await using one = await open();
    await one.write("/help", one.anonymous);
    await one.write("/explain 11200", one.anonymous);
    expect(one.seen().map(({ text }) => text)).toEqual([
      expect.stringContaining("Hello"),
      expect.stringContaining("11200"),
    ]);
  });

  test.for([
    ["a member who writes as their channel", { from: channelBot, sender_chat: channel }],
    ["a post of the linked channel", { from: telegramItself, sender_chat: channel, is_automatic_forward: true }],
    ["Telegram itself", { from: telegramItself }],
    ["another bot", { from: { id: 5, is_bot: true, first_name: "Bot" } }],
  ] as const)("%s gets no answer and starts nothing; that it came is stored", async ([, sender]) => {
    verifies("telegram.senders");
    await using one = await open();
    const { platform, installation } = one.room;
    const before = platform.requests.filter(({ method }) => method !== "getUpdates").length;
    const id = await one.write("/image a fox", sender);
    const [stored] = [...installation.store.inbox.values()].filter(({ entry }) => entry.id.endsWith(`-${id}`));
    expect(stored?.entry).toMatchObject({ state: "refused", content: null });
    expect([installation.jobs(), one.seen()]).toEqual([[], []]);
    expect(platform.requests.filter(({ method }) => method !== "getUpdates")).toHaveLength(before);
  });

  test("posts in a channel get no answer", async () => {
    verifies("telegram.senders");
    await using one = await open();
    const { platform } = one.room;
    const news = platform.addChannel("News", [one.ada]);
    await one.room.letIn(news.id);
    platform.postInChannel(news, "/image a fox");
    spare += 1;
    const chat = { id: news.id, type: "channel", title: "News" };
    const post = { message_id: 9, date: 1, chat, sender_chat: chat, text: "/image a fox" };
    expect(await one.process.telegram.take({ update_id: spare, channel_post: post })).toBe(true);
    expect(await one.process.telegram.take({ update_id: spare + 1, message: post })).toBe(true);
    spare += 1;
    await one.room.calm();
    expect([fromBot(one.ada.visibleMessages(news)), one.room.installation.jobs()]).toEqual([[], []]);
  });
});
