import { crc32, deflateSync } from "node:zlib";

const side = 512;
/** Eight bits of red, green and blue. */
const trueColour = 2;
const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A plain PNG square, different for every number: a portrait to the vendors, who draw their own faces. */
export function picture(number: number): Uint8Array<ArrayBuffer> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, trueColour], 8);
  const row = Buffer.alloc(1 + side * 3, 0x80);
  row[0] = 0;
  const pixels = Buffer.concat(Array.from({ length: side }, () => row));
  pixels.writeUInt16BE(number & 0xffff, 1);
  const file = [signature, chunk("IHDR", header), chunk("IDAT", deflateSync(pixels)), chunk("IEND", Buffer.alloc(0))];
  return new Uint8Array(Buffer.concat(file));
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length, 0);
  frame.set(body, 4);
  frame.writeUInt32BE(crc32(body), body.length + 4);
  return frame;
}
