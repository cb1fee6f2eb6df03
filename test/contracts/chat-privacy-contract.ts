import { silentLogger } from "@toolcast/core";
import { say } from "@toolcast/core/surface";
import { expect, test } from "vitest";
import { verifies } from "../verifies.ts";
import type { ChatPlatform } from "./chat-room.ts";
import { finished, minuteMs, open, results, starts, untilThen } from "./chat-scene.ts";

/** Text that platforms interpret as mentions, markup, links or commands. */
const hostileTexts = [
  ...["@everyone @here", "<@1> <!channel>", "**bold** _x_ `code`", "[x](https://evil.example)"],
  ...["<script>alert(1)</script>", "&amp; &lt;b&gt;", "/image ||x|| ~x~"],
];

const start = say({ key: "action.start-this" }, "en");
const correct = say({ key: "answer.correct" }, "en");

/** Strangers, onlookers and hostile content achieve nothing. */
export function chatPrivacyContract(platform: ChatPlatform): void {
  test("a stranger's press begins nothing, changes nothing and shows the stranger why", async () => {
    verifies("chat.presses");
    await using room = await platform.openRoom();
    const [ada, eve] = [room.person("ada"), room.person("eve")];
    await open(room, ada);
    ada.ask("image", { prompt: "a fox" });
    await finished(room);
    const [result] = results(ada);
    const before = JSON.stringify(ada.sees());
    const seen = eve.sees().length;
    for (const [index, label] of result!.buttons.entries()) {
      const act = eve.press(result!, label);
      await room.calm();
      expect(eve.isAsked(act), label).toBe(false);
      expect(act.state, label).toBe("acknowledged");
      expect(eve.sees(), label).toHaveLength(seen + index + 1);
    }
    await room.pass(minuteMs);
    expect([room.installation.jobs().length, starts(room), JSON.stringify(ada.sees())]).toEqual([1, 1, before]);
  });

  test("a stranger cannot correct somebody's refused request in their name", async () => {
    verifies("chat.presses");
    await using room = await platform.openRoom();
    const [ada, eve] = [room.person("ada"), room.person("eve")];
    await open(room, ada);
    ada.ask("speak", { text: "Hello", voice: "nobody" });
    await room.pass(5_000);
    const refused = ada.sees().find(({ buttons }) => buttons.includes(correct))!;
    const seen = eve.sees().length;
    // If only the asker sees it, there is nothing for a stranger to press.
    if (eve.sees().some(({ id }) => id === refused.id)) {
      const act = eve.press(refused, correct);
      await room.pass(5_000);
      expect([act.state, eve.sees().length]).toEqual(["acknowledged", seen + 1]);
      expect(eve.isAsked(act)).toBe(false);
    } else {
      expect(seen).toBe(0);
    }
    // Its owner gets the form.
    const own = ada.press(refused, correct);
    await room.pass(5_000);
    expect([own.state, ada.isAsked(own), room.installation.jobs()]).toEqual(["acknowledged", true, []]);
  });

  test("a button whose subject is gone says so and begins nothing", async () => {
    verifies("chat.buttons", "chat.presses");
    await using room = await platform.openRoom();
    const ada = room.person("ada");
    await open(room, ada);
    ada.ask("speak", { text: "Hello", voice: "nobody" });
    await room.pass(5_000);
    ada.ask("image", { prompt: "a fox" });
    await finished(room);
    const kept = ada.sees().filter(({ buttons }) => buttons.length > 0);
    expect(kept.flatMap(({ buttons }) => buttons)).toContain(correct);
    ada.ask("forget", { confirm: true });
    await room.pass(5_000);
    expect(room.installation.jobs().map(({ erased }) => erased)).toEqual([true]);
    for (const message of kept) {
      for (const label of message.buttons) {
        const before = ada.sees().length;
        const act = ada.press(message, label);
        await room.pass(5_000);
        expect([act.state, ada.isAsked(act), ada.sees().length], label).toEqual(["acknowledged", false, before + 1]);
        expect(ada.sees().at(-1)?.text, label).not.toBe("");
      }
    }
    expect([room.installation.jobs().length, starts(room)]).toEqual([1, 1]);
  });

  test("a quote is shown to its asker alone, starts nothing, and its button opens the form that starts exactly it", async () => {
    verifies("built.price-only");
    await using room = await platform.openRoom();
    const [ada, eve] = [room.person("ada"), room.person("eve")];
    await open(room, ada);
    ada.ask("image", { prompt: "a secret fox", quote: true });
    await room.pass(10_000, 1_000);
    const quote = ada.sees().find(({ buttons }) => buttons.includes(start))!;
    expect(quote.text).toContain("2 points");
    expect([eve.sees(), room.installation.jobs(), starts(room)]).toEqual([[], [], 0]);
    const act = ada.press(quote, start);
    await room.pass(5_000);
    await ada.submit(act, {});
    await finished(room);
    expect(room.installation.jobs().map(({ input }) => input)).toEqual([
      { prompt: "a secret fox", provider: "scripted" },
    ]);
    expect(results(ada)).toHaveLength(1);
  });

  test("what is private stays private, for 40 minutes and even with onlookers", async () => {
    verifies("delivered.private-stays-private");
    await using room = await platform.openRoom();
    const [ada, eve] = [room.person("ada"), room.person("eve")];
    await open(room, ada);
    untilThen(room, 40);
    ada.ask("image", { prompt: "a secret fox" }, { private: true });
    await room.pass(30 * minuteMs, 15_000);
    ada.ask("image", { prompt: "a secret hen" }, { private: true });
    await finished(room);
    expect([results(ada).length, starts(room)]).toEqual([2, 2]);
    expect(eve.sees()).toEqual([]);
  });

  test("what is private stays private when its answer was deleted and it has to take another route", async () => {
    verifies("delivered.private-stays-private");
    await using room = await platform.openRoom();
    const [ada, eve] = [room.person("ada"), room.person("eve")];
    await open(room, ada);
    untilThen(room, 10);
    ada.ask("image", { prompt: "a secret fox" }, { private: true });
    await room.pass(minuteMs, 5_000);
    const seen: string[] = [];
    for (const message of ada.sees()) {
      room.remove(message);
    }
    expect(ada.sees()).toEqual([]);
    await room.until(
      () => {
        seen.push(...eve.sees().map(({ text }) => text));
        return results(ada).length > 0;
      },
      30 * minuteMs,
      10_000,
    );
    await finished(room);
    seen.push(...eve.sees().map(({ text }) => text));
    expect([results(ada).length, starts(room), seen]).toEqual([1, 1, []]);
  });

  test("garbage is acknowledged, logged once and remembered, even by the next process", async () => {
    verifies("chat.once");
    await using room = await platform.openRoom();
    const ada = room.person("ada");
    const complaints: object[] = [];
    const warn = (facts: object, words: string) => {
      if (words === "an event could not be read") {
        complaints.push(facts);
      }
    };
    const logger = { ...silentLogger, warn };
    const first = await open(room, ada, { logger });
    const acts = [...room.sendGarbage()];
    await room.calm();
    acts.push(...room.sendGarbage());
    await room.pass(platform.acknowledgeWithinMs, 500);
    expect(acts.map(({ state }) => state)).toEqual(acts.map(() => "acknowledged"));
    const count = complaints.length;
    expect(count).toBeGreaterThan(1);
    await first.kill();
    await open(room, ada, { logger });
    acts.push(...room.sendGarbage());
    await room.pass(platform.acknowledgeWithinMs, 500);
    expect(acts.map(({ state }) => state)).toEqual(acts.map(() => "acknowledged"));
    expect(complaints).toHaveLength(count);
    expect([room.installation.jobs(), ada.sees()]).toEqual([[], []]);
  });

  test("garbage blocks nobody's request, and hostile text is shown as it is and notifies nobody", async () => {
    verifies("chat.once", "safe.inert-text");
    await using room = await platform.openRoom();
    const ada = room.person("ada");
    const { runtime } = await open(room, ada, { started: false });
    room.sendGarbage();
    await room.calm();
    for (const prompt of hostileTexts) {
      ada.ask("image", { prompt });
      // A platform may accept only one message per second.
      await room.pass(5_000);
    }
    const taken = ada.sees();
    expect(hostileTexts.filter((prompt) => !taken.some(({ text }) => text.includes(prompt)))).toEqual([]);
    expect(taken.filter(({ pings }) => pings)).toEqual([]);
    await runtime.start();
    await finished(room);
    const shown = results(ada);
    expect([room.installation.jobs().length, shown.length]).toEqual([hostileTexts.length, hostileTexts.length]);
    for (const [index, text] of hostileTexts.entries()) {
      expect(shown[index]?.text).toContain(text);
    }
    expect(ada.sees().filter(({ pings }) => pings)).toEqual([]);
  });
}
