// @verifies spending.limits-first
import { expect, test } from "vitest";
import { ToolcastError } from "../../errors/errors.ts";
import type { SpokenLanguage } from "../operation.ts";
import { checkManner } from "./speech-manner.ts";

/** The input at fault; undefined if there is none. */
function fault(model: string, request: { instructions?: string; language?: SpokenLanguage; speakerId?: string }) {
  try {
    checkManner(model, { speakerId: "longanyang", ...request });
  } catch (error) {
    return ToolcastError.isInstance(error) ? error.failure.field : error;
  }
  return undefined;
}

test.each([
  ["cosyvoice-v3-flash", "longanyang", true],
  ["cosyvoice-v3-flash", "longanhuan", true],
  ["cosyvoice-v3-flash", "longhuhu_v3", true],
  ["cosyvoice-v3-flash", "longxiaochun_v3", false],
  ["cosyvoice-v3-flash", "cosyvoice-v3-flash-tc-1", true],
  ["cosyvoice-v3-plus", "longanyang", false],
  ["cosyvoice-v3-plus", "cosyvoice-v3-plus-tc-1", false],
  ["cosyvoice-v3.5-plus", "cosyvoice-v3.5-plus-tc-1", true],
  ["cosyvoice-v2", "longxiaochun_v2", false],
  ["qwen3-tts-flash", "Cherry", false],
  ["qwen3-tts-instruct-flash", "Cherry", true],
  ["qwen3-tts-vc-2026-01-22", "mine", false],
])("%s with %s follows instructions: %s", (model, speakerId, follows) => {
  expect(fault(model, { speakerId, instructions: "slowly" })).toBe(follows ? undefined : "instructions");
  expect(fault(model, { speakerId })).toBeUndefined();
});

test("CosyVoice takes 100 characters of them, of which an ideograph is two", () => {
  const instructions = (words: string) => fault("cosyvoice-v3-flash", { instructions: words });
  expect([instructions("x".repeat(100)), instructions("x".repeat(101))]).toEqual([undefined, "instructions"]);
  expect([instructions("慢".repeat(50)), instructions("慢".repeat(51))]).toEqual([undefined, "instructions"]);
  expect(fault("qwen3-tts-instruct-flash", { instructions: "慢".repeat(500) })).toBeUndefined();
});

test.each([
  ["cosyvoice-v3-flash", "vietnamese", true],
  ["cosyvoice-v3-flash", "italian", false],
  ["cosyvoice-v1", "chinese", false],
  ["qwen3-tts-flash", "italian", true],
  ["qwen3-tts-flash", "vietnamese", false],
] as const)("%s speaks %s: %s", (model, language, speaks) => {
  expect(fault(model, { language })).toBe(speaks ? undefined : "language");
});
