import { builtInTools } from "@toolcast/core";
import { missingFields } from "@toolcast/core/chat";
import { say } from "@toolcast/core/surface";
import { describe, expect, test } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
import { verifies } from "../verifies.ts";
import type { ChatAct, ChatPerson, ChatPlatform, ChatRoom, ShownMessage, ToolRequest } from "./chat-room.ts";

const minuteMs = 60_000;
const never = () => new Promise<never>(() => {});

const picture = { filename: "face.png", contentType: "image/png", bytes: fixture("picture.png") };
const recording = { filename: "声音.wav", contentType: "audio/wav", bytes: fixture("tone.wav") };
const film = { filename: "face.mp4", contentType: "video/mp4", bytes: fixture("avc.mp4") };

/** By command, in an order in which each has what it needs. */
const requests: Record<string, ToolRequest> = {
  image: { input: () => ({ prompt: "7", size: "512x512", count: 2 }), media: 2 },
  avatar: { input: () => ({ video: film, text: "7" }), media: 1 },
  clone: { input: () => ({ audio: recording, name: "007", consent: true }), afresh: { name: "008", consent: true } },
  speak: { input: () => ({ text: "7", voice: "007" }), media: 1 },
  describe: { input: () => ({ image: picture, question: "7?" }) },
  voices: { input: () => ({}) },
  share: { input: () => ({ voice: "007", shared: true }) },
  balance: { input: () => ({}) },
  bills: { input: () => ({}) },
  explain: { input: () => ({ text: "10013" }) },
  privacy: { input: () => ({}) },
  forget: { input: () => ({ confirm: false }) },
  jobs: { input: () => ({}) },
  job: { input: (job) => ({ job }), media: 2 },
  cancel: { input: (job) => ({ job }), media: 2 },
};

/** Text that platforms take for mentions, markup, links or commands. */
const hostileTexts = [
  ...["@everyone @here", "<@1> <!channel>", "**bold** _x_ `code`", "[x](https://evil.example)"],
  ...["<script>alert(1)</script>", "&amp; &lt;b&gt;", "/image ||x|| ~x~"],
];

/** What core and its people rely on in every chat platform. */
export function chatContract(platform: ChatPlatform): void {
  describe(`${platform.name} keeps the chat contract`, () => {
    test("every command is acknowledged in time while every vendor hangs", async () => {
      verifies("chat.acknowledged");
      await using room = await platform.openRoom();
      const ada = room.person("ada");
      await open(room, ada);
      const { provider } = room.installation;
      for (const capability of ["image", "avatarVideo", "voiceCloning", "speech", "imageUnderstanding"] as const) {
        provider.nextStart(capability, ...Array.from({ length: 10 }, () => never));
      }
      provider.balance = never() as never;
      provider.records = never as never;
      const acts = Object.values(requests).map(({ input }, index) =>
        ada.ask(Object.keys(requests)[index] ?? "", input("job_none")),
      );
      await room.pass(platform.acknowledgeWithinMs, 250);
      await room.pass(10_000);
      expect(acts.map(({ state }) => state)).toEqual(acts.map(() => "acknowledged"));
    });

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

    test.each([
      ["within minutes", 1],
      ["after 40 minutes", 40],
    ])("killed between result and record, %s: one message, never two", async (_name, minutes) => {
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
      await open(room, ada);
      await finished(room);
      expect([results(ada).length, starts(room), placeholders(ada).length]).toEqual([1, 1, 0]);
    });

    test("a stranger's press begins nothing, changes nothing and shows the stranger why", async () => {
      verifies("chat.presses");
      await using room = await platform.openRoom();
      const [ada, eve] = [room.person("ada"), room.person("eve")];
      await open(room, ada);
      ada.ask("image", { prompt: "a fox" });
      await finished(room);
      const [result] = results(ada);
      const before = JSON.stringify(ada.sees());
      const told = eve.sees().length;
      for (const [index, label] of result!.buttons.entries()) {
        const act = eve.press(result!, label);
        await room.calm();
        expect(act.state, label).toBe("acknowledged");
        expect(eve.sees(), label).toHaveLength(told + index + 1);
      }
      await room.pass(minuteMs);
      expect([room.installation.jobs().length, starts(room), JSON.stringify(ada.sees())]).toEqual([1, 1, before]);
    });

    test.each(["en", "zh-CN"] as const)(
      "each tool is asked for, answered, and its form comes back, in %s",
      async (locale) => {
        verifies("chat.forms-kept", "understood.both-languages");
        expect(Object.keys(requests).sort()).toEqual(builtInTools.map(({ command }) => command).sort());
        await using room = await platform.openRoom();
        const ada = room.person("ada", { locale });
        await open(room, ada);
        let done = "";
        for (const [command, { input, media = 0, afresh = {} }] of Object.entries(requests)) {
          const before = new Map(ada.sees().map((message) => [message.id, message]));
          const given = input(done);
          const isIncomplete = platform.sendsIncomplete && missingFields(toolOf(command), []).length > 0;
          const act = ada.ask(command, isIncomplete ? {} : given);
          // A platform may take no more than a message a second.
          await room.pass(5_000);
          if (isIncomplete) {
            await ada.submit(act, given);
          }
          await finished(room);
          const answers = ada.sees().filter(({ id }) => !before.has(id));
          expect([act.state, placeholders(ada)], command).toEqual(["acknowledged", []]);
          expect(sum(answers), command).toBe(media);
          expect(answers.length, command).toBeGreaterThan(0);
          // Names and values of these requests are digits: what is left is ours, but for vendors' own words.
          for (const { text } of answers.filter((one) => one.text !== "")) {
            expect(
              /\p{Script=Han}/u.test(text.replaceAll(/声音|^Vendor's words.*$/gm, "")),
              `${command}: ${text}`,
            ).toBe(locale === "zh-CN");
          }
          if (toolOf(command).effect === "spends") {
            const first = newest(room);
            done ||= first.id;
            const again = ada.press(
              answers.find(({ buttons }) => buttons.includes(label("again", locale)))!,
              label("again", locale),
            );
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

    test("what is private stays private, for 40 minutes and for who reads along", async () => {
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

    test("the result of a job of 40 minutes arrives once, and no answer is left waiting", async () => {
      verifies("delivered.once", "delivered.into-conversation");
      await using room = await platform.openRoom();
      const ada = room.person("ada");
      await open(room, ada);
      untilThen(room, 40);
      ada.ask("image", { prompt: "a fox" });
      await room.pass(39 * minuteMs, 15_000);
      expect([results(ada).length, placeholders(ada).length]).toEqual([0, 0]);
      await finished(room);
      await room.pass(minuteMs, 5_000);
      expect([results(ada).length, placeholders(ada).length, starts(room)]).toEqual([1, 0, 1]);
    });

    test("of 500 commands at once each is acknowledged in time, and each result arrives once", async () => {
      verifies("chat.acknowledged", "delivered.once");
      await using room = await platform.openRoom();
      const people = Array.from({ length: 50 }, (_, index) => room.person(`person ${index}`));
      room.installation.provider.limits = { concurrent: 50, startsPerSecond: 1_000 };
      await open(room, people[0]!);
      const acts = people.flatMap((person) =>
        Array.from({ length: 10 }, () => person.ask("image", { prompt: "a fox" })),
      );
      await settled(acts);
      expect(acts.filter(({ state }) => state === "acknowledged")).toHaveLength(500);
      await room.until(() => starts(room) === 500, 120 * minuteMs, 15_000);
      await finished(room);
      const seen = new Map(people.flatMap((person) => results(person).map(({ id }) => [id, person])));
      expect([starts(room), seen.size, placeholders(people[0]!).length]).toEqual([500, 500, 0]);
    });

    test("through a flood limit results go before progress, and each arrives once", async () => {
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
        return minutes < until ? { state: "pending", fraction: minutes / until, checkAfterMs: 20_000 } : null;
      };
      const each = 5;
      for (const until of [30, 60]) {
        for (let index = 0; index < each; index += 1) {
          provider.nextStart("image", { end: "operation", reference: { until } });
          ada.ask("image", { prompt: `${until} minutes` });
          await room.calm();
        }
      }
      await room.pass(29 * minuteMs, 10_000);
      const working = () => ada.sees().filter(({ text, media }) => text.includes("60 minutes") && media === 0);
      const shown = () => JSON.stringify(working().map(({ text }) => text));
      expect([results(ada).length, working().length]).toEqual([0, each]);
      // What is on its way when the flood begins is shown all the same.
      await room.calm();
      room.flood(2 * minuteMs);
      await room.calm();
      const before = shown();
      await room.until(() => {
        const count = results(ada).length;
        expect(shown() === before || count === each, `progress went before ${each - count} results`).toBe(true);
        return count === each;
      }, 10 * minuteMs);
      await room.until(() => shown() !== before, 10 * minuteMs);
      await finished(room);
      expect([results(ada).length, starts(room), placeholders(ada).length]).toEqual([2 * each, 2 * each, 0]);
    });

    test("garbage stops nobody's request, and hostile words are shown as they are and notify nobody", async () => {
      verifies("chat.once", "safe.inert-text");
      await using room = await platform.openRoom();
      const ada = room.person("ada");
      await open(room, ada);
      room.sendGarbage();
      await room.calm();
      for (const prompt of hostileTexts) {
        ada.ask("image", { prompt });
        await room.calm();
      }
      await finished(room);
      const shown = results(ada);
      expect([room.installation.jobs().length, shown.length]).toEqual([hostileTexts.length, hostileTexts.length]);
      for (const [index, text] of hostileTexts.entries()) {
        expect(shown[index]?.text).toContain(text);
      }
      expect(ada.sees().filter(({ pings }) => pings)).toEqual([]);
    });
  });
}

function open(room: ChatRoom, operator: ChatPerson) {
  return room.open({ policy: { operators: [operator.id] } });
}

const starts = ({ installation }: ChatRoom) => installation.provider.starts.length;
const results = (person: ChatPerson) => person.sees().filter(({ media }) => media > 0);
const placeholders = (person: ChatPerson) => person.sees().filter(({ isPlaceholder }) => isPlaceholder);
const sum = (messages: readonly ShownMessage[]) => messages.reduce((total, { media }) => total + media, 0);
const label = (what: "again", locale: "en" | "zh-CN") => say({ key: `action.${what}` }, locale);

function toolOf(command: string) {
  return builtInTools.find((tool) => tool.command === command)!;
}

function newest({ installation }: ChatRoom) {
  return installation
    .jobs()
    .sort((one, other) => one.createdAt - other.createdAt)
    .at(-1)!;
}

/** Every job has come to an end, and its people know. */
function finished(room: ChatRoom): Promise<void> {
  const ended = ["succeeded", "failed", "cancelled"];
  return room.until(
    () =>
      [...room.installation.store.entries.values()].every(
        ({ job }) => ended.includes(job.state.phase) && job.notices.every(({ state }) => state === "sent"),
      ),
    120 * minuteMs,
    15_000,
  );
}

/** The next picture takes so long, with progress once a minute. */
function untilThen({ installation }: ChatRoom, minutes: number): void {
  const { provider, clock } = installation;
  provider.nextStart("image", { end: "operation", reference: { until: clock.now() + minutes * minuteMs } });
  provider.everyCheck = (reference) => {
    const left = (reference as { until: number }).until - clock.now();
    return left <= 0 ? null : { state: "pending", fraction: 1 - left / minutes / minuteMs, checkAfterMs: minuteMs };
  };
}

/** Waits on the wire alone: the platform's clock stands. */
async function settled(acts: readonly ChatAct[]): Promise<void> {
  while (acts.some(({ state }) => state === "waiting")) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
