import type { ColorName, PictureColors } from "../media/picture-colors.ts";
import type { PictureFacts } from "../media/picture-facts.ts";

interface SeenPicture extends PictureFacts {
  bytes: number;
  /** `undefined` when the picture has a header but nothing readable after it. */
  colors: PictureColors | undefined;
}

export interface Turn {
  role: "user" | "assistant";
  content: string;
}

const chineseColors: Record<ColorName, string> = {
  black: "黑色",
  white: "白色",
  grey: "灰色",
  red: "红色",
  orange: "橙色",
  brown: "棕色",
  yellow: "黄色",
  green: "绿色",
  cyan: "青色",
  blue: "蓝色",
  purple: "紫色",
  pink: "粉色",
};

const colorsNamed = 3;
const longestEcho = 200;

/**
 * What can be known about a picture without a model, in the language of the last question. It depends only on the
 * picture and the dialogue, so that another question about the same picture gets an answer consistent with the first.
 */
export function describePicture(picture: SeenPicture, dialogue: readonly Turn[]): string {
  const questions = dialogue.filter(({ role }) => role === "user").map(({ content }) => shorten(content));
  const question = questions.at(-1) ?? "";
  const earlier = questions.slice(0, -1);
  return /\p{Script=Han}/u.test(question)
    ? inChinese(picture, question, earlier)
    : inEnglish(picture, question, earlier);
}

function inChinese(picture: SeenPicture, question: string, earlier: readonly string[]): string {
  const { width, height, format, bytes, colors } = picture;
  const shape = width === height ? "正方形" : width > height ? "横向" : "纵向";
  const named = colors?.shares
    .slice(0, colorsNamed)
    .map(({ name, share }) => `${chineseColors[name]}约 ${percent(share)}`);
  return [
    "【沙箱回答，未使用真实模型】",
    `您的问题：“${question}”`,
    ...(earlier.length > 0 ? [`这是关于这张图片的第 ${earlier.length + 1} 个问题，上一个是“${earlier.at(-1)}”。`] : []),
    `图片为${shape}，${width} × ${height} 像素，${format.toUpperCase()} 格式，${kilobytes(bytes)} KB。`,
    named === undefined
      ? "图片内容无法解码，因此看不到颜色。"
      : `主要颜色：${named.join("、")}；整体${tone(picture, "偏暗", "偏亮", "亮度适中")}。`,
    "沙箱只能看出这些，看不出画面里有什么。",
  ].join("\n");
}

function inEnglish(picture: SeenPicture, question: string, earlier: readonly string[]): string {
  const { width, height, format, bytes, colors } = picture;
  const shape = width === height ? "square" : width > height ? "landscape" : "portrait";
  const named = colors?.shares.slice(0, colorsNamed).map(({ name, share }) => `${name} (about ${percent(share)})`);
  return [
    "[SANDBOX answer, no real model looked at this]",
    `Your question: “${question}”`,
    ...(earlier.length > 0
      ? [`It is question ${earlier.length + 1} about this picture; the one before was “${earlier.at(-1)}”.`]
      : []),
    `The picture is ${shape}, ${width} × ${height} pixels, ${format.toUpperCase()}, ${kilobytes(bytes)} KB.`,
    named === undefined
      ? "Its content cannot be decoded, so no colours can be named."
      : `Main colours: ${named.join(", ")}; on the whole it is ${tone(picture, "dark", "bright", "of medium brightness")}.`,
    "That is all a sandbox can see; what the picture shows it cannot tell.",
  ].join("\n");
}

function tone<Word>({ colors }: SeenPicture, dark: Word, bright: Word, between: Word): Word {
  const brightness = colors?.brightness ?? 0.5;
  if (brightness < 0.35) return dark;
  return brightness > 0.65 ? bright : between;
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}

function kilobytes(bytes: number): number {
  return Math.max(1, Math.round(bytes / 1024));
}

function shorten(text: string): string {
  const characters = [...text.trim()];
  return characters.length > longestEcho ? `${characters.slice(0, longestEcho).join("")}…` : characters.join("");
}
