import { describe, expect, test, vi } from "vitest";
import type { Fault } from "../fakes/telegram/faults.ts";
import type { MessageView } from "../fakes/telegram/message-view.ts";
import { everythingSent, newestJob, openTelegramRoom, shownText, type TelegramRoom } from "../telegram-room.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const finished = (room: TelegramRoom) => room.until(() => everythingSent(room), 2 * 60 * 60_000, 15_000);
const fromBot = (messages: readonly MessageView[]) => messages.filter((message) => message.fromBot);
const kinds = (messages: readonly MessageView[]) => fromBot(messages).map(({ kind }) => kind);
const notice = (room: TelegramRoom) => newestJob(room).notices.at(-1);

/** The next answer to a question is longer than a message. */
function answerAtLength({ installation }: TelegramRoom): void {
  installation.provider.nextStart("text", {
    end: "done",
    output: { media: [], text: `${"A long answer. ".repeat(600)}The end.` },
  });
}

/** The text files that somebody got, as they read them. */
function textFiles(messages: readonly MessageView[]): string[] {
  return fromBot(messages).flatMap(({ kind, message: { content } }) =>
    kind === "document" && content.kind === "media" ? [Buffer.from(content.file.bytes).toString("utf8")] : [],
  );
}

describe("a text too long for its message", () => {
  test.for([
    ["the file's answer is lost", "sendDocument", { kind: "drop", when: "before" }],
    ["the file meets a flood wait", "sendDocument", { kind: "flood", seconds: 30 }],
    ["the edit after it fails", "editMessageText", { kind: "status", status: 502 }],
  ] as const satisfies readonly (readonly [string, string, Fault])[])(
    "arrives whole in a file, once, if %s",
    async ([, method, fault]) => {
      verifies("telegram.whole-text");
      await using room = await openTelegramRoom();
      await room.open();
      const ada = await room.member("Ada");
      answerAtLength(room);
      ada.write("/ask Why?");
      // The first edit says that the job is in progress.
      room.platform.faults.next(method, fault, method === "editMessageText" ? { after: 1 } : {});
      await finished(room);
      expect(room.platform.requestsTo(method).some(({ status }) => status !== 200)).toBe(true);
      expect(kinds(ada.visibleMessages()).filter((kind) => kind === "document")).toHaveLength(1);
      expect(textFiles(ada.visibleMessages())).toEqual([expect.stringMatching(/^A long answer.*The end\.$/s)]);
      expect(notice(room)).toMatchObject({ state: "sent", rung: "edit" });
    },
  );

  test.for([
    ["in the asker's own chat", true],
    ["once they open one by a button", false],
  ] as const)("arrives whole where a group takes no files: %s", async ([, hasChat]) => {
    verifies("telegram.whole-text", "telegram.no-rights");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    if (hasChat) {
      ada.start();
    }
    await room.pass(5_000);
    const team = room.platform.addGroup("Team", [ada]);
    room.platform.permit(team, { can_send_documents: false });
    answerAtLength(room);
    ada.write("/ask Why?", { in: team });
    if (hasChat) {
      await finished(room);
      expect(notice(room)).toMatchObject({ state: "sent", rung: "direct" });
      expect(fromBot(ada.visibleMessages(team)).map(({ text }) => shownText(text))).toEqual([
        "The result was sent as a direct message.",
      ]);
    } else {
      await room.until(() => notice(room)?.state === "undeliverable", 2 * 60 * 60_000, 15_000);
      const [shown, ...others] = fromBot(ada.visibleMessages(team));
      expect([shownText(shown?.text ?? ""), others]).toEqual([
        expect.stringContaining("I am not allowed to send these files"),
        [],
      ]);
      const url = shown?.buttons.find(({ label }) => label === "Open the chat")?.url ?? "";
      ada.start(new URL(url).searchParams.get("start") ?? "");
      await room.pass(5_000);
    }
    expect(textFiles(ada.visibleMessages())).toEqual([expect.stringMatching(/^A long answer.*The end\.$/s)]);
  });
});
