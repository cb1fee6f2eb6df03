import fc from "fast-check";
import { expect, test } from "vitest";
import { verifies } from "../verifies.ts";

test("property tests draw the same inputs in every run", () => {
  verifies("built.check");
  const { seed } = fc.readConfigureGlobal();
  expect(seed).toBe(
    process.env.TOOLCAST_PROPERTY_SEED === "random" ? undefined : Number(process.env.TOOLCAST_PROPERTY_SEED ?? 1),
  );
});
