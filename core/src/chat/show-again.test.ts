import { expect, test } from "vitest";
import { createManualClock } from "../../../test/manual-clock.ts";
import { sampleJob } from "../../../test/sample-job.ts";
import { silentLogger } from "../ground/logger.ts";
import type { Message } from "../surface/message.ts";
import type { Answer } from "./answer.ts";
import { markerOf } from "./button-id.ts";
import type { ChatContext } from "./chat-kit.ts";
import { sendFailures } from "./send-failure.ts";
import { editBeforeResult } from "./show-again.ts";

// @verifies delivered.once, survives.lease

const caller = { id: "chat:ada", name: "Ada", locale: "en", place: { surface: "chat", conversation: "c1" } } as const;
const picture = { assetId: "asset_1" } as unknown as NonNullable<Message["media"]>[number];

function openRoom(acknowledged = "a1") {
  const clock = createManualClock();
  const edits: [text: string, media: number, marker: string | undefined][] = [];
  const job = { ...sampleJob("job_1", { acknowledgement: { answer: acknowledged } }), caller };
  let stored: Answer = { id: "a1", at: clock.now(), caller };
  const message: Message = { tone: "success", title: "The picture", private: false, media: [picture] };
  const context = {
    clock,
    logger: silentLogger,
    readFailure: (error: unknown) => sendFailures("Roomy").connection(error),
    answers: {
      read: async () => stored,
    },
    runtime: {
      job: async (id: string) => (id === job.id ? job : null),
      jobMessage: async () => message,
      fit: async (given: Message) => given,
    },
    port: {
      limits: () => ({}),
      async edit(_answer: Answer, { title, media = [] }: Message, { marker }: { marker?: string }) {
        edits.push([title, media.length, marker]);
        return null;
      },
    },
  } as unknown as ChatContext;
  return {
    ...{ context, clock, edits },
    shows(shown: Answer["shown"]) {
      stored = { ...stored, shown };
    },
  };
}

type Room = ReturnType<typeof openRoom>;

/** An edit during which the process stands still for so long, and another one acts. */
const edit = ({ context, clock }: Room, standstillMs: number, other: () => void) =>
  editBeforeResult(context, "a1", async () => {
    await clock.advance(standstillMs);
    other();
    return "edited";
  });

const result = { delivery: "job_1.1", media: true };

test("a result shown while this process stood still is shown again over what this one put there", async () => {
  const room = openRoom();
  expect(await edit(room, 40_000, () => room.shows(result))).toBe("edited");
  expect(room.edits).toEqual([["The picture", 1, markerOf("job_1.1")]]);
});

test("media that were shown in another message are not shown again", async () => {
  const room = openRoom();
  await edit(room, 40_000, () => room.shows({ ...result, media: false }));
  expect(room.edits).toEqual([["The picture", 0, markerOf("job_1.1")]]);
});

test("an edit that failed after a standstill may have had its effect, too", async () => {
  const room = openRoom();
  const failing = edit(room, 40_000, () => {
    room.shows(result);
    throw new Error("no answer");
  });
  await expect(failing).rejects.toThrow("no answer");
  expect(room.edits).toHaveLength(1);
});

test("nothing is shown again that was there before, or for a job whose answer is another one", async () => {
  const before = openRoom();
  before.shows(result);
  await edit(before, 40_000, () => {});
  const moved = openRoom("a2");
  await edit(moved, 40_000, () => moved.shows(result));
  expect([before.edits, moved.edits]).toEqual([[], []]);
});

test("a result that another process shows at the same moment is shown again, too", async () => {
  const room = openRoom();
  await edit(room, 0, () => room.shows(result));
  expect(room.edits).toHaveLength(1);
});
