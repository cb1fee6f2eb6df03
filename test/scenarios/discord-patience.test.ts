import { randomBytes } from "node:crypto";
import { crc32, deflateSync } from "node:zlib";
import { systemClock } from "@toolcast/core";
import { describe, expect, test, vi } from "vitest";
import { everythingSent, openRoom, slowStart, textOf } from "../discord-room.ts";
import type { Fault } from "../fakes/discord/faults.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 180_000 });

const minuteMs = 60_000;

test("while every vendor hangs, commands are acknowledged at once, others are served, and no answer stays thinking", async () => {
  verifies("discord.acknowledged", "discord.never-thinking", "acknowledged.vendors-down");
  await using room = await openRoom();
  const { runtime } = await room.open();
  const call = runtime.call.bind(runtime);
  runtime.call = (request) => (request.tool === "voices" ? new Promise(() => {}) : call(request));
  room.installation.provider.nextStart("image", () => new Promise(() => {}));
  const ada = room.platform.person("ada");
  const hanging = Array.from({ length: 20 }, () => ada.runCommand("voices"));
  const picture = ada.runCommand("image", { prompt: "a fox" });
  await room.platform.until(
    () => [...hanging, picture].every(({ state }) => state === "acknowledged"),
    "every acknowledgement",
  );
  for (const { acknowledgedAt, createdAt } of [...hanging, picture]) {
    expect((acknowledgedAt ?? Number.POSITIVE_INFINITY) - createdAt).toBeLessThan(1_000);
  }
  await room.pass(10_000);
  expect(textOf(ada.answerTo(picture))).toMatch(/Generate an image/);
  await room.pass(14 * minuteMs, 15_000);
  expect(hanging.map((asked) => ada.answerTo(asked)?.thinking)).not.toContain(true);
  expect(textOf(ada.answerTo(hanging[0]!))).toMatch(/takes longer/);
});

test("a request or a press that hits an internal error is answered at once, and the next one is served", async () => {
  verifies("discord.never-thinking", "discord.buttons");
  await using room = await openRoom();
  const { runtime } = await room.open();
  const call = runtime.call.bind(runtime);
  runtime.call = () => Promise.reject(new Error("the disk is full"));
  const ada = room.platform.person("ada");
  const asked = await room.ask(ada, "image", { prompt: "a fox" });
  expect(textOf(ada.answerTo(asked))).toMatch(/^Something went wrong on our side\. Your job list shows/);
  runtime.call = call;
  const again = await room.ask(ada, "image", { prompt: "a fox" });
  await room.until(() => everythingSent(room));
  expect(ada.answerTo(again)?.files).toHaveLength(1);
  runtime.press = () => Promise.reject(new Error("the disk is full"));
  ada.press(ada.answerTo(again)!, "Timeline");
  await room.calm();
  const apology = ada.visibleMessages().at(-1);
  expect([apology?.ephemeral, textOf(apology)]).toEqual([
    true,
    expect.stringMatching(/^Something went wrong on our side/),
  ]);
});

test("a picture too large for the place is sent smaller, with a link to the original", async () => {
  verifies("discord.too-large");
  await using room = await openRoom();
  await room.open();
  const ada = room.platform.person("ada");
  const noise = noisePicture(2_000, 1_900);
  expect(noise.byteLength).toBeGreaterThan(10 * 1024 * 1024);
  room.installation.provider.nextStart("image", { end: "done", output: { media: [{ bytes: noise }] } });
  const asked = await room.ask(ada, "image", { prompt: "noise" });
  // Encoding a smaller version takes real time.
  await vi.waitFor(() => expect(everythingSent(room)).toBe(true), { timeout: 150_000, interval: 50 });
  const [file] = ada.answerTo(asked)?.files ?? [];
  expect(file?.bytes.byteLength).toBeLessThanOrEqual(10 * 1024 * 1024);
  expect(file?.contentType).toBe("image/jpeg");
  expect(ada.answerTo(asked)?.buttons.map(({ url }) => url)).toContainEqual(
    expect.stringContaining("https://toolcast.example/"),
  );
});

test("a server with boosts gets the original, early or late", async () => {
  verifies("discord.too-large");
  await using room = await openRoom();
  await room.open();
  room.platform.guild.boostTier = 2;
  const ada = room.platform.person("ada");
  const noise = noisePicture(2_000, 1_900);
  room.installation.provider.nextStart("image", { end: "done", output: { media: [{ bytes: noise }] } });
  const asked = await room.ask(ada, "image", { prompt: "noise" });
  await vi.waitFor(() => expect(everythingSent(room)).toBe(true), { timeout: 150_000, interval: 50 });
  expect(ada.answerTo(asked)?.files[0]?.bytes.byteLength).toBe(noise.byteLength);
});

test("of pictures too large for one message together, those without room become links", async () => {
  verifies("discord.too-large");
  await using room = await openRoom();
  await room.open();
  const ada = room.platform.person("ada");
  const media = [1_700, 1_701, 1_702].map((height) => ({ bytes: noisePicture(1_900, height) }));
  room.installation.provider.nextStart("image", { end: "done", output: { media } });
  const asked = await room.ask(ada, "image", { prompt: "noise" });
  await vi.waitFor(() => expect(everythingSent(room)).toBe(true), { timeout: 150_000, interval: 50 });
  const answer = ada.answerTo(asked);
  expect(answer?.files).toHaveLength(2);
  expect(answer?.buttons.filter(({ url }) => url?.startsWith("https://toolcast.example/"))).toHaveLength(1);
  expect(room.platform.requestsTo("edit-original").filter(({ status }) => status >= 400)).toEqual([]);
});

test("a token revoked at run time loses nothing: results wait for the next one", async () => {
  verifies("discord.start-problems", "delivered.once");
  await using room = await openRoom();
  const first = await room.open();
  const ada = room.platform.person("ada");
  slowStart(room, "image", 16);
  await room.ask(ada, "image", { prompt: "a fox" });
  room.platform.faults.always("create-message", {
    kind: "status",
    status: 401,
    body: { code: 0, message: "401: Unauthorized" },
  });
  await room.pass(30 * minuteMs, 30_000);
  expect([...room.installation.store.entries.values()][0]?.job.notices[0]?.state).not.toBe("undeliverable");
  await first.kill();
  room.platform.faults.clear();
  await room.open();
  await room.until(() => everythingSent(room), 20 * minuteMs, 15_000);
  expect(room.platform.allMessages().filter(({ files }) => files.length > 0)).toHaveLength(1);
});

test("many late results for one channel keep to its limits, and each arrives once", async () => {
  verifies("discord.ladder", "delivered.once");
  const rates = { messages: { count: 3, windowMs: 250 }, edits: { count: 3, windowMs: 250 } };
  await using room = await openRoom({ rateLimits: { clock: systemClock, rates } });
  await room.open();
  const ada = room.platform.person("ada");
  for (let count = 0; count < 5; count += 1) {
    slowStart(room, "image", 0);
  }
  room.installation.provider.nextCheck(
    ...Array.from({ length: 5 }, () => ({ state: "pending" as const, checkAfterMs: 20 * minuteMs })),
  );
  for (let count = 0; count < 5; count += 1) {
    await room.ask(ada, "image", { prompt: `fox ${count}` });
  }
  await room.pass(20 * minuteMs, 15_000);
  await room.until(() => everythingSent(room), 60 * minuteMs, 1_000);
  expect(room.platform.allMessages().filter(({ files }) => files.length > 0)).toHaveLength(5);
  expect(room.platform.invalidRequests).toBeLessThan(10);
});

describe("an acknowledgement without an answer", () => {
  test("that Discord never received: nothing is started, as its sender saw it fail", async () => {
    verifies("discord.acknowledged", "acknowledged.stored-first");
    await using room = await openRoom();
    await room.open();
    const ada = room.platform.person("ada");
    room.platform.faults.next("callback", { kind: "latency", ms: 10_000, when: "before" });
    const asked = ada.runCommand("image", { prompt: "a fox" });
    await room.pass(20_000, 500);
    expect(asked.state).toBe("missed");
    expect([room.installation.store.entries.size, room.installation.provider.starts.length]).toEqual([0, 0]);
  });

  test("that Discord received: the request continues, once", async () => {
    verifies("discord.acknowledged", "discord.never-thinking");
    await using room = await openRoom();
    await room.open();
    const ada = room.platform.person("ada");
    room.platform.faults.next("callback", { kind: "latency", ms: 10_000, when: "after" });
    const asked = ada.runCommand("image", { prompt: "a fox" });
    await room.pass(20_000, 500);
    await room.until(() => everythingSent(room));
    expect([ada.answerTo(asked)?.files.length, room.installation.provider.starts.length]).toEqual([1, 1]);
  });

  test.each<[string, Fault]>([
    ["the connection is down", { kind: "drop" }],
    ["Discord answers with errors", { kind: "status", status: 503 }],
  ])("that Discord received, while %s for the next minute: the request continues, once", async (_why, fault) => {
    verifies("discord.acknowledged", "discord.never-thinking");
    await using room = await openRoom();
    await room.open();
    const ada = room.platform.person("ada");
    room.platform.faults.next("callback", { kind: "latency", ms: 10_000, when: "after" });
    room.platform.faults.always("get-original", fault);
    const asked = ada.runCommand("image", { prompt: "a fox" });
    await room.pass(minuteMs, 1_000);
    expect([ada.answerTo(asked)?.thinking, room.installation.provider.starts.length]).toEqual([true, 0]);
    room.platform.faults.clear();
    await room.until(() => room.installation.store.entries.size === 1, minuteMs);
    await room.until(() => everythingSent(room));
    expect([ada.answerTo(asked)?.files.length, room.installation.provider.starts.length]).toEqual([1, 1]);
  });
});

/** A PNG that cannot be compressed. */
function noisePicture(width: number, height: number): Uint8Array {
  const chunk = (name: string, data: Uint8Array) => {
    const named = Buffer.concat([Buffer.from(name, "latin1"), data]);
    const ends = [Buffer.alloc(4), Buffer.alloc(4)] as const;
    ends[0].writeUInt32BE(data.byteLength);
    ends[1].writeUInt32BE(crc32(named));
    return Buffer.concat([ends[0], named, ends[1]]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const rows = Array.from({ length: height }, () => Buffer.concat([Buffer.alloc(1), randomBytes(width * 3)]));
  const signature = Buffer.from("89504e470d0a1a0a", "hex");
  const body = chunk("IDAT", deflateSync(Buffer.concat(rows), { level: 0 }));
  return Buffer.concat([signature, chunk("IHDR", header), body, chunk("IEND", Buffer.alloc(0))]);
}
