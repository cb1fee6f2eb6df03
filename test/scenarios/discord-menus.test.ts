import { describe, expect, test, vi } from "vitest";
import { type DiscordRoom, everythingSent, newestJob, openRoom, shownText } from "../discord-room.ts";
import { fixture } from "../doubles/fixture-media.ts";
import type { Interaction } from "../fakes/discord/interactions.ts";
import { everyComponent } from "../fakes/discord/message-view.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const picture = { filename: "face.png", contentType: "image/png", bytes: fixture("picture.png") };
const finished = (room: DiscordRoom) => room.until(() => everythingSent(room), 60 * 60_000, 5_000);

/** The inputs that an opened form shows, with their values. */
function inputsOf({ modal }: Interaction): Record<string, unknown> {
  const inputs = everyComponent(modal?.components ?? []).filter(({ custom_id: id }) => typeof id === "string");
  return Object.fromEntries(inputs.map(({ custom_id: id, value }) => [String(id), value ?? null]));
}

describe("the menu of a message", () => {
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
