import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "./context.ts";

export interface StoredFiles {
  /** The file called `name`, made at its first download, because most results of a busy test are never downloaded. */
  contentOf(name: string, make: () => Promise<Buffer>): Promise<Buffer>;
}

export function openStoredFiles(context: Context): StoredFiles {
  const making = new Map<string, Promise<Buffer>>();

  async function readOrMake(name: string, make: () => Promise<Buffer>): Promise<Buffer> {
    const path = join(context.mediaDirectory, name);
    const kept = await readFile(path).catch(() => undefined);
    if (kept) return kept;
    const content = await make();
    await mkdir(context.mediaDirectory, { recursive: true });
    await writeFile(`${path}.part`, content);
    await rename(`${path}.part`, path);
    return content;
  }

  return {
    contentOf(name, make) {
      let made = making.get(name);
      if (!made) {
        made = readOrMake(name, make).finally(() => making.delete(name));
        making.set(name, made);
      }
      return made;
    },
  };
}

/** The refusal of an object store. */
export function denied(code: string, message: string, status = 403): Response {
  const request = createHash("md5").update(`${code}${message}`).digest("hex").slice(0, 16).toUpperCase();
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><RequestId>${request}</RequestId></Error>\n`;
  return new Response(body, { status, headers: { "content-type": "application/xml" } });
}

/** The file, or the requested part of it. */
export function send(content: Buffer, contentType: string, range: string | undefined): Response {
  const headers = { "content-type": contentType, "accept-ranges": "bytes" };
  const bytes = new Uint8Array(content);
  const match = /^bytes=(\d+)-(\d*)$/.exec(range ?? "");
  if (!match) return new Response(bytes, { headers: { ...headers, "content-length": String(bytes.length) } });
  const first = Number(match[1]);
  const last = Math.min(match[2] ? Number(match[2]) : bytes.length - 1, bytes.length - 1);
  if (first > last) {
    return new Response(null, { status: 416, headers: { "content-range": `bytes */${bytes.length}` } });
  }
  const part = bytes.slice(first, last + 1);
  return new Response(part, {
    status: 206,
    headers: {
      ...headers,
      "content-length": String(part.length),
      "content-range": `bytes ${first}-${last}/${bytes.length}`,
    },
  });
}
