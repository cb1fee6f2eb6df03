import { expect, test } from "vitest";
import { z } from "zod";
import { elements } from "./elements.ts";

test("a list that is not one is empty", () => {
  // @verifies paid-once.missing-parts, provider.contract
  expect(elements(z.number()).parse("x")).toEqual([]);
});
