import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
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
