import { Readable } from "node:stream";
import { Agent, buildConnector, Client, type Dispatcher } from "undici";
import { type Clock, systemClock } from "../ground/clock.ts";
import { type Http, type HttpAnswer, HttpError, type HttpRequest, type ProxyFor } from "./http.ts";
import {
  isBlockedLiteral,
  isTrusted,
  lookupFor,
  type ResolveName,
  refusePrivate,
  resolveName,
} from "./http-address.ts";
import { cappedBody } from "./http-body.ts";
import { createConverse } from "./http-conversation.ts";
import { type ExchangeState, httpErrorOf } from "./http-failure.ts";
import { LocalFailure, writeBody } from "./http-file.ts";
import { undiciProxy } from "./route-through.ts";
import { readLocally, type StreamedBody } from "./streamed-body.ts";

/** Which hosts are trusted, and how addresses are found. */
export interface HttpOptions {
  /**
   * The operator's own hosts, read for each request: a host (meaning its scheme's default port) or `host:port`. Only
   * these may be requested with `trust: "configured"`, and only these may be private.
   */
  trustedHosts: () => readonly string[];
  /** Default: the machine's. */
  clock?: Clock;
  /** Default: the machine's resolver. */
  lookup?: ResolveName;
  /** The proxy for an address. Default: none, everything is reached directly. */
  proxyFor?: ProxyFor;
}

const maxRedirects = 5;
/** How long a connection may take to open, including TLS; the exchange's own timeout may be shorter. */
const connectTimeoutMs = 10_000;

/** One answer whose body is still on the wire. */
type Opened = { status: number; headers: Record<string, string>; body: AsyncIterable<Uint8Array> };

/** Makes requests with undici. */
export function createUndiciHttp(options: HttpOptions): Http {
  const clock = options.clock ?? systemClock;
  const resolve = options.lookup ?? resolveName;
  const openAnywhere = clientOptions(resolve, false);
  const openPublic = clientOptions(resolve, true);
  const kept = new Agent(openAnywhere);
  /** By the proxies' addresses. */
  const keptProxies = new Map<string, Dispatcher>();
  const clients = new Set<Dispatcher>();
  const proxyFor: ProxyFor = options.proxyFor ?? (() => null);
  let closed = false;

  /**
   * A kept-alive connection may be dead by the time it is used, and then it is unknown whether the request arrived. A
   * request that may cost money therefore opens its own connection; so does one to a foreign host, whose address is
   * checked while connecting.
   */
  async function clientFor(url: URL, { method, trust }: HttpRequest, trusted: boolean): Promise<Dispatcher> {
    const isKept = trust === "configured" && isRead(method);
    const proxy = proxyFor(url);
    if (proxy === null && isKept) {
      return kept;
    }
    if (proxy !== null && !trusted) {
      await refusePrivate(resolve, url.hostname);
    }
    const known = proxy === null || !isKept ? undefined : keptProxies.get(proxy.href);
    if (known !== undefined) {
      return known;
    }
    const client =
      proxy === null
        ? new Client(url.origin, trusted ? openAnywhere : openPublic)
        : undiciProxy(proxy, { headersTimeout: 0, bodyTimeout: 0, pipelining: 1, connectTimeout: connectTimeoutMs });
    if (proxy !== null && isKept) {
      keptProxies.set(proxy.href, client);
    } else {
      clients.add(client);
    }
    return client;
  }

  function release(dispatcher: Dispatcher): void {
    if (clients.delete(dispatcher)) {
      dispatcher.destroy().catch(() => {});
    }
  }

  function admit(url: URL, trust: HttpRequest["trust"], sent: boolean): boolean {
    const trusted = isTrusted(url, options.trustedHosts());
    const isWeb = url.protocol === "http:" || url.protocol === "https:";
    const hasCredentials = url.username !== "" || url.password !== "";
    if (!isWeb || hasCredentials || (!trusted && (trust === "configured" || isBlockedLiteral(url)))) {
      throw new HttpError("blocked", sent, url.host);
    }
    return trusted;
  }

  /** Runs one exchange to its end, including redirects, and passes the answer to `use` while the connection is open. */
  async function exchange<Result>(request: HttpRequest, use: (opened: Opened) => Promise<Result>): Promise<Result> {
    let url = parse(request.url);
    const state: ExchangeState = { host: url.host, sent: false };
    const ending = new AbortController();
    const end = (how: "timeout" | "cancelled") => {
      state.ended ??= how;
      ending.abort();
    };
    const onAbort = () => end("cancelled");
    let headers = withDefaults(request.headers);
    if (closed || request.signal?.aborted) {
      throw new HttpError("cancelled", false, state.host);
    }
    request.signal?.addEventListener("abort", onAbort, { once: true });
    const stopTimer = clock.setTimer(request.timeoutMs, () => end("timeout"));
    const { silenceMs } = request;
    let stopSilence = () => {};
    const hear = () => {
      stopSilence();
      stopSilence = silenceMs === undefined ? stopSilence : clock.setTimer(silenceMs, () => end("timeout"));
    };
    hear();
    try {
      for (let redirects = 0; ; redirects += 1) {
        const trusted = admit(url, request.trust, state.sent);
        const dispatcher = await clientFor(url, request, trusted);
        try {
          const opened = await send(dispatcher, { ...request, headers }, url, state, ending.signal);
          const next = request.trust === "foreign" ? redirectTarget(request.method, url, opened) : null;
          if (next === null) {
            return await use({ ...opened, body: heard(opened.body, hear) });
          }
          if (redirects === maxRedirects) {
            throw new HttpError("protocol", true, state.host);
          }
          headers = next.origin === url.origin ? headers : withoutSecrets(headers);
          url = next;
          state.host = url.host;
        } finally {
          release(dispatcher);
        }
      }
    } catch (error) {
      // Releases a kept-alive connection whose answer was not read to its end.
      ending.abort();
      throw error instanceof LocalFailure ? error.cause : httpErrorOf(error, state);
    } finally {
      stopTimer();
      stopSilence();
      request.signal?.removeEventListener("abort", onAbort);
    }
  }

  const conversations = createConverse({ trustedHosts: options.trustedHosts, clock, resolve, proxyFor });

  return {
    proxyFor,
    converse: (request) => conversations.converse(request),

    request: (request) =>
      exchange(request, async ({ status, headers, body }): Promise<HttpAnswer> => {
        const chunks: Uint8Array[] = [];
        for await (const chunk of body) {
          chunks.push(chunk);
          request.onPart?.(chunk, { status, headers });
        }
        const whole = new Uint8Array(Buffer.concat(chunks));
        return { status, headers, body: whole, text: () => new TextDecoder().decode(whole) };
      }),

    download: (request, toFile) =>
      exchange({ ...request, method: "GET" }, async ({ status, headers, body }) => {
        const bytes = await writeBody(body, toFile);
        return { bytes, headers, status };
      }),

    async close() {
      closed = true;
      conversations.close();
      await Promise.all([kept, ...keptProxies.values(), ...clients].map((dispatcher) => dispatcher.destroy()));
    },
  };
}

/** HTTP/1.1 only: with one request on a connection we know whether it was sent. We set the timeouts, not undici. */
function clientOptions(resolve: ResolveName, publicOnly: boolean): Agent.Options {
  const connect = buildConnector({ allowH2: false, timeout: connectTimeoutMs, lookup: lookupFor(resolve, publicOnly) });
  return { connect, headersTimeout: 0, bodyTimeout: 0, pipelining: 1, allowH2: false };
}

async function send(
  dispatcher: Dispatcher,
  request: HttpRequest,
  url: URL,
  state: ExchangeState,
  signal: AbortSignal,
): Promise<Opened> {
  const noticing = dispatcher.compose((dispatch) => (dispatchOptions, handler) => {
    const onRequestStart = handler.onRequestStart?.bind(handler);
    handler.onRequestStart = (controller, context) => {
      state.sent = true;
      onRequestStart?.(controller, context);
    };
    return dispatch(dispatchOptions, handler);
  });
  const answering = noticing.request({
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: request.method,
    ...sentBody(request),
    signal,
  });
  // Undici obeys the signal only once a connection is open.
  const answer = await Promise.race([answering, rejectedOn(signal)]);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value !== undefined) {
      headers[name.toLowerCase()] = Array.isArray(value) ? value.join(", ") : value;
    }
  }
  // The headers of an answer to HEAD describe a body that does not come.
  const body = request.method === "HEAD" ? answer.body : cappedBody(answer.body, headers, request.maxBytes);
  return { status: answer.statusCode, headers, body };
}

/** Body and headers as undici takes them. The size of a body that is streamed is announced, so that no byte too few is enough. */
function sentBody({ headers, body }: HttpRequest): Pick<Dispatcher.RequestOptions, "headers" | "body"> {
  return isStreamed(body)
    ? {
        headers: { ...headers, "content-length": String(body.bytes) },
        body: Readable.from(readLocally(body.open()), { objectMode: false }),
      }
    : { headers, body };
}

function isStreamed(body: HttpRequest["body"]): body is StreamedBody {
  return typeof body === "object" && "open" in body;
}

/** The same body; `hear` is called for each of its parts. */
async function* heard(body: AsyncIterable<Uint8Array>, hear: () => void): AsyncGenerator<Uint8Array, void> {
  for await (const part of body) {
    hear();
    yield part;
  }
}

function rejectedOn(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** Where an answer redirects a read; null if the answer is final. Other methods are never redirected. */
function redirectTarget(method: HttpRequest["method"], from: URL, { status, headers }: Opened): URL | null {
  const { location } = headers;
  if (!isRead(method) || ![301, 302, 303, 307, 308].includes(status) || location === undefined) {
    return null;
  }
  return URL.canParse(location, from.href) ? new URL(location, from) : null;
}

function isRead(method: HttpRequest["method"]): boolean {
  return method === "GET" || method === "HEAD";
}

function parse(address: string): URL {
  if (!URL.canParse(address)) {
    throw new HttpError("blocked", false, "not an address");
  }
  return new URL(address);
}

function withDefaults(headers: Record<string, string> = {}): Record<string, string> {
  const lowered = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { "user-agent": "toolcast", ...lowered, "accept-encoding": "identity" };
}

function withoutSecrets(headers: Record<string, string>): Record<string, string> {
  const harmless = new Set(["user-agent", "accept", "accept-encoding", "accept-language", "range"]);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => harmless.has(name)));
}
