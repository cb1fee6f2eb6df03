import { expect, test, vi } from "vitest";
import { type DiscordRoom, everythingSent, newestJob, openRoom, type RoomProcess, slowStart } from "../discord-room.ts";
import { fixture } from "../doubles/fixture-media.ts";
import type { Fault } from "../fakes/discord/faults.ts";
import type { MessageView } from "../fakes/discord/message-view.ts";
import type { Person } from "../fakes/discord/person.ts";
import { verifies } from "../verifies.ts";

// Messages made with only a token: once that process is gone, the bot cannot look them up.

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const minuteMs = 60_000;
const recording = { filename: "me.wav", contentType: "audio/wav", bytes: fixture("tone.wav") };
const labels = (message: MessageView | null | undefined) => (message?.buttons ?? []).map(({ label }) => label);
const withFiles = (messages: readonly MessageView[]) => messages.filter(({ files }) => files.length > 0);
const finished = (room: DiscordRoom) => room.until(() => everythingSent(room), 120 * minuteMs, 5_000);
const followUps = ({ platform }: DiscordRoom) => platform.requestsTo("follow-up").length;

type Asking = Parameters<Person["runCommand"]>;

/** Somebody with a voice, in a place where only a token can show messages. */
async function someone(room: DiscordRoom, place: "private" | "group"): Promise<{ ada: Person; speak: Asking }> {
  const ada = room.platform.person("ada", { installedApp: true });
  await room.ask(ada, "clone", { audio: recording, name: "Xiaolin", consent: true }, { in: room.platform.direct(ada) });
  await finished(room);
  slowStart(room, "speech", 1);
  const words = { text: "Hello", voice: "Xiaolin" };
  return place === "private"
    ? { ada, speak: ["speak", { ...words, private: true }] }
    : { ada, speak: ["speak", words, { in: room.platform.addGroup(ada), installation: "user" }] };
}

async function dies(room: DiscordRoom, process: RoomProcess): Promise<void> {
  await room.until(() => process.life.dead, 60 * minuteMs, 5_000);
  await process.kill();
  expect(newestJob(room).notices[0]?.state).toBe("sending");
}

/** The process dies once the result is delivered, before core has recorded it. */
function dieWhenDelivered({ discord, life }: RoomProcess): void {
  const deliver = discord.surface.deliver.bind(discord.surface);
  discord.surface.deliver = async (...parts) => {
    await deliver(...parts);
    life.die();
    return new Promise(() => {});
  };
}

test.each([
  ["private", "after"],
  ["private", "before"],
  ["group", "after"],
  ["group", "before"],
] as const)(
  "a recording (%s) whose process died %s it was shown is not sent again: the answer has it in any case",
  async (place, when) => {
    verifies("discord.unseen", "discord.found", "delivered.once", "delivered.private-stays-private");
    await using room = await openRoom();
    const first = await room.open();
    const { ada, speak } = await someone(room, place);
    const asked = await room.ask(ada, ...speak);
    first.dieAt(when, "followUp");
    await dies(room, first);
    const shown = when === "after" ? 1 : 0;
    const before = ada.visibleMessages(asked.channel);
    expect([before.length, followUps(room), withFiles(before).length]).toEqual([1 + shown, shown, shown]);
    await room.open();
    await finished(room);
    const answer = ada.answerTo(asked);
    expect([answer?.files.length, answer?.ephemeral, answer?.playable.length]).toEqual([1, place === "private", 0]);
    expect(labels(answer)).toContain("Again");
    expect([ada.visibleMessages(asked.channel).length, followUps(room)]).toEqual([1 + shown, shown]);
    expect(ada.visibleMessages(room.platform.direct(ada)).filter(({ playable }) => playable.length > 0)).toEqual([]);
    expect(newestJob(room).notices[0]).toMatchObject({ state: "sent", rung: "edit" });
    ada.press(answer!, "Timeline");
    await room.calm();
    expect(ada.visibleMessages(asked.channel).at(-1)).toMatchObject({ ephemeral: true, playable: [{}] });
  },
);

test.each<[string, Fault, "player" | "file", number]>([
  ["that Discord showed without saying so is not sent again", { kind: "drop", when: "after" }, "file", 2],
  ["that Discord may not have shown is in the answer", { kind: "status", status: 503 }, "file", 1],
  ["that Discord put off comes later, with its player", { kind: "rate-limit", retryAfterMs: 60_000 }, "player", 2],
])("a private recording %s", async (_name, fault, form, messages) => {
  verifies("discord.unseen", "discord.found", "delivered.once", "discord.playable");
  await using room = await openRoom();
  await room.open();
  const { ada, speak } = await someone(room, "private");
  room.platform.faults.next("follow-up", fault);
  const asked = await room.ask(ada, ...speak);
  await finished(room);
  expect(ada.answerTo(asked)?.files.length).toBe(form === "file" ? 1 : 0);
  expect([ada.visibleMessages().length, followUps(room)]).toEqual([messages, form === "file" ? 1 : 2]);
  expect(ada.visibleMessages().at(-1)?.playable).toHaveLength(messages - 1);
});

test("a private recording that was still waiting when its process died is sent by the next one, with its player", async () => {
  verifies("discord.unseen", "delivered.once", "discord.playable");
  await using room = await openRoom();
  const first = await room.open();
  const { ada, speak } = await someone(room, "private");
  room.platform.faults.next("follow-up", { kind: "rate-limit", retryAfterMs: 9_000 });
  const asked = await room.ask(ada, ...speak);
  await room.until(() => followUps(room) === 1, 10 * minuteMs, 1_000);
  await room.pass(2_000);
  await first.kill();
  expect(newestJob(room).notices[0]?.state).toBe("sending");
  await room.open();
  await finished(room);
  expect([ada.answerTo(asked)?.files.length, followUps(room)]).toEqual([0, 2]);
  expect(ada.visibleMessages().at(-1)?.playable).toHaveLength(1);
});

test("a private recording that may have been shown is a direct message once its answer can no longer be edited", async () => {
  verifies("discord.unseen", "discord.found", "discord.ladder");
  await using room = await openRoom();
  const first = await room.open();
  const { ada, speak } = await someone(room, "private");
  await room.ask(ada, ...speak);
  first.dieAt("before", "followUp");
  await dies(room, first);
  await room.pass(20 * minuteMs, minuteMs);
  await room.open();
  await finished(room);
  expect(followUps(room)).toBe(0);
  expect(ada.visibleMessages(room.platform.direct(ada)).at(-1)?.playable).toHaveLength(1);
});

test.each([
  ["a recording", "speak", 0],
  ["a recording", "speak", 20],
  ["a picture", "image", 0],
  ["a picture", "image", 20],
] as const)("%s that only its asker sees is known to be there (%s, %i minutes later)", async (_name, tool, away) => {
  verifies("discord.unseen", "discord.found", "delivered.once", "delivered.private-stays-private");
  await using room = await openRoom();
  const first = await room.open();
  const { ada, speak } = await someone(room, "private");
  slowStart(room, "image", 1);
  const command: Asking = tool === "speak" ? speak : ["image", { prompt: "a fox", private: true }];
  await room.ask(ada, ...command);
  dieWhenDelivered(first);
  await dies(room, first);
  const before = withFiles(ada.visibleMessages());
  const inDirect = ada.visibleMessages(room.platform.direct(ada)).length;
  expect(before).toHaveLength(1);
  await room.pass(away * minuteMs, minuteMs);
  await room.open();
  await finished(room);
  expect(withFiles(ada.visibleMessages())).toHaveLength(1);
  expect(ada.visibleMessages(room.platform.direct(ada))).toHaveLength(inDirect);
});

test("a second part that may have been shown is delivered another way, and the first one stays", async () => {
  verifies("discord.unseen", "discord.found", "delivered.parts");
  await using room = await openRoom();
  const { discord, runtime } = await room.open();
  const ada = room.platform.person("ada");
  const asked = await room.ask(ada, "image", { prompt: "a fox", private: true });
  await finished(room);
  const job = newestJob(room);
  const part = {
    ...{ id: `${job.id}.2`, place: job.caller.place, asker: job.caller.id },
    ...{ message: await runtime.jobMessage(job, job.caller), acknowledgement: job.acknowledgement! },
  };
  room.platform.faults.next("follow-up", { kind: "drop", when: "after" });
  await expect(discord.surface.deliver("edit", part)).rejects.toThrow();
  expect(await discord.surface.find?.(part)).toBeNull();
  expect(await discord.surface.deliver("edit", part)).toMatchObject({ end: "closed" });
  expect(await discord.surface.deliver("direct", part)).toMatchObject({ end: "sent" });
  expect([followUps(room), ada.answerTo(asked)?.files.length]).toEqual([1, 1]);
});
