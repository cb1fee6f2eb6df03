import { describe, expect, test, vi } from "vitest";
import {
  type DiscordRoom,
  everythingSent,
  newestJob,
  openRoom,
  type RoomProcess,
  slowStart,
  textOf,
} from "../discord-room.ts";
import type { MessageView } from "../fakes/discord/message-view.ts";
import type { Person } from "../fakes/discord/person.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const minuteMs = 60_000;
const finished = (room: DiscordRoom) => room.until(() => everythingSent(room), 120 * minuteMs, 15_000);
const starts = ({ installation }: DiscordRoom) => installation.provider.starts.length;

/** Waits until the process dies. */
async function dies(room: DiscordRoom, process: RoomProcess, limitMs = 60 * minuteMs): Promise<void> {
  await room.until(() => process.life.dead, limitMs, 15_000);
  await process.kill();
}

/** What everybody sees in the channel and in the asker's direct messages. */
function everyResult({ platform }: DiscordRoom, person: Person): MessageView[] {
  return [...platform.allMessages(), ...platform.allMessages(platform.direct(person))].filter(
    ({ files }) => files.length > 0,
  );
}

describe("a process that dies", () => {
  test.each([
    ["within minutes", 1],
    ["after twenty minutes", 20],
  ])("between answer and result leaves the job to the next one, %s", async (_name, awayMinutes) => {
    verifies("survives.kill-anywhere", "delivered.once");
    await using room = await openRoom();
    const first = await room.open();
    const ada = room.platform.person("ada");
    slowStart(room, "image", 3);
    const asked = await room.ask(ada, "image", { prompt: "a fox" });
    await room.pass(minuteMs, 15_000);
    await first.kill();
    await room.pass(awayMinutes * minuteMs, 15_000);
    await room.open();
    await finished(room);
    expect([everyResult(room, ada).length, starts(room)]).toEqual([1, 1]);
    expect(ada.answerTo(asked)?.thinking).toBe(false);
  });

  test.each([[false], [true]])(
    "between acknowledgement and storing: the next one carries the request out (private: %s)",
    async (isPrivate) => {
      verifies("discord.never-thinking", "acknowledged.stored-first");
      await using room = await openRoom();
      const first = await room.open();
      const ada = room.platform.person("ada");
      first.dieAt("after", "respond");
      const asked = ada.runCommand("image", { prompt: "a fox", private: isPrivate });
      await dies(room, first);
      expect([ada.answerTo(asked)?.thinking, room.installation.store.entries.size]).toEqual([true, 0]);
      await room.open();
      // The lease of the dead process has to expire first.
      await room.until(() => !ada.answerTo(asked)?.thinking);
      await finished(room);
      expect([ada.answerTo(asked)?.thinking, ada.answerTo(asked)?.files.length, starts(room)]).toEqual([false, 1, 1]);
    },
  );

  test("between acknowledgement and storing holds up no other request, even while Discord accepts no edits", async () => {
    verifies("discord.never-thinking", "discord.acknowledged");
    await using room = await openRoom();
    const first = await room.open();
    const ada = room.platform.person("ada");
    first.dieAt("after", "respond");
    const asked = ada.runCommand("image", { prompt: "a fox" });
    await dies(room, first);
    room.platform.faults.always("edit-original", { kind: "status", status: 503 });
    await room.open();
    const other = await room.ask(ada, "jobs");
    expect([other.state, ada.answerTo(asked)?.thinking]).toEqual(["acknowledged", true]);
    await room.pass(minuteMs, 5_000);
    room.platform.faults.clear();
    await finished(room);
    await room.pass(minuteMs, 5_000);
    expect([asked, other].map((one) => ada.answerTo(one)?.thinking)).toEqual([false, false]);
    expect([everyResult(room, ada).length, starts(room)]).toEqual([1, 1]);
  });

  test("between acknowledgement and storing, and stays away too long: its sender learns that nothing was done", async () => {
    verifies("discord.never-thinking");
    await using room = await openRoom();
    const first = await room.open();
    const ada = room.platform.person("ada", { locale: "zh-CN" });
    first.dieAt("after", "respond");
    const asked = ada.runCommand("image", { prompt: "狐狸" });
    await dies(room, first);
    await room.pass(20 * minuteMs, minuteMs);
    await room.open();
    await room.calm();
    expect(ada.answerTo(asked)?.thinking).toBe(false);
    expect(textOf(ada.answerTo(asked))).toMatch(/未开始任何任务，也未扣费/);
    expect(starts(room)).toBe(0);
  });

  test("before the acknowledgement has done nothing, and nothing is done later: its sender saw it fail", async () => {
    verifies("discord.never-thinking", "acknowledged.stored-first");
    await using room = await openRoom();
    const first = await room.open();
    const ada = room.platform.person("ada");
    first.dieAt("before", "respond");
    const asked = ada.runCommand("image", { prompt: "a fox" });
    await dies(room, first);
    await room.pass(5_000);
    expect(asked.state).toBe("missed");
    await room.open();
    await room.pass(minuteMs, 15_000);
    expect([starts(room), room.installation.store.entries.size]).toEqual([0, 0]);
  });

  test.each([
    ["within minutes", 1],
    ["after twenty minutes", 20],
  ])("between storing and showing: the answer shows the job, %s", async (_name, awayMinutes) => {
    verifies("discord.never-thinking", "delivered.once");
    await using room = await openRoom();
    // Its worker is not running: nothing has begun when it dies.
    const first = await room.open({ started: false });
    const ada = room.platform.person("ada");
    slowStart(room, "image", 2);
    first.dieAt("before", "editOriginal");
    const asked = ada.runCommand("image", { prompt: "a fox" });
    await dies(room, first);
    expect(newestJob(room).tool).toBe("generate_image");
    await room.pass(awayMinutes * minuteMs, minuteMs);
    // Its worker is not running either: the answer shows what the process found, and no progress yet.
    const second = await room.open({ started: false });
    await room.calm();
    expect(textOf(ada.answerTo(asked))).toMatch(/^Accepted: Generate an image/);
    await second.runtime.start();
    await finished(room);
    expect(ada.answerTo(asked)?.thinking).toBe(false);
    expect([everyResult(room, ada).length, starts(room)]).toEqual([1, 1]);
  });

  test.each([
    ["the answer is edited", 3, 0],
    ["the answer is edited, and comes back after twenty minutes", 3, 20],
    ["a message is posted", 20, 0],
    ["a message is posted, and comes back after twenty minutes", 20, 20],
  ])("when %s, before that is on record: one message, never two", async (_name, minutes, awayMinutes) => {
    verifies("discord.found", "delivered.once");
    await using room = await openRoom();
    const first = await room.open();
    const ada = room.platform.person("ada");
    slowStart(room, "image", minutes);
    await room.ask(ada, "image", { prompt: "a fox" });
    await room.pass((minutes - 1) * minuteMs, 15_000);
    expect(newestJob(room).state.phase).toBe("running");
    if (minutes > 15) {
      first.dieAt("after", "createMessage");
      await dies(room, first);
    } else {
      const { surface } = first.discord;
      const deliver = surface.deliver.bind(surface);
      surface.deliver = async (...parts) => {
        await deliver(...parts);
        first.life.die();
        return new Promise(() => {});
      };
      await dies(room, first);
    }
    expect(everyResult(room, ada)).toHaveLength(1);
    expect(newestJob(room).notices[0]?.state).toBe("sending");
    for (let message = 0; message < 150; message += 1) {
      room.platform.person(`passer-by ${message}`).say("what a fox");
    }
    await room.pass(awayMinutes * minuteMs, minuteMs);
    await room.open();
    await finished(room);
    expect([everyResult(room, ada).length, starts(room)]).toEqual([1, 1]);
  });

  test("after it has sent a direct message: one, never two", async () => {
    verifies("discord.found", "delivered.once");
    await using room = await openRoom();
    const first = await room.open();
    const ada = room.platform.person("ada");
    slowStart(room, "image", 20);
    await room.ask(ada, "image", { prompt: "a fox", private: true });
    first.dieAt("after", "createMessage");
    await dies(room, first);
    await room.pass(20 * minuteMs, minuteMs);
    await room.open();
    await finished(room);
    expect([everyResult(room, ada).length, starts(room)]).toEqual([1, 1]);
  });
});
