import type { Fields } from "./fields.ts";

export interface Size {
  width: number;
  height: number;
}

/** The sizes a model makes. */
export type SizeRule =
  | { kind: "sides"; least: number; most: number }
  | { kind: "listed"; sizes: readonly string[] }
  | {
      kind: "area";
      least: number;
      most: number;
      ratio: number;
      /** Sizes that it makes besides. */
      also?: readonly string[];
      /** The side of the squares that it knows by name. */
      named?: Readonly<Record<string, number>>;
    };

/** The requested size, written `width*height` or by name; a size the model does not make is InvalidParameter. */
export function readSize(parameters: Fields, rule: SizeRule, usual: string): Size {
  const text = parameters.optionalText("size") ?? usual;
  const side = rule.kind === "area" && Object.hasOwn(rule.named ?? {}, text) ? rule.named?.[text] : undefined;
  if (side !== undefined) return { width: side, height: side };
  const match = /^(\d{1,5})\*(\d{1,5})$/.exec(text);
  if (match === null) return parameters.refuse("size", "must be written as width*height");
  const size = { width: Number(match[1]), height: Number(match[2]) };
  const complaint = complaintOf(size, text, rule);
  return complaint === undefined ? size : parameters.refuse("size", complaint);
}

function complaintOf({ width, height }: Size, text: string, rule: SizeRule): string | undefined {
  if (rule.kind === "listed") {
    return rule.sizes.includes(text) ? undefined : `must be one of ${rule.sizes.join(", ")}`;
  }
  if (rule.kind === "sides") {
    const isRight = [width, height].every((side) => side >= rule.least && side <= rule.most);
    return isRight ? undefined : `must have sides from ${rule.least} to ${rule.most}`;
  }
  if (rule.also?.includes(text)) return undefined;
  const pixels = width * height;
  const isRight = pixels >= rule.least && pixels <= rule.most;
  const ratio = Math.max(width, height) / Math.max(1, Math.min(width, height));
  if (!isRight) return `must have from ${rule.least} to ${rule.most} pixels`;
  return ratio <= rule.ratio ? undefined : `must have a ratio from 1:${rule.ratio} to ${rule.ratio}:1`;
}
