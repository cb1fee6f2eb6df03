import { receiveUpload } from "@toolcast/core/surface";
import { z } from "zod";
import { type Console, consoleCaller, readJson, type WebApp } from "./console-context.ts";
import { assetView, galleryItemView } from "./media-routes.ts";
import type { UploadLink } from "./upload-links.ts";
import { WebFailure } from "./web-failure.ts";
import type { NewUploadLinkView, UploadLinkView, UploadPlaceView } from "./wire.ts";

const linkBody = z.strictObject({ kind: z.enum(["image", "audio", "video"]).optional() });

/** For the person who asks: creates links and reports their state. */
export function uploadLinkRoutes(app: WebApp, web: Console): void {
  const { runtime } = web.options;

  app.post("/api/upload-links", async (context) => {
    const { kind } = await readJson(context.req.raw, linkBody);
    const { link, token } = await web.uploadLinks.make(consoleCaller, kind);
    const view: NewUploadLinkView = { id: link.id, path: `/u/${token}`, remainingMs: remainingMs(web, link) };
    return context.json(view, 201);
  });

  app.get("/api/upload-links/:id", async (context) => {
    const link = await web.uploadLinks.owned(context.req.param("id"), consoleCaller);
    if (link === null) {
      throw new WebFailure(404, "linkUnknown");
    }
    const asset = link.assetId === undefined ? null : await runtime.asset(link.assetId, web.callerOf(context));
    const view: UploadLinkView = {
      id: link.id,
      state: link.state,
      remainingMs: remainingMs(web, link),
      ...(asset === null ? {} : { asset: assetView(asset) }),
    };
    return context.json(view);
  });
}

/** For whoever has a link: needs no console token, because the link itself grants exactly one upload. */
export function uploadPlaceRoutes(app: WebApp, web: Console): void {
  app.use("/u/*", async (context, next) => {
    await next();
    context.res.headers.set("Cache-Control", "no-store");
  });

  app.get("/u/:token/state", async (context) => {
    const link = await named(web, context.req.param("token"));
    const view: UploadPlaceView = {
      state: link.state,
      kind: link.kind,
      remainingMs: remainingMs(web, link),
      maxBytes: web.maxUploadBytes,
    };
    return context.json(view);
  });

  app.post("/u/:token", async (context) => {
    const link = await named(web, context.req.param("token"));
    if (!(await web.uploadLinks.take(link.id))) {
      throw link.state === "taken" || link.state === "open"
        ? new WebFailure(409, "linkTaken")
        : new WebFailure(410, link.state === "used" ? "linkUsed" : "linkExpired");
    }
    try {
      const asset = await receiveUpload(context.req.raw, web.options.runtime.media, {
        owner: link.owner,
        maxBytes: web.maxUploadBytes,
      });
      await web.uploadLinks.use(link.id, asset.id);
      web.hub.tell({ event: "upload", data: { link: link.id, asset: galleryItemView(asset) } });
      return context.json({ name: asset.name, bytes: asset.bytes }, 201);
    } catch (error) {
      await web.uploadLinks.release(link.id);
      throw error;
    }
  });
}

async function named(web: Console, token: string): Promise<UploadLink> {
  const link = await web.uploadLinks.named(token);
  if (link === null) {
    throw new WebFailure(404, "linkUnknown");
  }
  return link;
}

/** A duration instead of an instant, because the other device's clock may be wrong. */
function remainingMs(web: Console, { expiresAt }: UploadLink): number {
  return Math.max(0, expiresAt - web.options.clock.now());
}
