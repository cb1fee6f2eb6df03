import { type Caller, formatBytes, type Runtime, say, ToolcastError } from "@toolcast/core";
import { assetFacts } from "./job-facts.ts";
import { tell } from "./sentences.ts";

export interface UploadOptions {
  runtime: Runtime;
  caller: Caller;
  maxBytes: number;
}

/** Keeps a request's body as a medium of its sender: how a file becomes an input of a tool over HTTP. */
export async function receiveUpload(request: Request, { runtime, caller, maxBytes }: UploadOptions): Promise<Response> {
  const { locale } = caller;
  const refuse = (status: number, message: string) => Response.json({ error: message }, { status });
  const tooLarge = () => refuse(413, tell("uploadTooLarge", locale, { limit: formatBytes(maxBytes, locale) }));
  if (request.method !== "POST") {
    return Response.json({ error: tell("methodNotAllowed", locale) }, { status: 405, headers: { allow: "POST" } });
  }
  if (/^multipart\//i.test(request.headers.get("content-type") ?? "")) {
    return refuse(415, tell("uploadRaw", locale));
  }
  const length = Number(request.headers.get("content-length") ?? Number.NaN);
  if (length > maxBytes) {
    return tooLarge();
  }
  if (request.body === null || length === 0) {
    return refuse(400, tell("uploadEmpty", locale));
  }
  try {
    const name = fileName(request.headers.get("x-file-name"));
    const asset = await runtime.media.keep(capped(request.body, maxBytes), { owner: caller.id, name, maxBytes });
    return Response.json(assetFacts(asset, { runtime, withFiles: false }), { status: 201 });
  } catch (error) {
    if (error instanceof TooLarge) {
      return tooLarge();
    }
    if (ToolcastError.isInstance(error)) {
      return refuse(422, say(error.failure.sentence, locale));
    }
    throw error;
  }
}

class TooLarge extends Error {}

/** Ends a body that is longer than it may be, whatever its headers said. */
async function* capped(body: AsyncIterable<Uint8Array>, maxBytes: number): AsyncIterable<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) {
      throw new TooLarge();
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
