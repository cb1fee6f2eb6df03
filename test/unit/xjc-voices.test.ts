import type { Json } from "@toolcast/core";
import { type ProviderInstance, type StartEnd, xjc } from "@toolcast/core/provider";
import { afterEach, describe, expect, test } from "vitest";
import { createAsset, createOperationContext, createProviderTools, jsonOf } from "../doubles/provider-tools.ts";
import { closedAddress, type Reply } from "../doubles/raw-vendor.ts";
import { closeAll, no, ok, prefix, providerAt, secrets, setUp, startMs } from "../doubles/xjc-vendor.ts";
import { createManualClock } from "../manual-clock.ts";
import { verifies } from "../verifies.ts";

type Started = Extract<StartEnd, { end: "operation" }>;

const audio = createAsset({ kind: "audio" });

afterEach(closeAll);

describe("voices", () => {
  const clone = (provider: ProviderInstance, tier: "lite" | "pro", speakerId?: string) =>
    provider.operations.voiceCloning!.start({ audio, tier, speakerId }, createOperationContext());

  test("a new one: the quota is checked, then it is trained", async () => {
    const { vendor, provider } = await setUp({ "voice/lite/train": () => ok({ speakerId: "S_1" }) });
    expect(await clone(provider, "lite")).toEqual({
      end: "operation",
      reference: {
        kind: "training",
        tier: "lite",
        speakerId: "S_1",
        startedAt: startMs,
        again: false,
        seenBusy: false,
      },
      requestId: "S_1",
    });
    expect(vendor.requests.map(({ path }) => path.slice(prefix.length))).toEqual([
      "oauth/token",
      "user/balance",
      "voice/lite/train",
    ]);
    expect(jsonOf(vendor.requests[2]!.text)).toEqual({
      speakerId: "",
      audioUrl: "https://relay.example/hash-of-audio.wav",
    });
  });

  test("a used-up quota is refused before anything is sent", async () => {
    const { vendor, provider } = await setUp();
    expect(await clone(provider, "pro")).toMatchObject({
      end: "refused",
      failure: {
        kind: "refused",
        charged: "no",
        category: "quota",
        sentence: { key: "provider.voice-quota-used-up", values: { tier: "PRO", used: 2, total: 2 } },
      },
    });
    expect(vendor.to("train")).toHaveLength(0);
  });

  test("training again uses no further voice, so the quota does not matter", async () => {
    const { vendor, provider } = await setUp({ "voice/pro/train": () => ok({ speakerId: "S_9" }) });
    expect(await clone(provider, "pro", "S_9")).toMatchObject({ end: "operation", reference: { again: true } });
    expect(vendor.to("user/balance")).toHaveLength(0);
    expect(jsonOf(vendor.to("voice/pro/train")[0]!.text)).toMatchObject({ speakerId: "S_9" });
  });

  test("a quota the vendor does not give stops nothing; a balance that cannot be read does", async () => {
    const silent = await setUp({
      "user/balance": () => ok({ balance: 1 }),
      "voice/lite/train": () => ok({ speakerId: "S_1" }),
    });
    expect(await clone(silent.provider, "lite")).toMatchObject({ end: "operation" });
    const broken = await setUp({ "user/balance": () => "reset" });
    expect(await clone(broken.provider, "lite")).toMatchObject({
      end: "not-sent",
      failure: { retry: { kind: "later" } },
    });
    expect(broken.vendor.to("train")).toHaveLength(0);
  });

  test.each<[string, Reply]>([
    ["refused", no(30002)],
    ["refused", no(30001)],
    ["unknown", "reset"],
    ["unknown", ok({})],
  ])("a training's start may end as %s", async (end, reply) => {
    const { vendor, provider } = await setUp({ "voice/lite/train": () => reply });
    expect(await clone(provider, "lite")).toMatchObject({ end });
    expect(vendor.to("voice/lite/train")).toHaveLength(1);
  });

  test("done: no medium, but the voice and its tier", async () => {
    const { provider } = await setUp({
      "voice/pro/train/detail": () => ok({ status: 3, speakerId: "S_1", type: "PRO" }),
    });
    const reference = {
      kind: "training",
      tier: "pro",
      speakerId: "S_1",
      startedAt: startMs,
      again: false,
      seenBusy: false,
    };
    expect(await provider.operations.voiceCloning!.check!(reference, createOperationContext())).toEqual({
      state: "done",
      output: { media: [], facts: { speakerId: "S_1", tier: "pro" }, requestId: "S_1" },
    });
  });
});

describe("a voice trained again: the end of the earlier training is not mistaken for this one's", () => {
  verifies("provider.retraining");
  const reference = {
    kind: "training",
    tier: "lite",
    speakerId: "S_1",
    startedAt: startMs,
    again: true,
    seenBusy: false,
  };

  test.each([3, 4])("status %i counts once the training was seen busy", async (ended) => {
    let status = ended;
    const { provider } = await setUp({ "voice/lite/train/detail": () => ok({ status, errorMessage: "" }) });
    const check = (given: Json) => provider.operations.voiceCloning!.check!(given, createOperationContext());
    expect(await check(reference)).toEqual({ state: "pending", checkAfterMs: 2000 });
    status = 2;
    const busy = await check(reference);
    expect(busy).toMatchObject({ state: "pending", reference: { ...reference, seenBusy: true } });
    status = ended;
    const last = await check((busy as { reference: Json }).reference);
    expect(last.state).toBe(ended === 3 ? "done" : "failed");
  });

  test("or when half a minute has passed", async () => {
    const { clock, provider } = await setUp({ "voice/lite/train/detail": () => ok({ status: 3 }) });
    const check = () => provider.operations.voiceCloning!.check!(reference, createOperationContext());
    await clock.advance(29_999);
    expect((await check()).state).toBe("pending");
    await clock.advance(1);
    expect((await check()).state).toBe("done");
  });
});

describe("speech", () => {
  test.each([
    [
      { tier: "lite", crossLanguage: true, speed: 1, pitch: 0.5, volume: 10 },
      { kyyRole: "yes", speedRatio: "1.0", pitchRatio: "0.5", volumeRatio: "10.0" },
    ],
    [{ tier: "lite", crossLanguage: false }, { kyyRole: "no" }],
    [{ tier: "lite" }, {}],
    [{ tier: "pro", crossLanguage: false, speed: 2 }, { speedRatio: "2.0" }],
  ] as const)("%j is sent as %j", async (request, sent) => {
    const { vendor, provider } = await setUp({ [`voice/${request.tier}/create`]: () => ok({ jobId: 7 }) });
    const end = (await provider.operations.speech!.start(
      { text: "你好", speakerId: "S_1", ...request },
      createOperationContext(),
    )) as Started;
    expect(jsonOf(vendor.to("create")[0]!.text)).toEqual({ speakerId: "S_1", content: "你好", ...sent });
    expect(end.reference).toEqual({ kind: "speech", tier: request.tier, jobId: "7", startedAt: startMs });
  });

  test("done, failed and pending are read from the tier's detail", async () => {
    const answers = [{ status: 1 }, { status: 3, url: "https://cdn.example/a.wav" }, { status: 4 }];
    const { provider } = await setUp({ "voice/lite/create/detail": (_request, nth) => ok(answers[nth - 1]) });
    const reference = { kind: "speech", tier: "lite", jobId: "7", startedAt: startMs };
    const check = () => provider.operations.speech!.check!(reference, createOperationContext());
    expect(await check()).toMatchObject({ state: "pending", queued: true });
    expect(await check()).toEqual({
      state: "done",
      output: { media: [{ url: "https://cdn.example/a.wav" }], requestId: "7" },
    });
    expect(await check()).toMatchObject({ state: "failed", failure: { charged: "unknown", requestId: "7" } });
  });
});

describe("the account", () => {
  test("balance and quotas", async () => {
    const { provider } = await setUp();
    expect(await provider.balance?.()).toEqual({
      amount: 120,
      unit: "points",
      quotas: [
        { name: { key: "provider.quota.voice-lite" }, used: 1, total: 5 },
        { name: { key: "provider.quota.voice-pro" }, used: 2, total: 2 },
      ],
    });
  });

  test("doctor proves the keys with a new token, and shows the balance", async () => {
    const { vendor, provider } = await setUp();
    await provider.balance?.();
    expect(await provider.doctor()).toMatchObject([
      { level: "ok", sentence: { key: "provider.doctor.xjc-keys" } },
      { level: "ok", sentence: { key: "provider.doctor.xjc-balance", values: { amount: 120 } } },
    ]);
    expect(vendor.to("oauth/token")).toHaveLength(2);
  });

  test("doctor says what to do about wrong keys, and nothing secret", async () => {
    const { provider } = await setUp({ "oauth/token": () => no(20003) });
    const findings = await provider.doctor();
    expect(findings).toMatchObject([{ level: "error", sentence: { key: "provider.doctor.refused" } }]);
    expect(JSON.stringify(findings)).toContain("XJC_SECRET_KEY");
    expect(JSON.stringify(findings)).not.toContain("marker");
    expect((await providerAt(await closedAddress()).doctor()).map(({ level }) => level)).toEqual(["error"]);
  });

  test("doctor warns of the documentation's host", async () => {
    const settings = xjc.schema.parse(secrets);
    const provider = xjc.create(settings, {
      ...createProviderTools(settings.baseUrl, createManualClock(startMs)),
      http: {
        request: () => Promise.reject(new Error("not asked")),
        download: () => Promise.reject(new Error("not asked")),
        converse: () => Promise.reject(new Error("not asked")),
        close: async () => {},
      },
      exclusive: () => Promise.resolve({ end: "none", sent: false, trouble: "connect" } as never),
    });
    expect((await provider.doctor()).map(({ sentence }) => "key" in sentence && sentence.key)).toEqual([
      "provider.not-readable-now",
      "provider.doctor.xjc-documentation-host",
    ]);
  });
});

test("its limits and its host come from the settings", () => {
  const settings = xjc.schema.parse({ ...secrets, XJC_STARTS_PER_SECOND: "1" });
  expect(xjc.limits(settings)).toEqual({ concurrent: 3, startsPerSecond: 1 });
  expect(xjc.hosts(settings)).toEqual(["doc.ai-xjc.com"]);
  expect(xjc.onLoopback(settings)).toBe(false);
});
