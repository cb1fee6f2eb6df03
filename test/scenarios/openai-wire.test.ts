import { type Json, systemClock } from "@toolcast/core";
import { openai } from "@toolcast/core/provider";
import { type Sandbox, startSandbox } from "@toolcast/sandbox";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createOperationContext, createProviderTools } from "../doubles/provider-tools.ts";
import { startRawVendor } from "../doubles/raw-vendor.ts";
import { createRecordingHttp } from "../doubles/recording-http.ts";
import { type RecordedAnswer, shapeOf, wireFixture } from "../doubles/wire-fixtures.ts";
import { expectRequest } from "../doubles/wire-request.ts";
import { createManualClock } from "../manual-clock.ts";
import { verifies } from "../verifies.ts";

const patience = { timeout: 10_000 };
const context = createOperationContext();
const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const resource of open.splice(0)) {
    await resource[Symbol.asyncDispose]();
  }
});

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ speed: 1000 });
});
afterAll(() => sandbox.close());

describe("what is sent to an OpenAI-compatible service, and what the sandbox answers", () => {
  test("a question, and its answer in events", async () => {
    verifies("documents.wire");
    const tools = createProviderTools(sandbox.url, systemClock);
    open.push({ [Symbol.asyncDispose]: () => tools.http.close() });
    const http = createRecordingHttp(tools.http);
    const { exchanges } = http;
    const provider = openai.create(openai.schema.parse(sandbox.environment), { ...tools, http });
    const history = [{ question: "你好", answer: "你好。" }];
    await provider.operations.text!.start({ question: "你是谁？", instructions: "简短", history }, context);
    await expect.poll(() => exchanges.length, patience).toBe(1);
    const [exchange] = exchanges;
    const fixture = wireFixture("openai", "chat");
    // Its model is that of the page, and the service's own is whatever it is called.
    expectRequest(fixture, { ...exchange!, sent: exchange!.sent.replace("sandbox-model", "gpt-4.1-mini") });
    expect(exchange!.url.pathname).toMatch(/\/v1\/chat\/completions$/);
    const events = exchange!.answers[0]!.split("\n\n").filter((line) => line !== "");
    expect(events.pop()).toBe("data: [DONE]");
    // A compatible service leaves out what is OpenAI's alone, and sends nothing else.
    const known = new Set(fixture.answers.flatMap(({ body }) => shapeOf(body).map((field) => field.split(":")[0])));
    const sent = events.flatMap((line) => shapeOf(JSON.parse(line.slice("data: ".length))));
    expect(sent.map((field) => field.split(":")[0]).filter((field) => !known.has(field))).toEqual([]);
  });

  test("its refusals", async () => {
    const { refusals } = wireFixture<{ refusals: RecordedAnswer[] }>("openai", "chat");
    const answer = await fetch(`${sandbox.environment.OPENAI_BASE_URL}/chat/completions`, { method: "POST" });
    expect(shapeOf((await answer.json()) as Json)).toEqual(shapeOf(refusals[0]!.body));
    expect(answer.status).toBe(refusals[0]!.status);
  });
});

describe("what an OpenAI-compatible service answers, read", () => {
  type Stream = { name: string; events: Json[]; reads: object };
  const { streams, refusals } = wireFixture<{ streams: Stream[]; refusals: RecordedAnswer[] }>("openai", "chat");

  async function answered(reply: Parameters<typeof startRawVendor>[0]) {
    const vendor = await startRawVendor(reply);
    const settings = { OPENAI_API_KEY: "sk-marker", OPENAI_MODEL: "gpt-4.1-mini", OPENAI_BASE_URL: `${vendor.url}/v1` };
    const tools = createProviderTools(vendor.url, createManualClock(Date.now()));
    open.push(vendor, { [Symbol.asyncDispose]: () => tools.http.close() });
    const { text } = openai.create(openai.schema.parse(settings), tools).operations;
    const end = await text!.start({ question: "Hello!" }, context);
    expect(vendor.requests).toHaveLength(1);
    expect(JSON.stringify(end)).not.toContain("marker");
    return end;
  }

  test.each(streams)("an answer in events $name", async ({ events, reads }) => {
    const end = await answered(() => ({
      contentType: "text/event-stream",
      body: events.map((data) => `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`).join(""),
    }));
    expect(end).toMatchObject(reads);
  });

  test.each(refusals)("refused: $name", async ({ status, body, reads }) => {
    expect(await answered(() => ({ status, body }))).toMatchObject(reads as object);
  });
});
