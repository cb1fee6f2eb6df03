import { mkdtempDisposable } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { systemClock } from "../../core/src/ground/clock.ts";
import { openState } from "../../core/src/state/open-state.ts";
import { everythingSent, openRoom } from "../discord-room.ts";
import type { Interaction } from "../fakes/discord/interactions.ts";
import { verifies } from "../verifies.ts";

vi.setConfig({ testTimeout: 180_000 });

/** What the work until the last answer may cost, beside as many bare requests; it is about one and a half times as much. */
const most = 4;

test("of 500 commands at once each is acknowledged in time, and each result arrives", async () => {
  verifies("discord.acknowledged", "delivered.once");
  // Processors that are shared make the same work dearer from one second to the next: the least of three is nearest to it.
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3 && least >= most; round += 1) {
    least = Math.min(least, await burst());
  }
  expect(least).toBeLessThan(most);
});

/** One burst, with all its results; gives what it cost, beside as many bare requests. */
async function burst(): Promise<number> {
  await using directory = await mkdtempDisposable(join(tmpdir(), "toolcast-burst-"));
  // As in earnest, on disk: each first answer waits until its request is written down.
  const state = openState({ file: join(directory.path, "toolcast.sqlite") });
  using _closed = { [Symbol.dispose]: () => state.close() };
  await using room = await openRoom({ rateLimits: { clock: systemClock }, state });
  const { platform, installation } = room;
  await room.open();
  installation.provider.limits = { concurrent: 50, startsPerSecond: 1_000 };
  const people = Array.from({ length: 50 }, (_, index) => platform.person(`person ${index}`));
  // How fast the machine is, and what else it has to do, is not ours: what counts is the work until the last answer, the
  // platform's own included, beside what as many bare requests cost here.
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

/** The processor time of this process, in which waiting for other processes is not counted. */
async function cpuMsOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** So many requests to a server that does nothing, fifty at once. */
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
