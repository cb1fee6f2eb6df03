import { randomUUID } from "node:crypto";
import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Context } from "./context.ts";
import { type Control, controlRoutes } from "./control.ts";
import { DashscopeRefusal, refusalBody } from "./dashscope/codes.ts";
import { openDashscope, openVendor } from "./dashscope/routes.ts";
import { openSpeechSocket, type SpeechSocket } from "./dashscope/speech-socket.ts";
import { frontPage } from "./front-page.ts";
import { openOpenai } from "./openai/routes.ts";
import { openTextToImage } from "./spark/text-to-image.ts";
import { openXjc } from "./xjc/routes.ts";

const largestBodyBytes = 1024 * 1024;
/** A request may contain a voice sample of 10 MB as base64 text, which is a third longer. */
const largestDashscopeBodyBytes = 16 * 1024 * 1024;
const ownNames = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * All vendors on one listener, each below its own prefix, so that one port number is enough. Signatures stay valid:
 * Spark's covers the path as it was sent, including the prefix.
 */
export function createRoutes(
  context: Context,
  control: Control,
): { routes: Hono<{ Bindings: HttpBindings }>; speechSocket: SpeechSocket; resume(): void } {
  const routes = new Hono<{ Bindings: HttpBindings }>();
  const xjc = openXjc(context);
  const dashscope = openVendor(context);

  const smallBodies = bodyLimit({ maxSize: largestBodyBytes });
  const largeBodies = bodyLimit({
    maxSize: largestDashscopeBodyBytes,
    onError: () => {
      const tooLarge = new DashscopeRefusal("BadRequest.TooLarge");
      return Response.json(refusalBody(tooLarge, randomUUID()), { status: tooLarge.status });
    },
  });
  routes.use("*", (exchange, next) => {
    const { path } = exchange.req;
    // An uploaded file is limited as it is read: `bodyLimit` would collect what comes without a length.
    if (path === "/dashscope/file-store") return next();
    return (/^\/(?:dashscope|openai)\//.test(path) ? largeBodies : smallBodies)(exchange, next);
  });
  for (const vendor of ["/spark/*", "/dashscope/*", "/openai/*", "/xjc/*"]) {
    routes.use(vendor, async (exchange, next) => {
      exchange.env.outgoing.setHeader("date", new Date(context.vendorNow()).toUTCString());
      await next();
    });
  }
  // A foreign page whose host name resolves to this machine must not reach the controls.
  for (const own of ["/control/*", "/ledger"]) {
    routes.use(own, async (exchange, next) => {
      const address = `http://${exchange.req.header("host") ?? ""}`;
      if (!URL.canParse(address) || !ownNames.has(new URL(address).hostname))
        return exchange.json({ ok: false, problems: ["host: loopback only / 仅限本机"] }, 403);
      await next();
    });
  }

  routes.get("/", (exchange) => exchange.html(frontPage(context.origin())));
  routes.get("/healthz", (exchange) => exchange.json({ ok: true }));
  routes.get("/ledger", (exchange) =>
    exchange.json({ entries: context.ledger.entries(), totals: context.ledger.totals() }),
  );
  routes.route("/control", controlRoutes(control));
  routes.post("/spark/v2.1/tti", openTextToImage(context));
  routes.route("/dashscope", openDashscope(dashscope));
  routes.route("/openai", openOpenai(context));
  routes.route("/xjc", xjc.routes);
  routes.notFound((exchange) =>
    exchange.json({ ok: false, problems: ["no such address, see / / 没有这个地址，见 /"] }, 404),
  );
  return { routes, speechSocket: openSpeechSocket(dashscope), resume: () => xjc.resume() };
}
