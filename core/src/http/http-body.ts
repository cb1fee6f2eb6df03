import { Readable, type Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";

/** More came than was allowed. */
export class TooLarge extends Error {
  constructor() {
    super("the body is larger than allowed");
    this.name = "TooLarge";
  }
}

const decoders: Record<string, () => Transform> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/**
 * The body as it was meant, counted while it comes. We ask for no encoding; a server that compresses all the same is
 * decoded, and what comes out is counted as well, since a small body can unfold to any size.
 */
export async function* cappedBody(
  body: Readable,
  headers: Record<string, string>,
  maxBytes: number,
): AsyncGenerator<Uint8Array, void> {
  const declared = Number(headers["content-length"]);
  if (declared > maxBytes) {
    throw new TooLarge();
  }
  const encoding = (headers["content-encoding"] ?? "identity").trim().toLowerCase();
  const decode = decoders[encoding];
  const raw = counted(body, maxBytes);
  if (decode === undefined) {
    yield* raw;
    return;
  }
  const decoder = decode();
  const source = Readable.from(raw, { objectMode: false });
  source.on("error", (error) => decoder.destroy(error));
  try {
    yield* counted(source.pipe(decoder), maxBytes);
  } finally {
    source.destroy();
    decoder.destroy();
  }
}

async function* counted(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array, void> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) {
      throw new TooLarge();
    }
    yield chunk;
  }
}
