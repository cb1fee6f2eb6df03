import { MessageFlags } from "discord.js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type DiscordFake, startDiscord } from "../fakes/discord/discord.ts";
import { type DrivenDiscord, rawCall } from "../fakes/discord/driven-client.ts";
import { createManualClock } from "../manual-clock.ts";
import { verifies } from "../verifies.ts";

let discord: DiscordFake;
let call: DrivenDiscord["call"];
let here: string;

beforeEach(async () => {
  discord = await startDiscord({ clock: createManualClock(), rateLimits: false });
  call = rawCall(discord);
  here = `/channels/${discord.channel.id}/messages`;
});

afterEach(async () => {
  await discord.close();
  discord.assertNoViolations();
});

const flags = MessageFlags.IsComponentsV2;
const text = (content = "x") => ({ type: 10, content });
const row = (...components: object[]) => ({ type: 1, components });
const button = (custom_id: string, more: object = {}) => ({ type: 2, style: 1, custom_id, label: custom_id, ...more });
const gallery = (...urls: string[]) => ({ type: 12, items: urls.map((url) => ({ media: { url } })) });
const container = (...components: object[]) => ({ type: 17, components });
const many = (count: number, one: (index: number) => object) => Array.from({ length: count }, (_, index) => one(index));
const files = { "fox.png": Uint8Array.of(1), "song.mp3": Uint8Array.of(2) };
const option = (index: number) => ({ label: `l${index}`, value: `v${index}` });

describe("the new layout", () => {
  test("shows texts, media and buttons, and only those files that a component names", async () => {
    verifies("built.discord-fake");
    const components = [
      container(
        text("a fox"),
        gallery("attachment://fox.png"),
        { type: 14 },
        { type: 9, components: [text("more")], accessory: { type: 11, media: { url: "https://example.org/a.png" } } },
        row(button("again"), { type: 2, style: 5, label: "Open", url: "https://example.org" }),
      ),
    ];
    const { status, body } = await call("POST", here, { flags, components }, files);
    expect([status, Number(body.flags) & flags]).toEqual([200, flags]);
    const [seen] = discord.person("ada").visibleMessages();
    expect(seen?.text).toBe("a fox\nmore");
    expect(seen?.files.map(({ filename }) => filename)).toEqual(["fox.png"]);
    expect(seen?.hiddenFiles.map(({ filename }) => filename)).toEqual(["song.mp3"]);
    expect((body.attachments as { filename: string }[]).map(({ filename }) => filename)).toEqual(["song.mp3"]);
    expect(seen?.buttons.map(({ label, customId, url }) => [label, customId, url])).toEqual([
      ["again", "again", null],
      ["Open", null, "https://example.org"],
    ]);
  });

  test("cannot be removed again", async () => {
    verifies("built.discord-fake");
    const { body } = await call("POST", here, { flags, components: [text()] });
    expect((await call("PATCH", `${here}/${body.id}`, { content: "old" })).status).toBe(400);
    expect((await call("PATCH", `${here}/${body.id}`, { flags: 0, components: [text("new")] })).status).toBe(200);
    expect(discord.allMessages()[0]?.text).toBe("new");
    const plain = await call("POST", here, { content: "old" });
    expect((await call("PATCH", `${here}/${plain.body.id}`, { flags, components: [text()] })).status).toBe(400);
    expect(
      (await call("PATCH", `${here}/${plain.body.id}`, { flags, content: null, components: [text()] })).status,
    ).toBe(200);
  });

  test("accepts everything up to the limits", async () => {
    verifies("built.discord-fake");
    for (const components of [
      many(40, () => text()),
      many(2, () => text("x".repeat(2_000))),
      [gallery(...Array<string>(10).fill("https://example.org/a.png"))],
      [row(...many(5, (index) => button(`${index}`.padEnd(100, "x"), { label: "x".repeat(80) })))],
      [row({ type: 3, custom_id: "s", options: many(25, option) })],
    ]) {
      expect((await call("POST", here, { flags, components })).status).toBe(200);
    }
  });
});

describe("what is refused in a message", () => {
  const cases: Record<string, object> = {
    "content beside the new layout": { flags, content: "x", components: [text()] },
    "embeds beside the new layout": { flags, embeds: [{ title: "x" }], components: [text()] },
    "new components without the flag": { content: "x", components: [text()] },
    "41 components": { flags, components: [container(...many(40, () => text()))] },
    "more than 4,000 characters": { flags, components: [text("x".repeat(2_000)), text("x".repeat(2_001))] },
    "an empty text": { flags, components: [text("")] },
    "six buttons in a row": { flags, components: [row(...many(6, (index) => button(`${index}`)))] },
    "an empty row": { flags, components: [row()] },
    "a label of 81": { flags, components: [row(button("a", { label: "x".repeat(81) }))] },
    "a custom id of 101": { flags, components: [row(button("x".repeat(101), { label: "a" }))] },
    "an empty custom id": { flags, components: [row(button("", { label: "a" }))] },
    "a custom id twice": { flags, components: [row(button("a")), row(button("a"))] },
    "a link button with a custom id": {
      flags,
      components: [row({ ...button("a"), style: 5, url: "https://example.org" })],
    },
    "a link of 513": {
      flags,
      components: [row({ type: 2, style: 5, label: "a", url: `https://example.org/${"x".repeat(500)}` })],
    },
    "a link that is none": { flags, components: [row({ type: 2, style: 5, label: "a", url: "javascript:alert(1)" })] },
    "a button without words": { flags, components: [row({ type: 2, style: 1, custom_id: "a" })] },
    "eleven media": { flags, components: [gallery(...Array<string>(11).fill("https://example.org/a.png"))] },
    "no media": { flags, components: [gallery()] },
    "a file that is not there": { flags, components: [{ type: 13, file: { url: "attachment://fox.png" } }] },
    "a file of the web": { flags, components: [{ type: 13, file: { url: "https://example.org/a.pdf" } }] },
    "a file name with a blank": { flags, components: [gallery("attachment://a fox.png")] },
    "a container in a container": { flags, components: [container(container(text()))] },
    "a section without accessory": { flags, components: [{ type: 9, components: [text()] }] },
    "26 options": { flags, components: [row({ type: 3, custom_id: "s", options: many(26, option) })] },
    "a button beside a select": {
      flags,
      components: [row({ type: 3, custom_id: "s", options: [option(1)] }, button("a"))],
    },
    "a colour that is none": { flags, components: [{ ...container(text()), accent_color: 0x1000000 }] },
    "26 chosen options": {
      flags,
      components: [row({ type: 3, custom_id: "s", options: [option(1)], max_values: 26 })],
    },
    "more least than most options": {
      flags,
      components: [row({ type: 3, custom_id: "s", options: many(9, option), min_values: 3, max_values: 2 })],
    },
    "a value twice": { flags, components: [row({ type: 3, custom_id: "s", options: [option(1), option(1)] })] },
    "flags that are no number": { content: "x", flags: "many" },
    "six old rows": { content: "x", components: many(6, (index) => row(button(`${index}`))) },
    "an id twice": {
      flags,
      components: [
        { ...text(), id: 4 },
        { ...text(), id: 4 },
      ],
    },
    "an ephemeral message by the bot": { content: "x", flags: MessageFlags.Ephemeral },
    "eleven embeds": { embeds: many(11, () => ({ title: "x" })) },
    "embeds above 6,000": { embeds: many(2, () => ({ description: "x".repeat(3_001) })) },
    "an attachment that is not there": { content: "x", attachments: [{ id: "0", filename: "a.png" }] },
  };
  for (const [what, body] of Object.entries(cases)) {
    test(what, async () => {
      verifies("built.discord-fake");
      const answer = await call("POST", here, body);
      expect([answer.status, answer.body.code]).toEqual([400, 50035]);
      expect(discord.allMessages()).toEqual([]);
    });
  }

  test("nothing at all", async () => {
    verifies("built.discord-fake");
    expect((await call("POST", here, { flags, components: [] })).body.code).toBe(50006);
  });
});

describe("what is refused in a modal", () => {
  const input = (more: object = {}) => ({ type: 4, custom_id: "a", style: 1, ...more });
  const label = (component: object, more: object = {}) => ({ type: 18, label: "A", component, ...more });
  const modal = (...components: object[]) => ({ custom_id: "m", title: "T", components });
  const cases: Record<string, object> = {
    "a title of 46": { ...modal(label(input())), title: "x".repeat(46) },
    "no custom id": { title: "T", components: [label(input())] },
    "nothing to fill in": modal(),
    "six rows": modal(...many(6, (index) => label(input({ custom_id: `${index}` })))),
    "a label of 46": modal(label(input(), { label: "x".repeat(46) })),
    "a length above 4,000": modal(label(input({ max_length: 4_001 }))),
    "a value longer than its limit": modal(label(input({ max_length: 3, value: "four" }))),
    "a label in a labelled input": modal(label(input({ label: "x" }))),
    "a button": modal(row(button("a"))),
    "one custom id twice": modal(label(input()), label(input())),
    "eleven files": modal(label({ type: 19, custom_id: "f", max_values: 11 })),
    "a text that is no input": modal({ type: 2, style: 1, custom_id: "a", label: "A" }),
    "a least length below nothing": modal(label(input({ min_length: -1 }))),
    "two radio buttons of one value": modal(label({ type: 21, custom_id: "r", options: [option(1), option(1)] })),
    "two radio buttons pressed": modal(
      label({ type: 21, custom_id: "r", options: many(2, (index) => ({ ...option(index), default: true })) }),
    ),
    "one radio button": modal(label({ type: 21, custom_id: "r", options: [option(1)] })),
    "eleven checkboxes": modal(label({ type: 22, custom_id: "c", options: many(11, option) })),
  };
  for (const [what, data] of Object.entries(cases)) {
    test(what, async () => {
      verifies("built.discord-fake");
      await call("PUT", `/applications/${discord.applicationId}/commands`, [{ name: "image", description: "d" }]);
      const asked = discord.person("ada").runCommand("image");
      const callback = `/interactions/${asked.id}/${asked.token}/callback`;
      const answer = await call("POST", callback, { type: 9, data });
      expect([answer.status, answer.body.code, asked.state]).toEqual([400, 50035, "waiting"]);
      expect((await call("POST", callback, { type: 9, data: modal(label(input())) })).status).toBe(204);
      expect(asked.modal?.title).toBe("T");
    });
  }
});
