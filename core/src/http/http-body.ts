import { Readable, type Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";

/** A body is larger than allowed. */
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
 * The decoded body, counted while it arrives. We ask for no compression, but decode the body of a server that
 * compresses anyway, and count the decoded bytes as well, since a small body can expand to any size.
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
