import { createHmac, timingSafeEqual } from "node:crypto";

const path = "/callbacks/";
/** Vendors' notices are small; a larger one is not read. */
const maxCallbackBytes = 64 * 1024;

/**
 * Addresses for completion notices, one per job, that nobody can guess. A notice is only a hint: its body is ignored,
 * and the vendor is asked.
 */
export class Callbacks {
  readonly #key: Uint8Array;
  readonly #hint: (jobId: string) => Promise<void>;

  constructor(key: Uint8Array, hint: (jobId: string) => Promise<void>) {
    this.#key = key;
    this.#hint = hint;
  }

  addressOf(jobId: string, baseUrl: string): string {
    return `${baseUrl.replace(/\/+$/, "")}${path}${jobId}.${this.#signature(jobId)}`;
  }

  /** Answers `/callbacks/...`; null for every other path. */
  async handle(request: Request): Promise<Response | null> {
    const { pathname } = new URL(request.url);
    const start = pathname.indexOf(path);
    if (start === -1) {
      return null;
    }
    const [jobId = "", signature = ""] = pathname.slice(start + path.length).split(".");
    if (!this.#matches(jobId, signature)) {
      return new Response("not found", { status: 404 });
    }
    if (request.method !== "POST") {
      return new Response("method not allowed", { status: 405, headers: { allow: "POST" } });
    }
    await discardBody(request);
    await this.#hint(jobId);
    return new Response("success");
  }

  #signature(jobId: string): string {
    return createHmac("sha256", this.#key).update(`callback:${jobId}`).digest("base64url");
  }

  #matches(jobId: string, signature: string): boolean {
    const expected = Buffer.from(this.#signature(jobId));
    const given = Buffer.from(signature);
    return expected.length === given.length && timingSafeEqual(expected, given);
  }
}

async function discardBody(request: Request): Promise<void> {
  let read = 0;
  for await (const chunk of request.body ?? []) {
    read += chunk.length;
    if (read > maxCallbackBytes) {
      return;
    }
  }
}
