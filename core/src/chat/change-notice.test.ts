import { Keyv } from "keyv";
import { expect, test } from "vitest";
import { createManualClock } from "../../../test/manual-clock.ts";
import { silentLogger } from "../ground/logger.ts";
import type { Delivery } from "../surface/surface.ts";
import type { Answer } from "./answer.ts";
import { type ChangeNotice, type ChangeNoticePort, tellChanged } from "./change-notice.ts";
import type { ChatPort } from "./chat-port.ts";
import { SendError, type SendFailure, sendFailures } from "./send-failure.ts";
import { SendNotes } from "./send-notes.ts";

// @verifies chat.notified

const failures = sendFailures("Roomy");
const readFailure = (error: unknown): SendFailure =>
  error instanceof SendError ? error.failure : failures.connection(error);
const place = { surface: "chat", conversation: "c1" };
const delivery: Delivery = {
  ...{ id: "d1", asker: "chat:ada", place },
  message: { tone: "success", title: "The picture is ready", private: false, jobId: "job_1" },
};

function openRoom({ ageMs = 61_000 } = {}) {
  const clock = createManualClock();
  const keyv = new Keyv();
  const notes = new SendNotes({ surface: "chat", state: { keyv: () => keyv } as never, clock, readFailure });
  const answer: Answer = {
    ...{ id: "a1", at: clock.now() - ageMs },
    caller: { id: "chat:ada", name: "Ada", locale: "en", place },
  };
  const port = { linkTo: (_place, message) => `https://room.example/${message}` } as ChatPort;
  const sent: ChangeNotice[] = [];
  const tell = (given: Partial<ChangeNoticePort> = {}) =>
    tellChanged({ notes, port, clock, readFailure, logger: silentLogger }, delivery, answer, {
      ...{ locale: "en", conversation: "c1" },
      async send(notice) {
        sent.push(notice);
        return { id: "m1" };
      },
      ...given,
    });
  return { notes, sent, tell };
}

test("an answer that changed more than a minute later is followed by its title once, without its job", async () => {
  const { sent, tell } = openRoom();
  await tell({ answerMessage: "m0" });
  await tell({ answerMessage: "m0" });
  expect(sent).toEqual([
    {
      id: "d1/changed",
      message: { tone: "success", title: "The picture is ready", private: false },
      options: { locale: "en", links: [{ label: "Go to the result", url: "https://room.example/m0" }] },
    },
  ]);
});

test("a younger answer is followed by none, unless one is due anyway", async () => {
  const { sent, tell } = openRoom({ ageMs: 60_000 });
  await tell();
  expect(sent).toEqual([]);
  await tell({ always: true });
  expect(sent).toMatchObject([{ options: { links: [] } }]);
});

test("a delivery that may be below the answer has notified already", async () => {
  const { notes, sent, tell } = openRoom();
  await notes.sendUnseen("d1", "c1", async () => ({ id: "m1" }));
  await tell();
  expect(sent).toEqual([]);
});

test.each([
  ["refused", new SendError(failures.refused({ detail: "no" })), 2],
  ["of unknown outcome", new Error("no answer"), 1],
])("a notice that is %s never fails the delivery", async (_end, error, tries) => {
  const { tell } = openRoom();
  let tried = 0;
  const send = async () => {
    tried += 1;
    throw error;
  };
  await tell({ send });
  await tell({ send });
  expect(tried).toBe(tries);
});
