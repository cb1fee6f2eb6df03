import type { Http } from "./http.ts";
import type { HttpOptions } from "./undici-http.ts";

/**
 * Makes all outgoing requests; never repeats one automatically. The HTTP library is loaded for the first request,
 * because many commands make none.
 */
export function createHttp(options: HttpOptions): Http {
  let opening: Promise<Http> | undefined;
  let closed = false;

  async function opened(): Promise<Http> {
    opening ??= import("./undici-http.ts").then(({ createUndiciHttp }) => createUndiciHttp(options));
    const http = await opening;
    if (closed) {
      await http.close();
    }
    return http;
  }

  return {
    proxyFor: options.proxyFor ?? (() => null),
    request: async (request) => (await opened()).request(request),
    download: async (request, toFile) => (await opened()).download(request, toFile),
    converse: async (request) => (await opened()).converse(request),
    async close() {
      closed = true;
      await (await opening)?.close();
    },
  };
}
