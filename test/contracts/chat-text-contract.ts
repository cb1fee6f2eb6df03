import type { StartEnd } from "@toolcast/core/provider";
import { locales, say } from "@toolcast/core/surface";
import { expect, test } from "vitest";
import type { VendorStart } from "../doubles/scripted-provider.ts";
import { verifies } from "../verifies.ts";
import type { ChatPlatform, ChatRoom } from "./chat-room.ts";
import { arrivalsAt, finished, minuteMs, newest, open, starts } from "./chat-scene.ts";

const words = Array.from({ length: 900 }, (_, index) => `word${index} `);

/** A model that says a word every 100 ms, until it is stopped or has no more to say. */
function speakingModel(room: ChatRoom): void {
  room.installation.provider.nextStart("text", ({ context }: VendorStart) => {
    const { promise, resolve } = Promise.withResolvers<StartEnd>();
    let said = "";
    const end = (stopped: boolean) =>
      resolve({
        end: "done",
        output: stopped
          ? { media: [], text: said, stopped }
          : { media: [], text: said, charge: { amount: 1_200, unit: "tokens" } },
      });
    const speak = (at: number): void => {
      const word = words[at];
      if (context.stop?.aborted || word === undefined) {
        end(word !== undefined);
        return;
      }
      said += word;
      context.onText?.(word);
      room.installation.clock.setTimer(100, () => speak(at + 1));
    };
    speak(0);
    return promise;
  });
}

/** A text that arrives in pieces is shown as it grows, by whatever means and within whatever limits a platform has. */
export function chatTextContract(platform: ChatPlatform): void {
  for (const locale of locales) {
    test(`${locale}: an answer is shown as it grows, its end where it is long, and then as it would be in one piece`, async () => {
      verifies("chat.text-grows");
      await using room = await platform.openRoom();
      const ada = room.person("ada", { locale });
      await open(room, ada);
      speakingModel(room);
      const arrived = arrivalsAt(room, ada);
      ada.ask("ask", { question: "Why?" });
      await room.until(() => starts(room) === 1);
      await finished(room, 500);
      // The newest word that each update of the first answer shows.
      const stop = say({ key: "action.stop" }, locale);
      const grown = arrived
        .filter(({ buttons }) => buttons.includes(stop))
        .map(({ text }) => Number(/word(\d+)(?!.*word\d)/s.exec(text)?.[1] ?? -1))
        .filter((newestWord) => newestWord >= 0);
      expect(grown.length).toBeGreaterThan(5);
      // Each shows more than the one before, although no place has room for all of it.
      expect(grown).toEqual([...new Set(grown)].sort((one, other) => one - other));
      expect(grown.at(-1)).toBeGreaterThan(words.length - 60);
      // Edits keep to the surface's own pace.
      expect(grown.length).toBeLessThan(90_000 / 2_000);
      const job = newest(room);
      expect(job.steps[0]).toMatchObject({ text: words.join("").trim().concat(" "), charge: { amount: 1_200 } });
      expect(ada.sees().some(({ text }) => text.includes("word0 word1 "))).toBe(true);
    });

    test(`${locale}: Stop ends it where it is, and says that tokens are charged all the same`, async () => {
      verifies("chat.text-grows", "text.stop");
      await using room = await platform.openRoom();
      const ada = room.person("ada", { locale });
      await open(room, ada);
      speakingModel(room);
      ada.ask("ask", { question: "Why?" });
      const stop = say({ key: "action.stop" }, locale);
      const growing = () => ada.sees().find(({ buttons }) => buttons.includes(stop));
      await room.until(() => growing() !== undefined, minuteMs);
      ada.press(growing()!, stop);
      await finished(room, 500);
      expect(newest(room)).toMatchObject({ state: { phase: "cancelled" }, steps: [{ stopped: true }] });
      expect(ada.sees().some(({ text }) => text.includes(say({ key: "job.stopped" }, locale)))).toBe(true);
    });
  }

  test("through a flood limit its growth is skipped, and the whole answer arrives once", async () => {
    verifies("chat.text-grows", "chat.results-first");
    await using room = await platform.openRoom();
    const ada = room.person("ada");
    await open(room, ada);
    speakingModel(room);
    ada.ask("ask", { question: "Why?" });
    await room.until(() => starts(room) === 1);
    await room.pass(5_000);
    await room.calm();
    room.flood(30_000, 5_000);
    await finished(room, 1_000);
    expect(newest(room).state.phase).toBe("succeeded");
    expect(ada.sees().filter(({ text }) => text.includes("word0 word1 "))).toHaveLength(1);
  });
}
