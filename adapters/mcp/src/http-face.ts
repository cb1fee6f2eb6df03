import { isIP } from "node:net";
import {
  createMcpHandler,
  hostHeaderValidationResponse,
  isLegacyRequest,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  type McpHttpHandler,
  originValidationResponse,
} from "@modelcontextprotocol/server";
import { type State, silentLogger } from "@toolcast/core";
import { randomId, StorageError } from "@toolcast/core/engine";
import { maxFileBytes, say } from "@toolcast/core/surface";
import type { createBearers } from "./bearer.ts";
import { asksNotToWait } from "./call-arguments.ts";
import { claimsModern } from "./claims-modern.ts";
import { jsonRpcError } from "./json-rpc-error.ts";
import { maxBodyBytes } from "./message-limits.ts";
import { onlyRequest } from "./only-request.ts";
import type { McpOptions } from "./options.ts";
import { PeerSessions } from "./peer-sessions.ts";
import { type ReadRequest, readOnce } from "./read-once.ts";
import { tell } from "./sentences.ts";
import { callerNamed, type createServerFactory, localName } from "./server-factory.ts";
import { Sessions } from "./sessions.ts";
import { SharedSessions } from "./shared-sessions.ts";
import { jobEvents } from "./subscriptions.ts";
import { uploadPath } from "./tool-catalogue.ts";
import { answerUpload } from "./uploads.ts";

const mcpPath = "/mcp";
/**
 * Where OAuth clients go when they find no metadata (protocol of 2025-03); the answer says that there is no sign-in.
 */
const signInPaths = ["/register", "/authorize", "/token"];

export interface HttpFace {
  /**
   * Answers everything below `/mcp` and, with tokens, the paths where clients would sign in; null for any other path.
   */
  fetch(request: Request): Promise<Response | null>;
  close(): Promise<void>;
}

interface ModernHandlers {
  /** Sends headers at once, so that no proxy takes a quiet call for a dead one. */
  waiting: McpHttpHandler;
  /** For calls answered at once, where the HTTP status can report errors, as the specification requires for some. */
  prompt: McpHttpHandler;
}

/** MCP over Streamable HTTP: 2026 clients per request, 2025 clients in sessions, both behind the same guards. */
export function createHttpFace(
  options: McpOptions,
  create: ReturnType<typeof createServerFactory>,
  bearers: ReturnType<typeof createBearers>,
): HttpFace {
  const { runtime, clock, random, locale = "en" } = options;
  const logger = options.logger ?? silentLogger;
  const outside = options.publicUrl === undefined || !bearers.needed ? null : new URL(options.publicUrl);
  const publicNames = outside === null ? [] : [outside.hostname];
  const hosts = [...localhostAllowedHostnames(), ...publicNames];
  const origins = [...localhostAllowedOrigins(), ...publicNames];
  const onError = (error: Error) => logger.debug({ err: error }, "an MCP request was refused or failed");
  const reportTrouble = (error: unknown) =>
    logger.warn({ err: error }, "what other processes left for agents' sessions could not be read; trying again");

  /** One per person, because each is notified only of their own jobs. At most one per token. */
  const modern = new Map<string, ModernHandlers>();
  function modernFor(name: string): ModernHandlers {
    const known = modern.get(name);
    if (known !== undefined) {
      return known;
    }
    const bus = jobEvents(runtime, callerNamed(name, locale));
    const make = (responseMode: "auto" | "sse") =>
      createMcpHandler(
        ({ requestInfo }) =>
          create({ era: "modern", transport: "http", name, only: requestInfo && onlyRequest(requestInfo) }),
        {
          legacy: "reject",
          responseMode,
          bus,
          maxRequestBodySize: maxBodyBytes,
          onerror: onError,
        },
      );
    const handlers = { waiting: make("sse"), prompt: make("auto") };
    modern.set(name, handlers);
    return handlers;
  }
  const mayWait = ({ request: { headers }, parsedBody }: ReadRequest) =>
    headers.get("mcp-method") === "tools/call" &&
    runtime.tools.some(
      (tool) => tool.name === headers.get("mcp-name") && (tool.effect === "spends" || tool.answers === "job"),
    ) &&
    !asksNotToWait(parsedBody);
  const idleMs = options.sessionIdleMs ?? 30 * 60_000;
  const sessions = new Sessions({
    clock,
    random,
    create: (name, subscriptions) => create({ era: "legacy", transport: "http", name, subscriptions }),
    maxSessions: options.maxSessions ?? 256,
    idleMs,
    peers: options.sharedState && peersIn(options.sharedState),
    maxBodyBytes,
    texts: { unknown: tell("noSession", locale), tooMany: tell("tooManySessions", locale) },
    onError,
  });

  function peersIn(state: State): PeerSessions {
    const store = new SharedSessions({ state, random, idleMs });
    return new PeerSessions({ store, clock, name: randomId(random, "server"), idleMs, onError: reportTrouble });
  }

  let isClosed = false;

  async function answer(request: Request, pathname: string): Promise<Response> {
    // A numeric address cannot be made to point elsewhere, so with tokens it is as safe as our own names.
    const byAddress = bearers.needed && isAddress(request.headers.get("host"));
    const guarded =
      (byAddress ? undefined : hostHeaderValidationResponse(request, hosts)) ??
      originValidationResponse(request, origins);
    if (guarded !== undefined) {
      return guarded;
    }
    if (signInPaths.includes(pathname)) {
      return noSignIn(request);
    }
    const who = bearers.needed ? bearers.check(request) : { name: localName };
    if (typeof who === "string") {
      return unauthorized(who);
    }
    if (pathname === uploadPath) {
      const caller = callerNamed(who.name, locale);
      return answerUpload(request, { runtime, caller, maxBytes: options.maxUploadBytes ?? maxFileBytes });
    }
    const read = await readOnce(request, maxBodyBytes);
    return !claimsModern(read.parsedBody) &&
      (await isLegacyRequest(read.request, read.parsedBody, { maxRequestBodySize: maxBodyBytes }))
      ? sessions.handle(read, who.name)
      : modernFor(who.name)[mayWait(read) ? "waiting" : "prompt"].fetch(read.request, read);
  }

  /** Names no metadata: there is no authorization server, and metadata would send clients looking for one. */
  function unauthorized(why: "missing" | "wrong"): Response {
    const challenge = `Bearer realm="toolcast"${why === "wrong" ? ', error="invalid_token"' : ""}`;
    const message = tell(why === "missing" ? "tokenNeeded" : "tokenWrong", locale);
    return jsonRpcError(401, -32001, message, { "www-authenticate": challenge });
  }

  /** Clients show an authorization server's error to their user, and browsers show a page. */
  function noSignIn({ method }: Request): Response {
    const sentence = tell("noSignIn", locale);
    return method === "GET"
      ? new Response(`${sentence}\n`, { status: 403, headers: { "content-type": "text/plain; charset=utf-8" } })
      : Response.json({ error: "access_denied", error_description: sentence }, { status: 403 });
  }

  return {
    async fetch(request) {
      const { pathname } = new URL(request.url);
      const isOurs =
        pathname === mcpPath || pathname === uploadPath || (bearers.needed && signInPaths.includes(pathname));
      if (!isOurs) {
        return null;
      }
      if (isClosed) {
        return jsonRpcError(503, -32000, tell("stopping", locale));
      }
      try {
        return await answer(request, pathname);
      } catch (error) {
        if (request.signal.aborted) {
          return new Response(null, { status: 499 });
        }
        if (error instanceof StorageError) {
          return jsonRpcError(503, -32000, say(error.failure.sentence, locale));
        }
        logger.error({ err: error }, "an MCP request met an unexpected error");
        return jsonRpcError(500, -32603, say({ key: "failure.internal" }, locale));
      }
    },
    async close() {
      isClosed = true;
      await sessions.close();
      await Promise.all([...modern.values()].flatMap(({ waiting, prompt }) => [waiting.close(), prompt.close()]));
    },
  };
}

function isAddress(host: string | null): boolean {
  const url = URL.parse(`http://${host ?? ""}`);
  return url !== null && isIP(url.hostname.replace(/^\[|\]$/g, "")) !== 0;
}
