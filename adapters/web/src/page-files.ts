import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { WebApp, WebContext } from "./console-context.ts";
import { sentences } from "./sentences.ts";

/** Vite's build of `page/`; next to this file's folder both in the repository and in the published package. */
const pageDirectory = new URL("../dist/page/", import.meta.url);

const types: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

/** The compressed forms that the build writes beside each file, best first. */
const encodings = [
  { name: "br", extension: ".br" },
  { name: "gzip", extension: ".gz" },
] as const;

/** The page and its files: files with a hash in their name may be cached for ever, the page itself never. */
export function pageRoutes(app: WebApp, directory: URL = pageDirectory): void {
  const page = (name: string) => async (context: WebContext) =>
    (await answer(name, directory, context.req.raw)) ??
    context.text(`${sentences.notBuilt.en}\n${sentences.notBuilt["zh-CN"]}\n`, 503, { "Cache-Control": "no-store" });
  app.get("/", page("index.html"));
  app.get("/operations", page("index.html"));
  app.get("/u/:token", page("upload.html"));
  app.get("/favicon.svg", async ({ req }, next) => (await answer("favicon.svg", directory, req.raw)) ?? next());
  app.get("/assets/:name", async (context, next) => {
    const name = context.req.param("name");
    return (/^[\w-][\w.-]*$/.test(name) ? await answer(`assets/${name}`, directory, context.req.raw) : null) ?? next();
  });
}

async function answer(path: string, directory: URL, request: Request): Promise<Response | null> {
  const type = types[path.split(".").at(-1) ?? ""];
  const found = type === undefined ? null : await read(path, directory, request.headers.get("accept-encoding") ?? "");
  if (type === undefined || found === null) {
    return null;
  }
  const { bytes, encoding } = found;
  // Each form has a tag of its own: a cache must not take one for the other.
  const etag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`;
  const headers = {
    "Cache-Control": path.startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-cache",
    ETag: etag,
    Vary: "Accept-Encoding",
  };
  const known = (request.headers.get("if-none-match") ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return known.includes(etag)
    ? new Response(null, { status: 304, headers })
    : new Response(bytes, {
        headers: { ...headers, "Content-Type": type, ...(encoding === null ? {} : { "Content-Encoding": encoding }) },
      });
}

/** The best form that the client accepts and the build has made. */
async function read(path: string, directory: URL, accepted: string) {
  for (const { name, extension } of encodings) {
    if (isAccepted(name, accepted)) {
      const bytes = await readFile(new URL(`${path}${extension}`, directory)).catch(() => null);
      if (bytes !== null) {
        return { bytes, encoding: name };
      }
    }
  }
  const bytes = await readFile(new URL(path, directory)).catch(() => null);
  return bytes === null ? null : { bytes, encoding: null };
}

/** `q=0` means: not this one. */
function isAccepted(encoding: string, accepted: string): boolean {
  return accepted.split(",").some((part) => {
    const [name = "", ...parameters] = part.split(";").map((word) => word.trim().toLowerCase());
    return name === encoding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}
