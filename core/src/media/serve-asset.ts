import { open } from "node:fs/promises";
import { Readable } from "node:stream";
import { asStorageError, StorageError } from "../errors/storage-error.ts";
import type { Asset } from "./media.ts";
import type { ByteRange } from "./media-files.ts";
import type { MediaStore } from "./store.ts";

/**
 * Answers a GET or HEAD with a stored medium: whole, one range of it, or "not modified". The caller has decided that
 * the medium may be served. One whose file is gone or incomplete is answered as if it had never existed; one in a bucket
 * that is away, with 503.
 */
export async function serveAsset(request: Request, asset: Asset, store: MediaStore): Promise<Response> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    return new Response(null, { status: 405, headers: { allow: "GET, HEAD" } });
  }
  let path: string;
  try {
    path = await store.localPath(asset);
  } catch (error) {
    if (asStorageError(error) instanceof StorageError) {
      return storageUnavailable();
    }
    return mediaNotFound();
  }
  const file = await open(path, "r").catch(() => null);
  if (file === null) {
    return mediaNotFound();
  }
  if ((await file.stat()).size !== asset.bytes) {
    // An incomplete file must not be taken for the whole medium.
    await file.close();
    return mediaNotFound();
  }
  const etag = `"${asset.hash}"`;
  const headers: Record<string, string> = {
    "accept-ranges": "bytes",
    "cache-control": "private, max-age=3600",
    "content-disposition": "inline",
    "content-type": asset.type,
    etag,
    "x-content-type-options": "nosniff",
  };
  const answer = answerTo(request.headers, etag, asset.bytes);
  if (answer.status === 304 || answer.status === 416) {
    await file.close();
    const unsatisfied: Record<string, string> =
      answer.status === 416 ? { "content-range": `bytes */${asset.bytes}` } : {};
    return new Response(null, { status: answer.status, headers: { ...headers, ...unsatisfied } });
  }
  const { start, end } = answer.range;
  headers["content-length"] = String(end - start + 1);
  if (answer.status === 206) {
    headers["content-range"] = `bytes ${start}-${end}/${asset.bytes}`;
  }
  if (request.method === "HEAD") {
    await file.close();
    return new Response(null, { status: answer.status, headers });
  }
  // The file was opened before the answer, so a sweep can no longer take it away. The stream closes the file, even when
  // cancelled.
  const body = Readable.toWeb(file.createReadStream({ start, end })) as ReadableStream<Uint8Array>;
  return new Response(body, { status: answer.status, headers });
}

/** The answer while the store cannot be used: asked again in half a minute, it may be there. */
export function storageUnavailable(): Response {
  return new Response(null, { status: 503, headers: { "cache-control": "no-store", "retry-after": "30" } });
}

/** The same for everything that cannot be served, so that an answer does not reveal what exists. */
export function mediaNotFound(): Response {
  return new Response("Not found\n", {
    status: 404,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
  });
}

type Answer = { status: 304 } | { status: 416 } | { status: 200 | 206; range: ByteRange };

function answerTo(headers: Headers, etag: string, bytes: number): Answer {
  const known = headers.get("if-none-match");
  if (
    known !== null &&
    (known.trim() === "*" || known.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag))
  ) {
    return { status: 304 };
  }
  const whole: Answer = { status: 200, range: { start: 0, end: bytes - 1 } };
  const wanted = headers.get("range");
  const condition = headers.get("if-range");
  if (wanted === null || (condition !== null && condition.trim() !== etag)) {
    return whole;
  }
  const range = parseRange(wanted, bytes);
  if (range === "ignored") {
    return whole;
  }
  return range === "unsatisfiable" ? { status: 416 } : { status: 206, range };
}

/** One range of bytes. The standard allows ignoring several ranges and answering with the whole. */
function parseRange(header: string, bytes: number): ByteRange | "ignored" | "unsatisfiable" {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header.trim());
  const [first, last] = [match?.[1] ?? "", match?.[2] ?? ""];
  if (first === "" && last === "") {
    return "ignored";
  }
  if (first === "") {
    const count = Math.min(Number(last), bytes);
    return count === 0 ? "unsatisfiable" : { start: bytes - count, end: bytes - 1 };
  }
  const start = Number(first);
  const end = last === "" ? bytes - 1 : Math.min(Number(last), bytes - 1);
  if (last !== "" && Number(last) < start) {
    return "ignored";
  }
  return start >= bytes ? "unsatisfiable" : { start, end };
}
