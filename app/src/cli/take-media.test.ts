import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Caller, type Runtime, UsageError } from "@toolcast/core";
import { expect, onTestFinished, test } from "vitest";
import type { Flag } from "./flags.ts";
import { takeMedia } from "./take-media.ts";

// @verifies understood.bad-input, understood.left-out

const caller = { id: "cli:local" } as Caller;
const flags: Flag[] = ["video", "audio"].map((field) => ({ field, kind: "media", name: `--${field}`, options: [] }));

test("a file that the store refuses is reported by its flag", async () => {
  const directory = mkdtempSync(join(tmpdir(), "toolcast-take-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, "notes.txt");
  writeFileSync(file, "no media");
  const sentence = { en: "This cannot be read.", "zh-CN": "无法读取。" };
  const keep: Runtime["media"]["keep"] = async (source) => {
    for await (const _ of source as AsyncIterable<Uint8Array>) {
      // Read to its end, as the store does before it decides.
    }
    throw new UsageError(sentence);
  };
  await expect(
    takeMedia(
      { media: { keep } as Runtime["media"] },
      flags,
      { video: "https://example.com/me.mp4", audio: file },
      caller,
    ),
  ).rejects.toMatchObject({ failure: { kind: "usage", field: "audio", sentence } });
});

test("an empty value, as an unset variable of a script gives it, is no file", async () => {
  const keep = () => Promise.reject(new Error("nothing to keep"));
  const input = { video: "", audio: " \u200b" };
  expect(await takeMedia({ media: { keep } as unknown as Runtime["media"] }, flags, input, caller)).toEqual(input);
});
