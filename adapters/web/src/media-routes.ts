import type { Asset } from "@toolcast/core";
import { receiveUpload } from "@toolcast/core/surface";
import { type Console, consoleCaller, numberFrom, type WebApp } from "./console-context.ts";
import { WebFailure } from "./web-failure.ts";
import type { AssetView, GalleryItemView } from "./wire.ts";

export function assetView(asset: Asset): AssetView {
  const { id, kind, type, name, bytes, extension, codec, width, height, durationMs } = asset;
  return { id, kind, type, name, bytes, extension, codec, width, height, durationMs };
}

export function galleryItemView(asset: Asset): GalleryItemView {
  const { createdAt, origin } = asset;
  return { ...assetView(asset), createdAt, jobId: origin?.jobId };
}

/**
 * Uploads and downloads. Not served under `/media`: on the same port that path is the relay's, where vendors fetch
 * files without being their owner.
 */
export function mediaRoutes(app: WebApp, web: Console): void {
  const { runtime } = web.options;

  app.post("/api/uploads", async (context) => {
    const asset = await receiveUpload(context.req.raw, runtime.media, {
      owner: consoleCaller,
      maxBytes: web.maxUploadBytes,
    });
    return context.json(assetView(asset), 201);
  });

  app.get("/api/media", async (context) => {
    const limit = numberFrom(context.req.query("limit"), { minimum: 1, maximum: 500, fallback: 50 });
    const caller = web.callerOf(context);
    const items = (await runtime.gallery(caller, limit)).map(galleryItemView);
    const abouts = new Map<string, string>();
    for (const jobId of new Set(items.flatMap((item) => item.jobId ?? []))) {
      const job = await runtime.job(jobId, caller);
      if (job !== null) {
        abouts.set(jobId, web.view.about(job, caller.locale));
      }
    }
    const media: GalleryItemView[] = items.map((item) => {
      const about = abouts.get(item.jobId ?? "");
      return about === undefined ? item : { ...item, about };
    });
    return context.json({ media });
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
