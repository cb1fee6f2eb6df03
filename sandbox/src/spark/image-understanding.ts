import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import { type Context, misbehaviourOf, peekOrder } from "../context.ts";
import { readMarkers, withBrackets } from "../markers.ts";
import { openCapacity } from "./capacity.ts";
import { imageUnderstandingEndpoint } from "./endpoints.ts";
import { gatewayRefusal } from "./gateway.ts";
import { openConversation } from "./picture-conversation.ts";

const path = `/spark/${imageUnderstandingEndpoint}`;
/** A picture of 4 MB as text, and a long dialogue. */
const largestMessageBytes = 8 * 1024 * 1024;

export interface ImageUnderstanding {
  /** Takes over a connection that asks to become a WebSocket. */
  upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Cuts every conversation. */
  close(): void;
}

/** `GET /spark/v2.1/image`, which becomes a WebSocket when the gateway lets it through. */
export function openImageUnderstanding(context: Context): ImageUnderstanding {
  const server = new WebSocketServer({ noServer: true, maxPayload: largestMessageBytes, perMessageDeflate: false });
  const converse = openConversation(context, openCapacity(context));

  server.on("headers", (headers) => {
    headers.push(`Date: ${new Date(context.vendorNow()).toUTCString()}`);
  });

  /** An order about the connection itself is applied before there is a message. */
  function orderedStatus(): number | undefined {
    const order = peekOrder(context, "spark", imageUnderstandingEndpoint);
    const asked = order && readMarkers(withBrackets(order.marker), "spark");
    if (asked?.httpStatus === undefined) return undefined;
    return misbehaviourOf(context, { vendor: "spark", endpoint: imageUnderstandingEndpoint, text: "" }).httpStatus;
  }

  return {
    upgrade(incoming, socket, head) {
      socket.on("error", () => socket.destroy());
      const refuse = (status: number, message: string) => endHandshake(context, socket, status, message);
      if ((incoming.url ?? "").split("?", 1)[0] !== path) return refuse(404, "no Route matched with those values");
      const gateway = gatewayRefusal(incoming, context.vendorNow());
      if (gateway) return refuse(gateway.status, gateway.message);
      const status = orderedStatus();
      if (status !== undefined) return refuse(status, "sandbox gateway");
      server.handleUpgrade(incoming, socket, head, (connection: WebSocket) => {
        connection.on("error", () => connection.terminate());
        const conversation = converse(connection);
        connection.on("message", (data: RawData, isBinary: boolean) =>
          conversation.take(isBinary ? undefined : (data as Buffer).toString("utf8")),
        );
        connection.on("close", () => conversation.end());
      });
    },
    close() {
      for (const connection of server.clients) connection.terminate();
      server.close();
    },
  };
}

/** The gateway's refusal of a handshake: an ordinary HTTP answer, after which the connection ends. */
function endHandshake(context: Context, socket: Duplex, status: number, message: string): void {
  const body = JSON.stringify({ message });
  const head = [
    `HTTP/1.1 ${status} Refused`,
    `Date: ${new Date(context.vendorNow()).toUTCString()}`,
    "Content-Type: text/plain; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ].join("\r\n");
  socket.end(`${head}\r\n\r\n${body}`);
}
