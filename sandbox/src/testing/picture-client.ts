import { WebSocket } from "ws";
import { sparkCredentials } from "../credentials.ts";
import type { Sandbox } from "../sandbox.ts";
import { signedAddress } from "./vendor-clients.ts";

// biome-ignore lint/suspicious/noExplicitAny: what the wire holds is exactly what the tests are there to find out
export type Frame = any;

export interface PictureConnection {
  send(message: unknown): void;
  /** Everything received so far, as text. */
  texts: string[];
  frames(): Frame[];
  isClosed(): boolean;
  closeCode(): number | undefined;
  close(): void;
}

export function pictureQuestion(
  picture: Buffer | string,
  dialogue: readonly string[],
  changes: { chat?: Record<string, unknown>; header?: Record<string, unknown> } = {},
) {
  const base64 = typeof picture === "string" ? picture : picture.toString("base64");
  return {
    header: { app_id: sparkCredentials.appId, ...changes.header },
    parameter: { chat: { domain: "imagev3", ...changes.chat } },
    payload: {
      message: {
        text: [
          { role: "user", content: base64, content_type: "image" },
          ...dialogue.map((content, index) => ({
            role: index % 2 === 0 ? "user" : "assistant",
            content,
            content_type: "text",
          })),
        ],
      },
    },
  };
}

export function pictureAddress(sandbox: Sandbox, nowMs?: number, apiSecret?: string): URL {
  const address = signedAddress(sandbox, nowMs, apiSecret, { method: "GET", endpoint: "v2.1/image" });
  address.protocol = "ws:";
  return address;
}

/** Opens a conversation; a refused handshake becomes an error with its status, `Date` header and body. */
export function connectPictures(sandbox: Sandbox, address = pictureAddress(sandbox)): Promise<PictureConnection> {
  const socket = new WebSocket(address);
  const texts: string[] = [];
  let closeCode: number | undefined;
  socket.on("message", (data) => texts.push(String(data)));
  socket.on("close", (code) => {
    closeCode = code;
  });
  return new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.on("unexpected-response", (_request, answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () => {
        const body = Buffer.concat(chunks).toString();
        reject(Object.assign(new Error(body), { status: answer.statusCode, date: answer.headers.date }));
      });
    });
    socket.on("open", () =>
      resolve({
        send: (message) => socket.send(typeof message === "string" ? message : JSON.stringify(message)),
        texts,
        frames: () => texts.map((text) => JSON.parse(text) as Frame),
        isClosed: () => socket.readyState === WebSocket.CLOSED,
        closeCode: () => closeCode,
        close: () => socket.close(),
      }),
    );
  });
}
