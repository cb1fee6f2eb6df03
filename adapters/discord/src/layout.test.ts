import type { Message, MessageMedia } from "@toolcast/core";
import { markerOf } from "@toolcast/core/chat";
import { describe, expect, test } from "vitest";

import { layoutMessage } from "./layout.ts";
import { carriesMarker } from "./layout-buttons.ts";
import { discordLimits, filesBytes } from "./limits.ts";

const medium = (index: number, more: Partial<MessageMedia> = {}): MessageMedia => ({
  ...{
    assetId: `asset_${index}`,
    kind: "image",
    type: "image/png",
    bytes: 1_000,
    name: "图片.png",
    alternative: "A fox",
  },
  ...more,
});
const message = (more: Partial<Message> = {}): Message => ({ tone: "success", title: "Done", private: false, ...more });

type Component = {
  type: number;
  content?: string;
  components?: Component[];
  custom_id?: string;
  url?: string;
  items?: unknown[];
};
function every(components: unknown): Component[] {
  return (components as Component[]).flatMap((component) => [component, ...every(component.components ?? [])]);
}
const textOf = (components: unknown) =>
  every(components)
    .map(({ content }) => content ?? "")
    .join("\n");

/** @verifies discord.native */
test("pictures are a gallery, recordings are files, and each file has its own name", () => {
  const media = [
    medium(1),
    medium(2),
    medium(3, { kind: "audio", name: "voice.MP3" }),
    medium(4, { kind: "video", name: "a b.mp4" }),
  ];
  const { components, files } = layoutMessage(message({ media }), { locale: "en", asContent: false });
  expect(files.map(({ name }) => name)).toEqual(["file.png", "file-2.png", "voice.mp3", "a-b.mp4"]);
  const all = every(components);
  expect(all.find(({ type }) => type === 12)?.items).toHaveLength(3);
  expect(all.filter(({ type }) => type === 13)).toEqual([{ type: 13, file: { url: "attachment://voice.mp3" } }]);
});

/** @verifies discord.playable */
test("with a recording to hear it is a plain message: text, all files, the same buttons", () => {
  const media = [medium(1), medium(2, { kind: "audio", name: "voice.mp3" })];
  const actions = [{ action: "details", subject: "job_1", label: "Details", style: "plain" as const }];
  const whole = message({ title: "*Done*", lines: ["a".repeat(3_000)], media, actions });
  const about = { locale: "en", marker: markerOf("job_1.1"), mention: "123" } as const;
  const { content = "", components, files } = layoutMessage(whole, about);
  expect(content.startsWith("<@123>\n### \\*Done\\*\n\naaa")).toBe(true);
  expect(content.length).toBeLessThanOrEqual(discordLimits.contentCharacters);
  expect(files.map(({ name }) => name)).toEqual(["file.png", "voice.mp3", "text.txt"]);
  expect(files[2]).toMatchObject({ text: `*Done*\n\n${"a".repeat(3_000)}` });
  expect(components.map(({ type }) => type)).toEqual([1]);
  expect(carriesMarker(components, about.marker)).toBe(true);
  expect(layoutMessage(whole, { ...about, withoutFiles: true }).content).toBeUndefined();
  const alone = media.map(({ kind, ...rest }) => ({ ...rest, kind: kind === "audio" ? ("video" as const) : kind }));
  expect(layoutMessage(message({ media: alone }), about).content).toBeUndefined();
});

describe("nothing is larger than Discord accepts", () => {
  test("texts, buttons and components", () => {
    const actions = Array.from({ length: 60 }, (_, index) => ({
      ...{ action: "details", subject: `job_${index}`, label: "L".repeat(200), style: "plain" as const },
    }));
    const fields = Array.from({ length: 100 }, (_, index) => ({
      label: `*${index}*`,
      value: "`_`".repeat(50),
      copyable: true,
    }));
    const media = Array.from({ length: 10 }, (_, index) => medium(index, { kind: "audio" }));
    const overflow = { name: "text.txt", text: "words" };
    const full = message({ title: "*".repeat(3_000), lines: ["@".repeat(5_000)], fields, actions, media, overflow });
    const { components } = layoutMessage(full, {
      locale: "en",
      asContent: false,
      marker: "m".repeat(16),
      mention: "1".repeat(19),
      note: "n",
    });
    const all = every(components);
    expect(all.length).toBeLessThanOrEqual(discordLimits.components);
    expect(all.reduce((sum, { content = "" }) => sum + content.length, 0)).toBeLessThanOrEqual(
      discordLimits.textCharacters,
    );
    for (const { components: row } of all.filter(({ type }) => type === 1)) {
      expect(row?.length).toBeLessThanOrEqual(discordLimits.buttonsPerRow);
    }
    const ids = all.flatMap(({ custom_id: id }) => (id === undefined ? [] : [id]));
    expect(new Set(ids).size).toBe(ids.length);
  });

  /** @verifies discord.too-large delivered.measured */
  test("text that is too long once escaped is cut, and attached whole as a file", () => {
    for (const asContent of [false, true]) {
      const { files, content, components } = layoutMessage(message({ lines: ["*".repeat(2_900)] }), {
        locale: "en",
        asContent,
      });
      const text = content ?? textOf(components).trim();
      expect(text.length).toBeLessThanOrEqual(discordLimits[asContent ? "contentCharacters" : "textCharacters"]);
      expect(text).toMatch(/^### Done\n\n(\\\*)+…/);
      expect(files).toEqual([{ name: "text.txt", text: `Done\n\n${"*".repeat(2_900)}` }]);
    }
  });

  /** @verifies discord.too-large */
  test("files: one that does not fit with the others is named, one that is too large is linked", () => {
    const link = { url: "https://toolcast.example/media/x", expiresAt: Date.UTC(2026, 0, 8) };
    const media = [
      medium(1, { bytes: filesBytes - 1_000, name: "first.png" }),
      medium(2, { bytes: 2_000, name: "second.png" }),
      medium(3, { bytes: 90_000_000, kind: "video", name: "film.mp4", link }),
      medium(4, { bytes: 90_000_000, name: "huge.png", link, encode: { longestSidePx: 100, maxBytes: 500 } }),
    ];
    const { components, files } = layoutMessage(message({ media }), { locale: "en" });
    expect(files.map(({ name }) => name)).toEqual(["first.png", "huge.jpg"]);
    expect(textOf(components)).toMatch(/second\.png .*could not be sent/);
    expect(textOf(components)).toMatch(/film\.mp4 works until <t:1767830400:f>/);
    expect(every(components).filter(({ url }) => url === link.url)).toHaveLength(2);
  });
});

/** @verifies discord.too-large */
test("an address that only this machine can open is not offered to anybody", () => {
  const film = { bytes: 90_000_000, kind: "video" as const, name: "film.mp4" };
  for (const url of ["http://127.0.0.1:3000/media/x", "http://localhost/x", "http://[::1]:3000/x", "x".repeat(600)]) {
    const media = [medium(1, { ...film, link: { url, expiresAt: 0 } })];
    const { components } = layoutMessage(message({ media }), { locale: "en" });
    expect(every(components).filter(({ url: shown }) => shown !== undefined)).toEqual([]);
    expect(textOf(components)).toMatch(/film\.mp4 .*90 MB.* could not be sent here/);
  }
});

/** @verifies discord.found */
test("every delivered message says which delivery it is, with buttons and without", () => {
  const action = { action: "details", subject: "job_1", label: "Details", style: "plain" as const };
  for (const actions of [[], [action], [{ ...action, form: { command: "image", input: { prompt: "a" } } }]]) {
    const { components } = layoutMessage(message({ actions }), { locale: "en", marker: markerOf("job_1.1") });
    expect(carriesMarker(components, markerOf("job_1.1"))).toBe(true);
    expect(carriesMarker(components, markerOf("job_1.10"))).toBe(false);
  }
  expect(carriesMarker(layoutMessage(message(), { locale: "en" }).components, markerOf("job_1.1"))).toBe(false);
});

test("progress is a bar, and an estimate is marked as one", () => {
  const progress = { fraction: 0.5, estimated: true, label: "about 2 min left" };
  expect(textOf(layoutMessage(message({ progress }), { locale: "en" }).components)).toContain(
    "▰▰▰▰▰▰▱▱▱▱▱▱ ≈ 50 % · about 2 min left",
  );
});
