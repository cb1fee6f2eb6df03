import { constants, createReadStream, createWriteStream } from "node:fs";
import { open, realpath } from "node:fs/promises";
import { isAbsolute, relative } from "node:path";
import { pipeline } from "node:stream/promises";

/**
 * Copies a file that a Bot API server in local mode names by its path on disk. Refuses files outside the server's
 * folder, links followed. The error names no path, because the server's paths contain the token.
 */
export async function copyLocalFile(folder: string, from: string, to: string, maxBytes: number): Promise<void> {
  let copied = false;
  try {
    const [root, path] = await Promise.all([realpath(folder), realpath(from)]);
    const within = relative(root, path);
    if (within === "" || within.split(/[\\/]/, 1)[0] === ".." || isAbsolute(within)) {
      throw new Error("outside");
    }
    // A resolved path is not a link, unless somebody has put one there since.
    const source = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const facts = await source.stat();
      if (!facts.isFile() || facts.size > maxBytes) {
        throw new Error("no file of that size");
      }
      const bytes = createReadStream(path, { fd: source.fd, autoClose: false });
      await pipeline(bytes, createWriteStream(to, { mode: 0o600 }));
      copied = true;
    } finally {
      await source.close();
    }
  } catch {
    // Reported below, without the system's message, which names the path.
  }
  if (!copied) {
    throw new Error("the Bot API server's file is not in TELEGRAM_FILES_DIR, is too large, or cannot be read");
  }
}
