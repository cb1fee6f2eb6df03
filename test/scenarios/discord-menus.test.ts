import { builtInTools, defineTool, media, text } from "@toolcast/core";
import { describe, expect, test, vi } from "vitest";
import { menusFor, pointedMessage } from "../../adapters/discord/src/menus.ts";
import { type DiscordRoom, everythingSent, newestJob, openRoom, shownText } from "../discord-room.ts";
import { fixture } from "../doubles/fixture-media.ts";
import type { Interaction } from "../fakes/discord/interactions.ts";
import { everyComponent } from "../fakes/discord/message-view.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const picture = { filename: "face.png", contentType: "image/png", bytes: fixture("picture.png") };
const finished = (room: DiscordRoom) => room.until(() => everythingSent(room), 60 * 60_000, 5_000);
const both = (words: string) => ({ en: words, "zh-CN": words });

/** The inputs that an opened form shows, with their values. */
function inputsOf({ modal }: Interaction): Record<string, unknown> {
  const inputs = everyComponent(modal?.components ?? []).filter(({ custom_id: id }) => typeof id === "string");
  return Object.fromEntries(inputs.map(({ custom_id: id, value }) => [String(id), value ?? null]));
}

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
    verifies("discord.menus");
    const own = menusFor(builtInTools, "global");
    expect(own.map(({ body }) => [body.name, body.name_localizations?.["zh-CN"]])).toEqual([
      ["Generate an image", "生成图片"],
      ["Describe a picture", "图片理解"],
      ["Generate a video", "生成视频"],
      ["Make an avatar speak", "生成数字人视频"],
      ["Clone a voice", "克隆声音"],
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

  test("gives its picture and its text; what is missing is asked for in a form", async () => {
    verifies("discord.menus", "discord.attachments");
    await using room = await openRoom();
    await room.open();
    const [ada, bob] = [room.platform.person("ada"), room.platform.person("bob", { locale: "zh-CN" })];
    const said = bob.say("Who is <@1>this?", room.platform.channel, [picture]);
    const asked = ada.useMenu(said, "Describe a picture");
    await finished(room);
    expect(shownText(ada.answerTo(asked)?.text ?? "")).toMatch(/^Done: Describe a picture/);
    expect(newestJob(room).input).toMatchObject({ question: "Who is this?", image: expect.any(String) });
    const speak = bob.useMenu(bob.say("大家好"), "Speak");
    await room.calm();
    expect([speak.modal?.title, inputsOf(speak)]).toEqual([
      "语音合成",
      expect.objectContaining({ text: "大家好", voice: null }),
    ]);
    const described = ada.useMenu(ada.say("Who is it?"), "Describe a picture");
    await room.calm();
    expect(inputsOf(described)).toEqual(expect.objectContaining({ image: null, question: "Who is it?" }));
    expect(room.installation.jobs()).toHaveLength(1);
  });

  test("gives a result's picture, which is in its components and not among its attachments", async () => {
    verifies("discord.menus");
    await using room = await openRoom();
    await room.open();
    const ada = room.platform.person("ada");
    const asked = await room.ask(ada, "image", { prompt: "a fox" });
    await finished(room);
    const result = ada.answerTo(asked)!;
    expect(result.payload.attachments).toEqual([]);
    const described = ada.useMenu(result, "Describe a picture");
    await room.calm();
    await finished(room);
    expect(described.modal).toBeNull();
    expect(newestJob(room).tool).toBe("describe_image");
    expect(shownText(ada.answerTo(described)?.text ?? "")).toMatch(/^Done: Describe a picture/);
  });

  test("gives text with half a character in it as well-formed text", async () => {
    verifies("safe.whole-characters");
    await using room = await openRoom();
    await room.open();
    const ada = room.platform.person("ada");
    const speak = ada.useMenu(ada.say("Hello \ud83d there"), "Speak");
    await room.calm();
    expect(inputsOf(speak)).toMatchObject({ text: "Hello \ufffd there" });
  });

  test("reads a file whose address is not well-formed text", () => {
    verifies("discord.menus");
    const file = { attachment_id: "1", content_type: "image/png" };
    const components = [
      { type: 12, items: [{ media: { ...file, url: "https://cdn.discordapp.com/a/100%.png" } }] },
      { type: 12, items: [{ media: { ...file, url: "https://cdn.discordapp.com/a/%E7%8B%90.png" } }] },
    ];
    const data = { name: "x", type: 3, target_id: "2", resolved: { messages: { "2": { components } } } };
    const names = pointedMessage(data).files?.map(({ file }) => (file as { filename: string }).filename);
    expect(names).toEqual(["100%.png", "狐.png"]);
  });

  test("shows its asker alone that a text is too long; the form to correct it holds as much as fits", async () => {
    verifies("discord.menus", "discord.wrong-alone");
    await using room = await openRoom();
    await room.open();
    const [ada, bob] = [room.platform.person("ada"), room.platform.person("bob")];
    const said = bob.say(`${"a".repeat(999)}🦊${"b".repeat(500)}`);
    ada.useMenu(said, "Generate an image");
    await room.calm();
    const refusal = ada.visibleMessages().at(-1)!;
    expect([refusal.ephemeral, bob.visibleMessages().length]).toEqual([true, 1]);
    const opened = ada.press(refusal, "Correct it");
    await room.calm();
    expect(inputsOf(opened)).toMatchObject({ prompt: "a".repeat(999) });
    expect(room.installation.jobs()).toEqual([]);
  });
});
