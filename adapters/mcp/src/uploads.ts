import { type Caller, type Runtime, ToolcastError } from "@toolcast/core";
import { receiveUpload, say, UploadRefusal } from "@toolcast/core/surface";
import { assetFacts } from "./job-facts.ts";
import { tell } from "./sentences.ts";

export interface UploadOptions {
  runtime: Runtime;
  caller: Caller;
  maxBytes: number;
}

/** Stores a request's body as a medium of its sender: how files become tool inputs over HTTP. */
export async function answerUpload(request: Request, { runtime, caller, maxBytes }: UploadOptions): Promise<Response> {
  const { locale } = caller;
  if (request.method !== "POST") {
    return Response.json({ error: tell("methodNotAllowed", locale) }, { status: 405, headers: { allow: "POST" } });
  }
  try {
    const asset = await receiveUpload(request, runtime.media, { owner: caller.id, maxBytes });
    return Response.json(await assetFacts(asset, { runtime, withFiles: false }), { status: 201 });
  } catch (error) {
    if (!ToolcastError.isInstance(error)) {
      throw error;
    }
    const status = error instanceof UploadRefusal ? error.status : 422;
    return Response.json({ error: say(error.failure.sentence, locale) }, { status });
  }
}
