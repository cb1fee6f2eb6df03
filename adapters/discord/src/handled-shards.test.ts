import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { handleFailures, unwatched } from "./handled-shards.ts";

// @verifies discord.away

/** A dependency of discord.js, not of ours. */
const library = "@discordjs/ws";

test("every promise that the library leaves alone is one of ours to handle", () => {
  const require = createRequire(createRequire(import.meta.url).resolve("discord.js"));
  const source = readFileSync(require.resolve(library), "utf8");
  const left = [...source.matchAll(/void this\.(\w+)\(/g)].map(([, name]) => name);
  expect(left.length).toBeGreaterThan(0);
  expect(new Set(left)).toEqual(new Set(unwatched));
  const { WebSocketShard } = require(library) as { WebSocketShard: { prototype: object } };
  for (const name of unwatched) {
    expect(WebSocketShard.prototype).toHaveProperty(name, expect.any(Function));
  }
});

test("a failure that nobody awaits is reported once, and whoever awaits it still gets it", async () => {
  const failure = new Error("WebSocket is not open");
  const shard = {
    internalConnect: () => Promise.reject(failure),
    onMessage: () => shard.internalConnect(),
    onClose: async () => "closed",
    destroy: async () => {},
    heartbeat: async () => {},
  };
  const reported: unknown[] = [];
  handleFailures(shard, (error) => reported.push(error));
  void shard.onMessage();
  await expect(shard.onMessage()).rejects.toBe(failure);
  expect(await shard.onClose()).toBe("closed");
  // An unhandled rejection would fail this test, too.
  await new Promise((resolve) => setImmediate(resolve));
  expect(reported).toEqual([failure]);
});
