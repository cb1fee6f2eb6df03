import { expect, test } from "vitest";
import { silentLogger } from "../ground/logger.ts";
import type { Delivery } from "../surface/surface.ts";
import type { Answer } from "./answer.ts";
import type { ChatContext } from "./chat-kit.ts";
import { tellElsewhereInLane } from "./elsewhere.ts";
import { SendError, sendFailures } from "./send-failure.ts";

// @verifies delivered.once

const failures = sendFailures("Roomy");
const place = { surface: "chat", conversation: "c1" };
const delivery: Delivery = {
  ...{ id: "job_1.1", asker: "chat:ada", place, acknowledgement: { answer: "a1" } },
  message: { tone: "success", title: "The picture is ready", private: false },
};

/** What is stored about a first answer that was to point to a message below, when the platform ends that edit so. */
async function pointed(edit: () => Promise<null>): Promise<object> {
  const stored: Answer = { id: "a1", at: 0, caller: { id: "chat:ada", name: "Ada", locale: "en", place } };
  const context = {
    logger: silentLogger,
    readFailure: (error: unknown) => (error instanceof SendError ? error.failure : failures.connection(error)),
    answers: {
      read: async () => stored,
      change: async (_id: string, change: object) => void Object.assign(stored, change),
    },
    port: { edit, answerOf: () => ({ id: "a1" }), linkTo: () => undefined },
  } as unknown as ChatContext;
  await tellElsewhereInLane(context, delivery, { below: "m2" }, "en");
  return stored;
}

test.each<[string, () => Promise<null>, boolean]>([
  ["shows the pointer", async () => null, true],
  ["allows no edit", () => Promise.reject(new SendError(failures.refused({ detail: "expired" }))), true],
  ["does not answer", () => Promise.reject(new Error("reset")), false],
])(
  "a first answer that is to point elsewhere is settled, unless it may have been edited: the platform %s",
  async (_end, edit, isSettled) => {
    const shown = { delivery: "job_1.1", media: false };
    const stored = await pointed(edit);
    expect(stored).toMatchObject({ id: "a1", ...(isSettled ? { shown } : {}) });
    expect("shown" in stored).toBe(isSettled);
  },
);
