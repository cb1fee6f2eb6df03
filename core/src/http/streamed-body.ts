import { createReadStream } from "node:fs";
import { LocalFailure } from "./http-file.ts";

/** The body of a request that is sent as it is read, for what is too large to be kept in memory. */
export interface StreamedBody {
  /** Its exact size, which is announced before the first byte. */
  bytes: number;
  /** Reads it from its beginning; called once for each request. */
  open(): AsyncIterable<Uint8Array>;
}

/** The bytes of a file on this disk, of which it must have exactly so many. */
export function fileBody(path: string, bytes: number): StreamedBody {
  return {
    bytes,
    // Opened when its first byte is wanted: nobody would hear the error of a stream that is never read, nor close it.
    async *open() {
      yield* createReadStream(path);
    },
  };
}

/** The same chunks; a failure to read them is our own and not the exchange's. */
export async function* readLocally(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const reading = chunks[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await reading.next().catch((error: unknown) => {
        throw new LocalFailure(error);
      });
      if (next.done) {
        return;
      }
      yield next.value;
    }
  } finally {
    await reading.return?.();
  }
}
