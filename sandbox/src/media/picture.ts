import { fontFamily } from "./font.ts";
import { paintScenery } from "./scenery.ts";
import { renderPng } from "./svg-renderer.ts";
import { fitText, widthOf } from "./text-layout.ts";

export interface PictureRequest {
  prompt: string;
  /** Pixels. */
  width: number;
  /** Pixels. */
  height: number;
  /** A different number gives the same prompt a different scenery. */
  seed?: number;
}

/** A PNG of exactly the requested size that shows its prompt, its size and the word SANDBOX. */
export function drawPicture(request: PictureRequest): Promise<Buffer> {
  return renderPng(composePicture(request));
}

function composePicture({ prompt, width, height, seed }: PictureRequest): string {
  const unit = Math.min(width, height) / 100;
  const margin = unit * 6;
  const text = fitText(displayable(prompt), {
    width: width - margin * 2.4,
    height: height * 0.36,
    smallest: unit * 2.3,
    largest: unit * 8.5,
    lineHeight: 1.35,
  });
  const lineStep = text.size * 1.35;
  const footer = unit * 3.2;
  const firstLine = height - margin * 0.8 - footer * 1.6 - lineStep * (text.lines.length - 1) - text.size * 0.25;
  const shadeTop = Math.max(0, firstLine - text.size * 2.2);
  const lines = text.lines.map(
    (line, index) =>
      `<text x="${margin}" y="${(firstLine + lineStep * index).toFixed(1)}" font-size="${text.size.toFixed(1)}" fill="#fff">${escapeXml(line)}</text>`,
  );
  const badge = unit * 3.4;
  const badgeWidth = badge * widthOf("SANDBOX") * 1.32 + badge * 1.6;
  const size = `${width} × ${height}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="${fontFamily}">`,
    paintScenery(seed === undefined ? prompt : `${prompt}\n${seed}`, width, height),
    `<defs><linearGradient id="shade" x2="0" y2="1"><stop stop-color="#000" stop-opacity="0"/><stop offset="0.4" stop-color="#000" stop-opacity="0.45"/><stop offset="1" stop-color="#000" stop-opacity="0.65"/></linearGradient></defs>`,
    `<rect y="${shadeTop}" width="${width}" height="${height - shadeTop}" fill="url(#shade)"/>`,
    ...lines,
    `<text x="${margin}" y="${height - margin * 0.8}" font-size="${footer}" fill="#fff" fill-opacity="0.85">${size}</text>`,
    `<text x="${width - margin}" y="${height - margin * 0.8}" text-anchor="end" font-size="${footer}" fill="#fff" fill-opacity="0.85">沙箱图片 / not a real model</text>`,
    `<rect x="${margin}" y="${margin * 0.8}" width="${badgeWidth}" height="${badge * 1.9}" rx="${badge * 0.95}" fill="#000" fill-opacity="0.5"/>`,
    `<text x="${margin + badgeWidth / 2 + badge * 0.06}" y="${margin * 0.8 + badge * 1.32}" text-anchor="middle" font-size="${badge}" letter-spacing="${badge * 0.16}" fill="#fff">SANDBOX</text>`,
    "</svg>",
  ].join("");
}

/** The font has no emoji and XML no control characters; both would draw boxes or nothing at all. */
function displayable(prompt: string): string {
  return prompt
    .replace(/\p{Extended_Pictographic}|[\u{1F1E6}-\u{1F1FF}\u{1F3FB}-\u{1F3FF}]|\u200d|[\ufe0e\ufe0f]/gu, "")
    .replace(/\r\n?/g, "\n")
    .replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, (character) => (character === "\n" ? "\n" : " "))
    .replace(/\n{2,}/g, "\n")
    .trim();
}

function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
