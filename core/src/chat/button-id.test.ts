import fc from "fast-check";
import { Keyv } from "keyv";
import { describe, expect, test } from "vitest";
import { anyText } from "../../../test/any-text.ts";
import { carriesMarker, KeptButtons, markerOf, readButtonId, writeButtonId } from "./button-id.ts";

const part = anyText({ maxLength: 40 });

function keptButtons(store = new Map<string, unknown>()): KeptButtons {
  const keyv = (namespace: string) => new Keyv({ store, namespace });
  return new KeptButtons({ keyv, close() {} }, "test");
}

/** @verifies chat.buttons */
test("what a button does is read back from its id, or from what was kept, whatever size of id a platform allows", async () => {
  const buttons = keptButtons();
  await fc.assert(
    fc.asyncProperty(part, part, part, fc.integer({ min: 48, max: 255 }), async (action, subject, marker, maxBytes) => {
      const wellFormed = marker.toWellFormed().slice(0, 16).toWellFormed();
      const short = /^[\w-]*$/.test(wellFormed) ? wellFormed : markerOf(wellFormed);
      const id = { action: action || "x", subject, ...(short === "" ? {} : { marker: short }) };
      const written = writeButtonId(id, maxBytes);
      expect(Buffer.byteLength(written.id)).toBeLessThanOrEqual(maxBytes);
      await buttons.keep(written.kept === undefined ? [] : [written.kept]);
      const read = readButtonId(written.id);
      expect(read === null ? null : await buttons.read(read)).toEqual(id);
    }),
  );
});

/** @verifies chat.buttons */
test("a job's button fits into 64 bytes, with its question and its delivery", () => {
  const job = `job_${"x".repeat(22)}`;
  for (const subject of [`${job}~12`, `${job}.${"y".repeat(12)}`]) {
    const action = subject.includes("~") ? "start-again" : "form";
    expect(writeButtonId({ action, subject, marker: markerOf(`${job}.12`) }, 64).kept).toBeUndefined();
  }
});

/** @verifies chat.buttons */
test("a button that is no longer kept is read as null, and a limit too small for any id throws", async () => {
  const { id, kept } = writeButtonId({ action: "form", subject: "x".repeat(100) }, 64);
  expect(kept).toMatchObject({ action: "form", subject: "x".repeat(100) });
  expect(await keptButtons().read(readButtonId(id)!)).toBeNull();
  expect(() => writeButtonId({ action: "form", subject: "" }, 40)).toThrow(RangeError);
});

test.each(["", "t1", "t1:a:b", "t2:a:b:", "t1::b:", "t1:%:b:", "other"])("%j is not ours", (text) => {
  expect(readButtonId(text)).toBeNull();
});

describe("markers", () => {
  test("differ for each delivery", () => {
    expect(markerOf("job_1.1")).not.toBe(markerOf("job_1.10"));
  });

  test("are looked for in the ids of buttons alone", () => {
    const { id } = writeButtonId({ action: "details", subject: "job_1", marker: markerOf("job_1.1") }, 64);
    const rows = [{ components: [{ label: "Details", custom_id: id }] }];
    expect(carriesMarker(rows, markerOf("job_1.1"), "custom_id")).toBe(true);
    expect(carriesMarker(rows, markerOf("job_1.2"), "custom_id")).toBe(false);
    expect(carriesMarker([{ content: id }], markerOf("job_1.1"), "custom_id")).toBe(false);
  });
});
