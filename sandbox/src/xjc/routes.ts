import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { wait } from "../clock.ts";
import { type Context, misbehaviourOf } from "../context.ts";
import { answerAccepted, type Exchange, refuseBeforeAccept } from "../faults.ts";
import { fingerprint } from "../fingerprint.ts";
import { listBills, readBalance } from "./account.ts";
import type { Call, Vendor } from "./call.ts";
import { openCallbacks } from "./callbacks.ts";
import { XjcRefusal, xjcMessages } from "./codes.ts";
import { openResultFiles } from "./result-files.ts";
import { createSpeech, inspectSpeech, resumeSpeeches } from "./speeches.ts";
import { accountOf, issueToken } from "./token.ts";
import { inspectVoice, resumeVoices, trainVoice } from "./voices.ts";
import { createWork, inspectWork, resumeWorks } from "./works.ts";

type Handler = (vendor: Vendor, call: Call) => unknown;

const starts: Record<string, Handler> = {
  "works/create": createWork,
  "voice/lite/train": (vendor, call) => trainVoice(vendor, call, "LITE"),
  "voice/pro/train": (vendor, call) => trainVoice(vendor, call, "PRO"),
  "voice/lite/create": (vendor, call) => createSpeech(vendor, call, "LITE"),
  "voice/pro/create": (vendor, call) => createSpeech(vendor, call, "PRO"),
};

const queries: Record<string, Handler> = {
  "works/inspect": inspectWork,
  "voice/lite/train/detail": (vendor, call) => inspectVoice(vendor, call, "LITE"),
  "voice/pro/train/detail": (vendor, call) => inspectVoice(vendor, call, "PRO"),
  "voice/lite/create/detail": (vendor, call) => inspectSpeech(vendor, call, "LITE"),
  "voice/pro/create/detail": (vendor, call) => inspectSpeech(vendor, call, "PRO"),
};

const readings: Record<string, Handler> = {
  "user/balance": readBalance,
  "user/bill/list": listBills,
};

/** Every endpoint name that `POST /control/next` accepts. */
export const xjcEndpoints: readonly string[] = [
  "oauth/token",
  ...Object.keys(starts),
  ...Object.keys(queries),
  ...Object.keys(readings),
];

export function openXjc(context: Context): { routes: Hono<{ Bindings: HttpBindings }>; resume(): void } {
  const vendor: Vendor = { context, callbacks: openCallbacks(context), files: openResultFiles(context) };
  const routes = new Hono<{ Bindings: HttpBindings }>();
  const base = "/api/model/v5";

  routes.get(`${base}/oauth/token`, (exchange) =>
    answer(vendor, exchange, "oauth/token", async () => {
      const query = new URL(exchange.req.url).searchParams;
      const asked = misbehaviourOf(context, { vendor: "xjc", endpoint: "oauth/token", text: "" });
      return { asked, run: () => issueToken(context, query) };
    }),
  );
  const register = (method: "get" | "post", endpoint: string, handler: Handler) =>
    routes[method](`${base}/${endpoint}`, (exchange) =>
      answer(vendor, exchange, endpoint, async () => {
        const call = await readCall(context, exchange, endpoint);
        return { asked: call.asked, run: () => handler(vendor, call) };
      }),
    );
  for (const [endpoint, handler] of Object.entries({ ...starts, ...queries })) register("post", endpoint, handler);
  for (const [endpoint, handler] of Object.entries(readings)) register("get", endpoint, handler);
  routes.get("/files/:name", (exchange) =>
    vendor.files.serve({
      method: exchange.req.method,
      name: exchange.req.param("name"),
      query: new URL(exchange.req.url).searchParams,
      range: exchange.req.header("range"),
    }),
  );
  return {
    routes,
    resume() {
      resumeWorks(vendor);
      resumeSpeeches(vendor);
      resumeVoices(vendor);
    },
  };
}

/** The envelope around every endpoint: HTTP 200 and a code, whatever goes wrong inside. */
async function answer(
  { context }: Vendor,
  exchange: Exchange,
  endpoint: string,
  prepare: () => Promise<{ asked: Call["asked"]; run: () => unknown }>,
): Promise<Response> {
  try {
    const { asked, run } = await prepare();
    const refused = refuseBeforeAccept(exchange, asked);
    if (refused) return refused;
    if (asked.code !== undefined) throw new XjcRefusal(Number(asked.code));
    if (asked.slowMs !== undefined && !(endpoint in starts))
      await wait(context.clock, context.pace(asked.slowMs), context.closing);
    const data = await run();
    return answerAccepted(exchange, asked, { code: 0, msg: "", data: asked.answer === "no-payload" ? null : data });
  } catch (cause) {
    const refusal = cause instanceof XjcRefusal ? cause : new XjcRefusal(20902, xjcMessages[20902]);
    return Response.json({ code: refusal.code, msg: refusal.message, data: null });
  }
}

async function readCall(context: Context, exchange: Exchange, endpoint: string): Promise<Call> {
  const accessKey = accountOf(context, exchange.req.header("authorization-token"));
  const body = exchange.req.method === "POST" ? readObject(await exchange.req.text()) : {};
  const own = fingerprint(endpoint, body);
  const text = Object.values(body)
    .filter((value) => typeof value === "string")
    .map(decoded)
    .join("\n");
  return {
    endpoint,
    accessKey,
    body,
    query: new URL(exchange.req.url).searchParams,
    fingerprint: own,
    asked: misbehaviourOf(context, { vendor: "xjc", endpoint, text, fingerprint: own }),
  };
}

function readObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && typeof value === "object" && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Answered below like any other body that is not an object.
  }
  throw new XjcRefusal(20004, "请求体不是JSON对象");
}

/** A marker in an address arrives percent-encoded. */
function decoded(value: string): string {
  if (!/^https?:/i.test(value)) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
