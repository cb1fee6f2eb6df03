import { open } from "node:fs/promises";

const headerBytes = 16;
/** Real files have a few besides their fragments; a forged one could have millions. */
const maxBoxes = 1000;

/**
 * The byte offset of the first fragment (`moof`) in an MP4 that also has samples before it; null if there is none.
 * Recorders write such files because a crash then loses only the last seconds.
 */
export async function findFirstFragment(filePath: string): Promise<number | null> {
  const file = await open(filePath, "r");
  try {
    for (let position = 0, count = 0; count < maxBoxes; count += 1) {
      const { buffer: header, bytesRead } = await file.read(Buffer.alloc(headerBytes), 0, headerBytes, position);
      if (bytesRead < headerBytes) {
        return null;
      }
      if (header.toString("latin1", 4, 8) === "moof") {
        return position;
      }
      const said = header.readUInt32BE(0);
      const bytes = said === 1 ? Number(header.readBigUInt64BE(8)) : said;
      if (bytes < 8) {
        // A length of 0 means up to the end of the file.
        return null;
      }
      position += bytes;
    }
    return null;
  } finally {
    await file.close();
  }
}
