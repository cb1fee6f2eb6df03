import type { Inbox } from "@toolcast/core/engine";
import { describe, expect, test, vi } from "vitest";
import type { MessageView } from "../fakes/telegram/message-view.ts";
import { everythingSent, openTelegramRoom, type TelegramRoom } from "../telegram-room.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const finished = (room: TelegramRoom) => room.until(() => everythingSent(room), 2 * 60 * 60_000, 15_000);
const pictures = (messages: readonly MessageView[]) => messages.filter(({ kind }) => kind === "photo");
const prompts = ({ installation }: TelegramRoom) => installation.jobs().map(({ input }) => input.prompt);

/** Makes every write of an event fail until it is repaired. */
function breakInbox(inbox: Inbox, fail: (take: Parameters<Inbox["take"]>[0]) => Promise<never> | null) {
  const take = inbox.take.bind(inbox);
  inbox.take = (event) => fail(event) ?? take(event);
  return {
    mend() {
      inbox.take = take;
    },
  };
}

const diskFull = () => Object.assign(new Error("database or disk is full"), { errcode: 13 });

describe("an update that cannot be stored", () => {
  test("is not confirmed, comes again with those after it, and is carried out once and in order", async () => {
    verifies("telegram.stored-first", "telegram.taken-once");
    await using room = await openTelegramRoom();
    const { runtime } = await room.open();
    const [ada, bo] = [await room.member("Ada"), await room.member("Bo")];
    const broken = breakInbox(runtime.inbox, async () => Promise.reject(diskFull()));
    ada.write("/image one");
    ada.write("/image two");
    bo.write("/jobs");
    await room.clock.advance(1);
    const pending = () => room.platform.updates.pending.length;
    for (let second = 0; second < 90; second += 1) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      await room.clock.advance(1_000);
      expect(pending()).toBeGreaterThanOrEqual(2);
    }
    broken.mend();
    await room.until(() => room.installation.jobs().length === 2);
    await finished(room);
    expect([pending(), prompts(room)]).toEqual([0, ["one", "two"]]);
    expect(pictures(ada.visibleMessages())).toHaveLength(2);
  });

  test("is not confirmed either if storing it fails only after a long while", async () => {
    verifies("telegram.stored-first");
    await using room = await openTelegramRoom();
    const { runtime } = await room.open();
    const ada = await room.member("Ada");
    const failing = Promise.withResolvers<never>();
    const broken = breakInbox(runtime.inbox, () => failing.promise);
    ada.write("/image a fox");
    for (let second = 0; second < 20; second += 1) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      await room.clock.advance(1_000);
    }
    expect(room.platform.updates.pending).toHaveLength(1);
    broken.mend();
    failing.reject(diskFull());
    await room.until(() => room.installation.jobs().length === 1);
    await finished(room);
    expect(pictures(ada.visibleMessages())).toHaveLength(1);
  });

  test("because of its content is skipped after three tries, and delays nobody", async () => {
    verifies("telegram.stored-first");
    await using room = await openTelegramRoom();
    const { runtime } = await room.open();
    const [ada, bo] = [await room.member("Ada"), await room.member("Bo")];
    const tries: string[] = [];
    breakInbox(runtime.inbox, ({ id, content }) => {
      if (!JSON.stringify(content).includes("poison")) {
        return null;
      }
      tries.push(id);
      return Promise.reject(new TypeError("this is not what it seems"));
    });
    ada.write("/image poison");
    ada.write("/image a fox");
    bo.write("/image a bear");
    await room.until(() => room.installation.jobs().length === 2);
    await finished(room);
    expect([tries.length, new Set(tries).size, room.platform.updates.pending.length]).toEqual([3, 1, 0]);
    expect(prompts(room).sort()).toEqual(["a bear", "a fox"]);
  });
});
