import { builtInTools, defineTool, media, text } from "@toolcast/core";
import { givenByMessage } from "@toolcast/core/chat";
import { describe, expect, test } from "vitest";
import { menusFor, pointedMessage } from "./menus.ts";

const both = (words: string) => ({ en: words, "zh-CN": words });

/** Tools by field types, under names that say nothing. */
function toolOfType(index: number, kind: "image" | "text" | "none") {
  const described = { title: both(`T${index}`), summary: both(`S${index}`) };
  return defineTool({
    ...{ name: `n${index}`, command: `c${index}`, effect: "spends", ...described },
    ...(kind === "text" ? { primary: "x" } : {}),
    input:
      kind === "image"
        ? { x: media({ ...described, limits: { kind: "image" } }) }
        : { x: text({ ...described, maxLength: 100 }) },
    steps: () => [],
  });
}

describe("the menu of a message", () => {
  test("offers the tools that take what a message holds, by the types of their inputs and never more than Discord takes", () => {
    // @verifies discord.menus
    const own = menusFor(builtInTools, "global");
    expect(own.map(({ body }) => [body.name, body.name_localizations?.["zh-CN"]])).toEqual([
      ["Generate an image", "生成图片"],
      ["Describe a picture", "图片理解"],
      ["Generate a video", "生成视频"],
      ["Make an avatar speak", "生成数字人视频"],
      ["Clone a voice", "克隆声音"],
      ["Ask", "提问"],
      ["Speak", "语音合成"],
      ["Explain an error", "解释错误码"],
    ]);
    expect(own.map(({ body: { type, contexts } }) => [type, contexts])).toEqual(own.map(() => [3, [0, 1, 2]]));
    const kinds = ["text", "none", "image"] as const;
    const many = Array.from({ length: 60 }, (_, index) => toolOfType(index, kinds[index % 3]!));
    const names = menusFor(many, "global").map(({ name }) => name);
    expect(names).toEqual(Array.from({ length: 15 }, (_, index) => `T${index * 3 + 2}`));
    expect(menusFor(many.slice(0, 9), "guild").map(({ tool }) => tool.title.en)).toEqual([
      "T2",
      "T5",
      "T8",
      "T0",
      "T3",
      "T6",
    ]);
  });

  test("reads a file whose address is not well-formed text", () => {
    // @verifies discord.menus
    const file = { attachment_id: "1", content_type: "image/png" };
    const components = [
      { type: 12, items: [{ media: { ...file, url: "https://cdn.discordapp.com/a/100%.png" } }] },
      { type: 12, items: [{ media: { ...file, url: "https://cdn.discordapp.com/a/%E7%8B%90.png" } }] },
    ];
    const data = { name: "x", type: 3, target_id: "2", resolved: { messages: { "2": { components } } } };
    const names = pointedMessage({ application_id: "3", data }).files?.map(
      ({ file }) => (file as { filename: string }).filename,
    );
    expect(names).toEqual(["100%.png", "狐.png"]);
  });

  test.each([
    ["3", undefined],
    ["4", "Done: Create an image"],
  ])("gives no text of our own: written by %s", (id, text) => {
    // @verifies chat.own-words
    const said = { content: "Done: Create an image", author: { id }, components: [] };
    const data = { name: "x", type: 3, target_id: "2", resolved: { messages: { "2": said } } };
    const pointed = pointedMessage({ application_id: "3", data });
    const tool = builtInTools.find(({ command }) => command === "image")!;
    expect(givenByMessage(tool, pointed).input.prompt).toBe(text);
  });
});
