import type { Logger } from "@toolcast/core";
import { describe, expect, test, vi } from "vitest";
import { rawCall } from "../fakes/telegram/driven-client.ts";
import type { Fault } from "../fakes/telegram/faults.ts";
import type { MessageView } from "../fakes/telegram/message-view.ts";
import { everythingSent, openTelegramRoom, slowStart, type TelegramRoom } from "../telegram-room.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const finished = (room: TelegramRoom) => room.until(() => everythingSent(room), 2 * 60 * 60_000, 15_000);
const fromBot = (messages: readonly MessageView[]) => messages.filter((message) => message.fromBot);
const pictures = (messages: readonly MessageView[]) => fromBot(messages).filter(({ kind }) => kind === "photo");

function recorder(): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  const write = (...parts: unknown[]) => lines.push(JSON.stringify(parts));
  return { lines, logger: { debug: write, info: write, warn: write, error: write } as unknown as Logger };
}

describe("after a restart", () => {
  test("a backlog of 300 updates is worked off, each once and in order", async () => {
    verifies("telegram.taken-once");
    await using room = await openTelegramRoom({ flood: false });
    const people = await Promise.all(Array.from({ length: 10 }, (_, index) => room.member(`Person ${index}`)));
    const asked = new Map(people.map((person) => [person, [] as number[]]));
    for (let count = 0; count < 30; count += 1) {
      for (const person of people) {
        asked.get(person)?.push(person.write(count % 10 === 0 ? `/image a fox ${count}` : "/jobs").id);
      }
    }
    await room.open();
    await finished(room);
    const jobs = room.installation.jobs().sort((one, other) => one.createdAt - other.createdAt);
    expect(jobs).toHaveLength(30);
    for (const person of people) {
      const own = jobs.filter(({ caller }) => caller.id === `telegram:${person.id}`);
      expect(own.map(({ input }) => input.prompt)).toEqual(["a fox 0", "a fox 10", "a fox 20"]);
      const answers = fromBot(person.visibleMessages()).filter(({ text }) => text !== "Ready.");
      expect(answers.map(({ replyTo }) => replyTo)).toEqual(asked.get(person));
      expect(pictures(answers)).toHaveLength(3);
    }
  });

  test("an update that is an hour late starts nothing, and its sender learns so", async () => {
    verifies("telegram.taken-once");
    await using room = await openTelegramRoom();
    const ada = await room.member("Ada");
    ada.write("/image a fox");
    await room.clock.advance(2 * 60 * 60_000);
    await room.open();
    await room.calm();
    expect(room.installation.jobs()).toEqual([]);
    expect(fromBot(ada.visibleMessages()).map(({ text }) => text)).toEqual([
      expect.stringContaining("Nothing was started"),
    ]);
  });

  for (const when of ["before", "after"] as const) {
    test(`killed ${when} Telegram has turned the placeholder into the picture: it is there once`, async () => {
      verifies("telegram.taken-once", "telegram.ladder");
      await using room = await openTelegramRoom();
      const process = await room.open();
      const ada = await room.member("Ada");
      process.dieAt(when, "editMessageMedia");
      ada.write("/image a fox");
      await room.until(() => process.life.dead, 60_000);
      await process.kill();
      await room.open();
      await finished(room);
      const shown = fromBot(ada.visibleMessages());
      expect(shown.filter(({ text }) => text !== "Ready.")).toMatchObject([{ kind: "photo" }]);
      expect(shown.filter(({ text }) => text === "Ready.").length).toBeLessThanOrEqual(1);
      expect(room.installation.jobs()).toHaveLength(1);
    });

    test(`killed ${when} the notice that the result is ready: it is sent at most once`, async () => {
      verifies("telegram.ready-once", "telegram.taken-once");
      await using room = await openTelegramRoom();
      const process = await room.open();
      const ada = await room.member("Ada");
      slowStart(room, "image", 3);
      ada.write("/image a fox");
      await room.pass(60_000, 10_000);
      const ready = () => fromBot(ada.visibleMessages()).filter(({ text }) => text === "Ready.").length;
      expect(ready()).toBe(0);
      process.dieAt(when, "sendMessage");
      await room.until(() => process.life.dead, 10 * 60_000);
      expect(pictures(ada.visibleMessages())).toHaveLength(1);
      await process.kill();
      await room.clock.advance(40_000);
      await room.open();
      await finished(room);
      await room.pass(5 * 60_000, 15_000);
      expect(ready()).toBeLessThanOrEqual(1);
      expect(when === "after" ? ready() : 1).toBe(1);
      expect(pictures(ada.visibleMessages())).toHaveLength(1);
    });

    test(`killed ${when} the first message: the request is carried out once`, async () => {
      verifies("telegram.taken-once");
      await using room = await openTelegramRoom();
      const process = await room.open();
      const ada = await room.member("Ada");
      process.dieAt(when, "sendMessage");
      ada.write("/image a fox");
      await room.until(() => process.life.dead, 60_000);
      await process.kill();
      await room.clock.advance(40_000);
      await room.open();
      await room.until(() => pictures(ada.visibleMessages()).length > 0, 10 * 60_000);
      await finished(room);
      expect(room.installation.jobs()).toHaveLength(1);
      expect(pictures(ada.visibleMessages())).toHaveLength(1);
    });
  }
});

describe("an API that is slow or asks to wait", () => {
  test("delays no other chat when one takes 100 seconds", async () => {
    verifies("telegram.taken-once");
    await using room = await openTelegramRoom();
    await room.open();
    const [ada, bo] = [await room.member("Ada"), await room.member("Bo")];
    ada.start();
    await room.calm();
    room.platform.faults.always("any", { kind: "hang", ms: 100_000 }, { chatId: ada.id });
    ada.write("/image a fox");
    await new Promise((resolve) => setTimeout(resolve, 100));
    bo.write("/image a bear");
    for (let count = 0; count < 30 && pictures(bo.visibleMessages()).length === 0; count += 1) {
      await room.clock.advance(1_000);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(pictures(bo.visibleMessages())).toHaveLength(1);
    expect(pictures(ada.visibleMessages())).toHaveLength(0);
    room.platform.faults.clear();
    await room.until(() => pictures(ada.visibleMessages()).length > 0, 10 * 60_000, 15_000);
    await finished(room);
    expect(pictures(ada.visibleMessages())).toHaveLength(1);
  });

  test.for([
    ["help", "any", "/help"],
    ["a question of theirs about something unknown", "any", "/nonsense"],
    ["its senders' roles", "getChatAdministrators", "/image a fox"],
    ["a stranger's refusal", "any", "/image a fox"],
    ["a question for an input", "any", "/image"],
  ] as const)("delays no other chat while one waits for %s", async ([what, method, words]) => {
    verifies("telegram.side-by-side");
    await using room = await openTelegramRoom();
    await room.open();
    const [ada, bo] = [await room.member("Ada"), await room.member("Bo")];
    const eve = room.platform.person("Eve");
    const team = room.platform.addGroup("Team", [eve, ada]);
    room.platform.faults.always(method, { kind: "hang", ms: 100_000 }, { chatId: team.id });
    const asker = what.includes("stranger") ? eve : ada;
    for (let count = 0; count < 20; count += 1) {
      asker.write(words === "/nonsense" ? "/nonsense@toolcast_bot" : words, { in: team });
    }
    bo.write("/image a bear");
    bo.write("/help");
    const polls = () => room.platform.requestsTo("getUpdates").length;
    const before = polls();
    for (let second = 0; second < 6; second += 1) {
      await new Promise((resolve) => setTimeout(resolve, 60));
      await room.clock.advance(1_000);
    }
    expect(polls()).toBeGreaterThan(before);
    expect(room.platform.updates.pending).toEqual([]);
    expect(pictures(bo.visibleMessages())).toHaveLength(1);
    expect(fromBot(bo.visibleMessages())).toHaveLength(2);
    eve.write("/jobs");
    await new Promise((resolve) => setTimeout(resolve, 60));
    await room.clock.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(fromBot(eve.visibleMessages())).toHaveLength(1);
    room.platform.faults.clear();
  });

  test("delays no other chat while a stranger's question waits to be passed on to an operator", async () => {
    verifies("telegram.side-by-side", "telegram.closed");
    await using room = await openTelegramRoom();
    const [olga, eve, bo] = [room.platform.person("Olga"), room.platform.person("Eve"), await room.member("Bo")];
    await room.open({ policy: { operators: [`telegram:${olga.id}`] } });
    olga.start();
    eve.write("/image a fox");
    await room.calm();
    room.platform.faults.always("any", { kind: "hang", ms: 100_000 }, { chatId: olga.id });
    eve.press(fromBot(eve.visibleMessages()).at(-1)!, "Ask for access");
    bo.write("/image a bear");
    for (let second = 0; second < 6; second += 1) {
      await new Promise((resolve) => setTimeout(resolve, 60));
      await room.clock.advance(1_000);
    }
    expect(pictures(bo.visibleMessages())).toHaveLength(1);
    room.platform.faults.clear();
    await room.until(() => fromBot(olga.visibleMessages()).length === 2, 10 * 60_000, 15_000);
  });

  test("delivers five results in one group with waits of 30 seconds in between, each once", async () => {
    verifies("telegram.flood");
    await using room = await openTelegramRoom();
    await room.open();
    const ada = await room.member("Ada");
    const team = room.platform.addGroup("Team", [ada]);
    for (let count = 0; count < 5; count += 1) {
      ada.write(`/image a fox ${count}`, { in: team });
    }
    // The second and the fourth result are refused; what is sent again counts, too.
    const flood = { kind: "flood", seconds: 30 } as const;
    room.platform.faults.next("editMessageMedia", flood, { chatId: team.id, after: 1 });
    room.platform.faults.next("editMessageMedia", flood, { chatId: team.id, after: 3 });
    await finished(room);
    expect(pictures(ada.visibleMessages(team))).toHaveLength(5);
    expect(room.installation.jobs()).toHaveLength(5);
    // Nothing is sent during a wait except what was under way when it began, which may reach Telegram a little later.
    const refusals = room.platform.requests.filter(({ status }) => status === 429).map(({ at }) => at);
    const refused = refusals.filter((at, index) => index === 0 || at - refusals[index - 1]! > 1_000);
    const waits = refused.slice(1).map((at, index) => at - refused[index]!);
    const edits = room.platform.requestsTo("editMessageMedia").map(({ status }) => status);
    expect(edits.filter((status) => status === 200)).toHaveLength(5);
    // Of two that are under way at once, either may be recorded first.
    expect(edits.slice(0, 2).sort()).toEqual([200, 429]);
    expect(refused).toHaveLength(2);
    expect(waits.filter((ms) => ms < 30_000)).toEqual([]);
    // Each result edits its own answer.
    expect(fromBot(ada.visibleMessages(team)).filter(({ text }) => text !== "Ready.")).toHaveLength(5);
  });
});

describe("others using the same bot", () => {
  test("a second poller is explained, and receiving recovers when it is gone", async () => {
    verifies("telegram.receiving");
    await using room = await openTelegramRoom();
    const { logger, lines } = recorder();
    const process = await room.open({ logger });
    const ada = await room.member("Ada");
    const call = rawCall(room.platform);
    void call("getUpdates", { timeout: 10 });
    await room.platform.until(() => lines.some((line) => line.includes("Another program receives")), "an explanation");
    expect(process.poll.away?.en).toContain("Another program");
    await room.pass(60_000);
    expect(process.poll.away).toBeNull();
    ada.write("/jobs");
    await room.until(() => fromBot(ada.visibleMessages()).length > 0);
  });

  test("a foreign webhook is removed", async () => {
    verifies("telegram.receiving");
    await using room = await openTelegramRoom({ route: () => "http://127.0.0.1:9" });
    const process = await room.open();
    const ada = await room.member("Ada");
    await rawCall(room.platform)("setWebhook", { url: "https://else.example/hook" });
    await room.platform.until(() => process.poll.away !== null, "a conflict");
    expect(process.poll.away?.en).toContain("webhook");
    await room.pass(2 * 60_000);
    ada.write("/jobs");
    await room.until(() => fromBot(ada.visibleMessages()).length > 0);
  });
});

const failures: readonly [string, Fault][] = [
  ["is refused", { kind: "status", status: 400 }],
  ["is refused for the token", { kind: "status", status: 401 }],
  ["goes to an unknown method", { kind: "status", status: 404 }],
  ["meets another poller", { kind: "status", status: 409 }],
  ["is too large", { kind: "status", status: 413 }],
  ["is broken by the server", { kind: "status", status: 502 }],
  ["gets an answer that is no JSON", { kind: "status", status: 200, body: "<html>" }],
  ["is cut off", { kind: "drop" }],
  ["is cut off after it was carried out", { kind: "drop", when: "after" }],
  ["gets no answer", { kind: "hang", ms: 10 * 60_000 }],
  ["has to wait", { kind: "flood", seconds: 30 }],
];

test.for(failures)("the token appears in no record, message or log if every request %s", async ([, fault]) => {
  verifies("telegram.secrets");
  const { logger, lines } = recorder();
  await using room = await openTelegramRoom();
  const process = await room.open({ logger });
  const ada = await room.member("Ada");
  const picture = () => new Uint8Array(Buffer.from("\x89PNG\r\n\x1a\n".padEnd(64, "\0"), "latin1"));
  const pass = async (seconds: number) => {
    for (let second = 0; second < seconds; second += 5) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      await room.clock.advance(5_000);
    }
  };
  slowStart(room, "image", 2);
  ada.write("/image a fox");
  await room.pass(20_000);
  const shown = fromBot(ada.visibleMessages()).at(-1)!;
  room.platform.faults.always("any", fault);
  ada.write("/image a bear");
  ada.write("/help");
  ada.write("/image");
  ada.send("photo", picture(), { caption: "/describe" });
  ada.press(shown, shown.buttons[0]!.label);
  // Received by webhook, as nothing comes by polling now.
  for (const update of room.platform.updates.history.slice(-5)) {
    void process.telegram.take(update);
  }
  await pass(240);
  room.platform.faults.clear();
  await pass(120);
  for (const part of ["getFile", "file"]) {
    room.platform.faults.next(part, fault);
    ada.send("photo", picture(), { caption: "/describe" });
    await pass(60);
  }
  const secret = room.platform.token.split(":")[1];
  const { inbox, entries } = room.installation.store;
  const seen = JSON.stringify([
    ...[lines, [...inbox.values()], [...entries.values()], process.poll.away],
    room.platform.allMessages(ada.chat).map(({ text, buttons }) => [text, buttons]),
  ]);
  expect(lines.length).toBeGreaterThan(0);
  expect(seen).not.toContain(secret);
});
