import type { Asset } from "@toolcast/core";
import type { Console } from "./console-context.ts";
import { WebFailure } from "./web-failure.ts";

/** Keeps a request's body as a medium of `owner`; refuses what is too large, empty or not the file itself. */
export async function receiveUpload(web: Console, request: Request, owner: string): Promise<Asset> {
  const tooLarge = new WebFailure(413, "uploadTooLarge", { limitBytes: web.maxUploadBytes });
  const length = Number(request.headers.get("content-length") ?? Number.NaN);
  if (length > web.maxUploadBytes) {
    throw tooLarge;
  }
  if (/^multipart\//i.test(request.headers.get("content-type") ?? "")) {
    throw new WebFailure(415, "uploadRaw");
  }
  if (request.body === null || length === 0) {
    throw new WebFailure(400, "uploadEmpty");
  }
  return web.options.runtime.media.keep(capped(request.body, web.maxUploadBytes, tooLarge), {
    owner,
    name: fileName(request.headers.get("x-file-name")),
    maxBytes: web.maxUploadBytes,
    signal: request.signal,
  });
}

/** Ends a body that is longer than it may be, whatever its headers said. */
async function* capped(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
  tooLarge: WebFailure,
): AsyncIterable<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) {
      throw tooLarge;
    }
    yield chunk;
  }
}

function fileName(header: string | null): string {
  try {
    return decodeURIComponent(header ?? "") || "upload";
  } catch {
    return "upload";
  }
}
