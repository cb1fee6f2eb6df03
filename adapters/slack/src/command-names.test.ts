import { builtInTools, type Tool, type UsageError } from "@toolcast/core";
import { say } from "@toolcast/core/surface";
import { describe, expect, test } from "vitest";
import { commandsOf } from "./command-names.ts";

describe("a prefix", () => {
  const named = (command: string) => ({ ...builtInTools[0]!, command });
  const refusal = (prefix: string, tools: readonly Tool[] = builtInTools) => {
    try {
      commandsOf(tools, prefix);
      return null;
    } catch (error) {
      const { sentence } = (error as UsageError).failure;
      expect(say(sentence, "zh-CN")).toMatch(/\p{Script=Han}/u);
      return say(sentence, "en");
    }
  };

  /** @verifies slack.prefix */
  test.each(["AI", "a i", "my/ai", "画", "ai.", "<!here>"])(
    "is refused if Slack allows no such command: %s",
    (prefix) => {
      expect(refusal(prefix)).toBe(
        `The prefix ${prefix} cannot be part of a command: Slack allows lower-case letters, digits, - and _.`,
      );
    },
  );

  /** @verifies slack.prefix */
  test("is refused if a command would be longer than 32 characters, so that no two are cut to the same name", () => {
    const longest = `/${"a".repeat(18)}-delete_voice`;
    expect(longest).toHaveLength(32);
    expect(refusal("a".repeat(18))).toBeNull();
    expect(commandsOf(builtInTools, "a".repeat(18)).map(({ command }) => command)).toContain(longest);
    expect(refusal("a".repeat(19))).toBe(
      `The prefix ${"a".repeat(19)} is too long: /${"a".repeat(19)}-delete_voice would have 33 characters, and Slack allows 32. Use a prefix of at most 18.`,
    );
  });

  /** @verifies slack.prefix */
  test("is refused if two tools would answer to one command", () => {
    const tools = [named("image"), named("edit-image")];
    expect(refusal("ai", tools)).toBeNull();
    expect(refusal("edit", tools)).toBe(
      "With the prefix edit two tools would answer to /edit-image. Use another prefix.",
    );
  });

  /** @verifies slack.prefix */
  test("is not needed: a tool that Slack takes no command for is left out, and used by direct message", () => {
    const tools = [named("image"), named("a".repeat(31)), named("a".repeat(32)), named("Bild"), named("画")];
    expect(commandsOf(tools).map(({ command }) => command)).toEqual(["/image", `/${"a".repeat(31)}`]);
  });
});
