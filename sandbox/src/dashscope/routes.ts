import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { wait } from "../clock.ts";
import { type Context, misbehaviourOf } from "../context.ts";
import { answerAccepted, answerInEvents, type Exchange, refuseBeforeAccept } from "../faults.ts";
import { type Answer, newId, type Vendor } from "./call.ts";
import { answerQuestion, chatEndpoint } from "./chat.ts";
import { DashscopeRefusal, refusalBody } from "./codes.ts";
import { endpoints, readCall, type Service, services } from "./endpoints.ts";
import { requireKey, requireWorkspace } from "./gateway.ts";
import { openRates } from "./rates.ts";
import { openResultFiles } from "./result-files.ts";
import { listTasks } from "./task-list.ts";
import { cancelTask, queryTask } from "./tasks.ts";
import { askedOf, takeUpload, uploadPolicy } from "./uploads.ts";

/** Every endpoint name that `POST /control/next` accepts. */
export const dashscopeEndpoints: readonly string[] = endpoints;

type Body = Record<string, unknown>;
type Prepared = {
  asked: ReturnType<typeof misbehaviourOf>;
  run(requestId: string): Body | Promise<Body>;
  /** What comes before it, if the answer is to come in events. */
  before?(): readonly Body[] | undefined;
};

/** What its HTTP calls and its WebSocket share: an account's rates and its results. */
export function openVendor(context: Context): Vendor {
  return { context, files: openResultFiles(context), rates: openRates(context) };
}

export function openDashscope(vendor: Vendor): Hono<{ Bindings: HttpBindings }> {
  const { context } = vendor;
  const routes = new Hono<{ Bindings: HttpBindings }>();
  const base = "/api/v1";

  for (const [path, service] of Object.entries(services)) {
    // The vendor's own examples write some of these with a trailing slash.
    for (const spelling of [path, `${path}/`]) {
      routes.post(`${base}/${spelling}`, (exchange) =>
        answer(vendor, exchange, () => prepareService(vendor, exchange, path, service)),
      );
    }
  }
  const question = (endpoint: string, exchange: Exchange, run: Prepared["run"]) =>
    answer(vendor, exchange, async () => ({
      asked: misbehaviourOf(context, { vendor: "dashscope", endpoint, text: "" }),
      run(requestId) {
        vendor.rates.countQuery();
        return run(requestId);
      },
    }));
  const list = (exchange: Exchange) =>
    question("tasks/", exchange, () => listTasks(context, new URL(exchange.req.url).searchParams));
  routes.get(`${base}/tasks`, list);
  routes.get(`${base}/tasks/`, list);
  routes.get(`${base}/tasks/:id`, (exchange) =>
    question("tasks/{task_id}", exchange, () => ({ ...queryTask(vendor, exchange.req.param("id")) })),
  );
  routes.post(`${base}/tasks/:id/cancel`, (exchange) =>
    question("tasks/{task_id}/cancel", exchange, () => {
      cancelTask(vendor, exchange.req.param("id"));
      return {};
    }),
  );
  routes.get(`${base}/uploads`, (exchange) =>
    answer(vendor, exchange, () => ({
      asked: askedOf(context, "policy"),
      run() {
        const query = new URL(exchange.req.url).searchParams;
        vendor.rates.countUpload(query.get("model") ?? "");
        return uploadPolicy(context, query);
      },
    })),
  );
  routes.post("/file-store", (exchange) => takeUpload(context, exchange));
  routes.get("/results/:name", (exchange) =>
    vendor.files.serve({
      method: exchange.req.method,
      name: exchange.req.param("name"),
      query: new URL(exchange.req.url).searchParams,
      range: exchange.req.header("range"),
    }),
  );
  // The address for programs written for another vendor: it accepts the same keys but none of the calls above.
  routes.post(`/${chatEndpoint}`, (exchange) => answerQuestion(vendor, exchange));
  routes.all("/compatible-mode/v1/*", (exchange) =>
    answer(vendor, exchange, () => {
      throw new DashscopeRefusal("model_not_found");
    }),
  );
  routes.all("*", (exchange) =>
    answer(vendor, exchange, () => {
      throw new DashscopeRefusal("NotFound");
    }),
  );
  return routes;
}

async function prepareService(vendor: Vendor, exchange: Exchange, path: string, service: Service): Promise<Prepared> {
  const call = await readCall(vendor.context, exchange, path);
  let streamed: Body[] | undefined;
  const { asked } = call;
  return {
    asked,
    async run(requestId) {
      call.requestId = requestId;
      if (asked.slowMs !== undefined && !service.waitsByItself) {
        await wait(vendor.context.clock, vendor.context.pace(asked.slowMs), vendor.context.closing);
      }
      const { before = [], ...made }: Answer = await service.run(vendor, call);
      if (call.streams) streamed = before.map((one) => ({ ...one }));
      return { ...made };
    },
    before: () => streamed,
  };
}

/** The envelope around every endpoint: a status, and on refusal a code with its words. */
async function answer(
  { context }: Vendor,
  exchange: Exchange,
  prepare: () => Prepared | Promise<Prepared>,
): Promise<Response> {
  const requestId = newId();
  try {
    requireKey(exchange);
    requireWorkspace(exchange);
    const { asked, run, before } = await prepare();
    const early = refuseBeforeAccept(exchange, asked);
    if (early) return early;
    if (asked.code !== undefined) throw refusalAsked(String(asked.code), asked);
    const body = await run(requestId);
    const spared = asked.answer === "no-payload" ? { output: {} } : body;
    const events = before?.();
    const whole = { ...spared, request_id: requestId };
    return events === undefined
      ? answerAccepted(exchange, asked, whole)
      : answerInEvents(exchange, asked, [...events.map((event) => ({ ...event, request_id: requestId })), whole]);
  } catch (cause) {
    if (context.closing.aborted) throw cause;
    const refusal = cause instanceof DashscopeRefusal ? cause : new DashscopeRefusal("InternalError");
    return Response.json(refusalBody(refusal, requestId), { status: refusal.status });
  }
}

function refusalAsked(code: string, { codeStatus, codeMessage }: Prepared["asked"]): DashscopeRefusal {
  return new DashscopeRefusal(code, {
    status: codeStatus,
    message: codeMessage,
  });
}
