import { PassThrough } from "node:stream";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
import { fetchFrom, openMcp } from "../mcp-client.ts";
import { createInstallation, type Installation, settle } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

let world: Installation;
beforeEach(async () => {
  world = await createInstallation();
});
afterEach(() => world[Symbol.asyncDispose]());

interface Answer {
  id: unknown;
  result?: unknown;
  error?: { code: number; message: string };
}

/** A client at the other end of a pipe that can write anything. */
async function openPipe(options: Parameters<typeof openMcp>[1] = {}) {
  const { mcp } = await openMcp(world, options);
  const [input, output] = [new PassThrough(), new PassThrough()];
  const face = mcp.serveStdio({ input, output });
  let said = "";
  output.on("data", (chunk) => (said += chunk));
  return {
    face,
    input,
    answers: (): Answer[] => said.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)])),
    async write(...lines: string[]) {
      for (const line of lines) {
        input.write(`${line}\n`);
      }
      await settle();
    },
  };
}

const message = (more: object) => JSON.stringify({ jsonrpc: "2.0", ...more });
const hello = message({
  id: 0,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "raw", version: "1" } },
});

/** The line, the id of its error and the code. */
const malformed: [string, string, unknown, number][] = [
  ["broken JSON", '{"jsonrpc":"2.0","id":1,', null, -32700],
  ["words", "hello", null, -32700],
  ["params that are null", message({ id: 1, method: "tools/list", params: null }), 1, -32600],
  ["_meta that is null", message({ id: "a", method: "tools/list", params: { _meta: null } }), "a", -32600],
  [
    "a progress token that is null",
    message({ id: 2, method: "tools/list", params: { _meta: { progressToken: null } } }),
    2,
    -32600,
  ],
  ["an id that is null", message({ id: null, method: "ping" }), null, -32600],
  ["an id with a fraction", message({ id: 1.5, method: "ping" }), null, -32600],
  ["no method", message({ id: 3 }), 3, -32600],
  ["a method that is a number", message({ id: 4, method: 4 }), 4, -32600],
  ["another version", JSON.stringify({ jsonrpc: "1.0", id: 5, method: "ping" }), 5, -32600],
  ["a batch", `[${message({ id: 6, method: "ping" })}]`, null, -32600],
  ["nothing but null", "null", null, -32600],
  ["a notification whose params are a list", message({ method: "notifications/x", params: [] }), null, -32600],
];

describe.each(malformed)("%s", (_name, line, id, code) => {
  test("is answered with its error over stdio, and the connection survives", async () => {
    verifies("mcp.malformed");
    const { write, answers } = await openPipe();
    await write(line, hello, line, message({ id: "after", method: "ping" }));
    const wrong = answers().filter(({ error }) => error !== undefined);
    expect(wrong.map(({ id: of, error }) => [of, error?.code])).toEqual([
      [id, code],
      [id, code],
    ]);
    expect(
      answers()
        .filter(({ result }) => result !== undefined)
        .map(({ id: of }) => of),
    ).toEqual([0, "after"]);
  });

  test("is answered with a 400 over HTTP", async () => {
    verifies("mcp.malformed");
    const { mcp } = await openMcp(world);
    const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };
    const response = await fetchFrom(mcp, "http://127.0.0.1/mcp", { method: "POST", headers, body: line });
    expect(response.status).toBe(400);
    expect(((await response.json()) as Answer).error?.message).toBeTruthy();
  });
});

test("an error names what is wrong, in the installation's language", async () => {
  verifies("mcp.malformed", "understood.both-languages");
  for (const [locale, words] of [
    ["en", "params._meta.progressToken is missing, of the wrong type, or unknown"],
    ["zh-CN", "params._meta.progressToken 缺失"],
  ] as const) {
    const { write, answers } = await openPipe({ locale });
    await write(malformed[4]![1]);
    expect(answers()[0]?.error?.message).toContain(words);
  }
});

test("empty lines, answers and a line cut off at the end get no answer", async () => {
  verifies("mcp.malformed");
  const { write, answers, input, face } = await openPipe();
  await write("", "  \r", message({ id: 9, result: null }), message({ id: 9, error: "no" }));
  input.end('{"jsonrpc":');
  await face.closed;
  expect(answers()).toEqual([]);
});

test("every line with an id is answered once, however it is split into chunks", async () => {
  verifies("mcp.malformed");
  const { input, answers, write } = await openPipe();
  await write(hello);
  let sent = 0;
  const value = fc.oneof(fc.jsonValue(), fc.record({ _meta: fc.jsonValue() }));
  await fc.assert(
    fc.asyncProperty(value, fc.array(fc.nat(40), { maxLength: 5 }), async (params, cuts) => {
      sent += 1;
      const id = `line-${sent}`;
      const line = Buffer.from(`${message({ id, method: "ping", params })}\n`);
      const at = [...new Set(cuts.filter((cut) => cut < line.length))].sort((a, b) => a - b);
      [0, ...at].forEach((from, index) => void input.write(line.subarray(from, at[index] ?? line.length)));
      await settle();
      expect(answers().filter((answer) => answer.id === id)).toHaveLength(1);
    }),
    { numRuns: 60 },
  );
}, 60_000);

test("a file of 10 MB in a data: address fits in a line, and a longer line is refused without closing the connection", async () => {
  verifies("mcp.malformed", "mcp.data-addresses");
  const { write, answers } = await openPipe();
  const bytes = Buffer.concat([fixture("picture.png"), Buffer.alloc(9_900_000)]);
  const call = (id: number, image: string) =>
    message({ id, method: "tools/call", params: { name: "describe_image", arguments: { image, wait_seconds: 0 } } });
  await write(hello, call(1, `data:image/png;base64,${bytes.toString("base64")}`));
  await world.pass(1_000);
  // The picture is looked at outside this thread: as long as the machine takes.
  await expect.poll(() => answers().map(({ id }) => id)).toEqual([0, 1]);
  await write(call(2, "x".repeat(16_000_000)), message({ id: 3, method: "ping" }));
  expect(answers().map(({ id, error }) => [id, error?.code])).toEqual([
    [0, undefined],
    [1, undefined],
    [null, -32600],
    [3, undefined],
  ]);
}, 30_000);
