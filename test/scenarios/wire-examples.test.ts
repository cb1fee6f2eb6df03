import { type Json, ToolcastError } from "@toolcast/core";
import { type Failure, findEntry } from "@toolcast/core/errors";
import { type CheckEnd, type Operation, type ProviderInstance, type StartEnd, spark } from "@toolcast/core/provider";
import { locales, say } from "@toolcast/core/surface";
import { afterEach, describe, expect, test } from "vitest";
import * as dashscope from "../doubles/dashscope-vendor.ts";
import { createAsset, createOperationContext, createProviderTools } from "../doubles/provider-tools.ts";
import { type Reply, startRawVendor } from "../doubles/raw-vendor.ts";
import { startSparkSocket } from "../doubles/spark-socket.ts";
import { type RecordedAnswer, recordedCodes, type WireFixture, wireFixture } from "../doubles/wire-fixtures.ts";
import * as xjc from "../doubles/xjc-vendor.ts";
import { createManualClock } from "../manual-clock.ts";
import { verifies } from "../verifies.ts";

const audio = createAsset({ kind: "audio" });
const video = createAsset({ kind: "video", width: 1138, height: 640 });
const image = createAsset({ kind: "image", width: 640, height: 640 });
const context = createOperationContext({ read: async () => new Uint8Array([1]) });

const open: AsyncDisposable[] = [];
afterEach(async () => {
  await xjc.closeAll();
  await dashscope.closeAll();
  for (const resource of open.splice(0)) {
    await resource[Symbol.asyncDispose]();
  }
});

const replyOf = (fixture: WireFixture, { status, body, printed }: RecordedAnswer): Reply => ({
  status: status ?? 200,
  body: printed ? fixture.printed : body,
  date: null,
});

/** The outcome; a thrown failure as `trouble`. */
async function outcome(run: () => Promise<unknown>): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    if (!ToolcastError.isInstance(error)) {
      throw error;
    }
    return { trouble: error.failure };
  }
}

type Begin = (provider: ProviderInstance) => Promise<StartEnd>;
type Follow = (provider: ProviderInstance, reference: Json) => Promise<CheckEnd>;

/** One use of an operation: its start, and the question about it. */
function using<Request>(operationOf: (provider: ProviderInstance) => Operation<Request>, request: Request) {
  return {
    begin: ((provider) => operationOf(provider).start(request, context)) satisfies Begin,
    follow: ((provider, reference) => operationOf(provider).check!(reference, context)) satisfies Follow,
  };
}

async function begunBy(begin: Begin, provider: ProviderInstance): Promise<Json> {
  const begun = await begin(provider);
  expect(begun).toMatchObject({ end: "operation" });
  return (begun as Extract<StartEnd, { end: "operation" }>).reference;
}

const named = (answers: RecordedAnswer[]) => answers.map((answer) => [answer.name, answer] as const);

describe("xjc, document 003", () => {
  verifies("documents.wire");

  const speech = { text: "你好", speakerId: "S_1" };
  const uses = [
    ["works-create", "works-inspect", using((provider) => provider.operations.avatarVideo!, { video, audio })],
    ...(["lite", "pro"] as const).flatMap((tier) => [
      [
        `voice-${tier}-train`,
        `voice-${tier}-train-detail`,
        using((provider) => provider.operations.voiceCloning!, { audio, tier }),
      ] as const,
      [
        `voice-${tier}-create`,
        `voice-${tier}-create-detail`,
        using((provider) => provider.operations.speech!, { ...speech, tier }),
      ] as const,
    ]),
  ] as const;
  const pathOf = ({ call }: WireFixture) => call.path.slice(xjc.prefix.length);
  /** Neither tier's voices are used up. */
  const account: xjc.Script = { "user/balance": () => xjc.ok({ balance: 1 }) };

  describe.each(uses)("%s", (startName, detailName, { begin, follow }) => {
    const start = wireFixture("xjc", startName);
    const detail = wireFixture("xjc", detailName);

    test.each(named(start.answers))("a start is answered: %s", async (_name, answer) => {
      const { provider } = await xjc.setUp({ ...account, [pathOf(start)]: () => replyOf(start, answer) });
      expect(await outcome(() => begin(provider))).toMatchObject(answer.reads as object);
    });

    test.each(named(detail.answers))(`${detailName}, a question is answered: %s`, async (_name, answer) => {
      const { provider } = await xjc.setUp({
        ...account,
        [pathOf(start)]: () => replyOf(start, start.answers[0]!),
        [pathOf(detail)]: () => replyOf(detail, answer),
      });
      const reference = await begunBy(begin, provider);
      expect(await outcome(() => follow(provider, reference))).toMatchObject(answer.reads as object);
    });
  });

  test.each([
    ["user-balance", (provider: ProviderInstance) => provider.balance!()],
    ["user-bill-list", (provider: ProviderInstance) => provider.bills!(1, 10)],
  ])("the account and its bills: %s", async (name, ask) => {
    const fixture = wireFixture("xjc", name);
    for (const answer of fixture.answers) {
      const { provider } = await xjc.setUp({ [pathOf(fixture)]: () => replyOf(fixture, answer) });
      expect(await outcome(() => ask(provider))).toMatchObject(answer.reads as object);
    }
  });

  test.each(named(wireFixture("xjc", "oauth-token").answers))("oauth-token: %s", async (_name, answer) => {
    const fixture = wireFixture("xjc", "oauth-token");
    const { provider, vendor } = await xjc.setUp({ "oauth/token": () => replyOf(fixture, answer) });
    const read = await outcome(() => provider.balance!());
    const { token, trouble } = answer.reads as { token?: string; trouble?: object };
    if (trouble !== undefined) {
      expect(read).toMatchObject({ trouble });
    }
    expect(vendor.to("user/balance").map(({ headers }) => headers["authorization-token"])).toEqual(
      token === undefined ? [] : [token],
    );
  });

  test("every code of its list, in the envelope of its calls", async () => {
    const codes = recordedCodes("xjc", "error-list");
    expect(codes).toHaveLength(36);
    for (const { code, message } of codes.filter(({ code }) => code !== "0")) {
      const { provider } = await xjc.setUp({ "user/balance": () => xjc.no(Number(code), message) });
      const read = await outcome(() => provider.balance!());
      const entry = findEntry({ provider: "xjc", code })!;
      expect(read).toMatchObject({
        trouble: { kind: "refused", vendorCode: code, vendorMessage: message, charged: entry.charged },
      });
      expectBothLanguages(read, entry.meaning);
    }
  });
});

function expectBothLanguages(read: unknown, meaning: Record<(typeof locales)[number], string>): void {
  const { sentence } = (read as { trouble: Failure }).trouble;
  for (const locale of locales) {
    expect(say(sentence, locale)).toContain(meaning[locale]);
  }
}

describe("spark, document 001 with the service's public pages", () => {
  const variables = { SPARK_APP_ID: "app", SPARK_API_KEY: "key", SPARK_API_SECRET: "secret" };

  function providerAt(url: string): ProviderInstance {
    const tools = createProviderTools(url, createManualClock(Date.now()));
    open.push({ [Symbol.asyncDispose]: () => tools.http.close() });
    return spark.create(spark.schema.parse({ ...variables, SPARK_BASE_URL: url, SPARK_CHAT_URL: url }), tools);
  }

  const picture = using((provider) => provider.operations.image!, { prompt: "一只猫" });
  const fixtures = ["text-to-image", "gateway-refusals"].map((name) => wireFixture("spark", name));

  test.each(fixtures.flatMap(({ answers }) => named(answers)))(
    "a picture is requested, and answered: %s",
    async (_name, answer) => {
      const vendor = await startRawVendor(() => ({ status: answer.status ?? 200, body: answer.body }));
      open.push(vendor);
      expect(await picture.begin(providerAt(vendor.url))).toMatchObject(answer.reads as object);
    },
  );

  test("every code of the service's list", async () => {
    const codes = recordedCodes("spark", "error-list");
    expect(codes).toHaveLength(30);
    let answer: { code: string; message: string };
    const vendor = await startRawVendor(() => ({
      body: { header: { code: Number(answer.code), message: answer.message, sid: "sid-1", status: 2 } },
    }));
    open.push(vendor);
    const provider = providerAt(vendor.url);
    for (answer of codes.filter(({ code }) => code !== "0")) {
      const entry = findEntry({ provider: "spark", layer: "cloud", code: answer.code })!;
      const end = await picture.begin(provider);
      expect(end).toMatchObject({
        end: "refused",
        failure: { vendorCode: answer.code, vendorMessage: answer.message, requestId: "sid-1", charged: entry.charged },
      });
      expectBothLanguages({ trouble: (end as { failure: unknown }).failure }, entry.meaning);
    }
  });

  interface Conversation {
    name: string;
    frames: Json[];
    reads: object;
  }
  const { conversations } = wireFixture<{ conversations: Conversation[] }>("spark", "image-understanding");

  test.each(conversations)("a conversation: $name", async ({ frames, reads }) => {
    const vendor = await startSparkSocket((socket) => {
      for (const frame of frames) {
        socket.send(JSON.stringify(frame));
      }
    });
    open.push(vendor);
    const question = using((provider) => provider.operations.imageUnderstanding!, { image, question: "这是什么？" });
    expect(await question.begin(providerAt(vendor.url))).toMatchObject(reads);
  });

  const dialogues = wireFixture<{ conversations: Conversation[] }>("spark", "chat").conversations;

  test.each(dialogues)("a question: $name", async ({ frames, reads }) => {
    const vendor = await startSparkSocket((socket) => {
      for (const frame of frames) {
        socket.send(JSON.stringify(frame));
      }
    });
    open.push(vendor);
    const question = using((provider) => provider.operations.text!, { question: "为什么？" });
    expect(await question.begin(providerAt(vendor.url))).toMatchObject(reads);
  });
});

describe("dashscope, document 002 with the vendor's public pages", () => {
  type Use = ReturnType<typeof using<never>>;
  const portrait = using((provider) => provider.operations.portraitVideo!, { image, audio });
  const cloning = using((provider) => provider.operations.voiceCloning!, { audio });
  const pictures = using((provider) => provider.operations.image!, { prompt: "一只猫", count: 1 });
  const changed = using((provider) => provider.operations.imageEditing!, { prompt: "改成蓝色", image, count: 1 });
  const words = using((provider) => provider.operations.video!, { prompt: "一只猫" });
  const fromPicture = using((provider) => provider.operations.video!, { prompt: "它跑起来", image });
  const qwenVoice = { DASHSCOPE_SPEECH_MODEL: "qwen3-tts-vc-2026-01-22" };
  const portraitModel = (model: string) => ({ DASHSCOPE_PORTRAIT_MODEL: model });

  /** By fixture: the call that leads there, its settings, and the check before it. */
  const uses: Record<string, { use: Use; variables?: Record<string, string>; look?: string }> = {
    "text-to-image": { use: pictures },
    "message-image": { use: pictures, variables: { DASHSCOPE_IMAGE_MODEL: "qwen-image-max" } },
    "message-task-image": { use: pictures, variables: { DASHSCOPE_IMAGE_MODEL: "wan2.6-t2i" } },
    "message-image-edit": { use: changed, variables: { DASHSCOPE_IMAGE_EDIT_MODEL: "qwen-image-edit-plus" } },
    "message-task-image-edit": { use: changed, variables: { DASHSCOPE_IMAGE_EDIT_MODEL: "wan2.7-image" } },
    "wan-video": { use: words },
    "wan-picture-video": { use: fromPicture },
    "wan-earlier-video": { use: words, variables: { DASHSCOPE_VIDEO_MODEL: "wan2.6-t2v" } },
    "wan-earlier-picture-video": {
      use: fromPicture,
      variables: { DASHSCOPE_PICTURE_VIDEO_MODEL: "wan2.5-i2v-preview" },
    },
    "cosyvoice-speech": { use: using((one) => one.operations.speech!, { text: "你好", speakerId: "longanyang" }) },
    "qwen-speech": {
      use: using((one) => one.operations.speech!, { text: "你好", speakerId: "Cherry" }),
      variables: { DASHSCOPE_SPEECH_MODEL: "qwen3-tts-flash" },
    },
    "cosyvoice-create-voice": { use: cloning },
    "cosyvoice-update-voice": {
      use: using((one) => one.operations.voiceCloning!, { audio, speakerId: "cosyvoice-v3-flash-myvoice-1" }),
    },
    "qwen-create-voice": { use: cloning, variables: qwenVoice },
    "wan-s2v": { use: portrait, look: "wan2.2-s2v-detect" },
    liveportrait: { use: portrait, look: "liveportrait-detect", variables: portraitModel("liveportrait") },
    emo: { use: portrait, look: "emo-detect-v1", variables: portraitModel("emo-v1") },
    videoretalk: { use: using((one) => one.operations.avatarVideo!, { video, audio }) },
  };

  const pathOf = ({ call }: WireFixture) => call.path.replace("/api/v1/", "");
  const lookAt = (name: string | undefined, nth = 0): dashscope.Script => {
    if (name === undefined) {
      return {};
    }
    const fixture = wireFixture("dashscope", name);
    return { [pathOf(fixture)]: () => replyOf(fixture, fixture.answers[nth]!) };
  };

  describe.each(Object.entries(uses))("%s", (name, { use, variables, look }) => {
    const fixture = wireFixture("dashscope", name);

    test.each(named(fixture.answers))("a submission is answered: %s", async (_name, answer) => {
      const script = { ...lookAt(look), [pathOf(fixture)]: () => replyOf(fixture, answer) };
      const { provider } = await dashscope.setUp(script, variables);
      expect(await use.begin(provider)).toMatchObject(answer.reads as object);
    });

    if (fixture.tasks !== undefined) {
      test.each(named(fixture.tasks))("the task: %s", async (_name, answer) => {
        const { provider } = await dashscope.setUp(
          {
            ...lookAt(look),
            [pathOf(fixture)]: () => replyOf(fixture, fixture.answers[0]!),
            [dashscope.paths.task]: () => replyOf(fixture, answer),
          },
          variables,
        );
        const reference = await begunBy(use.begin, provider);
        expect(await outcome(() => use.follow(provider, reference))).toMatchObject(answer.reads as object);
      });
    }

    if (look !== undefined) {
      test("a picture that is unfit is not begun", async () => {
        const { reads } = wireFixture("dashscope", look).answers[1]!;
        const { provider, vendor } = await dashscope.setUp(lookAt(look, 1), variables);
        expect(await use.begin(provider)).toMatchObject(reads as object);
        expect(vendor.requests).toHaveLength(1);
      });
    }
  });

  test.each(named(wireFixture("dashscope", "cosyvoice-query-voice").answers))("a voice: %s", async (_name, answer) => {
    const [made, asked] = ["create", "query"].map((one) => wireFixture("dashscope", `cosyvoice-${one}-voice`));
    const { provider } = await dashscope.setUp({
      [dashscope.paths.customization]: (_request, nth) =>
        nth === 1 ? replyOf(made!, made!.answers[0]!) : replyOf(asked!, answer),
    });
    const reference = await begunBy(cloning.begin, provider);
    expect(await outcome(() => cloning.follow(provider, reference))).toMatchObject(answer.reads as object);
  });

  test.each(named(wireFixture("dashscope", "tasks-cancel").answers))("cancel: %s", async (_name, answer) => {
    const fixture = wireFixture("dashscope", "tasks-cancel");
    const { provider } = await dashscope.setUp({
      [dashscope.paths.textToImage]: () => dashscope.begun,
      [dashscope.paths.cancel]: () => replyOf(fixture, answer),
    });
    const reference = await begunBy(pictures.begin, provider);
    expect(await provider.operations.image!.cancel!(reference, context)).toBe(answer.reads);
  });

  test("the tasks of an account", async () => {
    const fixture = wireFixture("dashscope", "tasks-list");
    const [answer] = fixture.answers;
    const { provider } = await dashscope.setUp({ "tasks/": () => replyOf(fixture, answer!) });
    expect(await provider.recordsSince!(dashscope.startMs)).toEqual(answer!.reads);
  });

  type Stream = { name: string; events: Json[]; reads: object };
  const { streams } = wireFixture<{ streams: Stream[] }>("dashscope", "chat");

  test.each(streams)("an answer in events $name", async ({ events, reads }) => {
    const vendor = await startRawVendor(() => ({
      contentType: "text/event-stream;charset=UTF-8",
      body: events.map((data) => `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`).join(""),
    }));
    open.push(vendor);
    const answering = dashscope.providerAt(vendor.url).operations.text!;
    expect(await answering.start({ question: "你是谁？" }, context)).toMatchObject(reads);
    expect(vendor.requests).toHaveLength(1);
  });

  type Envelope = RecordedAnswer & { where: "call" | "task" };
  const { answers: envelopes } = wireFixture<{ answers: Envelope[] }>("dashscope", "envelopes");

  test.each(envelopes)("a refusal $name", async ({ where, status = 200, body, reads }) => {
    const reply = () => ({ status, body });
    const { provider } = await dashscope.setUp({
      [dashscope.paths.textToImage]: where === "call" ? reply : () => dashscope.begun,
      [dashscope.paths.task]: reply,
    });
    const end = await pictures.begin(provider);
    expect(end.end === "operation" ? await pictures.follow(provider, end.reference) : end).toMatchObject({
      failure: reads as object,
    });
  });

  test.each([
    ["error-list", 25],
    ["error-list-later", 100],
  ])("every code of both editions, with its status and message: %s", async (name, least) => {
    const codes = recordedCodes("dashscope", name);
    expect(codes.length).toBeGreaterThanOrEqual(least);
    let answer: (typeof codes)[number];
    const { provider } = await dashscope.setUp({
      [dashscope.paths.textToImage]: () => dashscope.no(answer.status, answer.code, answer.message),
    });
    for (answer of codes) {
      const { status, code, message } = answer;
      const entry = findEntry({ provider: "dashscope", code, message });
      expect(entry, code).toBeDefined();
      const end = await pictures.begin(provider);
      expect(end).toMatchObject({
        end: "refused",
        failure: {
          ...{ vendorCode: code, vendorMessage: message, httpStatus: status },
          // Only pictures that were made are charged.
          charged: entry!.category === "content" ? "no" : entry!.charged,
        },
      });
      expectBothLanguages({ trouble: (end as { failure: unknown }).failure }, entry!.meaning);
    }
  });
});
