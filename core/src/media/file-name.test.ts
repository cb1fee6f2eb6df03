import fc from "fast-check";
import { expect, it } from "vitest";
import { anyText } from "../../../test/any-text.ts";
import { safeFileName } from "./file-name.ts";

it.each([
  ["sunset.png", "png", "sunset.png"],
  ["日照金山", "png", "日照金山.png"],
  ["Photo.JPEG", "jpg", "Photo.JPEG"],
  ["clip.mov", "mp4", "clip.mov.mp4"],
  ["../../etc/passwd", "png", "passwd.png"],
  ["C:\\temp\\a.png", "png", "a.png"],
  [".png", "png", "png.png"],
  ["a\u0000b\nc\u202egnp.exe", "png", "abcgnp.exe.png"],
  ["  .. ", "wav", "file.wav"],
  ["", "wav", "file.wav"],
])("%j as %s: %j", (name, extension, expected) => expect(safeFileName(name, extension)).toBe(expected));

it("never contains a folder or a control character, nor more than 120 characters", () => {
  fc.assert(
    fc.property(anyText({ maxLength: 300 }), (name) => {
      const safe = safeFileName(name, "png");
      // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what is tested
      expect(safe).not.toMatch(/[/\\\u0000-\u001f\u007f-\u009f]|^\./);
      expect([...safe].length).toBeLessThanOrEqual(120);
      expect(safe.length).toBeGreaterThan(4);
      expect(safe.toLowerCase().endsWith(".png")).toBe(true);
    }),
  );
  expect(safeFileName(`${"😀".repeat(200)}.png`, "png")).toBe(`${"😀".repeat(116)}.png`);
});
