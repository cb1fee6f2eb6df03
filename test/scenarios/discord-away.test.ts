import { openState, systemRandom as random } from "@toolcast/core";
import { discord as definition } from "@toolcast/discord";
import { expect, test, vi } from "vitest";
import { openRoom } from "../discord-room.ts";
import { createFixtureHttp } from "../doubles/fixture-media.ts";
import { startDiscord } from "../fakes/discord/discord.ts";
import { createInstallation } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const minuteMs = 60_000;

test("a revoked token is retried with growing pauses, and operators learn of it", async () => {
  verifies("discord.away", "survives.ready");
  await using installation = await createInstallation();
  const { clock } = installation;
  const platform = await startDiscord({ clock, rateLimits: false });
  const { runtime } = await installation.open({ attached: false, started: false });
  const errors: string[] = [];
  const error = (_facts: object, words: string) => void errors.push(words);
  const { token, apiUrl } = platform;
  const discord = await definition.create(
    { token, apiUrl, guildId: undefined },
    {
      ...{ runtime, clock, random, http: createFixtureHttp(), trustedHosts: [], publicUrl: null },
      state: openState({ file: ":memory:" }),
      logger: { debug() {}, info() {}, warn() {}, error },
    },
  );
  runtime.attach(discord.surface, discord.away);
  const away = async () => (await runtime.condition()).away.map(({ reason }) => reason.en);
  try {
    expect(await away()).toEqual([expect.stringContaining("cannot be reached")]);
    await discord.start();
    expect(await away()).toEqual([]);

    platform.revokeToken();
    await platform.until(() => discord.away?.()?.en.includes("Reset Token") ?? false, "word of the refusal");
    expect(await away()).toEqual([expect.stringContaining("Reset Token")]);
    expect(errors).toEqual([expect.stringContaining("Reset Token")]);
    const tries = () => platform.requestsTo("own-application").length;
    const before = tries();
    for (const [pauseMs, made] of [
      [minuteMs, 1],
      [2 * minuteMs, 2],
      [4 * minuteMs, 3],
    ] as const) {
      await clock.advance(pauseMs - 1);
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(tries() - before).toBe(made - 1);
      await clock.advance(1);
      await platform.until(() => tries() - before === made, `try ${made}`);
      // Gives the answer time to arrive and the next pause time to begin.
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    for (let hours = 0; hours < 6; hours += 1) {
      await clock.advance(60 * minuteMs);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    // After 8, 16 and 32 minutes in the first hours, then once an hour.
    expect(tries() - before).toBeGreaterThanOrEqual(3 + 5);
    expect(tries() - before).toBeLessThanOrEqual(3 + 8);

    platform.restoreToken();
    await clock.advance(60 * minuteMs);
    await platform.until(() => platform.gateway.connected === 1 && discord.away?.() === null, "a connection");
    expect(await away()).toEqual([]);
    const asked = platform.person("ada").runCommand("jobs");
    await platform.until(() => asked.state === "acknowledged", "an answer");
  } finally {
    await discord.close();
    await platform.close();
  }
  platform.assertNoViolations();
});

test("one refusal by Discord does not make a token be forgotten", async () => {
  verifies("discord.away", "delivered.once");
  await using room = await openRoom();
  await room.open();
  const ada = room.platform.person("ada");
  room.platform.faults.next("create-message", { kind: "status", status: 401, body: { message: "401", code: 0 } });
  for (const command of ["edit-original", "follow-up"] as const) {
    room.platform.faults.always(command, { kind: "status", status: 404, body: { message: "Unknown", code: 10_015 } });
  }
  const asked = await room.ask(ada, "image", { prompt: "a fox" });
  await room.until(() => room.platform.allMessages().some(({ files }) => files.length === 1));
  expect(ada.answerTo(asked)).not.toBeNull();
});

test("of two installations with one token only the first to answer carries a request out", async () => {
  verifies("discord.one-answers", "paid-once.one-start-a-step");
  await using room = await openRoom();
  await using foreign = await createInstallation();
  const logs = { ours: [] as string[], theirs: [] as string[] };
  const logger = (errors: string[]) => ({
    ...{ debug() {}, info() {}, warn() {} },
    error: (_facts: object, words: string) => void errors.push(words),
  });
  await room.open({ logger: logger(logs.ours) });
  const { runtime } = await foreign.open({ attached: false });
  const { token, apiUrl } = room.platform;
  const discord = await definition.create(
    { token, apiUrl, guildId: undefined },
    {
      ...{ runtime, clock: room.clock, random, http: createFixtureHttp(), trustedHosts: [], publicUrl: null },
      ...{ state: openState({ file: ":memory:" }), logger: logger(logs.theirs) },
    },
  );
  runtime.attach(discord.surface, discord.away);
  try {
    await discord.start();
    const ada = room.platform.person("ada");
    for (const prompt of ["a fox", "a hare", "an owl"]) {
      await room.ask(ada, "image", { prompt });
    }
    // A form and a refusal are stored nowhere, so they do not count as a sign of another installation.
    await room.ask(ada, "image");
    await room.until(async () => {
      await foreign.clock.advance(1_000);
      return room.platform.allMessages().filter(({ files }) => files.length > 0).length === 3;
    });
    const starts = room.installation.provider.starts.length + foreign.provider.starts.length;
    expect(starts).toBe(3);
    expect(room.installation.jobs().length + foreign.jobs().length).toBe(3);
    const alarms = [...logs.ours, ...logs.theirs];
    expect(alarms.length).toBeGreaterThan(0);
    expect(alarms.every((words) => /its own data directory uses this DISCORD_TOKEN/.test(words))).toBe(true);
    expect(Math.max(logs.ours.length, logs.theirs.length)).toBe(1);
  } finally {
    await discord.close();
  }
});

test("two processes of one data directory share the requests and raise no alarm", async () => {
  verifies("discord.one-answers", "paid-once.one-start-a-step");
  await using room = await openRoom();
  const errors: string[] = [];
  const error = (_facts: object, words: string) => void errors.push(words);
  const logger = { debug() {}, info() {}, warn() {}, error };
  await room.open({ logger });
  await room.open({ logger });
  const ada = room.platform.person("ada");
  for (const prompt of ["a fox", "a hare", "an owl"]) {
    const asked = await room.ask(ada, "image", { prompt });
    await room.until(() => ada.answerTo(asked)?.files.length === 1);
  }
  await room.ask(ada, "image");
  const [shown] = room.platform.allMessages();
  ada.press(shown!, "Timeline");
  await room.calm();
  expect([room.installation.provider.starts.length, errors]).toEqual([3, []]);
});
