import fc from "fast-check";
import { expect, test } from "vitest";
import { markerOf, nonceOf, readCustomId, writeCustomId } from "./custom-id.ts";
import { discordLimits } from "./limits.ts";

test("what is written is read again, or is too long to be written", () => {
  const part = fc.string({ unit: "binary", maxLength: 40 }).filter((text) => text.isWellFormed());
  fc.assert(
    fc.property(part, part, part, (action, subject, marker) => {
      const id = { action: action || "x", subject, ...(marker === "" ? {} : { marker }) };
      const written = writeCustomId(id);
      if (written !== null) {
        expect(written.length).toBeLessThanOrEqual(discordLimits.customIdCharacters);
        expect(readCustomId(written)).toEqual(id);
      }
    }),
  );
});

test("a job's button fits with its question and its delivery", () => {
  const job = `job_${"x".repeat(22)}`;
  expect(writeCustomId({ action: "start-again", subject: `${job}~12`, marker: markerOf(`${job}.12`) })).not.toBeNull();
  expect(writeCustomId({ action: "form", subject: `${job}.${"y".repeat(12)}`, marker: markerOf(job) })).not.toBeNull();
});

test.each(["", "t1", "t1:a:b", "t2:a:b:", "t1::b:", "t1:%:b:", "other"])("%j is not ours", (text) => {
  expect(readCustomId(text)).toBeNull();
});

test("deliveries are told apart, and a nonce is as long as Discord takes", () => {
  expect(markerOf("job_1.1")).not.toBe(markerOf("job_1.10"));
  expect(nonceOf("job_1.1")).toHaveLength(discordLimits.nonceCharacters);
  expect(nonceOf("job_1.1")).not.toBe(nonceOf("job_1.2"));
});
