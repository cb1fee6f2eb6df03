import { createServer } from "node:http";
import { type WebSocket, WebSocketServer } from "ws";
import { isObject } from "../json.ts";
import { closeServer, listen } from "../loopback-server.ts";
import { parseJson } from "./arguments.ts";
import type { Base } from "./context.ts";
import type { DeliveryKind, Outcome, Outgoing } from "./deliveries.ts";
import { slackLimits } from "./limits.ts";

/** Slack's end of Socket Mode. */
export interface SocketMode {
  /** The number of sockets that can get the next envelope. */
  readonly connected: number;
  /** The number of sockets opened so far. */
  readonly opened: number;
  /** The one-time address that `apps.connections.open` returns. */
  ticket(): string;
  /** Sends an envelope to one of the sockets, in turn; null if there is none. */
  deliver(outgoing: Outgoing, give: (outcome: Outcome) => void): string | null;
  /** Warns every socket of its refresh, and closes it about 10 s later; never if `closes` is false. */
  warn(options?: { readonly closes?: boolean }): void;
  /** Asks every socket to close without opening a replacement first: what Slack does without a warning. */
  refresh(): void;
  /** Breaks connections: every one, or the `count` oldest. */
  drop(count?: number): void;
  /** Someone switched Socket Mode off in the app's settings. */
  disable(): void;
  close(): Promise<void>;
}

interface Connection {
  readonly number: number;
  readonly socket: WebSocket;
  leaving: boolean;
  readonly waiting: Map<string, (outcome: Outcome) => void>;
}

const envelopeTypes: Record<DeliveryKind, string> = {
  event: "events_api",
  command: "slash_commands",
  interaction: "interactive",
};

export async function startSocketMode({ clock, ids, app, changed }: Base): Promise<SocketMode> {
  const tickets = new Map<string, number>();
  const connections: Connection[] = [];
  let opened = 0;
  let turn = 0;
  const http = createServer();
  const server = new WebSocketServer({ noServer: true });
  const port = await listen(http);
  const debug = () => ({ host: "applink-1", started: new Date(clock.now()).toISOString(), build_number: 1 });

  http.on("upgrade", (request, socket, head) => {
    const ticket = new URL(request.url ?? "/", "http://127.0.0.1").searchParams.get("ticket") ?? "";
    const until = tickets.get(ticket);
    tickets.delete(ticket);
    if (until === undefined || until < clock.now() || connections.length >= slackLimits.sockets) {
      socket.end("HTTP/1.1 408 Request Timeout\r\nconnection: close\r\n\r\n");
      return;
    }
    server.handleUpgrade(request, socket, head, welcome);
  });

  function welcome(socket: WebSocket): void {
    opened += 1;
    const connection: Connection = { number: opened, socket, leaving: false, waiting: new Map() };
    connections.push(connection);
    socket.on("message", (data) => {
      const message = parseJson(String(data));
      const give = isObject(message) ? connection.waiting.get(String(message.envelope_id)) : undefined;
      if (isObject(message) && give !== undefined) {
        connection.waiting.delete(String(message.envelope_id));
        give({ ok: true, answer: message.payload ?? null });
      }
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      connections.splice(connections.indexOf(connection), 1);
      for (const give of connection.waiting.values()) {
        give({ ok: false, reason: "connection_failed" });
      }
      changed();
    });
    const hello = {
      type: "hello",
      num_connections: connections.length,
      debug_info: { ...debug(), approximate_connection_time: 18_060 },
      connection_info: { app_id: app.id },
    };
    socket.send(JSON.stringify(hello));
    changed();
  }

  function say(reason: "warning" | "refresh_requested" | "link_disabled"): Connection[] {
    for (const { socket } of connections) {
      socket.send(JSON.stringify({ type: "disconnect", reason, debug_info: debug() }));
    }
    return [...connections];
  }

  return {
    get connected() {
      return connections.filter(({ leaving }) => !leaving).length;
    },
    get opened() {
      return opened;
    },
    ticket() {
      const ticket = ids.secret();
      tickets.set(ticket, clock.now() + slackLimits.socketTicketMs);
      return `ws://127.0.0.1:${port}/link/?ticket=${ticket}&app_id=${app.id}`;
    },
    deliver({ delivery, retryNumber, retryReason }, give) {
      const ready = connections.filter(({ leaving, socket }) => !leaving && socket.readyState === socket.OPEN);
      const connection = ready[turn % Math.max(1, ready.length)];
      turn += 1;
      if (connection === undefined) {
        setImmediate(() => give({ ok: false, reason: "connection_failed" }));
        return null;
      }
      const envelopeId = ids.next("ENV");
      connection.waiting.set(envelopeId, give);
      const envelope = {
        envelope_id: envelopeId,
        type: envelopeTypes[delivery.kind],
        payload: delivery.payload,
        accepts_response_payload: delivery.kind !== "event",
        ...(delivery.kind === "event" || retryNumber > 0
          ? { retry_attempt: retryNumber, retry_reason: retryReason === "http_timeout" ? "timeout" : retryReason }
          : {}),
      };
      connection.socket.send(JSON.stringify(envelope));
      return `socket ${connection.number}`;
    },
    warn({ closes = true } = {}) {
      for (const connection of say("warning")) {
        if (closes) {
          clock.setTimer(slackLimits.socketWarningMs, () => connection.socket.close(1000));
        }
      }
    },
    refresh() {
      for (const connection of say("refresh_requested")) {
        connection.leaving = true;
        connection.socket.close(1000);
      }
    },
    drop(count = connections.length) {
      for (const { socket } of connections.slice(0, count)) {
        socket.terminate();
      }
    },
    disable() {
      for (const connection of say("link_disabled")) {
        connection.leaving = true;
        connection.socket.close(1000);
      }
      app.appScopes.clear();
    },
    async close() {
      for (const { socket } of [...connections]) {
        socket.terminate();
      }
      await closeServer(http);
    },
  };
}
