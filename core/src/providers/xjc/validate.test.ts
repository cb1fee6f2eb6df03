import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { UsageError } from "../../errors/errors.ts";
import { systemClock } from "../../ground/clock.ts";
import type { Asset } from "../../media/media.ts";
import type { AvatarVideoRequest, SpeechRequest } from "../operation.ts";
import { WorkAges } from "../work-ages.ts";
import type { Api } from "./api.ts";
import { ratioText, speechOperation } from "./speech.ts";
import { voiceCloningOperation } from "./voices.ts";
import { avatarVideoOperation } from "./works.ts";

const silent: Api = {
  read: () => Promise.reject(new Error("nothing may be sent")),
  begin: () => Promise.reject(new Error("nothing may be sent")),
};

const kept = { id: "asset_1", hash: "hash", owner: "web:a", createdAt: 0, bytes: 1000 };
const audio: Asset = { ...kept, kind: "audio", type: "audio/wav", extension: "wav", name: "a.wav", durationMs: 8000 };
const video: Asset = {
  ...kept,
  kind: "video",
  type: "video/mp4",
  extension: "mp4",
  name: "v.mp4",
  durationMs: 12_000,
  width: 640,
  height: 360,
  codec: "avc",
};
const picture: Asset = { ...kept, kind: "image", type: "image/png", extension: "png", name: "p.png" };

/** The field at fault; undefined if the request is accepted. */
function faultOf(validate: () => void): string | undefined {
  try {
    validate();
    return undefined;
  } catch (error) {
    const { failure } = error as UsageError;
    expect(failure).toMatchObject({ kind: "usage", charged: "no" });
    return failure.field;
  }
}

const avatar = avatarVideoOperation(silent, new WorkAges(systemClock), {});
const avatarFault = (request: AvatarVideoRequest) => faultOf(() => avatar.validate?.(request));

describe("avatar: the three modes and nothing else", () => {
  test.each<[string | undefined, AvatarVideoRequest]>([
    [undefined, { video, audio }],
    [undefined, { video, text: "你好" }],
    [undefined, { text: "你好" }],
    ["text", {}],
    ["text", { text: " " }],
    ["text", { video }],
    ["text", { video, text: " " }],
    ["video", { audio }],
    ["text", { audio, text: "你好" }],
    ["text", { video, audio, text: "你好" }],
  ])("fault %s", (field, request) => {
    expect(avatarFault(request)).toBe(field);
  });
});

describe("avatar: every documented limit, at it and one over", () => {
  const mebibyte = 1024 * 1024;
  test.each<[string, Partial<Asset>, boolean]>([
    ["audio", { durationMs: 5000 }, true],
    ["audio", { durationMs: 4999 }, false],
    ["audio", { durationMs: 1_800_000 }, true],
    ["audio", { durationMs: 1_800_001 }, false],
    ["audio", { durationMs: undefined }, false],
    ["audio", { bytes: 100 * mebibyte }, true],
    ["audio", { bytes: 100 * mebibyte + 1 }, false],
    ["audio", { extension: "mp3" }, true],
    ["audio", { extension: "m4a" }, true],
    ["audio", { extension: "ogg" }, false],
    ["audio", picture, false],
    ["video", { durationMs: 10_000 }, true],
    ["video", { durationMs: 9999 }, false],
    ["video", { durationMs: 300_000 }, true],
    ["video", { durationMs: 300_001 }, false],
    ["video", { bytes: 500 * mebibyte }, true],
    ["video", { bytes: 500 * mebibyte + 1 }, false],
    ["video", { extension: "mov" }, true],
    ["video", { extension: "webm" }, false],
    ["video", { codec: "hevc" }, false],
    ["video", { codec: undefined }, false],
    ["video", { height: 359 }, false],
    ["video", { width: 360, height: 640 }, true],
    ["video", { width: 3840, height: 2160 }, true],
    ["video", { width: 4096, height: 2160 }, true],
    ["video", { width: 4097, height: 2160 }, false],
    ["video", { width: 3840, height: 2161 }, false],
    ["video", picture, false],
  ])("%s %j: %s", (field, changes, accepted) => {
    const request = { video, audio, [field]: { ...(field === "audio" ? audio : video), ...changes } };
    expect(avatarFault(request)).toBe(accepted ? undefined : field);
  });

  test("text and title", () => {
    expect(avatarFault({ text: "字".repeat(10_000) })).toBeUndefined();
    expect(avatarFault({ text: "字".repeat(10_001) })).toBe("text");
    expect(avatarFault({ text: "a", title: "题".repeat(20) })).toBeUndefined();
    expect(avatarFault({ text: "a", title: "题".repeat(21) })).toBe("title");
  });
});

test("clone: the sample is audio in a format the vendor reads, of any length", () => {
  const fault = (sample: Asset) =>
    faultOf(() => voiceCloningOperation(silent, new WorkAges(systemClock)).validate?.({ audio: sample, tier: "lite" }));
  expect(fault({ ...audio, durationMs: 3000 })).toBeUndefined();
  expect(fault(video)).toBe("audio");
  expect(fault({ ...audio, extension: "ogg" })).toBe("audio");
});

describe("speak", () => {
  const request: SpeechRequest = { text: "你好", tier: "lite", speakerId: "S_1" };
  const fault = (changes: Partial<SpeechRequest>) =>
    faultOf(() => speechOperation(silent, new WorkAges(systemClock), {}).validate?.({ ...request, ...changes }));

  test.each<[string | undefined, Partial<SpeechRequest>]>([
    [undefined, {}],
    ["text", { text: "" }],
    ["voice", { speakerId: "" }],
    [undefined, { speed: 0.1, pitch: 0.1, volume: 0.1 }],
    [undefined, { speed: 1.9, pitch: 10, volume: 10 }],
    ["speed", { speed: 0.09 }],
    ["speed", { speed: 1.91 }],
    ["speed", { speed: Number.NaN }],
    ["pitch", { pitch: 0.09 }],
    ["pitch", { pitch: 10.01 }],
    ["volume", { volume: 0 }],
    ["volume", { volume: 0.09 }],
    ["volume", { volume: 10.01 }],
    [undefined, { crossLanguage: true }],
    ["cross_language", { tier: "pro", crossLanguage: true }],
    ["instructions", { instructions: "slowly" }],
    ["language", { language: "english" }],
    [undefined, { tier: "pro", crossLanguage: false }],
    [undefined, { tier: "pro", speed: 5, pitch: 50 }],
    ["speed", { tier: "pro", speed: 0 }],
    ["volume", { tier: "pro", volume: -1 }],
    ["pitch", { tier: "pro", pitch: Number.POSITIVE_INFINITY }],
  ])("fault %s of %j", (field, changes) => {
    expect(fault(changes)).toBe(field);
  });

  test("ratios are written in full, as text", () => {
    expect([1, 0.5, 1.25, 10, 0.1].map(ratioText)).toEqual(["1.0", "0.5", "1.25", "10.0", "0.1"]);
    expect(ratioText(undefined)).toBeUndefined();
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 1e6, noNaN: true }), (ratio) => {
        const text = ratioText(ratio) ?? "";
        expect(text).toMatch(/^\d+\.\d+$/);
        expect(Number(text)).toBeCloseTo(ratio, 10);
      }),
    );
  });
});

test("no price is known; what it depends on is", async () => {
  for (const price of [
    avatar.price({ text: "a" }),
    voiceCloningOperation(silent, new WorkAges(systemClock)).price({ audio, tier: "lite" }),
    speechOperation(silent, new WorkAges(systemClock), {}).price({ text: "a", tier: "lite", speakerId: "S" }),
  ]) {
    expect(await price).toMatchObject({
      known: false,
      dependsOn: { key: expect.stringContaining("provider.price.xjc-") },
    });
  }
});
