import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Hold, Notice, PhaseName, StepRecord } from "@toolcast/core/engine";
import { messages } from "@toolcast/core/surface";
import { expect, expectTypeOf, test } from "vitest";
import { repository } from "../repository.ts";
import { verifies } from "../verifies.ts";

test("no sentence that a store may hold is renamed or removed", () => {
  verifies("survives.old-store");
  const file = join(repository, "test", "fixtures", "store-v1", "sentence-keys.txt");
  const stored = readFileSync(file, "utf8").trim().split("\n");
  expect(stored.length).toBeGreaterThan(100);
  expect(stored.filter((key) => !Object.hasOwn(messages, key))).toEqual([]);
});

/** `npm run types` fails if one of these is no longer a word of its kind. */
test("no delivery route, phase, hold or state that a store may hold is renamed or removed", () => {
  verifies("survives.old-store");
  for (const route of ["edit", "post", "direct"]) {
    expect(Object.hasOwn(messages, `rung.${route}`), route).toBe(true);
  }
  expectTypeOf<
    "held" | "queued" | "starting" | "running" | "succeeded" | "failed" | "cancelled" | "unresolved"
  >().toExtend<PhaseName>();
  expectTypeOf<"consent" | "price" | "budget" | "parked">().toExtend<Hold["reason"]>();
  expectTypeOf<"pending" | "sending" | "sent" | "unknown" | "undeliverable" | "kept">().toExtend<Notice["state"]>();
  expectTypeOf<"outcome" | "held" | "unresolved">().toExtend<Notice["about"]>();
  expectTypeOf<"waiting" | "starting" | "running" | "done" | "failed" | "unknown">().toExtend<StepRecord["state"]>();
});
