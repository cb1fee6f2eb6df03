import { mkdtempDisposable } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openState, systemClock } from "@toolcast/core";
import { expect, test, vi } from "vitest";
import { everythingSent, openRoom } from "../discord-room.ts";
import type { Interaction } from "../fakes/discord/interactions.ts";
import { verifies } from "../verifies.ts";

vi.setConfig({ testTimeout: 180_000 });
// What the judge of the fake does in this process would count as ours; other tests have the same requests judged.
vi.stubEnv("TOOLCAST_JUDGES", "");

/** The most that the work until the last answer may cost, as a multiple of as many bare requests; usually about 2. */
const most = 4;

test("of 500 simultaneous commands each is acknowledged in time, and each result arrives", async () => {
  verifies("discord.acknowledged", "delivered.once");
  // On shared processors the same work costs more at some moments: the minimum of three is closest to the truth.
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3 && least >= most; round += 1) {
    least = Math.min(least, await burst());
  }
  expect(least).toBeLessThan(most);
});

/** One burst with all its results; returns its cost as a multiple of as many bare requests. */
async function burst(): Promise<number> {
  await using directory = await mkdtempDisposable(join(tmpdir(), "toolcast-burst-"));
  // On disk, as in production: each first answer waits until its request is stored.
  const state = openState({ file: join(directory.path, "toolcast.sqlite") });
  using _closed = { [Symbol.dispose]: () => state.close() };
  await using room = await openRoom({ rateLimits: { clock: systemClock }, state });
  const { platform, installation } = room;
  await room.open();
  installation.provider.limits = { concurrent: 50, startsPerSecond: 1_000 };
  const people = Array.from({ length: 50 }, (_, index) => platform.person(`person ${index}`));
  // The machine's speed and other load must not matter: the work until the last answer, including the platform's own,
  // is measured against what as many bare requests cost here.
  const bareMs = await cpuMsOf(() => exchange(500));
  const asked: Interaction[] = [];
  const burstMs = await cpuMsOf(async () => {
    for (const person of people) {
      asked.push(...Array.from({ length: 10 }, () => person.runCommand("image", { prompt: "a fox" })));
    }
    while (asked.some(({ state }) => state === "waiting")) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
  expect(asked.filter(({ state }) => state === "acknowledged")).toHaveLength(500);
  const last = platform.requests.findLastIndex(({ route }) => route === "callback");
  const others = platform.requests.slice(0, last).filter(({ route }) => route === "edit-original");
  expect(others.length).toBeLessThan(50);
  await room.until(() => everythingSent(room), 60 * 60_000, 1_000);
  const messages = platform.allMessages();
  expect(messages.filter(({ files }) => files.length === 1)).toHaveLength(500);
  expect(messages.filter(({ thinking }) => thinking)).toEqual([]);
  expect(installation.provider.starts).toHaveLength(500);
  return burstMs / bareMs;
}

/** The processor time of this process; waiting for other processes does not count. */
async function cpuMsOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** Sends this many requests to a server that does nothing, fifty at a time. */
async function exchange(count: number): Promise<void> {
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.end("{}"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const body = JSON.stringify({ type: 5 });
  const ask = async () => (await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body })).text();
  for (let left = count; left > 0; left -= 50) {
    await Promise.all(Array.from({ length: 50 }, ask));
  }
  server.closeAllConnections();
  server.close();
}
