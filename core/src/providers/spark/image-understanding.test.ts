import { afterEach, describe, expect, test } from "vitest";
import type { WebSocket } from "ws";
import {
  createAsset,
  createOperationContext,
  createProviderTools,
  jsonOf,
} from "../../../../test/doubles/provider-tools.ts";
import { closedAddress } from "../../../../test/doubles/raw-vendor.ts";
import { type Handshake, type SparkSocket, startSparkSocket } from "../../../../test/doubles/spark-socket.ts";
import { createManualClock } from "../../../../test/manual-clock.ts";
import { type Clock, systemClock } from "../../ground/clock.ts";
import { failureJson } from "../../job-view/job-json.ts";
import type { MediaFacts } from "../../media/media.ts";
import type { Capabilities, StartEnd } from "../operation.ts";
import { signedUrl } from "./auth.ts";
import { spark } from "./index.ts";

const secrets = { SPARK_API_KEY: "marker-key", SPARK_API_SECRET: "marker-secret" };
const image = createAsset({ kind: "image" });
const bytes = new Uint8Array(Buffer.from("a picture"));
const clockRefusal =
  "HMAC signature cannot be verified, a valid date or x-date header is required for HMAC Authentication";

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const resource of open.splice(0)) {
    await resource[Symbol.asyncDispose]();
  }
});

const piece = (content: string, status: 0 | 1 | 2, usage?: object, code = 0) =>
  JSON.stringify({
    header: { code, message: code === 0 ? "Success" : "原话", sid: "img-1", status },
    payload: {
      choices: { status, seq: 0, text: [{ content, role: "assistant", index: 0 }] },
      ...(usage === undefined ? {} : { usage: { text: usage } }),
    },
  });
const refusalPiece = (code: number) => JSON.stringify({ header: { code, message: "原话", sid: "img-1", status: 2 } });
const usage = { question_tokens: 5, prompt_tokens: 300, completion_tokens: 20, total_tokens: 320 };

async function vendorThat(
  talk: (socket: WebSocket) => void,
  handshake?: (nth: number) => Handshake,
): Promise<SparkSocket> {
  const vendor = await startSparkSocket(talk, handshake);
  open.push(vendor);
  return vendor;
}

const saying =
  (...pieces: (string | Buffer)[]) =>
  (socket: WebSocket) => {
    for (const one of pieces) {
      socket.send(one);
    }
  };

function providerAt(url: string, variables: Record<string, string> = {}, clock: Clock = systemClock) {
  const settings = spark.schema.parse({ SPARK_APP_ID: "app", ...secrets, SPARK_BASE_URL: url, ...variables });
  const tools = createProviderTools(url, clock);
  open.push({ [Symbol.asyncDispose]: () => tools.http.close() });
  return spark.create(settings, tools).operations.imageUnderstanding!;
}

type Understanding = ReturnType<typeof providerAt>;
const ask = (
  operation: Understanding,
  request: Partial<Capabilities["imageUnderstanding"]> = {},
  signal?: AbortSignal,
) =>
  operation.start(
    { image, question: "这是什么？", ...request },
    createOperationContext({ read: async () => bytes, ...(signal === undefined ? {} : { signal }) }),
  );

describe("a question about a picture", () => {
  test("is one message on one signed connection; the parts of the answer are put together", async () => {
    // @verifies provider.signing
    const vendor = await vendorThat(saying(piece("一座", 0), piece("雪山", 1), piece("。", 2, usage)));
    const operation = providerAt(`${vendor.url}/spark`);
    expect(await ask(operation)).toEqual({
      end: "done",
      output: {
        media: [],
        text: "一座雪山。",
        facts: { text: "一座雪山。", usage: { prompt: 300, completion: 20, total: 320 } },
        charge: { amount: 320, unit: "tokens" },
        requestId: "img-1",
      },
    });
    expect(vendor.messages).toHaveLength(1);
    expect(jsonOf(vendor.messages[0]!)).toEqual({
      header: { app_id: "app", uid: "2755dabd142c6a169a076b9d9ec0cd36" },
      parameter: { chat: { domain: "imagev3" } },
      payload: {
        message: {
          text: [
            { role: "user", content: Buffer.from(bytes).toString("base64"), content_type: "image" },
            { role: "user", content: "这是什么？", content_type: "text" },
          ],
        },
      },
    });
    const target = new URL(vendor.handshakes[0]!, vendor.url.replace("http", "ws"));
    expect(target.pathname).toBe("/spark/v2.1/image");
    const again = signedUrl({
      method: "GET",
      url: `${target.origin}${target.pathname}`,
      apiKey: secrets.SPARK_API_KEY,
      apiSecret: secrets.SPARK_API_SECRET,
      at: Date.parse(target.searchParams.get("date") ?? ""),
    });
    expect(target.href).toBe(again);
    await expect.poll(() => vendor.connections()).toBe(0);
  });

  test("may be answered by a single part", async () => {
    const vendor = await vendorThat(saying(piece("山", 2, usage)));
    expect(await ask(providerAt(vendor.url))).toMatchObject({ end: "done", output: { text: "山" } });
  });

  test("is sent with what was said before, as far as both memories reach", async () => {
    const vendor = await vendorThat(saying(piece("山", 2)));
    const turn = (name: string) => ({ question: `q ${name}`, answer: `a ${name}` });
    const history = ["1", "2", "3"].map(turn);
    const sent = async (variables: Record<string, string>) => {
      await ask(providerAt(vendor.url, variables), { history });
      const { payload } = jsonOf(vendor.messages.at(-1)!) as { payload: { message: { text: { content: string }[] } } };
      return payload.message.text.slice(1).map(({ content }) => content);
    };
    const question = "这是什么？";
    expect(await sent({})).toEqual(["q 1", "a 1", "q 2", "a 2", "q 3", "a 3", question]);
    expect(await sent({ SPARK_MEMORY_TURNS: "2" })).toEqual(["q 2", "a 2", "q 3", "a 3", question]);
    expect(await sent({ SPARK_MEMORY_TURNS: "0" })).toEqual([question]);
    expect(await sent({ SPARK_MEMORY_TOKENS: "6" })).toEqual(["q 3", "a 3", question]);
    expect(await sent({ SPARK_MEMORY_TOKENS: "5" })).toEqual([question]);
  });

  test("carries the operator's parameters", async () => {
    const vendor = await vendorThat(saying(piece("山", 2)));
    await ask(providerAt(vendor.url, { SPARK_IMAGE_DOMAIN: "general", SPARK_TOP_K: "3", SPARK_MAX_TOKENS: "100" }));
    expect(jsonOf(vendor.messages[0]!).parameter).toEqual({ chat: { domain: "general", top_k: 3, max_tokens: 100 } });
  });
});

describe("each other end", () => {
  test.each([
    [10013, "no"],
    [10029, "no"],
    [10041, "no"],
    [10907, "no"],
    [10006, "no"],
    [10012, "unknown"],
    [12345, "unknown"],
  ])("refused: %i", async (code, charged) => {
    const vendor = await vendorThat(saying(refusalPiece(code)));
    expect(await ask(providerAt(vendor.url))).toMatchObject({
      end: "refused",
      failure: { layer: "cloud", vendorCode: String(code), vendorMessage: "原话", requestId: "img-1", charged },
    });
  });

  test("refused after a part of the answer: that part may have been charged", async () => {
    const vendor = await vendorThat(saying(piece("一座", 0), refusalPiece(10013)));
    expect(await ask(providerAt(vendor.url))).toMatchObject({
      end: "refused",
      failure: { vendorCode: "10013", charged: "unknown", retry: { kind: "after-change" } },
    });
  });

  test("a character split between two parts is whole, and a lone half is replaced", async () => {
    // @verifies safe.whole-characters
    const vendor = await vendorThat(saying(piece("a\ud83d", 0), piece("\udc4d b\ud83d", 2)));
    expect(await ask(providerAt(vendor.url))).toMatchObject({ end: "done", output: { text: "a👍 b\ufffd" } });
  });

  test.each([
    [10013, "after-change", { en: /^Rephrase it/, "zh-CN": /^请换一种说法/ }],
    [10110, "never", undefined],
  ] as const)(
    "refused with %i after a part of the answer: sentence, charge and advice agree",
    async (code, retry, advice) => {
      const vendor = await vendorThat(saying(piece("一座", 0), refusalPiece(code)));
      const end = await ask(providerAt(vendor.url));
      const { failure } = end as Extract<StartEnd, { end: "refused" }>;
      for (const locale of ["en", "zh-CN"] as const) {
        const { message, ...facts } = failureJson(failure, locale) as { message: string };
        expect(facts).toMatchObject({
          charged: "unknown",
          retry,
          remedy: advice === undefined ? null : expect.stringMatching(advice[locale]),
        });
        expect(message).not.toMatch(/charge|deduct|扣|收费|again by itself/);
      }
    },
  );

  test("a warning after the answer does not affect the answer", async () => {
    const vendor = await vendorThat(saying(piece("一座山。", 0), refusalPiece(10019)));
    expect(await ask(providerAt(vendor.url))).toMatchObject({
      end: "done",
      output: { text: "一座山。", facts: { warning: "10019" } },
    });
  });

  test.each([
    ["a connection that breaks", (socket: WebSocket) => socket.terminate()],
    [
      "a goodbye before the last piece",
      (socket: WebSocket) => {
        socket.send(piece("一", 0));
        socket.close();
      },
    ],
    ["no JSON", saying("{")],
    ["a part without a code", saying('{"header":{}}')],
    ["a last part without text", saying(piece("", 2))],
    ["a giant", saying(Buffer.alloc(9 * 1024 * 1024, "x"))],
    ["a giant answer in parts", saying(...Array.from({ length: 9 }, () => piece("x".repeat(1024 * 1024), 1)))],
  ])("unknown: %s", async (_name, talk) => {
    const vendor = await vendorThat(talk);
    const end = await ask(providerAt(vendor.url));
    expect(end).toMatchObject({ end: "unknown", failure: { charged: "unknown", retry: { kind: "never" } } });
    expect(vendor.messages).toHaveLength(1);
    expect(JSON.stringify(end)).not.toMatch(/marker|authorization|hmac/);
  });

  test("unknown: a minute of silence, counted from each part, while somebody reads along", async () => {
    const clock = createManualClock();
    let peer: WebSocket | undefined;
    const vendor = await vendorThat((socket) => {
      peer = socket;
    });
    const operation = providerAt(vendor.url, {}, clock);
    const arrival = vendor.arrival();
    let end: StartEnd | undefined;
    const context = createOperationContext({ read: async () => bytes, onText: () => {} });
    const asking = operation.start({ image, question: "这是什么？" }, context).then((given) => {
      end = given;
    });
    await arrival;
    await clock.advance(59_000);
    peer!.send(piece("一", 0));
    // Its pong comes after it has read everything.
    await new Promise((resolve) => {
      peer!.once("pong", resolve);
      peer!.ping();
    });
    await clock.advance(59_000);
    expect(end).toBeUndefined();
    await clock.advance(1000);
    await asking;
    expect(end).toMatchObject({
      end: "unknown",
      failure: { requestId: "img-1", sentence: { values: { reason: { en: "no answer in time" } } } },
    });
  });

  test("unknown: aborted while it waits", async () => {
    const vendor = await vendorThat(() => {});
    const stop = new AbortController();
    const arrival = vendor.arrival();
    const asking = ask(providerAt(vendor.url), {}, stop.signal);
    await arrival;
    stop.abort();
    expect(await asking).toMatchObject({ end: "unknown", failure: { charged: "unknown" } });
    await expect.poll(() => vendor.connections()).toBe(0);
  });

  test("not-sent: nothing listens, or the gateway fails before the question is sent", async () => {
    const notSent = { end: "not-sent", failure: { charged: "no", retry: { kind: "later" } } };
    expect(await ask(providerAt(await closedAddress()))).toMatchObject(notSent);
    const vendor = await vendorThat(
      () => {},
      () => ({ status: 502, body: "<html>" }),
    );
    expect(await ask(providerAt(vendor.url))).toMatchObject(notSent);
    expect(vendor.messages).toHaveLength(0);
  });

  test("refused: an address that is not allowed here", async () => {
    const vendor = await vendorThat(saying(piece("山", 2)));
    const settings = spark.schema.parse({ SPARK_APP_ID: "app", ...secrets, SPARK_BASE_URL: vendor.url });
    const { operations } = spark.create(settings, createProviderTools("http://127.0.0.1:1", systemClock));
    expect(await ask(operations.imageUnderstanding!)).toMatchObject({ end: "refused", failure: { charged: "no" } });
    expect(vendor.handshakes).toHaveLength(0);
  });

  test.each([
    ["HMAC signature does not match", 401, "401"],
    ["Unauthorized", 401, "401"],
    ["no Route matched with those values", 404, "404"],
  ])("refused at the handshake: %s", async (message, status, vendorCode) => {
    const vendor = await vendorThat(
      () => {},
      () => ({ status, body: JSON.stringify({ message }) }),
    );
    const end = await ask(providerAt(vendor.url));
    expect(end).toMatchObject({
      end: "refused",
      failure: { layer: "http", vendorCode, vendorMessage: message, httpStatus: status, charged: "no" },
    });
    expect(JSON.stringify(end)).not.toMatch(/marker|authorization|hmac-sha256/);
  });

  test("a clock that is off: the handshake gives the time, and the next one is right", async () => {
    // @verifies provider.signing
    const vendorNow = Date.now() + 3_600_000;
    const vendor = await vendorThat(saying(piece("山", 2)), (nth) =>
      nth === 1 ? { status: 403, body: JSON.stringify({ message: clockRefusal }), date: vendorNow } : "accept",
    );
    const operation = providerAt(vendor.url);
    expect(await ask(operation)).toMatchObject({
      end: "refused",
      failure: { vendorCode: "403", charged: "no", retry: { kind: "later", afterMs: 0 } },
    });
    expect(await ask(operation)).toMatchObject({ end: "done" });
    const signedAt = Date.parse(new URL(vendor.handshakes[1]!, vendor.url).searchParams.get("date") ?? "");
    expect(Math.abs(signedAt - vendorNow)).toBeLessThan(5000);
  });
});

describe("before anything is sent", () => {
  const operation = () => providerAt("http://127.0.0.1:1");
  const check = (facts: Partial<MediaFacts>, question = "?") =>
    operation().validate!({ image: { ...image, ...facts }, question });

  test.each([[{ bytes: 4 * 1024 * 1024, width: 6000, height: 50 }], [{ extension: "jpg", width: 50, height: 50 }]])(
    "%j is taken",
    (facts) => {
      expect(() => check(facts)).not.toThrow();
    },
  );

  test.each([
    [{ bytes: 4 * 1024 * 1024 + 1 }],
    [{ width: 6001 }],
    [{ height: 49 }],
    [{ extension: "webp" }],
    [{ kind: "video" as const }],
  ])("%j is refused", (facts) => {
    expect(() => check(facts)).toThrow(
      expect.objectContaining({ failure: expect.objectContaining({ field: "image" }) }),
    );
  });

  test("without a question it is refused", () => {
    expect(() => check({}, " ")).toThrow(
      expect.objectContaining({ failure: expect.objectContaining({ field: "question" }) }),
    );
  });
});
