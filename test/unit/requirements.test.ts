import { expect, test } from "vitest";
import { filesBelow, read } from "../repository.ts";
import { requirements } from "../requirements.ts";

const cited = new Set(
  filesBelow(".", (path) => path.endsWith(".ts") && !path.endsWith("/verifies.ts")).flatMap((path) =>
    [...read(path).matchAll(/verifies\(([^)]*)\)/g)].flatMap(([, ids]) =>
      [...(ids ?? "").matchAll(/"([a-z-]+\.[a-z-]+)"/g)].map(([, id]) => id as string),
    ),
  ),
);

test("every promise is proved by a test", () => {
  expect(Object.keys(requirements).filter((id) => !cited.has(id))).toEqual([]);
});

test("tests cite known promises only", () => {
  expect([...cited].filter((id) => !(id in requirements))).toEqual([]);
});
