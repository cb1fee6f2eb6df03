import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import { type Context, misbehaviourOf, peekOrder } from "../context.ts";
import { type Misbehaviour, readMarkers, withBrackets } from "../markers.ts";
import { openCapacity } from "./capacity.ts";
import { type ChatModel, chatModels, chatService } from "./chat.ts";
import { type ChatService, type Conversation, openConversation, type Question } from "./conversation.ts";
import { gatewayRefusal } from "./gateway.ts";
import { pictureService } from "./picture-service.ts";

const prefix = "/spark/";
/** A picture of 4 MB as text, and a long dialogue. */
const largestMessageBytes = 8 * 1024 * 1024;

export interface SparkSockets {
  /** Takes over a connection that asks to become a WebSocket. */
  upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Cuts every conversation. */
  close(): void;
}

/**
 * `GET /spark/v2.1/image` and the chat models' paths, which become WebSockets when the gateway lets them through. Places
 * and rates are the app's, whichever model it asks.
 */
export function openSparkSockets(context: Context): SparkSockets {
  const server = new WebSocketServer({ noServer: true, maxPayload: largestMessageBytes, perMessageDeflate: false });
  const capacity = openCapacity(context);
  const services = new Map<string, (connection: WebSocket) => Conversation>();
  const serve = <Asked extends Question>(service: ChatService<Asked>) =>
    services.set(service.endpoint, openConversation(context, capacity, service));
  serve(pictureService);
  for (const model of Object.values<ChatModel>(chatModels)) serve(chatService(model.endpoint));

  server.on("headers", (headers) => {
    headers.push(`Date: ${new Date(context.vendorNow()).toUTCString()}`);
  });

  /** An order about the connection itself is applied before there is a message. */
  function orderedRefusal(endpoint: string): Misbehaviour | undefined {
    const order = peekOrder(context, "spark", endpoint);
    const asked = order && readMarkers(withBrackets(order.marker), "spark");
    if (asked?.httpStatus === undefined) return undefined;
    return misbehaviourOf(context, { vendor: "spark", endpoint, text: "" });
  }

  return {
    upgrade(incoming, socket, head) {
      socket.on("error", () => socket.destroy());
      const refuse = (status: number, message: string, retryAfterSeconds?: number) =>
        endHandshake(context, socket, { status, message, retryAfterSeconds });
      const [path = ""] = (incoming.url ?? "").split("?", 1);
      const endpoint = path.startsWith(prefix) ? path.slice(prefix.length) : "";
      const converse = services.get(endpoint);
      if (converse === undefined) return refuse(404, "no Route matched with those values");
      const gateway = gatewayRefusal(incoming, context.vendorNow());
      if (gateway) return refuse(gateway.status, gateway.message);
      const { httpStatus, retryAfterSeconds } = orderedRefusal(endpoint) ?? {};
      if (httpStatus !== undefined) return refuse(httpStatus, "sandbox gateway", retryAfterSeconds);
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
function endHandshake(
  context: Context,
  socket: Duplex,
  { status, message, retryAfterSeconds }: { status: number; message: string; retryAfterSeconds: number | undefined },
): void {
  const body = JSON.stringify({ message });
  const head = [
    `HTTP/1.1 ${status} Refused`,
    ...(retryAfterSeconds === undefined ? [] : [`Retry-After: ${retryAfterSeconds}`]),
    `Date: ${new Date(context.vendorNow()).toUTCString()}`,
    "Content-Type: text/plain; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ].join("\r\n");
  socket.end(`${head}\r\n\r\n${body}`);
}
