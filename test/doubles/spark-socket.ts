import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";

/** How the vendor answers a handshake. */
export type Handshake = "accept" | { status: number; body: string; date?: number };

export interface SparkSocket extends AsyncDisposable {
  /** `http://...`, the provider's base address. */
  url: string;
  /** Request targets of the handshakes. */
  handshakes: string[];
  /** The messages received. */
  messages: string[];
  /** Resolves when the next message has arrived. */
  arrival(): Promise<string>;
  /** The number of open connections. */
  connections(): number;
}

/** A vendor on loopback that speaks over WebSockets exactly as a test specifies. */
export async function startSparkSocket(
  talk: (socket: WebSocket, message: string) => void,
  handshake: (nth: number) => Handshake = () => "accept",
): Promise<SparkSocket> {
  const handshakes: string[] = [];
  const messages: string[] = [];
  const waiting: ((message: string) => void)[] = [];
  const server = createServer();
  const sockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request: IncomingMessage, connection, head) => {
    handshakes.push(request.url ?? "");
    const reply = handshake(handshakes.length);
    if (reply !== "accept") {
      const date = new Date(reply.date ?? Date.now()).toUTCString();
      connection.end(
        `HTTP/1.1 ${reply.status} No\r\nDate: ${date}\r\nContent-Length: ${Buffer.byteLength(reply.body)}\r\nConnection: close\r\n\r\n${reply.body}`,
      );
      return;
    }
    sockets.handleUpgrade(request, connection, head, (socket) => {
      socket.on("message", (data) => {
        const message = String(data);
        messages.push(message);
        talk(socket, message);
        for (const resolve of waiting.splice(0)) {
          resolve(message);
        }
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    handshakes,
    messages,
    arrival: () => new Promise((resolve) => waiting.push(resolve)),
    connections: () => sockets.clients.size,
    async [Symbol.asyncDispose]() {
      for (const client of sockets.clients) {
        client.terminate();
      }
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
