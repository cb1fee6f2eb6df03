import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { systemClock } from "../../core/src/clock.ts";
import { openState } from "../../core/src/state/open-state.ts";
import { everythingSent, openRoom } from "../discord-room.ts";
import { verifies } from "../verifies.ts";

vi.setConfig({ testTimeout: 180_000 });

test("of 500 commands at once each is acknowledged in time, and each result arrives", async () => {
  verifies("discord.acknowledged", "delivered.once");
  await using directory = await mkdtempDisposable(join(tmpdir(), "toolcast-burst-"));
  // As in earnest, on disk: each first answer waits until its request is written down.
  const state = openState({ file: join(directory.path, "toolcast.sqlite") });
  using _closed = { [Symbol.dispose]: () => state.close() };
  await using room = await openRoom({ rateLimits: { clock: systemClock }, state });
  const { platform, installation } = room;
  await room.open();
  installation.provider.limits = { concurrent: 50, startsPerSecond: 1_000 };
  const people = Array.from({ length: 50 }, (_, index) => platform.person(`person ${index}`));
  // The machine may have much else to do: what counts is the work until the last answer, the platform's own included.
  const before = process.cpuUsage();
  const asked = people.flatMap((person) =>
    Array.from({ length: 10 }, () => person.runCommand("image", { prompt: "a fox" })),
  );
  let acknowledged = 0;
  while (acknowledged < asked.length) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    acknowledged = asked.filter(({ state }) => state === "acknowledged").length;
  }
  const { user, system } = process.cpuUsage(before);
  const last = platform.requests.findLastIndex(({ route }) => route === "callback");
  const others = platform.requests.slice(0, last).filter(({ route }) => route === "edit-original");
  expect((user + system) / 1_000).toBeLessThan(2_500);
  expect(others.length).toBeLessThan(50);
  await room.until(() => everythingSent(room), 60 * 60_000, 1_000);
  const messages = platform.allMessages();
  expect(messages.filter(({ files }) => files.length === 1)).toHaveLength(500);
  expect(messages.filter(({ thinking }) => thinking)).toEqual([]);
  expect(installation.provider.starts).toHaveLength(500);
});
