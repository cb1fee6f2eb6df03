import { UsageError } from "../errors/errors.ts";
import type { Sentence } from "../messages/sentence.ts";
import type { Asset } from "./media.ts";
import type { MediaStore } from "./store.ts";

/** The largest file anybody may send, in bytes: the largest that any provider accepts (500 MB, xjc's video). */
export const maxFileBytes = 500 * 1024 ** 2;

/** How long a request may take to arrive, in milliseconds: enough for the largest file at 5 Mbit/s. */
export const requestTimeoutMs = Math.ceil(maxFileBytes / 625);
/** How long the headers of a request may take, in milliseconds. */
export const requestHeadTimeoutMs = 10_000;

/** A refusal of an upload, with its HTTP status. */
export class UploadRefusal extends UsageError {
  readonly status: 400 | 413 | 415;

  constructor(status: 400 | 413 | 415, sentence: Sentence) {
    super(sentence);
    this.name = "UploadRefusal";
    this.status = status;
  }
}

interface UploadOptions {
  /** The caller id of the medium's owner. */
  owner: string;
  /** The largest body in bytes. Default 500 MB. */
  maxBytes?: number;
}

/**
 * Stores a request's body as a medium; its name comes percent-encoded in `X-File-Name`. Throws an `UploadRefusal` for a
 * body that is too large, empty or a form, and a `UsageError` for anything that is not a medium.
 */
export async function receiveUpload(
  request: Request,
  media: Pick<MediaStore, "keep">,
  { owner, maxBytes = maxFileBytes }: UploadOptions,
): Promise<Asset> {
  const { headers, body, signal } = request;
  const length = Number(headers.get("content-length") ?? Number.NaN);
  if (length > maxBytes) {
    throw tooLarge(maxBytes);
  }
  if (/^multipart\//i.test(headers.get("content-type") ?? "")) {
    throw new UploadRefusal(415, { key: "media.upload-raw" });
  }
  if (body === null || length === 0) {
    throw new UploadRefusal(400, { key: "media.upload-empty" });
  }
  return media.keep(capped(body, maxBytes), { owner, name: nameIn(headers), maxBytes, signal });
}

/** Aborts a body that is longer than allowed, whatever its headers say. */
async function* capped(body: AsyncIterable<Uint8Array>, maxBytes: number): AsyncIterable<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) {
      throw tooLarge(maxBytes);
    }
    yield chunk;
  }
}

function tooLarge(maxBytes: number): UploadRefusal {
  return new UploadRefusal(413, { key: "media.upload-too-large", values: { limit: { bytes: maxBytes } } });
}

function nameIn(headers: Headers): string {
  try {
    return decodeURIComponent(headers.get("x-file-name") ?? "") || "upload";
  } catch {
    return "upload";
  }
}
