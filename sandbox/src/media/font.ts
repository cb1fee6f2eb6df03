import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { inflateSync } from "node:zlib";

/** ZCOOL XiaoWei (OFL), regular: Latin and simplified Chinese in one file. */
export const fontFamily = "ZCOOL XiaoWei";

export async function readFont(): Promise<Buffer> {
  const address = import.meta.resolve(
    "@fontsource/zcool-xiaowei/files/zcool-xiaowei-chinese-simplified-400-normal.woff",
  );
  return unwrapWoff(await readFile(fileURLToPath(address)));
}

/**
 * The plain font inside a WOFF 1.0 file (https://www.w3.org/TR/WOFF/). Unwrapped once because the renderer reads only
 * plain fonts and WOFF 2, and WOFF 2 costs it a tenth of a second for every picture.
 */
function unwrapWoff(woff: Buffer): Buffer {
  if (woff.toString("latin1", 0, 4) !== "wOFF") throw new Error("not a WOFF font");
  const tableCount = woff.readUInt16BE(12);
  const largestPower = 2 ** Math.floor(Math.log2(tableCount));
  const font = Buffer.alloc(woff.readUInt32BE(16));
  woff.copy(font, 0, 4, 8);
  font.writeUInt16BE(tableCount, 4);
  font.writeUInt16BE(largestPower * 16, 6);
  font.writeUInt16BE(Math.log2(largestPower), 8);
  font.writeUInt16BE((tableCount - largestPower) * 16, 10);
  let position = 12 + tableCount * 16;
  for (let index = 0; index < tableCount; index += 1) {
    const entry = 44 + index * 20;
    const [offset, packedBytes, plainBytes] = [4, 8, 12].map((at) => woff.readUInt32BE(entry + at)) as [
      number,
      number,
      number,
    ];
    const packed = woff.subarray(offset, offset + packedBytes);
    const plain = packedBytes < plainBytes ? inflateSync(packed) : packed;
    const record = 12 + index * 16;
    woff.copy(font, record, entry, entry + 4);
    woff.copy(font, record + 4, entry + 16, entry + 20);
    font.writeUInt32BE(position, record + 8);
    font.writeUInt32BE(plainBytes, record + 12);
    plain.copy(font, position);
    position += Math.ceil(plainBytes / 4) * 4;
  }
  return font;
}
