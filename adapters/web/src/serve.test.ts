import { once } from "node:events";
import { createServer, Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { maxFileBytes, requestHeadTimeoutMs, requestTimeoutMs } from "@toolcast/core/surface";
import { expect, it, onTestFinished, vi } from "vitest";
import { createManualClock } from "../../../test/manual-clock.ts";
import { serveWeb } from "./serve.ts";
import { testConsole } from "./testing/console.ts";

it("serves on loopback, asks `before` first, and ends open streams when it closes", async () => {
  const { web } = testConsole();
  const server = await serveWeb({
    web,
    port: 0,
    before: async (request) => (new URL(request.url).pathname.startsWith("/media/") ? new Response("relay") : null),
  });
  expect(await (await fetch(`${server.url}/media/x`)).text()).toBe("relay");
  expect(await (await fetch(`${server.url}/healthz`)).json()).toEqual({ ok: true });
  const sent = await fetch(`${server.url}/api/conversations/main/messages`, {
    method: "POST",
    body: '{"text":"/paint x"}',
  });
  expect(sent.status).toBe(202);
  const upload = await fetch(`${server.url}/api/uploads`, { method: "POST", body: new Uint8Array(300_000) });
  expect(await upload.json()).toMatchObject({ bytes: 300_000 });
  const events = await fetch(`${server.url}/api/events`);
  expect(events.ok).toBe(true);
  await server.close();
  expect(await events.text()).toContain("event: hello");
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
});

it("does not listen for others without a token", async () => {
  const { web } = testConsole();
  await expect(serveWeb({ web, port: 0, host: "0.0.0.0" })).rejects.toThrow("token");
  await expect(serveWeb({ web, port: 0, host: "192.0.2.1" })).rejects.toThrow("token");
});

it("rejects when the port is taken", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void other.close());
  const { web } = testConsole();
  await expect(serveWeb({ web, port: (other.address() as AddressInfo).port })).rejects.toMatchObject({
    code: "EADDRINUSE",
  });
});

it("closes sockets that send nothing, or send too slowly, as the public listener does", async () => {
  const { web } = testConsole();
  const limits: { requestTimeout: number; headersTimeout: number }[] = [];
  const listen = Server.prototype.listen;
  const spy = vi.spyOn(Server.prototype, "listen").mockImplementation(function (this: Server, ...args) {
    limits.push({ requestTimeout: this.requestTimeout, headersTimeout: this.headersTimeout });
    return listen.apply(this, args as never);
  });
  onTestFinished(() => spy.mockRestore());
  const clock = createManualClock();
  const server = await serveWeb({ web, port: 0, clock });
  expect(limits).toEqual([{ requestTimeout: requestTimeoutMs, headersTimeout: requestHeadTimeoutMs }]);
  expect(requestTimeoutMs).toBeGreaterThanOrEqual((maxFileBytes * 8) / 5_000);
  const silent = connect({ port: server.port, host: "127.0.0.1" });
  const ended = once(silent, "close");
  await once(silent, "connect");
  silent.on("error", () => {}).write("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n");
  const closed = server.close();
  await clock.advance(2_000);
  await closed;
  await ended;
});

it("logs nothing about a client that disconnects in the middle of its upload", async () => {
  const errors: unknown[] = [];
  const logger = { debug() {}, info() {}, warn() {}, error: (facts: unknown) => void errors.push(facts) };
  const { web, runtime } = testConsole({ logger });
  const kept = vi.spyOn(runtime.asRuntime().media, "keep");
  const server = await serveWeb({ web, port: 0 });
  onTestFinished(() => server.close());
  const client = connect({ port: server.port, host: "127.0.0.1" });
  client.write("POST /api/uploads HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900000\r\n\r\nsome of it");
  await vi.waitFor(() => expect(kept).toHaveBeenCalled());
  client.destroy();
  await vi.waitFor(async () => {
    expect(await kept.mock.results[0]?.value.catch(() => "ended")).toBe("ended");
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(errors).toEqual([]);
});
