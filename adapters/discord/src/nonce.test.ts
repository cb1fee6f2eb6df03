import { expect, test } from "vitest";
import { discordLimits } from "./limits.ts";
import { nonceOf } from "./nonce.ts";

test("a nonce is as long as Discord accepts, and different for each delivery", () => {
  expect(nonceOf("job_1.1")).toHaveLength(discordLimits.nonceCharacters);
  expect(nonceOf("job_1.1")).not.toBe(nonceOf("job_1.2"));
});
