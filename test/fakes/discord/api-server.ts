import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type Clock, sleep } from "@toolcast/core/engine";
import { isObject, type JsonObject } from "../json.ts";
import { closeServer, listen } from "../loopback-server.ts";
import { type Part, parseMultipart } from "../multipart.ts";
import { DiscordError, refusal } from "./api-error.ts";
import type { Fault, Faults } from "./faults.ts";
import type { Judge, Violation } from "./judge.ts";
import { discordLimits } from "./limits.ts";
import type { RateLimits } from "./rate-limits.ts";
import { type Answer, type Handlers, matchRoute, type Route, type RouteName } from "./routes.ts";

/** One request as received, and its status (0: the socket was dropped). */
export interface RecordedRequest {
  /** The name of the route; null if there is no such route. */
  readonly route: RouteName | null;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body: unknown;
  readonly files: readonly { readonly name: string; readonly filename: string | null; readonly bytes: number }[];
  readonly at: number;
  status: number;
  /** Discord's own code for a refusal. */
  code: number | null;
}

export interface ApiServer {
  /** The address without the version: the API address for a client. */
  readonly url: string;
  readonly requests: RecordedRequest[];
  close(): Promise<void>;
}

export interface ApiServerParts {
  readonly clock: Clock;
  readonly acceptsToken: (token: unknown) => boolean;
  readonly handlers: Handlers<RouteName>;
  readonly judge: Judge;
  readonly violations: Violation[];
  readonly faults: Faults;
  readonly rateLimits: RateLimits;
  readonly changed: () => void;
}

interface Body {
  readonly json: unknown;
  readonly parts: readonly Part[];
}

const prefix = "/api/v10";

async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes <= discordLimits.requestBytes) {
      chunks.push(chunk);
    }
  }
  return bytes > discordLimits.requestBytes ? null : Buffer.concat(chunks);
}

function parseBody(raw: Buffer, contentType: string): Body {
  const parse = (text: string): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      throw refusal("badJson");
    }
  };
  if (raw.byteLength === 0) {
    return { json: undefined, parts: [] };
  }
  if (!contentType.startsWith("multipart/form-data")) {
    if (!contentType.startsWith("application/json")) {
      throw new DiscordError(400, 50035, "Expected \"Content-Type\" header to be one of {'application/json'}.");
    }
    return { json: parse(raw.toString("utf8")), parts: [] };
  }
  const parts = parseMultipart(raw, contentType);
  if (parts === null) {
    throw new DiscordError(400, 50035, "Invalid Form Body");
  }
  const payload = parts.find(({ name }) => name === "payload_json");
  return {
    json: payload === undefined ? {} : parse(payload.bytes.toString("utf8")),
    parts: parts.filter((part) => part !== payload),
  };
}

export async function startApiServer(server: ApiServerParts): Promise<ApiServer> {
  const { clock, judge, violations, faults, rateLimits } = server;
  const requests: RecordedRequest[] = [];

  function judged(where: string, direction: Violation["direction"], problems: string[], value: unknown): boolean {
    if (problems.length > 0) {
      violations.push({ where, direction, problems, value });
    }
    return problems.length === 0;
  }

  function act(
    match: { name: RouteName; route: Route; parameters: Record<string, string> },
    authorization: string | undefined,
    query: URLSearchParams,
    body: Body,
  ): Answer {
    const { name, route, parameters } = match;
    if (!route.byInteraction && !server.acceptsToken(authorization?.replace(/^Bot /, ""))) {
      throw refusal("unauthorized");
    }
    const answer = server.handlers[name]({
      parameters,
      query,
      json: isObject(body.json) ? body.json : {},
      list: Array.isArray(body.json) ? body.json : null,
      parts: body.parts,
    });
    const where = `${route.method} ${route.path}`;
    const takesBody = route.method !== "GET" && route.method !== "DELETE" && name !== "typing";
    if (takesBody && !judged(where, "request", judge.request(route.method, route.path, body.json), body.json)) {
      throw new DiscordError(400, 50035, "Invalid Form Body: Discord's own description does not allow it");
    }
    return answer;
  }

  function answerOf(
    match: ReturnType<typeof matchRoute>,
    request: IncomingMessage,
    query: URLSearchParams,
    raw: Buffer | null,
    record: RecordedRequest,
  ): Answer {
    try {
      if (raw === null) {
        throw refusal("entityTooLarge");
      }
      const body = parseBody(raw, request.headers["content-type"] ?? "");
      Object.assign(record, {
        body: body.json,
        files: body.parts.map(({ name, filename, bytes }) => ({ name, filename, bytes: bytes.byteLength })),
      });
      if (match === null) {
        throw refusal("generalNotFound");
      }
      return act(match, request.headers.authorization, query, body);
    } catch (error) {
      if (error instanceof DiscordError) {
        return { status: error.status, body: error.body() };
      }
      throw error;
    }
  }

  function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string>): void {
    if (body === undefined) {
      response.writeHead(status, headers);
      response.end();
      return;
    }
    const isText = typeof body === "string";
    response.writeHead(status, { "content-type": isText ? "text/html" : "application/json", ...headers });
    response.end(isText ? body : JSON.stringify(body));
  }

  /** Returns whether the fault ended the request. */
  function faultEnds(
    fault: Fault | null,
    when: "before" | "after",
    record: RecordedRequest,
    response: ServerResponse,
  ): boolean {
    if (fault === null || (("when" in fault ? fault.when : undefined) ?? "before") !== when) {
      return false;
    }
    switch (fault.kind) {
      case "latency":
        return false;
      case "drop":
        response.socket?.destroy();
        return true;
      case "status":
        record.status = fault.status;
        send(response, fault.status, fault.body ?? { message: `${fault.status}: Error`, code: 0 }, {});
        return true;
      case "rate-limit": {
        record.status = 429;
        const seconds = fault.retryAfterMs / 1000;
        const scope = fault.scope ?? "user";
        if (scope !== "shared") {
          rateLimits.countInvalid();
        }
        send(
          response,
          429,
          { message: "You are being rate limited.", retry_after: seconds, global: scope === "global", code: 0 },
          {
            "retry-after": String(Math.ceil(seconds)),
            "x-ratelimit-scope": scope,
            ...(scope === "global" ? { "x-ratelimit-global": "true" } : {}),
          },
        );
        return true;
      }
    }
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const method = request.method ?? "GET";
    const path = url.pathname.startsWith(`${prefix}/`)
      ? url.pathname.slice(prefix.length).split("/").map(decodeURIComponent).join("/")
      : "";
    const match = matchRoute(method, path);
    const record: RecordedRequest = {
      route: match?.name ?? null,
      method,
      path,
      query: url.search.slice(1),
      body: undefined,
      files: [],
      at: clock.now(),
      status: 0,
      code: null,
    };
    requests.push(record);
    const raw = await readBody(request);
    const fault = faults.take(match?.name ?? null);
    if (fault?.kind === "latency" && fault.when !== "after") {
      await sleep(clock, fault.ms);
    }
    if (faultEnds(fault, "before", record, response)) {
      return;
    }
    const { route, parameters } = match ?? { route: undefined, parameters: {} };
    const major = route?.major === undefined ? "" : ((parameters as Record<string, string>)[route.major] ?? "");
    const rate = rateLimits.take(route?.bucket ?? "others", major, !route?.byInteraction);
    let answer: Answer;
    if (rate.banned) {
      answer = { status: 429, body: "<html>error code: 1015</html>" };
    } else {
      answer = rate.refusal ?? answerOf(match, request, url.searchParams, raw, record);
    }
    record.status = answer.status;
    const code = isObject(answer.body) ? answer.body.code : undefined;
    record.code = answer.status >= 400 && typeof code === "number" ? code : null;
    if ([401, 403, 429].includes(answer.status)) {
      rateLimits.countInvalid();
    }
    if (match !== null && !rate.banned) {
      const where = `${match.route.method} ${match.route.path} ${answer.status}`;
      const seen = answer.body === undefined ? undefined : (JSON.parse(JSON.stringify(answer.body)) as unknown);
      judged(where, "answer", judge.answer(match.route.method, match.route.path, answer.status, seen), seen);
    }
    if (fault?.kind === "latency" && fault.when === "after") {
      await sleep(clock, fault.ms);
    }
    if (!faultEnds(fault, "after", record, response)) {
      send(response, answer.status, answer.body, { ...waitOf(answer), ...rate.headers });
    }
  }

  /** A refusal that gives a time to wait gives it in the header too. */
  function waitOf(answer: Answer): Record<string, string> {
    const seconds = isObject(answer.body) ? (answer.body as JsonObject).retry_after : undefined;
    return typeof seconds === "number"
      ? { "retry-after": String(Math.ceil(seconds)), "x-ratelimit-scope": "user" }
      : {};
  }

  const http = createServer((request, response) => {
    handle(request, response)
      .catch((error: unknown) => {
        // A client that died while it was sending asked for nothing.
        if (request.complete) {
          const where = `${request.method} ${request.url}`;
          violations.push({ where, direction: "answer", problems: [String(error)], value: null });
        }
        response.destroy();
      })
      .finally(server.changed);
  });
  return { url: `http://127.0.0.1:${await listen(http)}/api`, requests, close: () => closeServer(http) };
}
