import { expect, test, vi } from "vitest";
import { type DiscordRoom, everythingSent, newestJob, openRoom, textOf } from "../discord-room.ts";
import { fixture } from "../doubles/fixture-media.ts";
import { waveFile } from "../doubles/wave-file.ts";
import type { Person } from "../fakes/discord/person.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine, and so does encoding.
vi.setConfig({ testTimeout: 120_000 });

const minuteMs = 60_000;
const recording = { filename: "me.wav", contentType: "audio/wav", bytes: fixture("tone.wav") };
const finished = (room: DiscordRoom) => room.until(() => everythingSent(room), 120 * minuteMs, 1_000);

async function voiceOf(room: DiscordRoom, person: Person): Promise<void> {
  const there = { in: room.platform.direct(person) };
  await room.ask(person, "clone", { audio: recording, name: "Xiaolin", consent: true }, there);
  await finished(room);
}

/** 12 MB, more than Discord accepts from anybody without boosts. */
const long = waveFile({ seconds: 63, sampleRateHz: 48_000, channels: 2 });

test("a recording too large for Discord is sent as MP3, encoded once, and /job gives it again", async () => {
  verifies("delivered.too-large", "discord.too-large", "discord.playable");
  await using room = await openRoom();
  await room.open();
  const ada = room.platform.person("ada");
  await voiceOf(room, ada);
  room.installation.provider.nextStart("speech", { end: "done", output: { media: [{ bytes: long, name: "speech" }] } });
  await room.ask(ada, "speak", { text: "Hello", voice: "Xiaolin" });
  await finished(room);
  const [result, ...others] = ada.visibleMessages().filter(({ files }) => files.length > 0);
  expect([others.length, result?.playable[0]?.contentType]).toEqual([0, "audio/mpeg"]);
  expect(textOf(result)).toContain(
    "speech.wav (11.5 MB) is larger than the 10 MB that can be sent here: this is an MP3 of it. The original is kept.",
  );
  expect(textOf(result)).not.toMatch(/jobs/);

  const job = newestJob(room);
  const asked = await room.ask(ada, "job", { job: job.id });
  await room.until(() => ada.answerTo(asked)?.files.length === 1);
  expect(ada.answerTo(asked)?.files[0]?.contentType).toBe("audio/mpeg");
});

test("the larger uploads that Nitro allows its owner are not allowed to the bot", async () => {
  verifies("delivered.too-large", "discord.too-large");
  await using room = await openRoom();
  await room.open();
  const ada = room.platform.person("ada", { uploadBytes: 500 * 1024 * 1024 });
  await voiceOf(room, ada);
  room.installation.provider.nextStart("speech", { end: "done", output: { media: [{ bytes: long, name: "speech" }] } });
  await room.ask(ada, "speak", { text: "Hello", voice: "Xiaolin" });
  await finished(room);
  const [result] = ada.visibleMessages().filter(({ files }) => files.length > 0);
  expect(result?.playable[0]?.contentType).toBe("audio/mpeg");
});

test.each([
  ["in a server", 0],
  ["in direct messages, also of somebody with Nitro,", 500 * 1024 * 1024],
])("a result that no encoding can make fit %s is asked about before anything is spent", async (_name, uploadBytes) => {
  verifies("delivered.too-large", "discord.too-large", "paid-once.one-start-a-step");
  await using room = await openRoom();
  await room.open({ publicUrl: undefined });
  const ada = room.platform.person("ada", { locale: "zh-CN", uploadBytes });
  const there = uploadBytes === 0 ? {} : { in: room.platform.direct(ada) };
  await voiceOf(room, ada);
  const before = room.installation.provider.starts.length;
  const slow = { text: "好".repeat(5_000), voice: "Xiaolin", speed: 0.1 };
  const asked = await room.ask(ada, "speak", slow, there);
  expect(textOf(ada.answerTo(asked))).toMatch(/即使压缩为 MP3 也会超过此处可发送的/);
  expect(room.installation.provider.starts.length).toBe(before);
  ada.press(ada.answerTo(asked)!, "同意");
  await finished(room);
  expect(room.installation.provider.starts.length).toBe(before + 1);
  const usual = await room.ask(ada, "speak", { text: "好".repeat(5_000), voice: "Xiaolin" }, there);
  expect(textOf(ada.answerTo(usual))).not.toMatch(/即使压缩/);
});

const nitro = { locale: "zh-CN", uploadBytes: 500 * 1024 * 1024 } as const;
/** Over three hours: 23 MiB as the smallest MP3, which fits into one request but not into a server without boosts. */
const hours = { text: "好".repeat(5_000), voice: "Xiaolin", speed: 0.1 };
const warning = /即使压缩为 MP3 也会超过此处可发送的/;

test.each([
  [0, true],
  [1, true],
  [2, false],
  [3, false],
] as const)("somebody with Nitro in a server of boost tier %i is warned before paying: %s", async (tier, isWarned) => {
  verifies("discord.upload-limit", "paid-once.one-start-a-step");
  await using room = await openRoom();
  await room.open({ publicUrl: undefined });
  room.platform.guild.boostTier = tier;
  const ada = room.platform.person("ada", nitro);
  await voiceOf(room, ada);
  const before = room.installation.provider.starts.length;
  const asked = await room.ask(ada, "speak", hours);
  expect(warning.test(textOf(ada.answerTo(asked)))).toBe(isWarned);
  expect(room.installation.provider.starts.length > before).toBe(!isWarned);
  const routes = room.platform.requests.map(({ route }) => route);
  expect(routes.indexOf("guild")).toBeGreaterThan(routes.lastIndexOf("callback"));
  await room.ask(ada, "speak", { ...hours, text: "好" });
  expect(room.platform.requestsTo("guild")).toHaveLength(1);
  await room.pass(60 * minuteMs, 5 * minuteMs);
  await room.ask(ada, "speak", { ...hours, text: "好好" });
  expect(room.platform.requestsTo("guild")).toHaveLength(2);
});

test.each([
  ["does not answer", { kind: "latency", ms: 10 * minuteMs }],
  ["refuses the bot", { kind: "status", status: 403, body: { message: "Missing Access", code: 50_001 } }],
  ["is at fault", { kind: "status", status: 500 }],
] as const)("when Discord %s about the server, its usual limit counts for the warning", async (_name, fault) => {
  verifies("discord.upload-limit");
  await using room = await openRoom();
  await room.open({ publicUrl: undefined });
  room.platform.guild.boostTier = 2;
  room.platform.faults.always("guild", fault);
  const ada = room.platform.person("ada", nitro);
  await voiceOf(room, ada);
  const asked = await room.ask(ada, "speak", hours);
  await room.pass(500, 500);
  expect(textOf(ada.answerTo(asked))).toMatch(warning);
});

test("Discord is not asked about the server where the stated limit is the usual one", async () => {
  verifies("discord.upload-limit");
  await using room = await openRoom();
  await room.open({ publicUrl: undefined });
  const ada = room.platform.person("ada", { locale: "zh-CN" });
  await voiceOf(room, ada);
  const asked = await room.ask(ada, "speak", hours);
  expect(textOf(ada.answerTo(asked))).toMatch(warning);
  const rich = room.platform.person("rich", nitro);
  await room.ask(rich, "image", { prompt: "a fox" }, { in: room.platform.direct(rich) });
  expect(room.platform.requestsTo("guild")).toEqual([]);
});
