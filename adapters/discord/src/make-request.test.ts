import diagnostics from "node:diagnostics_channel";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { createDiscordApi } from "./discord-api.ts";
import { createMakeRequest } from "./make-request.ts";

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("the answer comes back with its status, headers and body, and the request as it was given", async () => {
  const seen: { message: IncomingMessage; body: string }[] = [];
  const address = await serve(async (message, response) => {
    seen.push({ message, body: await text(message) });
    response.writeHead(429, { "content-type": "application/json", "retry-after": "3" }).end('{"message":"slow down"}');
  });
  const answer = await createMakeRequest()(`${address}/webhooks/1?wait=true`, {
    method: "POST",
    headers: { "X-Reason": "why" },
    body: new TextEncoder().encode("some bytes"),
  });
  expect(seen[0]).toMatchObject({
    message: { method: "POST", url: "/webhooks/1?wait=true", headers: { "x-reason": "why" } },
    body: "some bytes",
  });
  expect(answer).toMatchObject({ status: 429, ok: false });
  expect(answer.headers.get("retry-after")).toBe("3");
  expect(await answer.json()).toEqual({ message: "slow down" });
});

test("an answer without a body is one", async () => {
  const address = await serve((_message, response) => response.writeHead(204).end());
  const answer = await createMakeRequest()(address, { method: "DELETE" });
  expect(answer).toMatchObject({ status: 204, ok: true });
  expect(await answer.text()).toBe("");
});

test("a request that is called off rejects as aborted, and one without a server with the system's code", async () => {
  const address = await serve(() => {});
  const calledOff = createMakeRequest()(address, { method: "GET", signal: AbortSignal.abort() });
  await expect(calledOff).rejects.toMatchObject({ name: "AbortError" });
  const closed = createServer().listen(0, "127.0.0.1");
  await once(closed, "listening");
  const { port } = closed.address() as AddressInfo;
  closed.close();
  await expect(createMakeRequest()(`http://127.0.0.1:${port}`, { method: "GET" })).rejects.toMatchObject({
    code: "ECONNREFUSED",
  });
});

test("requests one after another share a connection, and none waits for the timer of the process's dispatcher", async () => {
  const connections = new Set<number | undefined>();
  const address = await serve(({ socket }, response) => {
    connections.add(socket.remotePort);
    response.setHeader("content-type", "application/json").end("{}");
  });
  let dispatched = 0;
  const count = () => (dispatched += 1);
  diagnostics.subscribe("undici:request:create", count);
  onTestFinished(() => void diagnostics.unsubscribe("undici:request:create", count));
  const api = createDiscordApi("token", address);
  const interaction = { id: "1", token: "secret" };
  await api.respond(interaction, { type: 5 }, new AbortController().signal);
  await api.editOriginal({ application: "2", token: "secret" }, { body: {}, files: [] });
  expect(connections.size).toBe(1);
  expect(dispatched).toBe(0);
});
