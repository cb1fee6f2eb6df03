import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type RawCall, rawCall } from "../fakes/telegram/driven-client.ts";
import { sampleMedia } from "../fakes/telegram/sample-media.ts";
import { startTelegram, type TelegramFake } from "../fakes/telegram/telegram.ts";
import { createManualClock, type ManualClock } from "../manual-clock.ts";
import { verifies } from "../verifies.ts";

let clock: ManualClock;
let telegram: TelegramFake;
let call: RawCall;

beforeEach(async () => {
  clock = createManualClock();
  telegram = await startTelegram({ clock });
  call = rawCall(telegram);
});

afterEach(async () => {
  await telegram.close();
  telegram.assertNoViolations();
});

const textsOf = (result: unknown) =>
  (result as { message?: { text: string } }[]).map(({ message }) => message?.text ?? null);

describe("long polling", () => {
  test("repeats updates until an offset confirms them", async () => {
    verifies("built.telegram-fake");
    const ada = telegram.person("Ada");
    for (const text of ["one", "two", "three"]) {
      ada.write(text);
    }
    const first = await call("getUpdates", { limit: 2 });
    expect(textsOf(first.result)).toEqual(["one", "two"]);
    expect(textsOf((await call("getUpdates", { limit: 2 })).result)).toEqual(["one", "two"]);
    const last = (first.result as { update_id: number }[])[1]!.update_id;
    expect(textsOf((await call("getUpdates", { offset: last + 1 })).result)).toEqual(["three"]);
    expect(textsOf((await call("getUpdates", { offset: -1 })).result)).toEqual(["three"]);
    expect((await call("getUpdates", { offset: last + 2 })).result).toEqual([]);
    expect((await call("getUpdates", {})).result).toEqual([]);
  });

  test("hands out a backlog of 300 in batches, and forgets updates after a day", async () => {
    verifies("built.telegram-fake");
    const ada = telegram.person("Ada");
    ada.write("old");
    await clock.advance(24 * 60 * 60_000 + 1);
    for (let count = 0; count < 300; count += 1) {
      ada.write(`${count}`);
    }
    const seen: (string | null)[] = [];
    for (let offset = 0; ; ) {
      const batch = (await call("getUpdates", { offset })).result as { update_id: number }[];
      if (batch.length === 0) {
        break;
      }
      expect(batch.length).toBe(100);
      seen.push(...textsOf(batch));
      offset = batch.at(-1)!.update_id + 1;
    }
    expect(seen).toEqual(Array.from({ length: 300 }, (_, index) => `${index}`));
  });

  test("waits on the clock, and a new update ends the wait", async () => {
    verifies("built.telegram-fake");
    const empty = call("getUpdates", { timeout: 50 });
    await telegram.until(() => telegram.updates.polling, "the poll");
    await clock.advance(50_000);
    expect((await empty).result).toEqual([]);
    const woken = call("getUpdates", { timeout: 50 });
    await telegram.until(() => telegram.updates.polling, "the poll");
    telegram.person("Ada").write("hello");
    expect(textsOf((await woken).result)).toEqual(["hello"]);
  });

  test("ends the older of two pollers with 409, and reports the next conflict only three seconds later", async () => {
    verifies("built.telegram-fake");
    const first = call("getUpdates", { timeout: 50 });
    await telegram.until(() => telegram.updates.polling, "the poll");
    const second = call("getUpdates", { timeout: 50 });
    const refused = await first;
    expect([refused.status, refused.description]).toEqual([
      409,
      "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    ]);
    const third = call("getUpdates", { timeout: 50 });
    await telegram.until(() => clock.pending() === 2, "the held back complaint");
    await clock.advance(3_000);
    expect((await second).status).toBe(409);
    telegram.person("Ada").write("hello");
    expect(textsOf((await third).result)).toEqual(["hello"]);
  });

  test("keeps allowed_updates when they are left out, and drops other updates", async () => {
    verifies("built.telegram-fake");
    const ada = telegram.person("Ada");
    await call("getUpdates", { allowed_updates: ["callback_query"] });
    ada.write("dropped");
    await call("getUpdates", {});
    ada.write("dropped too");
    expect((await call("getUpdates", {})).result).toEqual([]);
    await call("getUpdates", { allowed_updates: [] });
    ada.write("kept");
    expect(textsOf((await call("getUpdates", {})).result)).toEqual(["kept"]);
  });

  test("delivers the parts of an album as separate updates, seconds apart", async () => {
    verifies("built.telegram-fake");
    const photo = { kind: "photo", bytes: sampleMedia.png() } as const;
    telegram.person("Ada").sendAlbum([{ ...photo, caption: "/describe" }, photo, photo], { gapMs: 7_500 });
    const counts: number[] = [];
    for (const step of [0, 7_500, 7_500]) {
      await clock.advance(step);
      counts.push(telegram.updates.pending.length);
    }
    expect(counts).toEqual([1, 2, 3]);
    const groups = telegram.updates.history.map(({ message }) => message?.media_group_id);
    expect(new Set(groups).size).toBe(1);
    expect(telegram.updates.history.map(({ message }) => message?.caption)).toEqual([
      "/describe",
      undefined,
      undefined,
    ]);
  });
});

describe("a caller", () => {
  test("must know the token, and call an existing method", async () => {
    verifies("built.telegram-fake");
    const wrong = await rawCall(telegram, "7000000001:AAwrong")("getMe");
    expect([wrong.status, wrong.description]).toEqual([401, "Unauthorized"]);
    expect((await rawCall(telegram, "nonsense")("getMe")).status).toBe(404);
    const unknown = await call("makeCoffee");
    expect([unknown.status, unknown.description]).toEqual([404, "Not Found: method not found"]);
    expect(((await call("GETME")).result as { username: string }).username).toBe("toolcast_bot");
  });

  test("finds newer methods and fields only if the server has them", async () => {
    verifies("built.telegram-fake");
    const settings = { callback_query_mode: "inline" };
    expect((await call("setMySettings", settings)).result).toBe(true);
    const old = await startTelegram({ clock, version: "10.1" });
    const oldCall = rawCall(old);
    expect((await oldCall("setMySettings", settings)).status).toBe(404);
    expect((await oldCall("deleteEphemeralMessage", {})).status).toBe(404);
    const ada = old.person("Ada");
    const group = old.addGroup("Team", [ada], { bot: "administrator" });
    const alone = { receiver_user_id: ada.id };
    await oldCall("sendMessage", { chat_id: group.id, text: "secret", ephemeral_message_parameters: alone });
    expect(old.allMessages(group).map(({ text, ephemeral }) => [text, ephemeral])).toEqual([["secret", false]]);
    const commands = [{ command: "balance", description: "Balance", is_ephemeral: true }];
    await oldCall("setMyCommands", { commands });
    expect((await oldCall("getMyCommands")).result).toEqual([{ command: "balance", description: "Balance" }]);
    await old.close();
  });

  test("is not served by the cloud for ten minutes after logOut", async () => {
    verifies("built.telegram-fake");
    expect((await call("logOut")).result).toBe(true);
    expect((await call("getMe")).description).toBe("Logged out");
    await clock.advance(10 * 60_000);
    expect((await call("getMe")).ok).toBe(true);
  });
});
