import { PassThrough } from "node:stream";
import type { JSONRPCMessage } from "@modelcontextprotocol/server";
import { expect, test, vi } from "vitest";
import { StreamTransport } from "./stream-transport.ts";

const answer = (id: number): JSONRPCMessage => ({ jsonrpc: "2.0", id, result: {} });
const request = (id: number) => `${JSON.stringify({ jsonrpc: "2.0", id, method: "ping" })}\n`;

async function connect() {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const transport = new StreamTransport({ input, output, maxBytes: 1_000, locale: "en" });
  const received: JSONRPCMessage[] = [];
  transport.onmessage = (message) => void received.push(message);
  await transport.start();
  return { input, output, transport, received, writes: vi.spyOn(output, "write") };
}

const idsIn = (output: PassThrough) =>
  String(output.read() ?? "")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => (JSON.parse(line) as { id: unknown }).id);

/** @verifies mcp.overhead */
test("answers made in one turn are one write, in their order, and the next turn's another", async () => {
  const { output, transport, writes } = await connect();
  await Promise.all([1, 2, 3].map((id) => transport.send(answer(id))));
  expect(writes).toHaveBeenCalledTimes(1);
  await transport.send(answer(4));
  expect(writes).toHaveBeenCalledTimes(2);
  expect(idsIn(output)).toEqual([1, 2, 3, 4]);
});

/** @verifies mcp.overhead */
test("a line is parsed once", async () => {
  const { input, received } = await connect();
  const parse = vi.spyOn(JSON, "parse");
  input.write(request(1) + request(2));
  await vi.waitFor(() => expect(received).toHaveLength(2));
  expect(parse).toHaveBeenCalledTimes(2);
  parse.mockRestore();
});

/** @verifies mcp.malformed */
test("what was sent before the connection closed is still written, and nothing after it", async () => {
  const { input, output, transport } = await connect();
  const closed = vi.fn();
  transport.onclose = closed;
  const sent = transport.send(answer(1));
  input.end();
  await vi.waitFor(() => expect(closed).toHaveBeenCalledTimes(1));
  await sent;
  await expect(transport.send(answer(2))).rejects.toThrow("closed");
  expect(idsIn(output)).toEqual([1]);
});

/** @verifies mcp.malformed */
test("a full output holds back whoever sends until it has room, and a failed one closes the connection", async () => {
  const { output, transport, writes } = await connect();
  const failed = vi.fn();
  transport.onerror = failed;
  writes.mockReturnValue(false);
  const held = vi.fn();
  const sending = transport.send(answer(1)).then(held);
  await new Promise(setImmediate);
  expect(held).not.toHaveBeenCalled();
  output.emit("drain");
  await sending;
  const lost = transport.send(answer(2));
  await new Promise(setImmediate);
  output.emit("error", new Error("broken pipe"));
  await expect(lost).rejects.toThrow("broken pipe");
  expect(failed).toHaveBeenCalledTimes(1);
  await expect(transport.send(answer(3))).rejects.toThrow("closed");
});
