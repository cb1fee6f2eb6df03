import { expect, test, vi } from "vitest";
import { type DiscordRoom, everythingSent, newestJob, openRoom, slowStart, textOf } from "../discord-room.ts";
import { fixture } from "../doubles/fixture-media.ts";
import type { MessageView } from "../fakes/discord/message-view.ts";
import type { Person } from "../fakes/discord/person.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const minuteMs = 60_000;
const recording = { filename: "me.wav", contentType: "audio/wav", bytes: fixture("tone.wav") };
const labels = (message: MessageView | null | undefined) => (message?.buttons ?? []).map(({ label }) => label);
const results = (messages: readonly MessageView[]) => messages.filter(({ files }) => files.length > 0);
const finished = (room: DiscordRoom) => room.until(() => everythingSent(room), 120 * minuteMs, 5_000);

/** Gives a person a voice, out of everybody's sight. */
async function voiceOf(room: DiscordRoom, person: Person): Promise<void> {
  const there = { in: room.platform.direct(person) };
  await room.ask(person, "clone", { audio: recording, name: "Xiaolin", consent: true }, there);
  await finished(room);
}
const hello = { text: "Hello", voice: "Xiaolin" };

test.each([[false], [true]])(
  "a recording has a player, and the answer says where it is (private: %s)",
  async (isPrivate) => {
    verifies("discord.playable", "delivered.private-stays-private", "discord.buttons");
    await using room = await openRoom();
    await room.open();
    const [ada, bob] = [room.platform.person("ada"), room.platform.person("bob")];
    await voiceOf(room, ada);
    slowStart(room, "speech", 1);
    const asked = await room.ask(ada, "speak", { ...hello, private: isPrivate });
    await finished(room);
    const [result, ...others] = results(ada.visibleMessages());
    expect(others).toEqual([]);
    expect([result?.playable.length, result?.ephemeral, result?.pings.everyone]).toEqual([1, isPrivate, false]);
    expect(textOf(result)).toMatch(/Done: Speak “Hello”/);
    expect(textOf(ada.answerTo(asked))).toBe("The result is in a message below.");
    expect(bob.visibleMessages()).toHaveLength(isPrivate ? 0 : 2);
    expect(labels(result)).toEqual(expect.arrayContaining(["Again", "Change"]));
    const again = ada.press(result!, "Change");
    await room.calm();
    expect(JSON.stringify(again.modal)).toContain('"value":"Hello"');
    ada.press(result!, "Timeline");
    await room.calm();
    const timeline = ada.visibleMessages().at(-1);
    expect([timeline?.ephemeral, timeline?.playable.length]).toEqual([true, 1]);
  },
);

test("a recording that is ready at once replaces the answer, if nothing else was shown there", async () => {
  verifies("discord.playable");
  await using room = await openRoom();
  const { runtime } = await room.open();
  const ada = room.platform.person("ada");
  await voiceOf(room, ada);
  await room.ask(ada, "speak", hello);
  await finished(room);
  const asked = await room.ask(ada, "job", { job: newestJob(room).id });
  const [file] = ada.answerTo(asked)?.playable ?? [];
  expect([ada.answerTo(asked)?.ephemeral, file?.contentType]).toEqual([true, "audio/wav"]);
  // A press that shows the job again leaves the recording unchanged.
  const customId = `t1:show:${newestJob(room).id}:`;
  expect(await runtime.job(newestJob(room).id, newestJob(room).caller)).not.toBeNull();
  const showAgain = async () => {
    const pressed = ada.answerTo(asked)!;
    (pressed.components as { components: { custom_id: string }[] }[])[0]!.components[0]!.custom_id = customId;
    ada.press(pressed, customId);
    await room.calm();
  };
  await showAgain();
  expect(ada.answerTo(asked)?.playable).toHaveLength(1);
  expect(room.platform.requestsTo("follow-up")).toHaveLength(1);
  // Without its recording the message stays one of text: Discord refuses to turn it into components.
  await room.ask(ada, "delete", { item: newestJob(room).id, confirm: true });
  await showAgain();
  expect(textOf(ada.answerTo(asked))).toMatch(/Files deleted by their owner/);
  expect(ada.answerTo(asked)?.playable).toEqual([]);
});

test("after twenty minutes it is posted with a player, names the asker and pings nobody else", async () => {
  verifies("discord.playable", "discord.ladder");
  await using room = await openRoom();
  await room.open();
  const ada = room.platform.person("ada");
  await voiceOf(room, ada);
  slowStart(room, "speech", 20);
  const asked = await room.ask(ada, "speak", { ...hello, text: "@everyone **hi** https://evil.example" });
  await finished(room);
  const [result] = results(ada.visibleMessages());
  expect(result?.playable).toHaveLength(1);
  expect(result?.pings).toEqual({ everyone: false, userIds: [ada.id], roleIds: [] });
  expect(textOf(result)).toContain("@everyone **hi** https://evil.example");
  expect([result?.replyTo, textOf(ada.answerTo(asked))]).toEqual([
    ...[asked.original?.id, "The result is in a message below."],
  ]);
});

test("where the bot is absent, it plays too, while the token lives and when a button brings a new one", async () => {
  verifies("discord.playable", "discord.reopened");
  await using room = await openRoom();
  await room.open();
  const ada = room.platform.person("ada", { installedApp: true });
  const group = room.platform.addGroup(ada);
  await voiceOf(room, ada);
  const there = { in: group, installation: "user" } as const;
  await room.ask(ada, "speak", hello, there);
  await finished(room);
  expect(results(ada.visibleMessages(group)).map(({ playable }) => playable.length)).toEqual([1]);
  slowStart(room, "speech", 20);
  const late = await room.ask(ada, "speak", hello, there);
  room.platform.blockDirectMessages(ada);
  await room.until(() => newestJob(room).notices[0]?.state === "undeliverable", 120 * minuteMs, 15_000);
  ada.press(ada.answerTo(late)!, "Show the result");
  await room.calm();
  expect(results(ada.visibleMessages(group)).map(({ playable }) => playable.length)).toEqual([1, 1]);
  expect(textOf(ada.answerTo(late))).toMatch(/Done: Speak.*in a message below/s);
});

test.each([
  ["a public one, before it is recorded", false, "followUp"],
  ["a public one, before the answer says so", false, "editOriginal"],
  ["a private one, when the answer says so", true, "editOriginal"],
] as const)("a recording sent by a process that died is found: %s", async (_name, isPrivate, method) => {
  verifies("discord.found", "delivered.once", "discord.playable");
  await using room = await openRoom();
  const first = await room.open();
  const ada = room.platform.person("ada");
  await voiceOf(room, ada);
  slowStart(room, "speech", 1);
  const asked = await room.ask(ada, "speak", { ...hello, private: isPrivate });
  const dies = () => first.dieAt(isPrivate ? "after" : method === "followUp" ? "after" : "before", method);
  if (method === "followUp") {
    dies();
  } else {
    // The process dies only at the edit that follows the recording.
    const { surface } = first.discord;
    const deliver = surface.deliver.bind(surface);
    surface.deliver = (...parts) => {
      dies();
      return deliver(...parts);
    };
  }
  await room.until(() => first.life.dead, 60 * minuteMs, 5_000);
  await first.kill();
  expect(results(ada.visibleMessages())).toHaveLength(1);
  expect(newestJob(room).notices[0]?.state).toBe("sending");
  await room.open();
  await finished(room);
  expect(results(ada.visibleMessages()).map(({ playable }) => playable.length)).toEqual([1]);
  expect(textOf(ada.answerTo(asked))).toMatch(/^The result is in a message below\./);
  expect(room.installation.provider.starts.filter(({ capability }) => capability === "speech")).toHaveLength(1);
});

test("a recording that Discord refuses as too large becomes a link", async () => {
  verifies("discord.too-large");
  await using room = await openRoom();
  await room.open();
  const ada = room.platform.person("ada");
  await voiceOf(room, ada);
  const body = { code: 40005, message: "Request entity too large" };
  room.platform.faults.next("follow-up", { kind: "status", status: 413, body });
  await room.ask(ada, "speak", hello);
  await finished(room);
  expect(
    ada
      .visibleMessages()
      .at(-1)
      ?.buttons.map(({ url }) => url),
  ).toContainEqual(expect.stringContaining("https://toolcast.example/"));
});
