import { type FileHandle, open, unlink } from "node:fs/promises";

/** Our own disk failed, not the exchange; `cause` is its error. */
export class LocalFailure extends Error {
  constructor(cause: unknown) {
    super("the file could not be read or written", { cause });
    this.name = "LocalFailure";
  }
}

/** Writes a body to a file as it arrives and returns its size. Leaves no file if it fails. */
export async function writeBody(body: AsyncIterable<Uint8Array>, path: string): Promise<number> {
  const file = await onDisk(open(path, "w", 0o600));
  try {
    return await writeAll(body, file);
  } catch (error) {
    await unlink(path).catch(() => {});
    throw error;
  } finally {
    await file.close();
  }
}

async function writeAll(body: AsyncIterable<Uint8Array>, file: FileHandle): Promise<number> {
  let bytes = 0;
  for await (const chunk of body) {
    await onDisk(file.writeFile(chunk));
    bytes += chunk.byteLength;
  }
  return bytes;
}

function onDisk<Result>(act: Promise<Result>): Promise<Result> {
  return act.catch((error: unknown) => {
    throw new LocalFailure(error);
  });
}
