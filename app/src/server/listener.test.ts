import type { IncomingMessage } from "node:http";
import { maxFileBytes } from "@toolcast/core/surface";
import { expect, test } from "vitest";
import { listen } from "./listener.ts";

test("while a server stops, each answer ends its connection", async () => {
  let stopping = false;
  const listener = await listen({
    ...{ host: "127.0.0.1", port: 0 },
    answer: async () => new Response("ok"),
    endsConnections: () => stopping,
  });
  try {
    const connection = async () => (await fetch(`http://127.0.0.1:${listener.port}/`)).headers.get("connection");
    expect(await connection()).toBe("keep-alive");
    stopping = true;
    expect(await connection()).toBe("close");
  } finally {
    await listener.close();
  }
});

test("the largest file arrives over 5 Mbit/s, and a silent request is soon dropped", async () => {
  const limits: { requestTimeout: number; headersTimeout: number }[] = [];
  const answer = async (_request: Request, ...[from]: { incoming: IncomingMessage }[]) => {
    const socket = from?.incoming.socket as { server?: (typeof limits)[number] } | undefined;
    limits.push(...(socket?.server === undefined ? [] : [socket.server]));
    return new Response("ok");
  };
  const listener = await listen({ host: "127.0.0.1", port: 0, answer });
  try {
    await (await fetch(`http://127.0.0.1:${listener.port}/`)).text();
    const [{ requestTimeout, headersTimeout } = { requestTimeout: 0, headersTimeout: 0 }] = limits;
    const seconds = (maxFileBytes * 8) / 5_000_000;
    expect(requestTimeout).toBeGreaterThanOrEqual(seconds * 1_000);
    expect(requestTimeout).toBeLessThan(seconds * 1_000 * 2);
    expect(headersTimeout).toBeLessThanOrEqual(10_000);
  } finally {
    await listener.close();
  }
});
