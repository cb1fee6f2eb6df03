import { describe, expect, test, vi } from "vitest";
import { vendorFailure } from "../doubles/scripted-provider.ts";
import type { MessageView } from "../fakes/telegram/message-view.ts";
import { everythingSent, openTelegramRoom, shownText, type TelegramRoom } from "../telegram-room.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const finished = (room: TelegramRoom) => room.until(() => everythingSent(room), 2 * 60 * 60_000, 15_000);
const fromBot = (messages: readonly MessageView[]) => messages.filter((message) => message.fromBot);

/** A job in a group that failed with a vendor's code, and a member who has never written to the bot. */
async function open(languageCode: string) {
  const room = await openTelegramRoom();
  const process = await room.open();
  const ada = room.platform.person("Ada", { languageCode });
  const [bo] = [await room.member("Bo")];
  const team = room.platform.addGroup("Team", [ada, bo]);
  await room.letIn(team.id);
  const failure = vendorFailure({ provider: "spark", layer: "cloud", vendorCode: "10013" });
  room.installation.provider.nextStart("image", { end: "operation", reference: { vendor: "slow" } });
  room.installation.provider.nextCheck({ state: "failed", failure });
  ada.write("/image a fox", { in: team });
  await finished(room);
  const failed = () => fromBot(ada.visibleMessages(team)).find(({ buttons }) => buttons.length > 0)!;
  return { room, process, ada, bo, team, failed, [Symbol.asyncDispose]: () => room[Symbol.asyncDispose]() };
}

describe("the code of a failure in a group", () => {
  test.for([
    ["en", "Explain the code"],
    ["zh-hans", "解释错误码"],
  ] as const)("is explained there to its presser alone, who has no chat with the bot (%s)", async ([code, label]) => {
    verifies("telegram.alone", "telegram.answers");
    await using scene = await open(code);
    const { room, ada, bo, team, failed } = scene;
    const before = bo.visibleMessages(team).length;
    const press = ada.press(failed(), label);
    await room.pass(5_000);
    const [shown, ...others] = fromBot(ada.visibleMessages(team)).filter(({ ephemeral }) => ephemeral);
    expect(shownText(shown?.text ?? "")).toContain("10013");
    expect(shown?.text).toMatch(code === "en" ? /[a-z]{5}/ : /\p{Script=Han}{5}/u);
    expect(others).toEqual([]);
    expect(press.answer).not.toBeNull();
    expect(press.answer?.text ?? "").toBe("");
    expect(bo.visibleMessages(team)).toHaveLength(before);
    expect(fromBot(ada.visibleMessages())).toEqual([]);
  });

  test("is explained in the presser's own chat when Telegram no longer shows it there", async () => {
    verifies("telegram.alone", "telegram.private");
    await using scene = await open("en");
    const { room, process, ada, bo, team, failed } = scene;
    ada.start();
    await room.pass(5_000);
    const before = [bo.visibleMessages(team).length, ada.visibleMessages(team).length];
    await room.pass(60_000, 10_000);
    await process.kill();
    ada.press(failed(), "Explain the code");
    await room.clock.advance(20_000);
    await room.open();
    await room.pass(40_000);
    expect(shownText(fromBot(ada.visibleMessages()).at(-1)?.text ?? "")).toContain("10013");
    expect([bo.visibleMessages(team).length, ada.visibleMessages(team).length]).toEqual(before);
  });
});
