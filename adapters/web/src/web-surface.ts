import { join } from "node:path";
import { randomId } from "@toolcast/core/engine";
import { maxFileBytes, type Surface } from "@toolcast/core/surface";
import { Hono } from "hono";
import { createAccess } from "./access.ts";
import {
  type Console,
  consoleCaller,
  defaultConversation,
  surfaceId,
  type WebApp,
  type WebEnvironment,
} from "./console-context.ts";
import { openConsoleFile } from "./console-store.ts";
import { openConsoleTables } from "./console-tables.ts";
import { conversationRoutes } from "./conversation-routes.ts";
import { deletionRoutes } from "./deletion-routes.ts";
import { createEventHub } from "./event-hub.ts";
import { jobRoutes } from "./job-routes.ts";
import { webLimits } from "./limits.ts";
import { createLiveView } from "./live-view.ts";
import { mediaRoutes } from "./media-routes.ts";
import { operatorRoutes } from "./operator-routes.ts";
import type { WebSurfaceOptions } from "./options.ts";
import { pageRoutes } from "./page-files.ts";
import { requestLocale } from "./request-locale.ts";
import { createSamples } from "./samples.ts";
import { searchRoutes } from "./search-routes.ts";
import { securityHeaders } from "./security-headers.ts";
import { shelfRoutes } from "./shelf-routes.ts";
import { loginRoutes, stateRoutes } from "./state-routes.ts";
import { uploadLinkRoutes, uploadPlaceRoutes } from "./upload-link-routes.ts";
import { thrownResponse, WebFailure } from "./web-failure.ts";

/** The console: a surface for the runtime, and a request handler for a listener. */
export interface WebSurface {
  /** Attach this to the runtime. */
  surface: Surface;
  /** True when a token is required; without one only loopback listeners are allowed. */
  needsToken: boolean;
  /** `remoteAddress`: the socket's other end. */
  fetch(request: Request, info: { remoteAddress: string | undefined }): Promise<Response>;
  /** Ends open event streams, which would otherwise never end; pages reconnect. */
  endStreams(): void;
  /** Ends open event streams and closes the log. */
  close(): void;
}

export function createWebSurface(options: WebSurfaceOptions): WebSurface {
  const { runtime, clock, random } = options;
  const { log, search, shelf, uploadLinks, close } =
    options.database === undefined
      ? openConsoleFile(join(options.directory, "console.sqlite"), { clock, random })
      : openConsoleTables(options.database, { clock, random });
  const view = createLiveView(runtime, log);
  const instance = randomId(random, "instance");
  const maxUploadBytes = options.maxUploadBytes ?? maxFileBytes;
  const report = (error: unknown) => options.logger?.error({ err: error }, "the console failed to answer");
  const wipe = () => void shelf.wipe(clock.now()).catch(report);
  wipe();
  const hub = createEventHub({
    runtime,
    log,
    view,
    clock,
    instance,
    refreshMs: options.refreshMs ?? 1_000,
    owner: consoleCaller,
    report,
  });
  const web: Console = {
    options,
    maxUploadBytes,
    instance,
    log,
    search,
    shelf,
    view,
    hub,
    samples: createSamples(runtime, options.sandbox?.samples ?? {}, {
      owner: {
        id: consoleCaller,
        name: consoleCaller,
        locale: "en",
        place: { surface: surfaceId, conversation: defaultConversation },
      },
      maxBytes: maxUploadBytes,
    }),
    uploadLinks,
    wipe,
    async append(entry) {
      const result = await log.append(entry);
      hub.notify();
      return result;
    },
    callerOf: (context, conversation = defaultConversation) => ({
      id: consoleCaller,
      name: { en: "the console", "zh-CN": "控制台" },
      locale: context.get("locale"),
      place: { surface: surfaceId, conversation },
    }),
  };
  const app = createApp(web, report);
  return {
    surface: createSurface(web),
    needsToken: options.token !== undefined,
    fetch: async (request, info) => app.fetch(request, info),
    endStreams: hub.endAll,
    close() {
      hub.close();
      close();
    },
  };
}

function createSurface(web: Console): Surface {
  const { runtime, clock } = web.options;
  return {
    id: surfaceId,
    limits: webLimits,
    routes: ["post"],
    privateRoutes: ["post"],
    async deliver(_route, { id, place, asker, message }) {
      const { jobId } = message;
      const caller = { id: asker, name: asker, locale: "en" as const, place };
      const job = jobId === undefined ? null : await runtime.job(jobId, caller);
      await web.append({
        id,
        conversation: place.conversation,
        at: clock.now(),
        content: { kind: "result", message, ...(job === null ? {} : { phase: job.state.phase }) },
        jobId,
      });
      return { end: "sent", receipt: { entry: id } };
    },
    forget: (_person, before) => web.shelf.forget(before),
    async forgetJob(id) {
      await web.shelf.eraseJob(id);
      web.hub.tell({ event: "job-deleted", data: { id } });
    },
    find: async ({ id }) => ((await web.log.read(id)) === null ? null : { receipt: { entry: id } }),
  };
}

function createApp(web: Console, report: (error: unknown) => void): WebApp {
  const { options } = web;
  const access = createAccess({
    token: options.token,
    publicNames: options.publicNames ?? [],
    clock: options.clock,
  });
  const app: WebApp = new Hono<WebEnvironment>();
  app.onError((error, context) => {
    const locale = requestLocale(context.req.raw, options.defaultLocale ?? "en");
    // A client that disconnects in the middle of a request is not our failure, and nobody reads the answer.
    const isGone = context.req.raw.signal.aborted;
    return securityHeaders(thrownResponse(error, locale, isGone ? () => {} : report));
  });
  app.get("/healthz", (context) => context.json({ ok: true }));
  app.use(async (context, next) => {
    access.checkHost(context.req.raw, context.env.remoteAddress);
    access.checkOrigin(context.req.raw);
    context.set("locale", requestLocale(context.req.raw, options.defaultLocale ?? "en"));
    await next();
    securityHeaders(context.res);
  });
  loginRoutes(app, access);
  pageRoutes(app);
  uploadPlaceRoutes(app, web);
  app.use("/api/*", async (context, next) => {
    access.checkToken(context.req.raw, context.env.remoteAddress);
    await next();
    if (!context.res.headers.has("Cache-Control")) {
      context.res.headers.set("Cache-Control", "no-store");
    }
  });
  stateRoutes(app, web);
  conversationRoutes(app, web);
  shelfRoutes(app, web);
  jobRoutes(app, web);
  deletionRoutes(app, web);
  mediaRoutes(app, web);
  uploadLinkRoutes(app, web);
  operatorRoutes(app, web);
  searchRoutes(app, web);
  app.notFound(() => {
    throw new WebFailure(404, "notFound");
  });
  return app;
}
