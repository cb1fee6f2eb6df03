import type { AddressInfo } from "node:net";
import type { Clock } from "@toolcast/core/engine";
import { type WebSocket, WebSocketServer } from "ws";
import { isObject, type JsonObject } from "../json.ts";
import { closeCodes, GatewaySession, hears, opcodes, privilegedIntents, unknownIntents } from "./gateway-session.ts";
import { discordLimits } from "./limits.ts";

export interface Gateway {
  readonly url: string;
  /** What clients sent: op codes and data, without tokens. */
  readonly received: { readonly op: number; readonly data: unknown }[];
  /** The address at which each connection arrived, oldest first. */
  readonly connections: readonly string[];
  /** The number of sessions with a socket. */
  readonly connected: number;
  readonly identified: number;
  readonly resumed: number;
  readonly identifiesLeft: number;
  dispatch(event: string, data: JsonObject): void;
  /** Cuts every socket silently (or with a close code); sessions can be resumed. */
  drop(closeCode?: number): void;
  /** Refuses new connections until `open`. */
  refuse(): void;
  open(): void;
  /** Asks every client to reconnect and resume. */
  reconnect(): void;
  /** Ends every session; `resumable` is what op 9 says about it. */
  invalidate(resumable: boolean): void;
  /** Acknowledges no more heartbeats until `acknowledge`. */
  silence(): void;
  acknowledge(): void;
  close(): Promise<void>;
}

export interface GatewayParts {
  readonly clock: Clock;
  readonly acceptsToken: (token: unknown) => boolean;
  /** Privileged intents that are switched on for the app. */
  readonly allowedIntents: number;
  readonly heartbeatIntervalMs: number;
  readonly identifiesADay: number;
  readonly ready: (intents: number) => JsonObject;
  /** The events that follow READY. */
  readonly afterReady: () => readonly (readonly [event: string, data: JsonObject])[];
  readonly changed: () => void;
}

export async function startGateway(parts: GatewayParts): Promise<Gateway> {
  const { clock, changed } = parts;
  const sessions = new Map<string, GatewaySession>();
  const bySocket = new Map<WebSocket, GatewaySession>();
  const received: { op: number; data: unknown }[] = [];
  const connections: string[] = [];
  const counts = { identified: 0, resumed: 0, identifiesLeft: parts.identifiesADay };
  let refusing = false;
  let silent = false;
  let made = 0;

  const send = (socket: WebSocket, op: number, data: unknown) =>
    socket.send(JSON.stringify({ op, d: data, s: null, t: null }));

  function identify(socket: WebSocket, data: JsonObject): void {
    const intents = Number(data.intents);
    if (!parts.acceptsToken(data.token)) {
      socket.close(closeCodes.authenticationFailed, "Authentication failed.");
      return;
    }
    if (!Number.isInteger(intents) || (intents & unknownIntents) !== 0) {
      socket.close(closeCodes.invalidIntents, "Invalid intent(s).");
      return;
    }
    if ((intents & privilegedIntents & ~parts.allowedIntents) !== 0) {
      socket.close(closeCodes.disallowedIntents, "Disallowed intent(s).");
      return;
    }
    if (Array.isArray(data.shard) && (data.shard[0] !== 0 || data.shard[1] !== 1)) {
      socket.close(closeCodes.invalidShard, "Invalid shard.");
      return;
    }
    if (counts.identifiesLeft === 0) {
      send(socket, opcodes.invalidSession, false);
      return;
    }
    counts.identifiesLeft -= 1;
    counts.identified += 1;
    made += 1;
    const session = new GatewaySession(`session-${made}`, intents, socket);
    sessions.set(session.id, session);
    bySocket.set(socket, session);
    session.dispatch("READY", {
      ...parts.ready(intents),
      session_id: session.id,
      resume_gateway_url: `${url}/resumes`,
    });
    for (const [event, payload] of parts.afterReady()) {
      if (hears(intents, event, payload)) {
        session.dispatch(event, payload);
      }
    }
  }

  function resume(socket: WebSocket, data: JsonObject): void {
    const session = sessions.get(String(data.session_id));
    const sequence = Number(data.seq);
    if (!parts.acceptsToken(data.token)) {
      socket.close(closeCodes.authenticationFailed, "Authentication failed.");
      return;
    }
    const tooLate =
      session !== undefined && session.lostAt !== null && clock.now() - session.lostAt > discordLimits.resumeWithinMs;
    if (session === undefined || tooLate) {
      sessions.delete(String(data.session_id));
      send(socket, opcodes.invalidSession, false);
      return;
    }
    if (!Number.isInteger(sequence) || sequence > session.sequence || sequence < 0) {
      socket.close(closeCodes.invalidSequence, "Invalid seq.");
      return;
    }
    session.socket?.terminate();
    counts.resumed += 1;
    bySocket.set(socket, session);
    session.resume(socket, sequence);
  }

  function handle(socket: WebSocket, op: number, data: unknown): void {
    const known = bySocket.get(socket);
    switch (op) {
      case opcodes.heartbeat:
        if (!silent) {
          send(socket, opcodes.heartbeatAck, null);
        }
        return;
      case opcodes.identify:
      case opcodes.resume:
        if (known !== undefined) {
          socket.close(closeCodes.alreadyAuthenticated, "Already authenticated.");
        } else if (op === opcodes.identify) {
          identify(socket, isObject(data) ? data : {});
        } else {
          resume(socket, isObject(data) ? data : {});
        }
        return;
      case 3:
      case 4:
      case 8:
        if (known === undefined) {
          socket.close(closeCodes.notAuthenticated, "Not authenticated.");
        }
        return;
      default:
        socket.close(closeCodes.unknownOpcode, "Unknown opcode.");
    }
  }

  const server = new WebSocketServer({
    host: "127.0.0.1",
    port: 0,
    verifyClient: (_info: unknown, accept: (accepted: boolean, status?: number) => void) => accept(!refusing, 503),
  });
  await new Promise<void>((resolve) => server.once("listening", () => resolve()));
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;

  server.on("connection", (socket, request) => {
    const address = new URL(request.url ?? "/", url);
    connections.push(address.pathname);
    let windowStart = clock.now();
    let sentInWindow = 0;
    socket.on("message", (raw: Buffer) => {
      const now = clock.now();
      if (now - windowStart >= discordLimits.gatewayEvents.windowMs) {
        windowStart = now;
        sentInWindow = 0;
      }
      sentInWindow += 1;
      if (sentInWindow > discordLimits.gatewayEvents.count) {
        socket.close(closeCodes.rateLimited, "Rate limited.");
        return;
      }
      let message: unknown;
      try {
        message = raw.byteLength > discordLimits.gatewayPayloadBytes ? null : JSON.parse(raw.toString("utf8"));
      } catch {
        message = null;
      }
      if (!isObject(message) || typeof message.op !== "number") {
        socket.close(closeCodes.decodeError, "Error while decoding payload.");
        return;
      }
      const data = message.d;
      received.push({ op: message.op, data: isObject(data) ? { ...data, token: undefined } : data });
      handle(socket, message.op, data);
      changed();
    });
    socket.on("close", (code) => {
      const session = bySocket.get(socket);
      bySocket.delete(socket);
      if (session?.socket === socket) {
        session.lose(clock.now());
        // A client that closes with 1000 or 1001 gives up its session.
        if (code === 1000 || code === 1001) {
          sessions.delete(session.id);
        }
      }
      changed();
    });
    socket.on("error", () => socket.terminate());
    if (address.searchParams.get("v") !== "10" || address.searchParams.get("encoding") !== "json") {
      socket.close(closeCodes.invalidVersion, "Invalid API version.");
      return;
    }
    send(socket, opcodes.hello, { heartbeat_interval: parts.heartbeatIntervalMs });
  });

  const sockets = () => [...server.clients];
  return {
    url,
    received,
    connections,
    get connected() {
      return [...sessions.values()].filter(({ socket }) => socket !== null).length;
    },
    get identified() {
      return counts.identified;
    },
    get resumed() {
      return counts.resumed;
    },
    get identifiesLeft() {
      return counts.identifiesLeft;
    },
    dispatch(event, data) {
      for (const session of sessions.values()) {
        if (hears(session.intents, event, data)) {
          session.dispatch(event, data);
        }
      }
    },
    drop(closeCode) {
      for (const socket of sockets()) {
        if (closeCode === undefined) {
          socket.terminate();
        } else {
          socket.close(closeCode);
        }
      }
    },
    refuse() {
      refusing = true;
    },
    open() {
      refusing = false;
    },
    reconnect() {
      for (const socket of sockets()) {
        send(socket, opcodes.reconnect, null);
      }
    },
    invalidate(resumable) {
      for (const socket of sockets()) {
        const session = bySocket.get(socket);
        if (!resumable && session !== undefined) {
          sessions.delete(session.id);
        }
        send(socket, opcodes.invalidSession, resumable);
      }
    },
    silence() {
      silent = true;
    },
    acknowledge() {
      silent = false;
    },
    close() {
      for (const socket of sockets()) {
        socket.terminate();
      }
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
