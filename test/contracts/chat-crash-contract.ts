import { expect, test } from "vitest";
import { verifies } from "../verifies.ts";
import type { ChatPlatform, ChatProcess } from "./chat-room.ts";
import { finished, minuteMs, never, open, placeholders, results, starts, untilThen } from "./chat-scene.ts";

/** Repeated events and dying processes: nothing is lost, nothing is done twice. */
export function chatCrashContract(platform: ChatPlatform): void {
  test.each([
    ["one process", 1],
    ["two processes", 2],
  ])("an event that comes again is one job, in %s and after a restart", async (_name, count) => {
    verifies("chat.once");
    await using room = await platform.openRoom();
    const ada = room.person("ada");
    const processes = [];
    for (let index = 0; index < count; index += 1) {
      processes.push(await open(room, ada));
    }
    const act = ada.ask("image", { prompt: "a fox" });
    room.redeliver(act);
    await room.calm();
    room.redeliver(act);
    await finished(room);
    room.redeliver(act);
    await room.pass(minuteMs);
    await Promise.all(processes.map((process) => process.kill()));
    await open(room, ada);
    room.redeliver(act);
    await room.pass(minuteMs);
    expect([room.installation.jobs().length, starts(room), results(ada).length]).toEqual([1, 1, 1]);
    expect(ada.sees()).toHaveLength(1);
  });

  test("killed between acknowledgement and answer: the next process carries the request out", async () => {
    verifies("chat.recovered");
    await using room = await platform.openRoom();
    const ada = room.person("ada");
    const first = await open(room, ada);
    first.dieWhenAcknowledged();
    const act = ada.ask("image", { prompt: "a fox" });
    await room.until(() => first.life.dead, minuteMs);
    await first.kill();
    await open(room, ada);
    await room.until(() => results(ada).length > 0, 10 * minuteMs);
    await finished(room);
    expect([act.state, room.installation.jobs().length, starts(room), results(ada).length]).toEqual([
      ...["acknowledged", 1, 1, 1],
    ]);
    expect(placeholders(ada).length).toBeLessThanOrEqual(platform.mayLeavePlaceholder ? 1 : 0);
  });

  test("a request whose process died is answered by another one that was running all along", async () => {
    verifies("chat.recovered");
    await using room = await platform.openRoom();
    const ada = room.person("ada");
    const processes = [await open(room, ada), await open(room, ada)];
    let first: ChatProcess | undefined;
    for (const process of processes) {
      const { inbox } = process.runtime;
      const take = inbox.take.bind(inbox);
      // The first process to receive it takes it and dies.
      inbox.take = async (event) => {
        first ??= process;
        if (first !== process) {
          return { taken: false, entry: { ...event, state: "open", parts: [], takenAt: 0, version: 1 } };
        }
        process.dieWhenAcknowledged();
        return take(event);
      };
    }
    await room.calm();
    const act = ada.ask("image", { prompt: "a fox" });
    await room.until(() => first?.life.dead ?? false, minuteMs);
    await first?.kill();
    await room.until(() => results(ada).length > 0, 3 * minuteMs);
    await finished(room);
    expect([act.state, room.installation.jobs().length, starts(room), results(ada).length]).toEqual([
      ...["acknowledged", 1, 1, 1],
    ]);
    expect(placeholders(ada).length).toBeLessThanOrEqual(platform.mayLeavePlaceholder ? 1 : 0);
  });

  test.each([
    ["within minutes", 1, 0],
    ["after 40 minutes", 40, 0],
    ["after 40 minutes, and away for an hour", 40, 60],
  ])("killed between result and record, %s: one message, never two", async (_name, minutes, awayMinutes) => {
    verifies("delivered.once", "survives.kill-anywhere");
    await using room = await platform.openRoom();
    const ada = room.person("ada");
    const first = await open(room, ada);
    untilThen(room, minutes);
    ada.ask("image", { prompt: "a fox" });
    const deliver = first.surface.deliver.bind(first.surface);
    first.surface.deliver = async (...parts) => {
      const end = await deliver(...parts);
      if (end.end !== "sent") {
        return end;
      }
      first.life.die();
      return never();
    };
    await room.until(() => first.life.dead, 60 * minuteMs, 15_000);
    await first.kill();
    expect(results(ada)).toHaveLength(1);
    // A platform's own protection against duplicates lasts only for minutes.
    await room.pass(awayMinutes * minuteMs, minuteMs);
    await open(room, ada);
    await finished(room);
    expect([results(ada).length, starts(room), placeholders(ada).length]).toEqual([1, 1, 0]);
  });
}
