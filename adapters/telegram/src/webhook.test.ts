import { expect, test } from "vitest";
import { openTelegramRoom } from "../../../test/telegram-room.ts";
import { verifies } from "../../../test/verifies.ts";
import { answerWebhook, webhookPath } from "./webhook.ts";

test("an update that cannot be stored is answered with 503 on a webhook, and with 200 once it came again and was stored", async () => {
  verifies("telegram.stored-first", "telegram.webhook");
  await using room = await openTelegramRoom();
  const { runtime, telegram, poll } = await room.open();
  await poll.close();
  const ada = await room.member("Ada");
  const secret = "a-secret-of-the-webhook";
  const post = async (update: unknown) =>
    (
      await answerWebhook(
        new Request(`https://toolcast.example${webhookPath}`, {
          ...{ method: "POST", body: JSON.stringify(update) },
          headers: { "x-telegram-bot-api-secret-token": secret },
        }),
        { secret, take: telegram.take, isOpen: () => true },
      )
    )?.status;
  const take = runtime.inbox.take.bind(runtime.inbox);
  runtime.inbox.take = async () => {
    throw Object.assign(new Error("database or disk is full"), { errcode: 13 });
  };
  ada.write("/image a fox");
  const update = room.platform.updates.history.at(-1);
  expect([await post(update), await post(update), await post(update), await post(update)]).toEqual([
    503, 503, 503, 503,
  ]);
  runtime.inbox.take = take;
  expect([await post(update), await post(update)]).toEqual([200, 200]);
  for (let second = 0; second < 5; second += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    await room.clock.advance(1_000);
  }
  expect(room.installation.jobs()).toHaveLength(1);
});
