import { builtInTools, type Reply, ToolcastError, UsageError } from "@toolcast/core";
import { parseInput } from "@toolcast/core/surface";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  ada,
  createInstallation,
  type Installation,
  operator,
  type RunningProcess,
  startJob,
  upload,
} from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

let installation: Installation;
let process: RunningProcess;
beforeEach(async () => {
  installation = await createInstallation();
  process = await installation.open({ started: false });
});
afterEach(() => installation[Symbol.asyncDispose]());

const call = (tool: string, input: Record<string, unknown>, more: object = {}): Promise<Reply> =>
  process.runtime.call({ tool, input, caller: ada, ...more });
const jobs = () => installation.store.entries.size;

describe("the same key", () => {
  test("is the same request, in every process and however often it arrives", async () => {
    verifies("paid-once.same-key", "acknowledged.stored-first");
    const other = await installation.open({ started: false });
    const replies = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        (index % 2 ? other : process).runtime.call({ tool: "image", input: { prompt: "x" }, caller: ada, key: "e1" }),
      ),
    );
    expect(jobs()).toBe(1);
    expect(replies.filter((reply) => reply.type === "job" && !reply.repeated)).toHaveLength(1);
  });

  test("with another request is refused if the caller described the request, and never otherwise", async () => {
    verifies("paid-once.same-key");
    const lake = { key: "e1", request: { tool: "generate_image", input: { prompt: "a lake", size: "512x512" } } };
    const first = await call("image", { prompt: "a lake" }, lake);
    const sameInput = { size: "512x512", prompt: "a lake" };
    const same = { key: "e1", request: { tool: "generate_image", input: sameInput } };
    // Changes to the input in the meantime do not count: a file is stored again each time.
    expect(await call("image", { prompt: "stored again" }, same)).toMatchObject({ type: "job", repeated: true });
    expect(await call("image", { prompt: "a dog" }, { key: "e1" })).toMatchObject({ type: "job", repeated: true });
    const dog = { key: "e1", request: { tool: "generate_image", input: { prompt: "a dog" } } };
    const refused = await call("image", { prompt: "a dog" }, dog);
    expect(refused).toMatchObject({ type: "refused", failure: { kind: "usage", charged: "no" } });
    expect(refused.message.title).toContain(first.type === "job" ? first.job.id : "");
    await expect(process.runtime.ordered("e1", ada, dog.request)).rejects.toThrow();
    expect((await process.runtime.ordered("e1", ada, lake.request))?.id).toBe(first.type === "job" && first.job.id);
    expect(jobs()).toBe(1);
  });

  test("in two processes at once with different requests accepts one of them and refuses the other", async () => {
    verifies("paid-once.same-key");
    const other = await installation.open({ started: false });
    const replies = await Promise.all(
      [process, other].map(({ runtime }, index) => {
        const input = { prompt: `picture ${index}` };
        return runtime.call({ tool: "image", input, caller: ada, key: "e1", request: { tool: "image", input } });
      }),
    );
    expect(replies.map(({ type }) => type).sort()).toEqual(["job", "refused"]);
  });

  test("of another person is another request", async () => {
    await call("image", { prompt: "x" }, { key: "e1" });
    await call("image", { prompt: "x" }, { key: "e1", caller: operator });
    expect(jobs()).toBe(2);
  });

  test("finds its own clone although its name is now taken", async () => {
    verifies("paid-once.same-key");
    await process.runtime.start();
    const audio = (await upload(process, "tone.wav")).id;
    const input = { audio, name: "mine", consent: "yes" };
    const first = await call("clone", input, { key: "e1" });
    await installation.until(() => [...installation.store.entries.values()][0]?.job.state.phase === "succeeded");
    expect(await call("clone", input, { key: "e1" })).toMatchObject({
      type: "job",
      repeated: true,
      job: { id: first.type === "job" && first.job.id },
    });
    expect(await call("clone", input, { key: "e2" })).toMatchObject({ type: "refused", failure: { field: "name" } });
  });

  test("of a refused request may be used again: nothing was stored", async () => {
    expect(await call("image", { prompt: "" }, { key: "e1" })).toMatchObject({ type: "refused" });
    expect(await call("image", { prompt: "x" }, { key: "e1" })).toMatchObject({ type: "job", repeated: false });
  });
});

describe("bad input is refused, stores nothing and names the field", () => {
  test.each<[string, Record<string, unknown>, string | undefined, string, string]>([
    ["paint", {}, undefined, "There is no command “paint”", "没有“paint”命令"],
    ["image", { promt: "x" }, "promt", "There is no input “promt”", "没有名为“promt”的参数"],
    [
      "speak",
      { text: "x" },
      "voice",
      "Voice is required. The name of one of your voices.",
      "缺少必填项：音色。您的音色名称。",
    ],
    ["image", {}, "prompt", "Prompt is required. ", "缺少必填项：画面描述。"],
    [
      "image",
      { prompt: "x", count: 5 },
      "count",
      "Number of pictures must be a whole number from 1 to 4",
      "数量须为 1 到 4",
    ],
    ["image", { prompt: "x", count: "2.5" }, "count", "whole number", "整数"],
    ["image", { prompt: "字".repeat(1_001) }, "prompt", "1,001 characters", "1,001 个字符"],
    ["image", { prompt: "x", provider: "nobody" }, "provider", "no provider “nobody”", "没有可用的服务商“nobody”"],
    ["image", { prompt: "x", count: 2, seed: 1 }, "seed", "seed", "种子"],
    ["clone", { audio: "asset_x", name: "n", tier: "gold" }, "tier", "lite, pro", "lite、pro"],
    ["clone", { audio: "asset_of_somebody", name: "n" }, "audio", "asset_of_somebody", "asset_of_somebody"],
    ["speak", { text: "x", voice: "nobody" }, "voice", "no voice “nobody”", "音色“nobody”"],
    ["avatar", {}, "video", "Give a video", "请提供视频"],
  ])("%s %j", async (tool, input, field, english, chinese) => {
    verifies("understood.bad-input", "understood.both-languages");
    const en = await call(tool, input);
    const zh = await call(tool, input, { caller: { ...ada, locale: "zh-CN" } });
    expect(en).toMatchObject({ type: "refused", failure: { charged: "no", ...(field ? { field } : {}) } });
    expect(en.message.title).toContain(english);
    expect(zh.message.title).toContain(chinese);
    expect(jobs()).toBe(0);
  });

  test("text becomes numbers and flags on surfaces that only have text", () => {
    const image = builtInTools.find(({ command }) => command === "image")!;
    expect(parseInput(image, { prompt: " x ", count: "2", seed: "", size: null })).toEqual({ prompt: "x", count: 2 });
    const speak = builtInTools.find(({ command }) => command === "speak")!;
    expect(parseInput(speak, { text: "a", voice: "v", speed: ".5", cross_language: "是" })).toEqual({
      ...{ text: "a", voice: "v", speed: 0.5, cross_language: true },
    });
  });

  test("of any input, what is accepted meets the field's own schema, and anything else is a UsageError", () => {
    verifies("understood.bad-input");
    const value = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.constant("2"),
      fc.object(),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...builtInTools),
        fc.array(value, { minLength: 10, maxLength: 10 }),
        fc.dictionary(fc.string(), value, { maxKeys: 1 }),
        (tool, values, extra) => {
          const names = Object.keys(tool.input);
          const raw = { ...Object.fromEntries(names.map((name, index) => [name, values[index]])), ...extra };
          try {
            for (const [name, parsed] of Object.entries(parseInput(tool, raw))) {
              expect(tool.input[name].schema.safeParse(parsed).success).toBe(true);
            }
          } catch (error) {
            expect(error).toBeInstanceOf(UsageError);
            expect(ToolcastError.isInstance(error) && error.failure.field).toBeTypeOf("string");
          }
        },
      ),
      { numRuns: 300, seed: 3 },
    );
  });
});

describe("before anything is spent", () => {
  test("balances are for operators", async () => {
    verifies("spending.operators");
    expect(await call("balance", {})).toMatchObject({ type: "refused", failure: { kind: "policy" } });
    expect(await call("balance", {}, { caller: operator })).toMatchObject({
      type: "answer",
      message: { private: true },
    });
  });

  test("the price of all steps is given, and an unknown one says what it depends on", async () => {
    verifies("spending.price");
    expect((await startJob(process, "image", { prompt: "x", count: 4 })).price).toEqual({
      known: true,
      amount: 8,
      unit: "points",
    });
    const dependsOn = { en: "its length", "zh-CN": "时长" };
    installation.provider.prices.set("image", { known: false, dependsOn });
    const reply = await call("image", { prompt: "x" });
    expect(reply.message.fields?.map((field) => field.value).join()).toContain("its length");
  });

  test("another person's file is not found, whether it exists or not", async () => {
    verifies("safe.owners");
    const foreign = await upload(process, "avc.mp4", "chat:eve");
    expect(await call("avatar", { video: foreign.id, text: "x" })).toMatchObject({
      ...{ type: "refused", failure: { field: "video", sentence: { key: "media.not-found" } } },
    });
  });

  test("without a public address, a tool whose vendor fetches files is refused", async () => {
    verifies("spending.public-url");
    installation.provider.fetchesMedia = true;
    const lonely = await installation.open({ publicUrl: undefined as unknown as string, started: false });
    const video = await upload(lonely, "avc.mp4");
    const reply = await lonely.runtime.call({
      tool: "avatar",
      input: { video: video.id, text: "大家好" },
      caller: ada,
    });
    expect(reply).toMatchObject({ type: "refused", failure: { kind: "policy" } });
    expect(reply.message.title).toContain("PUBLIC_URL");
    expect(jobs()).toBe(0);
  });

  test("a vendor's own limits are checked before the job is stored", async () => {
    verifies("spending.limits-first");
    installation.provider.invalid.set("image", new UsageError({ en: "Too wide.", "zh-CN": "太宽。" }, "size"));
    expect(await call("image", { prompt: "x", size: "9x9" })).toMatchObject({
      type: "refused",
      failure: { field: "size" },
    });
    expect(jobs()).toBe(0);
  });

  test("a linked file is fetched and priced later by the worker, and then used", async () => {
    const url = "https://files.example/avc.mp4";
    const { id, prepared } = await startJob(process, "avatar", { video: url, text: "大家好" });
    expect(prepared).toBe(false);
    await process.runtime.start();
    await installation.until(() => installation.job(id).state.phase === "succeeded");
    expect(installation.http.downloads[0]).toBe(url);
    expect(installation.job(id).price).toEqual({ known: true, amount: 2, unit: "points" });
    expect(installation.provider.starts[0]?.request).toMatchObject({ video: { kind: "video" } });
  });

  test("a linked file that cannot be fetched, or is of the wrong kind, fails the job without a start", async () => {
    installation.failingAddresses.add("https://files.example/avc.mp4");
    const missing = await startJob(process, "avatar", { video: "https://files.example/avc.mp4", text: "大家好" });
    const wrong = await startJob(process, "avatar", { video: "https://files.example/picture.png", text: "大家好" });
    await process.runtime.start();
    for (const { id } of [missing, wrong]) {
      await installation.until(() => installation.job(id).state.phase === "failed");
      expect(installation.job(id).state).toMatchObject({ failure: { field: "video", charged: "no" } });
    }
    expect(installation.provider.starts).toEqual([]);
  });
});

test("a request is answered at once while every vendor hangs", async () => {
  verifies("acknowledged.vendors-down", "acknowledged.stored-first");
  installation.provider.nextStart("image", ...Array.from({ length: 3 }, () => () => new Promise<never>(() => {})));
  await process.runtime.start();
  for (let index = 0; index < 5; index += 1) {
    const before = installation.clock.now();
    expect(await call("image", { prompt: "x" })).toMatchObject({ type: "job", message: { tone: "progress" } });
    expect(installation.clock.now()).toBe(before);
  }
  expect(jobs()).toBe(5);
});

describe("a callback", () => {
  async function runningVideo(): Promise<{ id: string; callbackUrl: string }> {
    installation.provider.firstCheckAfterMs = 600_000;
    process.life.die();
    process = await installation.open();
    const video = await upload(process, "avc.mp4");
    const { id } = await startJob(process, "avatar", { video: video.id, text: "大家好" });
    await installation.until(() => installation.job(id).state.phase === "running");
    return { id, callbackUrl: installation.provider.starts[0]?.context.callbackUrl ?? "" };
  }
  const post = (url: string) =>
    process.runtime.handlePublic(new Request(url, { method: "POST", body: '{"state":"failed"}' }));

  test("is a hint: its body is not believed, the vendor is asked", async () => {
    verifies("safe.callbacks");
    const { id, callbackUrl } = await runningVideo();
    expect((await post(callbackUrl))?.status).toBe(200);
    await installation.until(() => installation.job(id).state.phase === "succeeded", 30_000);
  });

  test("to an address that somebody guessed is ignored", async () => {
    verifies("safe.callbacks");
    const { id, callbackUrl } = await runningVideo();
    expect((await post(callbackUrl.replace(/.$/, (last) => (last === "A" ? "B" : "A"))))?.status).toBe(404);
    expect((await post(callbackUrl.replace(/job_[\w-]+/, "job_other")))?.status).toBe(404);
    await installation.pass(60_000);
    expect(installation.provider.checks).toEqual([]);
    expect(installation.job(id).state.phase).toBe("running");
  });

  test("that is repeated many times changes nothing", async () => {
    const { id, callbackUrl } = await runningVideo();
    await Promise.all(Array.from({ length: 5 }, () => post(callbackUrl)));
    await installation.until(() => installation.platform.posted.length > 0, 30_000);
    await post(callbackUrl);
    await installation.pass(5_000);
    expect(installation.platform.posted).toHaveLength(1);
    expect(installation.job(id).notices).toHaveLength(1);
  });
});

describe("a program that cannot be asked", () => {
  const clone = async () => ({ audio: (await upload(process, "tone.wav")).id, name: "mine" });

  test("learns what it would have to agree to, and nothing is stored", async () => {
    verifies("spending.agreed-beforehand");
    const reply = await call("clone", await clone(), { whenHeld: "refuse" });
    expect(reply).toMatchObject({ type: "refused", hold: "consent", failure: { kind: "policy", charged: "no" } });
    expect(jobs()).toBe(0);
  });

  test("agrees in the request itself, and that is on record", async () => {
    verifies("spending.agreed-beforehand", "spending.consent");
    const reply = await call("clone", await clone(), { whenHeld: "refuse", agreed: ["consent"] });
    expect(reply).toMatchObject({
      type: "job",
      job: { state: { phase: "queued" }, confirmations: [{ reason: "consent", by: ada.id, beforehand: true }] },
    });
  });

  test("cannot agree to a price nobody has seen by giving a consent beforehand", async () => {
    verifies("spending.agreed-beforehand", "spending.ask-above");
    const asking = await installation.open({ started: false, policy: { operators: [], askAbove: 1 } });
    const asked = (agreed: ("consent" | "price")[]) =>
      asking.runtime.call({ tool: "image", input: { prompt: "x" }, caller: ada, whenHeld: "refuse", agreed });
    expect(await asked(["consent"])).toMatchObject({ type: "refused", hold: "price" });
    expect(await asked(["price"])).toMatchObject({ type: "job", job: { state: { phase: "queued" } } });
  });
});

describe("who may use a tool", () => {
  const access = [
    { tool: "image", allowed: ["chat:role:painters", "chat:channel:studio"] },
    { tool: "*", allowed: ["chat:ada"] },
  ];
  test.each([
    ["image", { ...ada }, "refused"],
    ["image", { ...ada, roles: ["chat:role:painters"] }, "job"],
    ["image", { ...ada, places: ["chat:guild:1", "chat:channel:studio"] }, "job"],
    ["image", operator, "job"],
    ["voices", ada, "answer"],
    ["voices", { ...ada, id: "chat:eve" }, "refused"],
  ] as const)("%s for %o: %s", async (tool, caller, type) => {
    verifies("spending.access");
    const { runtime } = await installation.open({ started: false, policy: { operators: [operator.id], access } });
    expect(await runtime.call({ tool, input: tool === "image" ? { prompt: "x" } : {}, caller })).toMatchObject({
      type,
    });
  });

  test("a role may be an operator", async () => {
    verifies("spending.operators");
    const { runtime } = await installation.open({ started: false, policy: { operators: ["chat:role:staff"] } });
    expect(runtime.isOperator(ada)).toBe(false);
    expect(runtime.isOperator({ ...ada, roles: ["chat:role:staff"] })).toBe(true);
  });
});
