import { writeFile } from "node:fs/promises";
import type { Http } from "@toolcast/core/provider";
import { picture } from "./picture.ts";

const host = "files.example";

/** Where a person's picture lies on the internet; `gone`: an address at which nothing is. */
export function linkTo(person: number, isGone: boolean): string {
  return `https://${host}/${isGone ? "gone" : person}.png`;
}

/** The way out, with the internet's files behind it. */
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
