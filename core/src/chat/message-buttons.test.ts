import { expect, test } from "vitest";
import type { MessageMedia } from "../surface/message.ts";
import { attachable, reachableLink, textFile, unsentMedia } from "./attached-files.ts";
import { carriesMarker, markerOf, readButtonId } from "./button-id.ts";
import { buttonRows, messageButtons } from "./message-buttons.ts";

const limits = { buttonIdBytes: 64, buttonLabelCharacters: 20, buttonsPerMessage: 8, linkCharacters: 200 };
const action = { action: "details", subject: "job_1", label: "Details", style: "plain" as const };
const link = { url: "https://toolcast.example/film", expiresAt: 5 };
const medium = (more: Partial<MessageMedia> = {}): MessageMedia => ({
  ...{ assetId: "a", kind: "image", type: "image/png", bytes: 1_000, name: "图片.PNG", alternative: "" },
  ...more,
});

/** @verifies chat.buttons */
test("every delivered message carries its marker, with or without buttons, and no id twice", () => {
  const marker = markerOf("job_1.1");
  for (const actions of [[], [action], [action, action]]) {
    const { buttons } = messageButtons({ actions }, [], { locale: "en", limits, marker });
    expect(buttons).toHaveLength(1);
    expect(carriesMarker(buttons, marker, "id")).toBe(true);
  }
  expect(messageButtons({}, [], { locale: "zh-CN", limits, marker }).buttons).toMatchObject([
    { label: "已送达", disabled: true },
  ]);
  expect(messageButtons({}, [], { locale: "en", limits }).buttons).toEqual([]);
});

/** @verifies chat.buttons */
test("what does not fit into an id must be kept, but only for buttons that are shown", () => {
  const actions = Array.from({ length: 12 }, (_, index) => ({ ...action, subject: `${index}`.repeat(80) }));
  const { buttons, kept } = messageButtons({ actions }, [], { locale: "en", limits });
  expect(buttons).toHaveLength(8);
  expect(kept.map(({ subject }) => subject)).toEqual(actions.slice(0, 8).map(({ subject }) => subject));
  expect(buttons.map((button) => ("id" in button ? readButtonId(button.id)?.subject : ""))).toEqual(
    kept.map(({ key }) => key),
  );
});

test("the adapter's buttons, addresses and originals follow core's, with labels as long as fits", () => {
  const media = attachable(
    { tone: "info", title: "", private: false, media: [medium({ link, name: "a-very-long-name-of-a-film.mp4" })] },
    { limits: { mediaPerMessage: 4 } },
  );
  const { buttons } = messageButtons({ actions: [action] }, media, {
    ...{ locale: "en", limits },
    buttons: [{ label: "Show", action: "show", subject: "job_1" }],
    links: [{ label: "Request", url: "https://toolcast.example/r" }],
  });
  expect(buttons.map(({ label }) => label)).toEqual(["Details", "Show", "Request", "Original: a-very-lo…"]);
  expect(buttonRows(buttons, 3).map((row) => row.length)).toEqual([3, 1]);
});

/** @verifies delivered.too-large */
test("a message gets as many files as it takes, in number and bytes; the others keep their address or name", () => {
  const media = [
    medium(),
    medium(),
    medium({ bytes: 9_000, link }),
    medium({ bytes: 9_000, link, encode: { longestSidePx: 100, maxBytes: 500 } }),
    medium({ bytes: 2_000, name: "late.png" }),
    medium({ name: "more.png" }),
  ];
  const message = { tone: "success" as const, title: "", private: false, media };
  const options = { limits: { mediaPerMessage: 3, messageBytes: 3_000 } };
  const attached = attachable(message, options);
  expect(attached.map(({ file }) => file?.name)).toEqual([
    "图片.PNG",
    "图片-2.PNG",
    undefined,
    "图片.jpg",
    ...[undefined, undefined],
  ]);
  expect(unsentMedia(attached, {}).map(({ name, link: address }) => [name, address?.url])).toEqual([
    ["图片.PNG", link.url],
    ["late.png", undefined],
    ["more.png", undefined],
  ]);
  expect(textFile({ name: "text.txt", text: "all" }, attached, options)).toEqual([]);
  expect(textFile({ name: "text.txt", text: "all" }, [], options)).toEqual([{ name: "text.txt", text: "all" }]);
  const ascii = attachable(message, { ...options, asciiNames: true });
  expect(ascii.map(({ file }) => file?.name).filter(Boolean)).toEqual(["file.png", "file-2.png", "file.jpg"]);
  expect(attachable(message, { ...options, withoutFiles: true }).filter(({ file }) => file !== undefined)).toEqual([]);
});

/** @verifies delivered.too-large */
test.each([
  "http://127.0.0.1:3000/media/x",
  "http://localhost/x",
  "http://[::1]:3000/x",
  "x",
  `https://a.example/${"x".repeat(200)}`,
])("%s is offered to nobody", (url) => {
  expect(reachableLink({ link: { url, expiresAt: 0 } }, limits)).toBeUndefined();
});
