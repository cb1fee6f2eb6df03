import { builtInTools } from "@toolcast/core";
import { missingFields } from "@toolcast/core/chat";
import { say } from "@toolcast/core/surface";
import { describe, expect, test } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
import { scriptedCapabilities } from "../doubles/scripted-provider.ts";
import { verifies } from "../verifies.ts";
import { chatCrashContract } from "./chat-crash-contract.ts";
import { chatLoadContract } from "./chat-load-contract.ts";
import { chatPrivacyContract } from "./chat-privacy-contract.ts";
import type { ChatPlatform, ToolRequest } from "./chat-room.ts";
import {
  finished,
  label,
  languageOf,
  minuteMs,
  never,
  newest,
  open,
  placeholders,
  results,
  starts,
  sum,
  toolOf,
  untilThen,
} from "./chat-scene.ts";
import { chatTextContract } from "./chat-text-contract.ts";

const picture = { filename: "face.png", contentType: "image/png", bytes: fixture("picture.png") };
const recording = { filename: "声音.wav", contentType: "audio/wav", bytes: fixture("tone.wav") };
const film = { filename: "face.mp4", contentType: "video/mp4", bytes: fixture("avc.mp4") };

/** By command, in an order in which each finds what it needs. */
const requests: Record<string, ToolRequest> = {
  image: { input: () => ({ prompt: "7", size: "512x512", count: 2 }), media: 2 },
  avatar: { input: () => ({ video: film, text: "7" }), media: 1 },
  video: { input: () => ({ prompt: "7", image: picture }), media: 1 },
  clone: { input: () => ({ audio: recording, name: "007", consent: true }), afresh: { name: "008", consent: true } },
  speak: { input: () => ({ text: "7", voice: "007" }), media: 1 },
  describe: { input: () => ({ image: picture, question: "7?" }) },
  ask: { input: () => ({ question: "7?" }) },
  voices: { input: () => ({}) },
  share: { input: () => ({ voice: "007", shared: true }) },
  delete_voice: { input: () => ({ voice: "007" }) },
  delete: { input: (job) => ({ item: job }) },
  balance: { input: () => ({}) },
  bills: { input: () => ({}) },
  explain: { input: () => ({ text: "10013" }) },
  privacy: { input: () => ({}) },
  forget: { input: () => ({ confirm: false }) },
  jobs: { input: () => ({}) },
  job: { input: (job) => ({ job }), media: 2 },
  cancel: { input: (job) => ({ job }), media: 2 },
};

/** What core and its people rely on in every chat platform. */
export function chatContract(platform: ChatPlatform): void {
  describe(`${platform.name} keeps the chat contract`, () => {
    test("every command is acknowledged in time while every vendor hangs", async () => {
      verifies("chat.acknowledged");
      await using room = await platform.openRoom();
      const ada = room.person("ada");
      await open(room, ada);
      const { provider } = room.installation;
      for (const capability of scriptedCapabilities) {
        provider.nextStart(capability, ...Array.from({ length: 10 }, () => never));
      }
      provider.balance = never() as never;
      provider.records = never as never;
      const acts = [
        ...Object.entries(requests).map(([command, { input }]) => ada.ask(command, input("job_none"))),
        ada.ask("image", { prompt: "7", image: picture }),
      ];
      await room.pass(platform.acknowledgeWithinMs, 250);
      await room.pass(10_000);
      expect(acts.map(({ state }) => state)).toEqual(acts.map(() => "acknowledged"));
    });

    test.each(["en", "zh-CN"] as const)(
      "each tool is asked for, answered, and its form comes back, in %s",
      async (locale) => {
        verifies("chat.forms-kept", "understood.both-languages");
        expect(Object.keys(requests).sort()).toEqual(builtInTools.map(({ command }) => command).sort());
        await using room = await platform.openRoom();
        const [ada, eve] = [room.person("ada", { locale }), room.person("eve")];
        await open(room, ada);
        let done = "";
        for (const [command, { input, media = 0, afresh = {} }] of Object.entries(requests)) {
          const before = new Map(ada.sees().map((message) => [message.id, message]));
          const seenBefore = eve.sees().length;
          const given = input(done);
          const isIncomplete = platform.sendsIncomplete && missingFields(toolOf(command), []).length > 0;
          const act = ada.ask(command, isIncomplete ? {} : given);
          // A platform may accept only one message per second.
          await room.pass(5_000);
          if (isIncomplete) {
            await ada.submit(act, given);
          }
          await finished(room);
          const answers = ada.sees().filter(({ id }) => !before.has(id));
          expect([act.state, placeholders(ada)], command).toEqual(["acknowledged", []]);
          expect(sum(answers), command).toBe(media);
          // Everybody sees what is asked in public, unless the tool is private.
          expect(eve.sees().length > seenBefore, command).toBe(!toolOf(command).private);
          expect(answers.filter(({ text }) => text !== "").length, command).toBeGreaterThan(0);
          // Names and values in these requests are digits: the rest is our text, except for vendors' own words.
          for (const { text } of answers.filter((one) => one.text !== "")) {
            expect(languageOf(text), `${command}: ${text}`).toBe(locale);
          }
          if (toolOf(command).effect === "spends") {
            const first = newest(room);
            done ||= first.id;
            // A request that can be repeated unchanged starts with one press; a form for changes is beside it.
            const result = answers.find(({ buttons }) => buttons.includes(label("again", locale)))!;
            const hasChange = result.buttons.includes(label("change", locale));
            expect(hasChange, command).toBe(Object.keys(afresh).length === 0);
            const again = ada.press(result, label(hasChange ? "change" : "again", locale));
            await room.calm();
            await ada.submit(again, afresh);
            await finished(room);
            const second = newest(room);
            expect([again.state, second.id === first.id, second.input], command).toEqual([
              "acknowledged",
              false,
              { ...first.input, ...afresh },
            ]);
          }
        }
      },
    );

    test.each(["en", "zh-CN"] as const)(
      "again is one press, and a double click creates no second job, in %s",
      async (locale) => {
        verifies("chat.again");
        await using room = await platform.openRoom();
        const [ada, eve] = [room.person("ada", { locale }), room.person("eve", { locale })];
        await open(room, ada);
        ada.ask("image", { prompt: "7", size: "512x512" });
        await finished(room);
        const [first] = results(ada);
        expect(first?.buttons).toEqual(expect.arrayContaining([label("again", locale), label("change", locale)]));
        const acts = [ada.press(first!, label("again", locale)), ada.press(first!, label("again", locale))];
        await room.pass(5_000);
        await finished(room);
        expect(acts.map((act) => [act.state, ada.isAsked(act)])).toEqual(acts.map(() => ["acknowledged", false]));
        expect([starts(room), results(ada).length, placeholders(ada)]).toEqual([2, 2, []]);
        expect(results(ada).find(({ id }) => id === first!.id)).toEqual(first);
        expect(room.installation.jobs().map(({ input }) => input)).toEqual(
          Array(2).fill({ prompt: "7", size: "512x512" }),
        );
        await room.pass(10_000);
        ada.press(first!, label("again", locale));
        eve.press(first!, label("again", locale));
        await finished(room);
        expect([
          starts(room),
          results(ada).length,
          room.installation.jobs().every(({ caller }) => caller.id === ada.id),
        ]).toEqual([3, 3, true]);
      },
    );

    test.each(["en", "zh-CN"] as const)(
      "a result says what it was made from, and its story all of it, in %s",
      async (locale) => {
        verifies("job.recipe");
        await using room = await platform.openRoom();
        const ada = room.person("ada", { locale });
        await open(room, ada);
        const prompt = Array.from({ length: 40 }, (_, index) => `${index}`).join(" ");
        ada.ask("image", { prompt, size: "512x512", seed: 7_654_321 });
        await finished(room);
        const [result] = results(ada);
        const made = [prompt, "512x512", "7654321", locale === "en" ? "Scripted" : "脚本"];
        for (const fact of made) {
          expect(result?.text).toContain(fact);
        }
        ada.press(result!, label("details", locale));
        await room.pass(5_000);
        const story = ada.sees().find(({ text, id }) => id !== result?.id && made.every((fact) => text.includes(fact)));
        expect(story?.text).toContain(prompt);
      },
    );

    test.each(["en", "zh-CN"] as const)("one of several pictures can be chosen and used, in %s", async (locale) => {
      verifies("chat.use");
      await using room = await platform.openRoom();
      const ada = room.person("ada", { locale });
      const { runtime } = await open(room, ada);
      ada.ask("image", { prompt: "7", count: 2 });
      await finished(room);
      const job = newest(room);
      const { media = [] } = await runtime.jobMessage(job, job.caller);
      const use = say({ key: "action.use-in", values: { tool: toolOf("describe").title } }, locale);
      const title = (index: number) =>
        say({ key: "action.use-which", values: { number: index + 1, name: media[index]?.name ?? "" } }, locale);
      for (const index of [1, 0]) {
        const act = ada.press(ada.sees().find(({ buttons }) => buttons.includes(use))!, use);
        await room.calm();
        await ada.submit(act, { image: title(index) });
        await finished(room);
        expect(newest(room).input).toMatchObject({ image: media[index]?.assetId });
      }
      expect(media).toHaveLength(2);
    });

    test.each(["en", "zh-CN"] as const)("first answer, progress and result are all in %s", async (locale) => {
      verifies("understood.both-languages");
      await using room = await platform.openRoom();
      const ada = room.person("ada", { locale });
      const { runtime } = await open(room, ada, { started: false });
      room.installation.provider.limits = { concurrent: 1, startsPerSecond: 1_000 };
      untilThen(room, 3);
      ada.ask("image", { prompt: "7" });
      await room.pass(5_000);
      // Nobody works on it yet: this is the text of the process that took it.
      expect(ada.sees().map(({ text, isPlaceholder }) => [languageOf(text), text === "", isPlaceholder])).toEqual([
        [locale, false, false],
      ]);
      await runtime.start();
      // Its first text stays while it waits for the job ahead.
      ada.ask("image", { prompt: "8" });
      await room.pass(5_000);
      const spoken = ada.sees().filter(({ text, isPlaceholder }) => text !== "" && !isPlaceholder);
      expect(spoken).toHaveLength(2);
      const texts = new Set<string>();
      await room.until(() => {
        for (const { text, isPlaceholder } of ada.sees()) {
          if (!isPlaceholder) {
            texts.add(text);
          }
        }
        return results(ada).length === 2;
      });
      // Accepted, in progress, done: each text replaces the one before.
      expect(texts.size).toBeGreaterThanOrEqual(3);
      expect([...texts].filter((text) => languageOf(text) !== locale)).toEqual([]);
    });

    test("the result of a job of 40 minutes arrives once, and no answer is left waiting", async () => {
      verifies("delivered.once", "delivered.into-conversation");
      await using room = await platform.openRoom();
      const ada = room.person("ada");
      await open(room, ada);
      untilThen(room, 40);
      ada.ask("image", { prompt: "a fox" });
      await room.pass(39 * minuteMs, 15_000);
      expect([results(ada).length, placeholders(ada).length]).toEqual([0, 0]);
      // It still shows its state, although it was sent with a handle that expired after a quarter of an hour.
      expect(ada.sees().map(({ text }) => Number(/(\d+) %/.exec(text)?.[1]) > 90)).toEqual([true]);
      await finished(room);
      await room.pass(minuteMs, 5_000);
      expect([results(ada).length, placeholders(ada).length, starts(room)]).toEqual([1, 0, 1]);
    });

    chatLoadContract(platform);
    chatCrashContract(platform);
    chatTextContract(platform);
    chatPrivacyContract(platform);
  });
}
