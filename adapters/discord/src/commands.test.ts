import { builtInTools, choice, defineTool, integer, media, text } from "@toolcast/core";
import { nearestLocale } from "@toolcast/core/surface";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyText } from "../../../test/any-text.ts";
import { type CommandBody, commandsFor } from "./commands.ts";
import { discordLimits } from "./limits.ts";
import { nameFrom } from "./localisation.ts";

const nameRule = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const both = (words: string) => ({ en: words, "zh-CN": words });

function bodyOf(command: string): CommandBody {
  const found = commandsFor(builtInTools, "global").find(({ name }) => name === command);
  expect(found).toBeDefined();
  return found?.body as CommandBody;
}

/** @verifies discord.commands */
test("a command has typed, ranged, localised options, required ones first", () => {
  const image = bodyOf("image");
  expect(image).toMatchObject({
    name_localizations: { "zh-CN": "生成图片", "zh-TW": "生成图片" },
    description_localizations: { "zh-CN": "根据描述生成或修改图片。" },
    default_member_permissions: null,
    contexts: [0, 1, 2],
    integration_types: [0, 1],
  });
  const option = (name: string) => image.options?.find((candidate) => candidate.name === name);
  expect(option("prompt")).toMatchObject({ type: 3, required: false, max_length: 1_000 });
  expect(option("count")).toMatchObject({ type: 4, min_value: 1, max_value: 4, required: false });
  expect(option("size")).toMatchObject({ type: 3, autocomplete: true });
  expect(option("private")).toMatchObject({ type: 5, name_localizations: { "zh-CN": "仅自己可见" } });
  expect(bodyOf("avatar").options?.find(({ name }) => name === "video")).toMatchObject({ type: 11, required: false });
  expect(bodyOf("avatar").options?.find(({ name }) => name === "video-link")).toMatchObject({
    type: 3,
    autocomplete: true,
  });
  expect(bodyOf("jobs").options?.find(({ name }) => name === "state")).toMatchObject({
    choices: expect.arrayContaining([
      { name: "failed", name_localizations: { "zh-CN": "失败", "zh-TW": "失败" }, value: "failed" },
    ]),
  });
  expect(bodyOf("balance").default_member_permissions).toBe("32");
});

/** @verifies discord.commands */
test("every built-in tool is a command within Discord's limits, in every language", () => {
  const commands = commandsFor(builtInTools, "global");
  expect(commands).toHaveLength(builtInTools.length);
  for (const locale of ["zh-CN", "zh-TW"] as const) {
    const names = commands.map(({ body }) => body.name_localizations?.[locale]);
    expect(new Set(names).size).toBe(names.length);
  }
  for (const { body } of commands) {
    for (const each of [body, ...(body.options ?? [])]) {
      for (const name of [each.name, ...Object.values(each.name_localizations ?? {})]) {
        expect(name).toMatch(nameRule);
      }
      for (const words of [each.description, ...Object.values(each.description_localizations ?? {})]) {
        expect(words?.length).toBeGreaterThan(0);
        expect(words?.length).toBeLessThanOrEqual(discordLimits.descriptionCharacters);
      }
    }
    const required = (body.options ?? []).map((option) => option.required === true);
    expect(required).toEqual([...required].sort((one, other) => Number(other) - Number(one)));
  }
});

describe("a tool at Discord's limits", () => {
  const fields = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `field_${index}`,
        text({ title: both("Same title"), summary: both("s".repeat(300)), maxLength: 9_000, optional: index > 2 }),
      ]),
    );
  const tool = (input: Parameters<typeof defineTool>[0]["input"]) =>
    defineTool({
      ...{ name: "plugin", command: "Plugin Command!", effect: "reads", title: both("Plug-in"), summary: both("s") },
      input,
      answer: async () => ({ message: { tone: "info", title: "x" }, data: null }),
    });

  test("has at most 25 options with different names, and its name is made to fit", () => {
    const [command] = commandsFor([tool(fields(40))], "global");
    const options = command?.body.options ?? [];
    expect([command?.name, options.length]).toEqual(["plugin-command", discordLimits.options]);
    expect(new Set(options.map(({ name_localizations }) => name_localizations?.["zh-CN"])).size).toBe(options.length);
    expect(options.at(-1)?.name).toBe("private");
    expect(options[0]).toMatchObject({ max_length: discordLimits.optionTextCharacters });
    expect(JSON.stringify(command?.body).length).toBeGreaterThan(0);
  });

  test("suggests what Discord cannot list, and keeps numbers it cannot bound", () => {
    const choices = Array.from({ length: 26 }, (_, index) => ({ value: `v${index}`, title: both(`Choice ${index}`) }));
    const input = {
      many: choice({ title: both("Many"), summary: both("m"), choices }),
      large: integer({ title: both("Large"), summary: both("l"), minimum: -1, maximum: 2 ** 60 }),
      private: media({ title: both("Private"), summary: both("p"), limits: { kind: "image" } }),
    };
    const [command] = commandsFor([tool(input)], "guild");
    const [many, large, ...others] = command?.body.options ?? [];
    expect(many).toMatchObject({ autocomplete: true });
    expect(many).not.toHaveProperty("choices");
    expect(large).not.toHaveProperty("max_value");
    expect(others.map(({ name }) => name)).toEqual(["private", "private-link", "private-2"]);
    expect(command?.body).not.toHaveProperty("contexts");
  });
});

test("any text becomes a name that Discord accepts, or none", () => {
  fc.assert(
    fc.property(anyText({ maxLength: 60 }), (words) => {
      const name = nameFrom(words);
      if (name !== null) {
        expect(name).toMatch(nameRule);
        expect(name).toBe(name.toLowerCase());
      }
    }),
  );
  expect(nameFrom("生成数字人视频")).toBe("生成数字人视频");
  expect(nameFrom("negativePrompt")).toBe("negative-prompt");
  expect(nameFrom("!!!")).toBeNull();
});

test("every Chinese locale gets the same Chinese in names, descriptions, choices and answers", () => {
  const words = (body: object): string[] =>
    [...JSON.stringify(body).matchAll(/"(?:name|description)_localizations":(\{[^}]*\})/g)].map(
      ([, json = ""]) => json,
    );
  for (const { body } of commandsFor(builtInTools, "global")) {
    for (const json of words(body)) {
      const { "zh-CN": chinese, "zh-TW": taiwan } = JSON.parse(json) as Record<string, string>;
      expect(taiwan).toBe(chinese);
    }
  }
  expect(nearestLocale("zh-TW")).toBe("zh-CN");
});
