import { writeFile } from "node:fs/promises";
import type { Http } from "@toolcast/core/provider";
import { picture } from "./picture.ts";

const host = "files.example";

/** The internet address of a person's picture; `gone` is an address with nothing behind it. */
export function linkTo(person: number, isGone: boolean): string {
  return `https://${host}/${isGone ? "gone" : person}.png`;
}

/** An HTTP client that also serves the internet's files. */
export function linkedFiles(http: Http): Http {
  return {
    request: (request) => http.request(request),
    converse: (request) => http.converse(request),
    close: () => http.close(),
    async download(request, toFile) {
      const { hostname, pathname } = new URL(request.url);
      if (hostname !== host) return http.download(request, toFile);
      const person = Number(/^\/(\d+)\.png$/.exec(pathname)?.[1] ?? Number.NaN);
      if (Number.isNaN(person)) return { bytes: 0, headers: {}, status: 404 };
      const bytes = picture(person);
      await writeFile(toFile, bytes);
      return { bytes: bytes.byteLength, headers: { "content-type": "image/png" }, status: 200 };
    },
  };
}
