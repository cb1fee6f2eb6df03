import { expect, test } from "vitest";
import type { Json } from "../ground/json.ts";
import { taskIdOf } from "./evidence-fields.ts";

// @verifies understood.evidence
test.each<[Json | undefined, string | undefined]>([
  ["op-1", "op-1"],
  [42, "42"],
  [{ kind: "work", jobId: "j" }, "j"],
  [{ startedAt: 5, speaker_id: 7 }, "7"],
  [{ paid: "yes", requestId: "r" }, undefined],
  [null, undefined],
  [undefined, undefined],
])("the vendor's task in the reference %j is %s", (reference, expected) => {
  expect(taskIdOf(reference)).toBe(expected);
});
