import { expect, test } from "vitest";
import { verifies } from "../verifies.ts";
import type { ChatAct, ChatPlatform, ShownMessage } from "./chat-room.ts";
import { arrivalsAt, finished, minuteMs, open, placeholders, results, starts } from "./chat-scene.ts";

/** How often a job in progress has something to report. */
const progressMs = 4_000;
/** Older progress is out of date: it is requested every few seconds. */
const staleMs = 20_000;

/** Many requests at once, and a platform that accepts few of our messages. */
export function chatLoadContract(platform: ChatPlatform): void {
  test("of 500 commands within seconds each is acknowledged in time, and each result arrives once", async () => {
    verifies("chat.acknowledged", "delivered.once");
    await using room = await platform.openRoom();
    const people = Array.from({ length: 50 }, (_, index) => room.person(`person ${index}`));
    room.installation.provider.limits = { concurrent: 50, startsPerSecond: 1_000 };
    const writeCost = { eachMs: 10 };
    await open(room, people[0]!, { writeCost });
    const acts: ChatAct[] = [];
    // Only as fast as the store can record them: otherwise earlier requests' work delays the last acknowledgements.
    for (let each = 0; each < 10; each += 1) {
      acts.push(...people.map((person) => person.ask("image", { prompt: "a fox" })));
      await room.pass(500, 250);
    }
    await room.pass(platform.acknowledgeWithinMs, 250);
    expect(acts.filter(({ state }) => state === "acknowledged")).toHaveLength(500);
    writeCost.eachMs = 0;
    await room.until(() => starts(room) === 500, 120 * minuteMs, 15_000);
    // A conversation may accept only one message per second.
    await finished(room, 5_000);
    const seen = new Map(people.flatMap((person) => results(person).map(({ id }) => [id, person])));
    expect([starts(room), seen.size, placeholders(people[0]!).length]).toEqual([500, 500, 0]);
  });

  test.each([
    ["that core's sends wait out", 5_000],
    ["that puts them off", 15_000],
  ])("through a flood limit %s results are sent before progress, and each arrives once", async (_name, waitMs) => {
    verifies("chat.results-first", "chat.paced");
    await using room = await platform.openRoom();
    const ada = room.person("ada");
    const { provider, clock } = room.installation;
    provider.limits = { concurrent: 50, startsPerSecond: 1_000 };
    await open(room, ada);
    const begun = clock.now();
    provider.everyCheck = (reference) => {
      const minutes = (clock.now() - begun) / minuteMs;
      const { until } = reference as { until: number };
      return minutes < until
        ? { state: "pending", fraction: minutes / until, checkAfterMs: minutes < 28 ? minuteMs : progressMs }
        : null;
    };
    const each = 5;
    for (const until of [30, 60]) {
      for (let index = 0; index < each; index += 1) {
        provider.nextStart("image", { end: "operation", reference: { until } });
        ada.ask("image", { prompt: `${until} minutes` });
        // Each reports progress at a different time, so there is always some when a result waits.
        await room.pass(progressMs);
      }
    }
    await room.pass(29 * minuteMs, 10_000);
    const isProgress = ({ text, media }: ShownMessage) => text.includes("60 minutes") && media === 0;
    expect([results(ada).length, ada.sees().filter(isProgress).length]).toEqual([0, each]);
    // Messages already being sent when the flood begins are still shown.
    await room.calm();
    room.flood(2 * minuteMs, waitMs);
    await room.calm();
    const arrived = arrivalsAt(room, ada);
    await room.until(() => arrived.some(isProgress), 10 * minuteMs);
    await room.pass(minuteMs);
    const late = arrived.slice(arrived.findIndex(isProgress));
    expect(late.filter(({ media }) => media > 0).map(({ text }) => text)).toEqual([]);
    expect(new Set(arrived.filter(({ media }) => media > 0).map(({ id }) => id)).size).toBe(each);
    // Progress that could not be shown is not shown later: each edit gives the job's current state.
    for (const { text, at } of late.filter(isProgress)) {
      const percent = Number(/(\d+) %/.exec(text)?.[1]);
      expect(percent, text).toBeGreaterThanOrEqual(Math.floor(((at - begun - staleMs) / (60 * minuteMs)) * 100));
    }
    await finished(room);
    expect([results(ada).length, starts(room), placeholders(ada).length]).toEqual([2 * each, 2 * each, 0]);
  });
}
