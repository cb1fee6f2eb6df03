import type { Asset } from "@toolcast/core";
import { type Console, consoleCaller, numberFrom, type WebApp } from "./console-context.ts";
import { WebFailure } from "./web-failure.ts";
import type { AssetView, GalleryItemView } from "./wire.ts";

export function assetView({ id, kind, type, name, bytes, width, height, durationMs }: Asset): AssetView {
  return { id, kind, type, name, bytes, width, height, durationMs };
}

function galleryItemView(asset: Asset): GalleryItemView {
  const { extension, codec, createdAt, origin } = asset;
  return {
    ...assetView(asset),
    extension,
    ...(codec === undefined ? {} : { codec }),
    createdAt,
    ...(origin === undefined ? {} : { jobId: origin.jobId }),
  };
}

/**
 * Files going in and out. They are not served under `/media`: on the same port that is the relay's, where vendors fetch
 * without being the owner.
 */
export function mediaRoutes(app: WebApp, web: Console): void {
  const { runtime } = web.options;

  app.post("/api/uploads", async (context) => {
    const { raw: request } = context.req;
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
    const asset = await runtime.media.keep(capped(request.body, web.maxUploadBytes, tooLarge), {
      owner: consoleCaller,
      name: fileName(request.headers.get("x-file-name")),
      maxBytes: web.maxUploadBytes,
      signal: request.signal,
    });
    return context.json(assetView(asset), 201);
  });

  app.get("/api/media", async (context) => {
    const limit = numberFrom(context.req.query("limit"), { minimum: 1, maximum: 500, fallback: 50 });
    const media = await runtime.gallery(web.callerOf(context), limit);
    return context.json({ media: media.map(galleryItemView) });
  });

  app.get("/api/media/:id", async (context) => {
    const asset = await runtime.asset(context.req.param("id"), web.callerOf(context));
    if (asset === null) {
      throw new WebFailure(404, "assetNotFound");
    }
    const served = await runtime.serveAsset(context.req.raw, asset);
    const response = new Response(served.body, served);
    response.headers.set("Cache-Control", "private, max-age=86400, immutable");
    if (context.req.query("download") !== undefined) {
      const encoded = encodeURIComponent(asset.name).replaceAll(
        /['()*]/g,
        (sign) => `%${sign.charCodeAt(0).toString(16)}`,
      );
      response.headers.set("Content-Disposition", `attachment; filename*=UTF-8''${encoded}`);
    }
    return response;
  });

  app.get("/api/media/:id/facts", async (context) => {
    const asset = await runtime.asset(context.req.param("id"), web.callerOf(context));
    if (asset === null) {
      throw new WebFailure(404, "assetNotFound");
    }
    return context.json(assetView(asset));
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
