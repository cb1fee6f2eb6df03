import { expect, test } from "vitest";
import { verifies } from "../verifies.ts";
import type { ChatAct, ChatPlatform, ShownMessage } from "./chat-room.ts";
import { arrivalsAt, finished, minuteMs, open, placeholders, results, starts } from "./chat-scene.ts";

/** How often a job that is under way has something to tell. */
const progressMs = 4_000;
/** Progress that is older says nothing true: it is asked for every few seconds. */
const staleMs = 20_000;

/** Many requests at once, and a platform that takes few of what we send. */
export function chatLoadContract(platform: ChatPlatform): void {
  test("of 500 commands within seconds each is acknowledged in time, and each result arrives once", async () => {
    verifies("chat.acknowledged", "delivered.once");
    await using room = await platform.openRoom();
    const people = Array.from({ length: 50 }, (_, index) => room.person(`person ${index}`));
    room.installation.provider.limits = { concurrent: 50, startsPerSecond: 1_000 };
    const writeCost = { eachMs: 10 };
    await open(room, people[0]!, { writeCost });
    const acts: ChatAct[] = [];
    // As fast as the store can note them: what the first ones ask for would keep the last ones waiting.
    for (let each = 0; each < 10; each += 1) {
      acts.push(...people.map((person) => person.ask("image", { prompt: "a fox" })));
      await room.pass(500, 250);
    }
    await room.pass(platform.acknowledgeWithinMs, 250);
    expect(acts.filter(({ state }) => state === "acknowledged")).toHaveLength(500);
    writeCost.eachMs = 0;
    await room.until(() => starts(room) === 500, 120 * minuteMs, 15_000);
    // A conversation may take no more than a message a second.
    await finished(room, 5_000);
    const seen = new Map(people.flatMap((person) => results(person).map(({ id }) => [id, person])));
    expect([starts(room), seen.size, placeholders(people[0]!).length]).toEqual([500, 500, 0]);
  });

  test.each([
    ["that core's sends wait out", 5_000],
    ["that puts them off", 15_000],
  ])("through a flood limit %s results go before progress, and each arrives once", async (_name, waitMs) => {
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
        // Each tells of its progress at another time: there is some whenever a result waits.
        await room.pass(progressMs);
      }
    }
    await room.pass(29 * minuteMs, 10_000);
    const isProgress = ({ text, media }: ShownMessage) => text.includes("60 minutes") && media === 0;
    expect([results(ada).length, ada.sees().filter(isProgress).length]).toEqual([0, each]);
    // What is on its way when the flood begins is shown all the same.
    await room.calm();
    room.flood(2 * minuteMs, waitMs);
    await room.calm();
    const arrived = arrivalsAt(room, ada);
    await room.until(() => arrived.some(isProgress), 10 * minuteMs);
    await room.pass(minuteMs);
    const late = arrived.slice(arrived.findIndex(isProgress));
    expect(late.filter(({ media }) => media > 0).map(({ text }) => text)).toEqual([]);
    expect(new Set(arrived.filter(({ media }) => media > 0).map(({ id }) => id)).size).toBe(each);
    // What could not be shown is not shown later: each change tells how the job stands now.
    for (const { text, at } of late.filter(isProgress)) {
      const percent = Number(/(\d+) %/.exec(text)?.[1]);
      expect(percent, text).toBeGreaterThanOrEqual(Math.floor(((at - begun - staleMs) / (60 * minuteMs)) * 100));
    }
    await finished(room);
    expect([results(ada).length, starts(room), placeholders(ada).length]).toEqual([2 * each, 2 * each, 0]);
  });
}
