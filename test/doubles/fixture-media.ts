import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type Http, HttpError } from "@toolcast/core/provider";

/** The path of a small real medium: `picture.png`, `tone.wav`, `avc.mp4` and the others of `core/fixtures`. */
export function fixturePath(name: string): string {
  return fileURLToPath(new URL(`../../core/fixtures/${name}`, import.meta.url));
}

/** The bytes of a small real medium. */
export function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(fixturePath(name)));
}

/**
 * An HTTP client on which every address that ends in a fixture's name serves that fixture. `?status=403` answers with
 * that status; `?declared=5000` declares that length. `failing` addresses give no answer.
 */
export function createFixtureHttp(failing: Set<string> = new Set()): Http & { downloads: string[] } {
  const downloads: string[] = [];
  return {
    downloads,
    async request({ url }) {
      throw new HttpError("connect", false, new URL(url).host);
    },
    async download({ url, maxBytes }, toFile) {
      downloads.push(url);
      const { host, pathname, searchParams } = new URL(url);
      if (failing.has(url)) {
        throw new HttpError("reset", true, host);
      }
      const refusal = searchParams.get("status");
      if (refusal !== null) {
        return { bytes: 0, headers: {}, status: Number(refusal) };
      }
      if (Number(searchParams.get("declared")) > maxBytes) {
        throw new HttpError("too-large", true, host);
      }
      const bytes = fixture(pathname.slice(1));
      await writeFile(toFile, bytes);
      return { bytes: bytes.byteLength, headers: {}, status: 200 };
    },
    async converse({ url }) {
      throw new HttpError("connect", false, new URL(url).host);
    },
    async close() {},
  };
}
