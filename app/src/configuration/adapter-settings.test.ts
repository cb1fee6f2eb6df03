import type { Locale } from "@toolcast/core";
import { type AdapterDefinition, defineAdapter } from "@toolcast/core/surface";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { builtInAdapters } from "./built-in-adapters.ts";
import { readConfiguration } from "./configuration.ts";
import { ConfigurationError } from "./configuration-error.ts";

async function problemsOf(environment: Record<string, string>, adapters: AdapterDefinition<never>[] = []) {
  try {
    await readConfiguration({
      ...{ environment, workingDirectory: "/nowhere", homeDirectory: "/home/ada", platform: "linux" },
      plugins: { adapters },
    });
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return error.problems;
    }
    throw error;
  }
  return [];
}

/** Valid values, by variable. */
const right: Record<string, string> = {
  DISCORD_TOKEN: "a-token-that-would-do-as-one",
  SLACK_BOT_TOKEN: "xoxb-would-do-as-one",
  SLACK_APP_TOKEN: "xapp-would-do-as-one",
  TELEGRAM_BOT_TOKEN: "7000000001:a-token-that-would-do-as-one_00",
};

const wrong: Record<string, string[]> = {
  DISCORD_TOKEN: ["short", "a token with spaces in it"],
  DISCORD_GUILD_ID: ["Workshop", "123"],
  SLACK_BOT_TOKEN: ["a-token-of-another-kind", "xoxb-with spaces in it"],
  SLACK_APP_TOKEN: ["a-token-of-another-kind", "xapp-with spaces in it"],
  SLACK_SIGNING_SECRET: ["too-few", "0123456789 abcdef"],
  SLACK_API_URL: ["slack", "http://slack.example/api/", "https://me:word@slack.example/api/"],
  DISCORD_API_URL: ["discord", "http://discord.example/api", "https://me:word@discord.example/api"],
  TELEGRAM_BOT_TOKEN: ["a-token-that-would-do-as-one-but-for-its-number", "7000000001:short"],
  TELEGRAM_API_ROOT: [
    "telegram",
    "http://telegram.example",
    "https://me:word@telegram.example",
    "https://a.example/bot",
  ],
  TELEGRAM_FILES_DIR: ["files", "./files", "/srv/without-a-server-of-ones-own"],
  TELEGRAM_WEBHOOK_SECRET: ["short", "a secret with spaces in it"],
};

describe("the variables of chat platforms", () => {
  const settings = builtInAdapters.flatMap((definition) => definition.settings);

  test("all of them have a wrong value in this test", () => {
    expect(Object.keys(wrong).sort()).toEqual(settings.map(({ variable }) => variable).sort());
  });

  for (const [variable, values] of Object.entries(wrong)) {
    test.each(values)(`${variable}=%j is an error that names the variable and says what to do`, async (value) => {
      const problems = await problemsOf({ ...right, [variable]: value });
      expect(problems.map((problem) => problem.variable)).toEqual([variable]);
      const { rule, example, secret } = settings.find((setting) => setting.variable === variable)!;
      for (const locale of ["en", "zh-CN"] satisfies Locale[]) {
        const sentence = problems[0]!.sentence[locale];
        expect(sentence).toContain(`${variable}=${example}`);
        expect(sentence).toContain(rule?.[locale]);
        if (secret) {
          expect(sentence).not.toContain(value);
        } else {
          expect(sentence).toContain(value.replace("me:word@", "…@"));
        }
      }
    });
  }

  test("a half-configured platform says what is missing", async () => {
    const problems = await problemsOf({ DISCORD_GUILD_ID: "123456789012345678" });
    expect(problems.map(({ variable }) => variable)).toEqual(["DISCORD_TOKEN"]);
    expect(problems[0]!.sentence.en).toContain("DISCORD_GUILD_ID is set");
  });

  test("Slack needs a way to be reached", async () => {
    const { SLACK_APP_TOKEN: _one, ...none } = right;
    expect((await problemsOf(none)).map(({ variable }) => variable)).toEqual(["SLACK_APP_TOKEN"]);
    expect(await problemsOf({ ...none, SLACK_SIGNING_SECRET: "0123456789abcdef" })).toEqual([]);
    expect(await problemsOf(right)).toEqual([]);
  });
});

describe("a chat platform from a plugin", () => {
  const pigeon = defineAdapter({
    id: "pigeon",
    title: { en: "Pigeon post", "zh-CN": "飞鸽传书" },
    settings: [{ variable: "PIGEON_LOFT", summary: { en: "The loft", "zh-CN": "鸽舍" }, required: true, secret: true }],
    schema: z.object({ PIGEON_LOFT: z.string() }),
    hosts: () => [],
    create: () => Promise.reject(new Error("not in this test")),
    doctor: async () => [],
  }) as AdapterDefinition<never>;

  const source = { workingDirectory: "/nowhere", homeDirectory: "/home/ada", platform: "linux" as const };

  test("is configured by its own variables, whose secrets are never printed", async () => {
    const environment = { PIGEON_LOFT: "under-the-third-tile" };
    const configuration = await readConfiguration({ ...source, environment, plugins: { adapters: [pigeon] } });
    expect(configuration.adapters.map(({ definition }) => definition.id)).toEqual(["pigeon"]);
    expect(configuration.secrets).toContain("under-the-third-tile");
    const without = await readConfiguration({ ...source, environment: {}, plugins: { adapters: [pigeon] } });
    expect(without.adapters).toEqual([]);
    expect(without.adapterDefinitions).toContain(pigeon);
  });

  test.each(["discord", "telegram", "web", "mcp", "cli"])("may not be called %s, which exists already", async (id) => {
    const problems = await problemsOf({}, [{ ...pigeon, id }]);
    expect(problems.map(({ variable }) => variable)).toEqual(["toolcast.config"]);
    expect(problems[0]!.sentence.en).toContain(`"${id}"`);
  });
});
