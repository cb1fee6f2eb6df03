import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { sleep } from "@toolcast/core/engine";
import { isObject, type JsonObject } from "../json.ts";
import { closeServer, listen } from "../loopback-server.ts";
import type { Handler, Handlers } from "./api-call.ts";
import { refusedFor, SlackError } from "./api-error.ts";
import { createArguments, readBody } from "./arguments.ts";
import type { Base } from "./context.ts";
import type { Fault, Faults } from "./faults.ts";
import { readAll } from "./file-host.ts";
import type { Judge, Violation } from "./judge.ts";
import { isMethod, type MethodName, methods } from "./methods.ts";
import type { RateLimits } from "./rate-limits.ts";

/** One request as received, and its answer. */
export interface RecordedRequest {
  /** The method, `response_url`, or null for an unknown address. */
  readonly target: MethodName | "response_url" | null;
  readonly path: string;
  /** The arguments; structures that forms send as text are still text. */
  body: JsonObject;
  readonly at: number;
  /** 0 if the socket was dropped. */
  status: number;
  error: string | null;
}

export interface ApiServer {
  readonly url: string;
  readonly requests: RecordedRequest[];
  close(): Promise<void>;
}

export interface ApiServerParts {
  readonly base: Base;
  readonly handlers: Handlers<MethodName>;
  /** Carries out one use of a reply address. */
  readonly respond: (path: string, body: JsonObject) => void;
  readonly judge: Judge;
  readonly violations: Violation[];
  readonly faults: Faults;
  readonly rateLimits: RateLimits;
}

interface Answer {
  readonly status: number;
  readonly body: JsonObject | string;
  readonly headers?: Readonly<Record<string, string>>;
}

const responseUrlStatus: Readonly<Record<string, number>> = {
  invalid_url: 404,
  expired_url: 404,
  used_url: 404,
  channel_is_archived: 410,
};

export async function startApiServer(server: ApiServerParts): Promise<ApiServer> {
  const { base, faults, judge, rateLimits, violations } = server;
  const { app, clock } = base;
  const requests: RecordedRequest[] = [];

  function authorize(name: MethodName, authorization: string | undefined, body: JsonObject): void {
    const method: { token?: "app" | "user"; scopes?: readonly string[] } = methods[name];
    const token = authorization?.replace(/^Bearer /, "") ?? (typeof body.token === "string" ? body.token : "");
    if (token === "") {
      throw new SlackError("not_authed");
    }
    const kind = token === app.botToken ? "bot" : token === app.appToken ? "app" : null;
    if (kind === null) {
      throw new SlackError("invalid_auth");
    }
    if (kind === "bot" && app.state !== "installed") {
      throw new SlackError(app.state === "revoked" ? "token_revoked" : "account_inactive");
    }
    if (kind !== (method.token ?? "bot")) {
      throw new SlackError("not_allowed_token_type");
    }
    const granted = kind === "bot" ? app.scopes : app.appScopes;
    const needed = method.scopes ?? [];
    if (needed.length > 0 && !needed.some((scope) => granted.has(scope))) {
      throw new SlackError("missing_scope", { needed: needed.join(","), provided: [...granted].join(",") });
    }
  }

  function call(name: MethodName, authorization: string | undefined, body: JsonObject): Answer {
    const method: { scopes?: readonly string[]; required: readonly string[] } = methods[name];
    const headers = {
      "x-oauth-scopes": [...app.scopes].join(","),
      "x-accepted-oauth-scopes": (method.scopes ?? []).join(","),
    };
    try {
      authorize(name, authorization, body);
      const waitMs = rateLimits.take(name, typeof body.channel === "string" ? body.channel : "");
      if (waitMs !== null) {
        return limited(Math.max(1, Math.ceil(waitMs / 1000)));
      }
      const values = createArguments(body);
      const missing = method.required.filter((argument) => !values.has(argument));
      if (missing.length > 0) {
        throw refusedFor(
          "invalid_arguments",
          missing.map((argument) => `[ERROR] missing required field: ${argument}`),
        );
      }
      const handler = server.handlers[name] as Handler<MethodName>;
      return { status: 200, body: { ok: true, ...handler(values) }, headers };
    } catch (error) {
      if (error instanceof SlackError) {
        return { status: 200, body: { ok: false, error: error.code, ...error.extra }, headers };
      }
      throw error;
    }
  }

  function useResponseUrl(path: string, body: JsonObject): Answer {
    try {
      if (app.state !== "installed") {
        throw new SlackError("invalid_url");
      }
      server.respond(path, body);
      return { status: 200, body: "ok" };
    } catch (error) {
      if (error instanceof SlackError) {
        return { status: responseUrlStatus[error.code] ?? 400, body: { ok: false, error: error.code } };
      }
      throw error;
    }
  }

  const limited = (seconds: number): Answer => ({
    status: 429,
    body: { ok: false, error: "ratelimited" },
    headers: { "retry-after": String(seconds) },
  });

  /** Applies a fault to the answer; null drops the socket. */
  function faulty(fault: Fault): Answer | null {
    switch (fault.kind) {
      case "drop":
        return null;
      case "status":
        return { status: fault.status, body: fault.body ?? "upstream error" };
      case "error":
        return { status: 200, body: { ok: false, error: fault.error } };
      case "rate-limit":
        return limited(fault.retryAfterSeconds);
      case "latency":
        throw new Error("a latency changes no answer");
    }
  }

  function send(record: RecordedRequest, response: ServerResponse, answer: Answer | null): void {
    if (answer === null) {
      response.socket?.destroy();
      return;
    }
    record.status = answer.status;
    const { body } = answer;
    record.error = isObject(body) && typeof body.error === "string" ? body.error : null;
    const isText = typeof body === "string";
    response.writeHead(answer.status, {
      "content-type": isText ? "text/plain" : "application/json; charset=utf-8",
      ...answer.headers,
    });
    response.end(isText ? body : JSON.stringify(body));
  }

  function judged(name: MethodName, body: JsonObject, answer: Answer): void {
    const error = isObject(answer.body) && typeof answer.body.error === "string" ? answer.body.error : null;
    for (const [direction, problems] of [
      ["request", judge.request(name, Object.keys(body))],
      ["answer", judge.answer(name, error)],
    ] as const) {
      if (problems.length > 0) {
        violations.push({ where: name, direction, problems });
      }
    }
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const name = /^\/api\/([\w.]+)$/.exec(url.pathname)?.[1];
    const replying = /^\/(commands|actions)\//.test(url.pathname);
    const target = replying ? "response_url" : name !== undefined && isMethod(name) ? name : null;
    const record: RecordedRequest = { target, path: url.pathname, body: {}, at: clock.now(), status: 0, error: null };
    requests.push(record);
    const raw = await readAll(request);
    const fault = faults.take(target);
    const when = fault !== null && "when" in fault ? (fault.when ?? "before") : "before";
    const wait = async () => {
      if (fault?.kind === "latency") {
        await (fault.ms === Number.POSITIVE_INFINITY ? new Promise(() => {}) : sleep(clock, fault.ms));
      }
    };
    if (when === "before") {
      await wait();
      if (fault !== null && fault.kind !== "latency") {
        send(record, response, faulty(fault));
        return;
      }
    }
    const answer = act(target, name, url, request, raw, record);
    base.changed();
    if (when === "after" && fault !== null) {
      await wait();
    }
    send(record, response, when === "after" && fault !== null && fault.kind !== "latency" ? faulty(fault) : answer);
  }

  function act(
    target: RecordedRequest["target"],
    name: string | undefined,
    url: URL,
    request: IncomingMessage,
    raw: Buffer,
    record: RecordedRequest,
  ): Answer {
    let body: JsonObject;
    try {
      body = readBody(raw, request.headers["content-type"] ?? "", url.searchParams);
    } catch (error) {
      return { status: 200, body: { ok: false, error: error instanceof SlackError ? error.code : "fatal_error" } };
    }
    record.body = body;
    if (target === null) {
      return name === undefined
        ? { status: 404, body: "not found" }
        : { status: 200, body: { ok: false, error: "unknown_method", req_method: name } };
    }
    if (target === "response_url") {
      return useResponseUrl(url.pathname, body);
    }
    const answer = call(target, request.headers.authorization, body);
    judged(target, body, answer);
    return answer;
  }

  const http = createServer((request, response) => {
    handle(request, response)
      .catch((error: unknown) => {
        // A client that died while it was sending asked for nothing.
        if (request.complete) {
          violations.push({
            where: `${request.method} ${request.url}`,
            direction: "answer",
            problems: [String(error)],
          });
        }
        response.destroy();
      })
      .finally(base.changed);
  });
  const url = `http://127.0.0.1:${await listen(http)}`;
  return { url, requests, close: () => closeServer(http) };
}
