import { expect, test } from "vitest";
import { filesBelow, read } from "../repository.ts";
import { requirements } from "../requirements.ts";

/** Tests here cite by `verifies("id")`; tests beside their source, which import nothing of ours, by `@verifies id`. */
const citations = /verifies\(([^)]*)\)|@verifies ([a-z., -]+)/g;

const cited = new Set(
  ["core", "adapters", "sandbox", "app", "test"]
    .flatMap((part) => filesBelow(part, (path) => /(\.test|-contract)\.ts$/.test(path)))
    .flatMap((path) =>
      [...read(path).matchAll(citations)].flatMap(([, call, comment]) =>
        [...(call ?? comment ?? "").matchAll(/[a-z-]+\.[a-z-]+/g)].map(([id]) => id),
      ),
    ),
);

test("every promise is proved by a test", () => {
  expect(Object.keys(requirements).filter((id) => !cited.has(id))).toEqual([]);
});

test("tests cite known promises only", () => {
  expect([...cited].filter((id) => !(id in requirements))).toEqual([]);
});
