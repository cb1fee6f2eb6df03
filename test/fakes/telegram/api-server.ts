import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type Clock, sleep } from "@toolcast/core/engine";
import type { JsonObject } from "../json.ts";
import { closeServer, listen } from "../loopback-server.ts";
import { TelegramError, tooManyRequests } from "./api-error.ts";
import { asKnownTo, type BotApiVersion, methodSince, serves } from "./api-versions.ts";
import type { Session } from "./bot-methods.ts";
import type { Fault, Faults } from "./faults.ts";
import type { FloodLimits } from "./flood-limits.ts";
import type { Judge, Violation } from "./judge.ts";
import type { Handler } from "./methods.ts";
import { parametersOf, readParameters, type Upload } from "./parameters.ts";

/** One request as received, and its status (0: the socket was dropped). */
export interface RecordedRequest {
  /** As Telegram spells it; null if there is no such method. */
  readonly method: string | null;
  values: JsonObject;
  files: readonly { readonly name: string; readonly filename: string | null; readonly bytes: number }[];
  chatId: number | null;
  readonly at: number;
  status: number;
  /** The text of a refusal. */
  description: string | null;
}

export interface ApiServer {
  /** For a client's `apiRoot` and for TELEGRAM_API_ROOT. */
  readonly url: string;
  readonly requests: RecordedRequest[];
  /** Paths of the fetched files, in order, with their status. */
  readonly downloads: { readonly path: string; readonly status: number }[];
  /** Runs a method as if a request had arrived. */
  call(method: string, values: JsonObject): Promise<void>;
  close(): Promise<void>;
}

export interface ApiServerParts {
  readonly clock: Clock;
  readonly token: string;
  readonly version: BotApiVersion;
  readonly local: boolean;
  readonly handlers: Readonly<Record<string, Handler>>;
  readonly session: Session;
  readonly judge: Judge;
  readonly violations: Violation[];
  readonly faults: Faults;
  readonly flood: FloodLimits;
  /** The chat that a `chat_id` names, for limits and faults. */
  readonly chatIdOf: (given: unknown) => number | null;
  readonly changed: () => void;
}

/** What the flood limits count; reading, answering presses, drafts and chat actions are free. */
const counted = /^(send(?!ChatAction|.*Draft)|edit|copy|forward)/;

interface Answer {
  readonly status: number;
  readonly body: JsonObject;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export async function startApiServer(server: ApiServerParts): Promise<ApiServer> {
  const { clock, judge, violations, faults, flood, session } = server;
  const requests: RecordedRequest[] = [];
  const downloads: { path: string; status: number }[] = [];
  const byName = new Map(Object.keys(server.handlers).map((name) => [name.toLowerCase(), name]));

  function methodNamed(name: string): string | null {
    const found = byName.get(name.toLowerCase()) ?? null;
    const since = found === null ? undefined : methodSince[found];
    return since === undefined || serves(server.version, since) ? found : null;
  }

  function judged(where: string, direction: Violation["direction"], problems: string[], value: unknown): void {
    if (problems.length > 0) {
      violations.push({ where, direction, problems, value });
    }
  }

  function checkToken(token: string): void {
    if (!/^\d+:[\w-]+$/.test(token)) {
      throw new TelegramError(404, "Not Found");
    }
    if (token !== server.token) {
      throw new TelegramError(401, "Unauthorized");
    }
    if (clock.now() < session.loggedOutUntil && !server.local) {
      throw new TelegramError(400, "Logged out");
    }
  }

  async function act(
    method: string,
    values: JsonObject,
    uploads: ReadonlyMap<string, Upload>,
    closed: AbortSignal,
  ): Promise<unknown> {
    const parameters = parametersOf(values, uploads, (value) => asKnownTo(server.version, value));
    const chatId = server.chatIdOf(values.chat_id);
    if (counted.test(method) && chatId !== null) {
      const messages = method === "sendMediaGroup" ? (parameters.list("media")?.length ?? 1) : 1;
      const wait = flood.take(chatId, chatId < 0, messages);
      if (wait > 0) {
        throw tooManyRequests(wait);
      }
    }
    const result: unknown = await server.handlers[method]!(parameters, closed);
    judged(method, "request", judge.request(method, values), values);
    const seen = JSON.parse(JSON.stringify(result)) as unknown;
    judged(method, "answer", judge.answer(method, seen), seen);
    return result;
  }

  function send(response: ServerResponse, status: number, body: JsonObject | string): void {
    const retryAfter = typeof body === "object" ? (body.parameters as JsonObject | undefined)?.retry_after : undefined;
    response.writeHead(status, {
      "content-type": typeof body === "string" ? "text/html" : "application/json",
      ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }),
    });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
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
      case "hang":
        return false;
      case "drop":
        record.status = 0;
        response.socket?.destroy();
        return true;
      case "status":
        record.status = fault.status;
        send(response, fault.status, fault.body ?? { ok: false, error_code: fault.status, description: "Bad Gateway" });
        return true;
      case "flood": {
        if (record.chatId !== null) {
          flood.close(record.chatId, fault.seconds);
        }
        const refusal = tooManyRequests(fault.seconds);
        record.status = 429;
        record.description = refusal.message;
        send(response, 429, refusal.body());
        return true;
      }
    }
  }

  async function answerOf(
    token: string,
    method: string | null,
    record: RecordedRequest,
    uploads: ReadonlyMap<string, Upload>,
    closed: AbortSignal,
  ): Promise<Answer> {
    try {
      checkToken(token);
      if (method === null) {
        throw new TelegramError(404, "Not Found: method not found");
      }
      return { status: 200, body: { ok: true, result: await act(method, record.values, uploads, closed) } };
    } catch (error) {
      if (error instanceof TelegramError) {
        return { status: error.status, body: error.body() };
      }
      throw error;
    }
  }

  async function handleMethod(
    token: string,
    name: string,
    url: URL,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const method = methodNamed(name);
    const record: RecordedRequest = {
      method,
      values: {},
      files: [],
      chatId: null,
      at: clock.now(),
      status: 0,
      description: null,
    };
    requests.push(record);
    const closed = new AbortController();
    response.on("close", () => closed.abort());
    const raw = await readBody(request);
    let uploads: ReadonlyMap<string, Upload> = new Map();
    try {
      const read = readParameters(url.searchParams, raw, request.headers["content-type"] ?? "");
      uploads = read.uploads;
      record.values = read.values;
      record.chatId = server.chatIdOf(read.values.chat_id);
      record.files = [...uploads].map(([part, { filename, bytes }]) => ({
        name: part,
        filename,
        bytes: bytes.byteLength,
      }));
    } catch (error) {
      const refusal = error instanceof TelegramError ? error : new TelegramError(400, "Bad Request");
      record.status = refusal.status;
      record.description = refusal.message;
      send(response, refusal.status, refusal.body());
      return;
    }
    const fault = method === null ? null : faults.take(method, record.chatId);
    server.changed();
    if (fault?.kind === "hang" && fault.when !== "after") {
      await sleep(clock, fault.ms);
    }
    if (faultEnds(fault, "before", record, response)) {
      return;
    }
    const answer = await answerOf(token, method, record, uploads, closed.signal);
    record.status = answer.status;
    record.description = answer.status === 200 ? null : String(answer.body.description);
    server.changed();
    if (fault?.kind === "hang" && fault.when === "after") {
      await sleep(clock, fault.ms);
    }
    if (!faultEnds(fault, "after", record, response)) {
      send(response, answer.status, answer.body);
    }
  }

  async function handleFile(token: string, path: string, response: ServerResponse): Promise<void> {
    const fault = faults.take("file", null);
    if (fault?.kind === "hang") {
      await sleep(clock, fault.ms);
    }
    const record = { method: null, values: {}, files: [], chatId: null, at: clock.now(), status: 0, description: null };
    if (faultEnds(fault, "before", record, response)) {
      return;
    }
    const link = token === server.token && !server.local ? session.links.get(path) : undefined;
    const alive = link !== undefined && clock.now() < link.until;
    const status = token === server.token ? (alive ? 200 : 404) : 401;
    downloads.push({ path, status });
    if (!alive) {
      send(response, status, {
        ok: false,
        error_code: status,
        description: status === 401 ? "Unauthorized" : "Not Found",
      });
      return;
    }
    response.writeHead(200, {
      "content-type": "application/octet-stream",
      "content-length": link.file.bytes.byteLength,
    });
    response.end(link.file.bytes);
  }

  const http = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const path = decodeURIComponent(url.pathname);
    const file = /^\/file\/bot([^/]+)\/(.+)$/.exec(path);
    const call = /^\/bot([^/]*)\/([^/]*)$/.exec(path);
    if (file !== null) {
      void handleFile(file[1]!, file[2]!, response);
      return;
    }
    if (call === null) {
      send(response, 404, { ok: false, error_code: 404, description: "Not Found" });
      return;
    }
    handleMethod(call[1]!, call[2]!, url, request, response)
      .catch((error: unknown) => {
        // A client that died while it was sending asked for nothing.
        if (request.complete) {
          const problems = [error instanceof Error ? (error.stack ?? String(error)) : String(error)];
          violations.push({ where: call[2]!, direction: "answer", problems, value: null });
        }
        response.destroy();
      })
      .finally(server.changed);
  });

  return {
    url: `http://127.0.0.1:${await listen(http)}`,
    requests,
    downloads,
    async call(name, values) {
      const method = methodNamed(name);
      const record: RecordedRequest = {
        method,
        values,
        files: [],
        chatId: server.chatIdOf(values.chat_id),
        at: clock.now(),
        status: 0,
        description: null,
      };
      requests.push(record);
      const answer = await answerOf(server.token, method, record, new Map(), new AbortController().signal);
      record.status = answer.status;
    },
    close: () => closeServer(http),
  };
}
