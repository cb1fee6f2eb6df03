import { sleep } from "@toolcast/core/engine";
import { describe, expect, test, vi } from "vitest";
import type { MessageView } from "../fakes/telegram/message-view.ts";
import {
  everythingSent,
  newestJob,
  openTelegramRoom,
  shownText,
  slowStart,
  type TelegramRoom,
} from "../telegram-room.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const finished = (room: TelegramRoom) => room.until(() => everythingSent(room), 2 * 60 * 60_000, 15_000);
const fromBot = (messages: readonly MessageView[]) => messages.filter((message) => message.fromBot);

describe("Telegram's own Stop button", () => {
  test("cancels the job, in the first answer, and once", async () => {
    verifies("telegram.stop");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada", { languageCode: "zh-hans" });
    slowStart(room, "image", 20);
    room.installation.provider.nextCancel("stopped");
    ada.write("/image a fox");
    await room.pass(20_000);
    expect(ada.drafts()).toMatchObject([{ canStop: true, thinking: true }]);
    ada.stop();
    await finished(room);
    expect(newestJob(room).state.phase).toBe("cancelled");
    expect(shownText(fromBot(ada.visibleMessages())[0]?.text ?? "")).toContain("已取消");
  });

  test.each(["en", "zh-hans"])(
    "%s: the draft shows a text as it grows, and the result is what it would be without one",
    async (languageCode) => {
      verifies("telegram.draft-grows", "text.stop");
      await using room = await openTelegramRoom();
      await room.open();
      const { provider, clock } = room.installation;
      const words = Array.from({ length: 40 }, (_, index) => `word${index} `);
      const texts: string[] = [];
      for (const [name, everyMs] of [
        ["Ada", 1_000],
        ["Grace", 10],
      ] as const) {
        const person = await room.member(name, { languageCode });
        provider.nextStart("text", async ({ context }) => {
          for (const word of words) {
            await sleep(clock, everyMs);
            context.onText?.(word);
          }
          return { end: "done", output: { media: [], text: words.join("") } };
        });
        person.write("/ask Why?");
        await room.pass(1_000);
        const drafts: string[] = [];
        for (let seconds = 0; seconds < 60 && newestJob(room).state.phase !== "succeeded"; seconds += 1) {
          await room.pass(1_000);
          drafts.push(...person.drafts().map(({ text }) => text));
        }
        await finished(room);
        const grown = [...new Set(drafts)].filter((text) => text !== "");
        if (everyMs === 10) {
          expect(drafts).toEqual([]);
        } else {
          expect(grown.length).toBeGreaterThan(5);
          for (const [index, text] of grown.entries()) {
            expect(words.join("").startsWith(text.trim())).toBe(true);
            expect(text.length).toBeGreaterThan(grown[index - 1]?.length ?? 0);
          }
          // What is in the draft takes the place of an edit.
          const edits = room.platform.requestsTo("editMessageText");
          expect(edits.length + room.platform.requestsTo("sendMessageDraft").length).toBeLessThan(45 / 2);
        }
        expect(person.drafts()).toEqual([]);
        texts.push(
          fromBot(person.visibleMessages())
            .find(({ text }) => text.includes("word0"))
            ?.text.replace(/job_[\w-]+/, "") ?? "",
        );
      }
      expect(texts[0]).toContain(words.join("").trim());
      expect(texts[0]).toBe(texts[1]);
    },
  );

  test("a server without drafts is shown the text by edits alone", async () => {
    verifies("telegram.draft-grows");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    const { provider, clock } = room.installation;
    const body = { ok: false, error_code: 404, description: "Not Found: method not found" };
    room.platform.faults.always("sendMessageDraft", { kind: "status", status: 404, body });
    provider.nextStart("text", async ({ context }) => {
      for (let word = 0; word < 40; word += 1) {
        await sleep(clock, 1_000);
        context.onText?.(`word${word} `);
      }
      return { end: "done", output: { media: [], text: "the end" } };
    });
    ada.write("/ask Why?");
    await room.pass(30_000);
    expect(fromBot(ada.visibleMessages()).at(-1)?.text).toMatch(/word2\d/);
    await finished(room);
    expect(room.platform.requestsTo("sendMessageDraft")).toHaveLength(1);
  });

  test("works after a restart", async () => {
    verifies("telegram.stop");
    await using room = await openTelegramRoom();
    const process = await room.open();
    const ada = await room.member("Ada");
    slowStart(room, "image", 20);
    room.installation.provider.nextCancel("stopped");
    ada.write("/image a fox");
    await room.pass(20_000);
    await process.kill();
    ada.stop();
    await room.open();
    await finished(room);
    expect(newestJob(room).state.phase).toBe("cancelled");
  });

  test("is not shown in groups, nor for what is soon done, nor for long", async () => {
    verifies("telegram.stop");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    const team = room.platform.addGroup("Team", [ada]);
    ada.write("/image a fox");
    await finished(room);
    slowStart(room, "image", 20);
    ada.write("/image a bear", { in: team });
    await room.pass(60_000);
    expect(room.platform.requestsTo("sendMessageDraft")).toEqual([]);
    await finished(room);
    slowStart(room, "image", 20);
    ada.write("/image a wolf");
    await room.pass(3 * 60_000, 5_000);
    expect(room.platform.requestsTo("sendMessageDraft")).toHaveLength(2);
    expect(ada.drafts()).toEqual([]);
    await finished(room);
  });

  test("is gone once the result is there", async () => {
    verifies("telegram.stop", "telegram.ready-once");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    const { provider } = room.installation;
    provider.nextStart("image", { end: "operation", reference: { vendor: "slow" } });
    provider.nextCheck({ state: "pending", checkAfterMs: 18_000 });
    ada.write("/image a fox");
    await room.until(() => ada.drafts().length > 0, 60_000);
    await room.until(() => everythingSent(room), 60_000);
    expect(ada.drafts()).toEqual([]);
    expect(fromBot(ada.visibleMessages()).map(({ kind }) => kind)).toEqual(["photo", "text"]);
  });
});
