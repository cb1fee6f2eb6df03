import { builtInTools, choice, decimal, defineTool, flag, media, text } from "@toolcast/core";
import { Command } from "commander";
import { expect, test } from "vitest";
import { type Flag, flagsOf, inputOf } from "./flags.ts";

const both = (words: string) => ({ title: { en: words, "zh-CN": words }, summary: { en: words, "zh-CN": words } });

const tool = defineTool({
  name: "make_thing",
  command: "make",
  ...both("make"),
  effect: "reads",
  primary: "words",
  input: {
    words: text({ ...both("words"), maxLength: 100 }),
    cross_language: flag({ ...both("cross"), optional: true }),
    tier: choice({
      ...both("tier"),
      optional: true,
      choices: [
        { value: "lite", title: { en: "L", "zh-CN": "L" } },
        { value: "pro", title: { en: "P", "zh-CN": "P" } },
      ],
    }),
    pitch: decimal({ ...both("pitch"), optional: true, minimum: -10, maximum: 10 }),
    picture: media({ ...both("picture"), optional: true, limits: { kind: "image", maxBytes: 10 } }),
    key: text({ ...both("key"), optional: true, maxLength: 10 }),
  },
  answer: async () => ({ message: { tone: "info", title: "" }, data: null }),
});

function parse(...args: string[]): Record<string, unknown> {
  const flags = flagsOf(tool, "en");
  const command = new Command("make").argument("[words...]").exitOverride();
  for (const option of flags.flatMap(({ options }) => options)) {
    command.addOption(option);
  }
  command.parse(args, { from: "user" });
  return inputOf(tool, flags, command.opts(), command.args);
}

test("flags are the inputs' names with dashes, in form order", () => {
  expect(flagsOf(tool, "en").map(({ name }) => name)).toEqual([
    "--words",
    "--cross-language",
    "--tier",
    "--pitch",
    "--picture",
    // `--key` is the idempotency key of every run.
    "--input-key",
  ]);
});

test("given values arrive under the inputs' names, and nothing else does", () => {
  expect(parse("--cross-language", "--tier", "pro", "--pitch", "-3", "--picture", "a.png", "--input-key", "k")).toEqual(
    {
      cross_language: true,
      tier: "pro",
      pitch: "-3",
      picture: "a.png",
      key: "k",
    },
  );
  expect(parse()).toEqual({});
});

test("a yes-or-no input can be negated", () => {
  expect(parse("--no-cross-language")).toEqual({ cross_language: false });
});

test("free text goes to the primary input unless its flag was given", () => {
  expect(parse("two", "words")).toEqual({ words: "two words" });
  expect(parse("--words", "flag", "free")).toEqual({ words: "flag" });
  expect(parse("--words", "", "free")).toEqual({ words: "free" });
});

test("a flag says what it accepts", () => {
  const shown = flagsOf(tool, "en").map(({ options }) => options[0]!.flags);
  expect(shown).toEqual([
    "--words <text>",
    "--cross-language",
    "--tier <lite|pro>",
    "--pitch <-10-10>",
    "--picture <file|link|id>",
    "--input-key <text>",
  ]);
});

test("a media flag knows the largest file", () => {
  expect(flagsOf(tool, "en").find(({ field }) => field === "picture")).toMatchObject<Partial<Flag>>({ maxBytes: 10 });
});

test("the inputs that others rely on are flags of the built-in tools", () => {
  const relied: Record<string, string[]> = {
    image: ["--prompt", "--size", "--count", "--negative-prompt", "--seed", "--provider"],
    avatar: ["--video", "--image", "--audio", "--text", "--voice", "--title"],
    clone: ["--audio", "--name", "--tier", "--voice", "--consent"],
    speak: ["--text", "--voice", "--speed", "--pitch", "--volume", "--cross-language"],
    explain: ["--text", "--provider"],
    jobs: ["--state", "--limit"],
    job: ["--job"],
    cancel: ["--job"],
  };
  for (const [command, names] of Object.entries(relied)) {
    const found = builtInTools.find((candidate) => candidate.command === command);
    expect(found, command).toBeDefined();
    expect(flagsOf(found!, "en").map(({ name }) => name)).toEqual(expect.arrayContaining(names));
  }
});

test("every flag is described in both languages", () => {
  for (const builtIn of builtInTools) {
    for (const { options } of flagsOf(builtIn, "zh-CN")) {
      expect(options[0]!.description).toMatch(/\p{Script=Han}/u);
    }
  }
});
