import type { IncomingMessage } from "node:http";
import { HttpsProxyAgent } from "https-proxy-agent";
import { WebSocket } from "ws";
import type { Clock } from "../ground/clock.ts";
import { type ConversationRequest, type HttpAnswer, HttpError, type ProxyFor } from "./http.ts";
import {
  BlockedAddress,
  isBlockedLiteral,
  isTrusted,
  lookupFor,
  type ResolveName,
  refusePrivate,
} from "./http-address.ts";

/**
 * How long a connection may take to open, including TLS and handshake; the conversation's own timeout may be shorter.
 */
const openTimeoutMs = 10_000;
/** How long the other side may take to close before we cut the connection. */
const closeTimeoutMs = 1000;
/** Enough for the reason in the answer to a refused handshake. */
const maxRefusalBytes = 64 * 1024;

/** Holds conversations over WebSockets; never repeats anything automatically. */
export function createConverse(options: {
  trustedHosts: () => readonly string[];
  clock: Clock;
  resolve: ResolveName;
  proxyFor: ProxyFor;
}): {
  converse(request: ConversationRequest): Promise<HttpAnswer>;
  close(): void;
} {
  const { clock, resolve, proxyFor } = options;
  const open = new Set<(reason: "cancelled") => void>();
  let closed = false;

  function admit(url: URL, trust: ConversationRequest["trust"]): boolean {
    // Trusted hosts are listed with the default ports of http and https, which these protocols share.
    const http = new URL(url.href.replace(/^ws/, "http"));
    const trusted = isTrusted(http, options.trustedHosts());
    const isSocket = url.protocol === "ws:" || url.protocol === "wss:";
    const hasCredentials = url.username !== "" || url.password !== "";
    if (!isSocket || hasCredentials || (!trusted && (trust === "configured" || isBlockedLiteral(http)))) {
      throw new HttpError("blocked", false, url.host);
    }
    return trusted;
  }

  async function converse(request: ConversationRequest): Promise<HttpAnswer> {
    const url = URL.parse(request.url);
    if (url === null) {
      throw new HttpError("blocked", false, "not an address");
    }
    const trusted = admit(url, request.trust);
    if (closed || request.signal?.aborted) {
      throw new HttpError("cancelled", false, url.host);
    }
    const proxy = proxyFor(url);
    if (proxy !== null && !trusted) {
      await refusePrivate(resolve, url.hostname).catch(() => {
        throw new HttpError("blocked", false, url.host);
      });
    }
    const { promise, resolve: succeed, reject } = Promise.withResolvers<HttpAnswer>();
    let sent = false;
    let bytes = 0;
    let handshake: HttpAnswer | undefined;
    const fail = (reason: HttpError["reason"]) => reject(new HttpError(reason, sent, url.host));
    const socket = new WebSocket(url, {
      perMessageDeflate: false,
      followRedirects: false,
      maxPayload: request.maxBytes,
      headers: { "user-agent": "toolcast" },
      lookup: lookupFor(resolve, !trusted),
      ...(proxy === null ? {} : { agent: new HttpsProxyAgent(proxy.href) }),
    });
    const stopTimer = clock.setTimer(request.timeoutMs, () => fail("timeout"));
    let stopSilence = clock.setTimer(Math.min(openTimeoutMs, request.timeoutMs), () => fail("timeout"));
    const listen = () => {
      stopSilence();
      stopSilence = clock.setTimer(request.silenceMs, () => fail("timeout"));
    };
    const onAbort = () => fail("cancelled");
    request.signal?.addEventListener("abort", onAbort, { once: true });
    open.add(fail);

    socket.on("upgrade", (answer) => {
      handshake = answerOf(answer, new Uint8Array());
    });
    socket.on("unexpected-response", (_request, answer) => {
      readRefusal(answer).then(succeed, () => fail("reset"));
    });
    socket.on("open", () => {
      listen();
      sent = true;
      socket.send(request.message);
    });
    socket.on("message", (data) => {
      const chunk = data as Buffer;
      bytes += chunk.byteLength;
      if (bytes > request.maxBytes) {
        return fail("too-large");
      }
      listen();
      try {
        if (request.onAnswer(chunk.toString("utf8"))) {
          succeed(handshake ?? { status: 101, headers: {}, body: new Uint8Array(), text: () => "" });
        }
      } catch (error) {
        reject(error);
      }
    });
    socket.on("error", (error: NodeJS.ErrnoException) => fail(reasonOf(error, sent)));
    socket.on("close", () => fail(sent ? "reset" : "connect"));

    try {
      return await promise;
    } finally {
      stopTimer();
      stopSilence();
      open.delete(fail);
      request.signal?.removeEventListener("abort", onAbort);
      end(socket, clock);
    }
  }

  return {
    converse,
    close() {
      closed = true;
      for (const stop of open) {
        stop("cancelled");
      }
    },
  };
}

/** Closes the socket, and cuts the connection if the other side does not close. */
function end(socket: WebSocket, clock: Clock): void {
  if (socket.readyState !== WebSocket.OPEN) {
    socket.terminate();
    return;
  }
  const stopTimer = clock.setTimer(closeTimeoutMs, () => socket.terminate());
  socket.once("close", stopTimer);
  socket.close();
}

function reasonOf(error: NodeJS.ErrnoException, sent: boolean): HttpError["reason"] {
  if (error instanceof BlockedAddress) {
    return "blocked";
  }
  if (error.code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH") {
    return "too-large";
  }
  if (error.code?.startsWith("WS_ERR_") || error.code?.startsWith("HPE_")) {
    return "protocol";
  }
  return sent ? "reset" : "connect";
}

async function readRefusal(answer: IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > maxRefusalBytes) {
      break;
    }
    chunks.push(chunk);
  }
  return answerOf(answer, new Uint8Array(Buffer.concat(chunks)));
}

function answerOf(answer: IncomingMessage, body: Uint8Array): HttpAnswer {
  const headers = Object.fromEntries(
    Object.entries(answer.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
    ),
  );
  return { status: answer.statusCode ?? 0, headers, body, text: () => new TextDecoder().decode(body) };
}
