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

/** The page and its files: files with a hash in their name may be cached for ever, the page itself never. */
export function pageRoutes(app: WebApp, directory: URL = pageDirectory): void {
  const page = (name: string) => async (context: WebContext) =>
    (await read(name, directory)) ??
    context.text(`${sentences.notBuilt.en}\n${sentences.notBuilt["zh-CN"]}\n`, 503, { "Cache-Control": "no-store" });
  app.get("/", page("index.html"));
  app.get("/u/:token", page("upload.html"));
  app.get("/favicon.svg", async (_, next) => (await read("favicon.svg", directory)) ?? next());
  app.get("/assets/:name", async (context, next) => {
    const name = context.req.param("name");
    return (/^[\w-][\w.-]*$/.test(name) ? await read(`assets/${name}`, directory) : null) ?? next();
  });
}

async function read(path: string, directory: URL): Promise<Response | null> {
  const type = types[path.split(".").at(-1) ?? ""];
  if (type === undefined) {
    return null;
  }
  try {
    const bytes = await readFile(new URL(path, directory));
    const caching = path.startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-cache";
    return new Response(bytes, { headers: { "Content-Type": type, "Cache-Control": caching } });
  } catch {
    return null;
  }
}
