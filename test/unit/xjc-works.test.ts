import { type Json, UsageError } from "@toolcast/core";
import type { ProviderError } from "@toolcast/core/errors";
import { type CheckEnd, type OperationContext, type ProviderInstance, vendorFailures } from "@toolcast/core/provider";
import { afterEach, describe, expect, test } from "vitest";
import { createAsset, createOperationContext, createSharedState, jsonOf } from "../doubles/provider-tools.ts";
import { closedAddress, type Reply } from "../doubles/raw-vendor.ts";
import { closeAll, no, ok, providerAt, setUp, startMs } from "../doubles/xjc-vendor.ts";
import { verifies } from "../verifies.ts";

const audio = createAsset({ kind: "audio" });
const video = createAsset({ kind: "video" });

afterEach(closeAll);

const startWork = (provider: ProviderInstance, changes: Partial<OperationContext> = {}) =>
  provider.operations.avatarVideo!.start({ text: "你好" }, createOperationContext(changes));

async function failureOfCheck(check: Promise<CheckEnd>): Promise<ProviderError["failure"]> {
  return check.then(
    (end) => Promise.reject(new Error(`ended as ${end.state}`)),
    (error: ProviderError) => error.failure,
  );
}

describe("works: what is sent", () => {
  const createdWith = async (
    ...[request, changes]: Parameters<NonNullable<ProviderInstance["operations"]["avatarVideo"]>["start"]>
  ) => {
    const { vendor, provider } = await setUp({ "works/create": () => ok({ jobId: "job-1" }) });
    const end = await provider.operations.avatarVideo!.start(request, changes);
    const [created] = vendor.to("works/create");
    expect(created?.headers["authorization-token"]).toBe("marker-token-1");
    return { end, body: jsonOf(created!.text) };
  };

  test("video and audio, with a title and an address for the notice", async () => {
    const context = createOperationContext({ callbackUrl: "https://relay.example/callbacks/1" });
    const { end, body } = await createdWith({ video, audio, title: "标题" }, context);
    expect(body).toEqual({
      videoUrl: "https://relay.example/hash-of-video.mp4",
      audioUrl: "https://relay.example/hash-of-audio.wav",
      title: "标题",
      callbackUrl: "https://relay.example/callbacks/1",
    });
    expect(end).toEqual({
      end: "operation",
      reference: { kind: "work", jobId: "job-1", startedAt: startMs },
      requestId: "job-1",
    });
  });

  test("video and text; text alone", async () => {
    expect((await createdWith({ video, text: "你好" }, createOperationContext())).body).toEqual({
      videoUrl: "https://relay.example/hash-of-video.mp4",
      audioUrl: "",
      text: "你好",
    });
    expect((await createdWith({ text: "你好" }, createOperationContext())).body).toEqual({
      videoUrl: "",
      audioUrl: "",
      text: "你好",
    });
  });
});

describe("works: each end of a start", () => {
  test.each<[string, string, Reply, object]>([
    ["refused", "for good", no(20005), { vendorCode: "20005", vendorMessage: "原话", charged: "no" }],
    ["refused", "for now", no(20007), { retry: { kind: "later", afterMs: 30_000 }, charged: "no" }],
    ["refused", "by a fault", no(20902), { retry: { kind: "never" }, charged: "unknown" }],
    ["refused", "by an unknown code", no(31337), { retry: { kind: "never" }, charged: "unknown" }],
    ["refused", "with an error status", { status: 500, body: { code: 20004, msg: "b，a" } }, { vendorCode: "20004" }],
    ["refused", "with digits in quotes", { body: { code: "20005", msg: null } }, { vendorCode: "20005" }],
    ["unknown", "reset", "reset", { charged: "unknown", retry: { kind: "never" } }],
    ["unknown", "giant", "giant", { charged: "unknown", retry: { kind: "never" } }],
    ["unknown", "malformed", { body: '{"code":0,"data":{"jo' }, { charged: "unknown" }],
    ["unknown", "no data", ok(null), { charged: "unknown" }],
    ["unknown", "no job id", ok({ jobId: "" }), { charged: "unknown" }],
    ["unknown", "no code", { body: { data: { jobId: "j" } } }, { charged: "unknown" }],
    ["unknown", "a server error", { status: 502, body: "<html>" }, { httpStatus: 502 }],
    ["refused", "an unreadable 4xx", { status: 400, body: "<html>" }, { httpStatus: 400, charged: "no" }],
  ])("%s: %s", async (end, _name, reply, failure) => {
    const { vendor, provider } = await setUp({ "works/create": () => reply });
    const ended = await startWork(provider);
    expect(ended).toMatchObject({ end, failure });
    expect(vendor.to("works/create")).toHaveLength(1);
    expect(JSON.stringify(ended)).not.toMatch(/marker|sign=/);
  });

  test("not-sent: nothing listens", async () => {
    expect(await startWork(providerAt(await closedAddress()))).toMatchObject({
      end: "not-sent",
      failure: { kind: "unreachable", charged: "no", retry: { kind: "later" } },
    });
  });

  test("not-sent: the token's request was lost, which is free", async () => {
    const { vendor, provider } = await setUp({ "oauth/token": () => "reset" });
    expect(await startWork(provider)).toMatchObject({ end: "not-sent", failure: { charged: "no" } });
    expect(vendor.to("works/create")).toHaveLength(0);
  });

  test("not-sent: a fault while the token is fetched has started nothing", async () => {
    const { provider } = await setUp({ "oauth/token": () => no(10001) });
    expect(await startWork(provider)).toMatchObject({
      end: "not-sent",
      failure: { vendorCode: "10001", charged: "no", retry: { kind: "later" } },
    });
  });

  test("refused: there is no address for a medium, which another try would not fix", async () => {
    const { vendor, provider } = await setUp();
    const end = await provider.operations.avatarVideo!.start(
      { video, text: "你好" },
      createOperationContext({
        addressOf: () => Promise.reject(new UsageError({ en: "no public address", "zh-CN": "没有公网地址" }, "video")),
      }),
    );
    expect(end).toMatchObject({ end: "refused", failure: { kind: "usage", field: "video", charged: "no" } });
    expect(vendor.requests).toHaveLength(0);
  });

  test("not-sent: another process holds the token's lock for too long", async () => {
    const locked = vendorFailures({ id: "xjc", title: { en: "", "zh-CN": "" } }).notReadable("timeout");
    const { vendor, provider } = await setUp({}, { ...createSharedState(), exclusive: () => Promise.reject(locked) });
    expect(await startWork(provider)).toEqual({ end: "not-sent", failure: locked.failure });
    expect(vendor.requests).toHaveLength(0);
  });

  test("refused: the keys are wrong", async () => {
    const { provider } = await setUp({ "oauth/token": () => no(20001) });
    expect(await startWork(provider)).toMatchObject({
      end: "refused",
      failure: { vendorCode: "20001", charged: "no" },
    });
  });

  test("refused: the token has expired; it is not retried internally, and the next try has a new one", async () => {
    const { vendor, provider } = await setUp({
      "works/create": (request) =>
        request.headers["authorization-token"] === "marker-token-1" ? no(20002) : ok({ jobId: "job-2" }),
    });
    expect(await startWork(provider)).toMatchObject({
      end: "refused",
      failure: { vendorCode: "20002", charged: "no", retry: { kind: "later", afterMs: 0 } },
    });
    expect(vendor.to("works/create")).toHaveLength(1);
    expect(vendor.to("oauth/token")).toHaveLength(1);
    expect(await startWork(provider)).toMatchObject({ end: "operation", requestId: "job-2" });
  });

  test("refused: a fresh token is refused as well, which no further start would fix", async () => {
    let refuses = true;
    const { vendor, provider } = await setUp({
      "works/create": () => (refuses ? no(20002) : ok({ jobId: "job-2" })),
    });
    expect(await startWork(provider)).toMatchObject({ failure: { retry: { kind: "later" } } });
    // The vendor accepts questions with the very token with which it refuses starts.
    await provider.balance?.();
    for (let start = 0; start < 2; start += 1) {
      expect(await startWork(provider)).toMatchObject({
        end: "refused",
        failure: { vendorCode: "20002", charged: "no", retry: { kind: "after-change" } },
      });
    }
    expect(vendor.to("works/create")).toHaveLength(3);
    refuses = false;
    expect(await startWork(provider)).toMatchObject({ end: "operation" });
    refuses = true;
    expect(await startWork(provider)).toMatchObject({ failure: { retry: { kind: "later" } } });
  });

  test("unknown: no answer within a minute", async () => {
    const { clock, vendor, provider } = await setUp({
      "oauth/token": () => ok({ token: "marker", expiresIn: startMs + 10 ** 9 }),
      "works/create": () => "hang",
    });
    await provider.balance?.();
    const arrival = vendor.arrival();
    const end = startWork(provider);
    await arrival;
    await clock.advance(60_000);
    expect(await end).toMatchObject({ end: "unknown", failure: { charged: "unknown" } });
  });
});

describe("works: checking", () => {
  const reference: Json = { kind: "work", jobId: "job-1", startedAt: startMs };
  const checked = async (reply: Reply, ageMs = 0, given: Json = reference) => {
    const { clock, vendor, provider } = await setUp({ "works/inspect": () => reply });
    await clock.advance(ageMs);
    return { vendor, check: provider.operations.avatarVideo!.check!(given, createOperationContext()) };
  };

  test.each([
    [1, true, 0, 2000],
    [2, false, 20_000, 5000],
    [2, false, 600_000, 15_000],
  ])("status %i is pending", async (status, queued, ageMs, checkAfterMs) => {
    const { vendor, check } = await checked(ok({ status }), ageMs);
    expect(await check).toEqual({ state: "pending", queued, checkAfterMs });
    expect(jsonOf(vendor.to("works/inspect")[0]!.text)).toEqual({ jobId: "job-1" });
  });

  test("status 3 is done, with the result's address", async () => {
    const { check } = await checked(ok({ status: 3, videoUrl: "https://cdn.example/v.mp4", duration: 12 }));
    expect(await check).toEqual({
      state: "done",
      output: { media: [{ url: "https://cdn.example/v.mp4" }], requestId: "job-1" },
    });
  });

  test("status 4 has failed: the vendor's words stay, the charge is unknown", async () => {
    const { check } = await checked(ok({ status: 4, errorMessage: "人脸不清晰" }));
    expect(await check).toMatchObject({
      state: "failed",
      failure: {
        kind: "refused",
        vendorMessage: "人脸不清晰",
        requestId: "job-1",
        charged: "unknown",
        retry: { kind: "never" },
      },
    });
  });

  test.each<[string, Reply]>([
    ["reset", "reset"],
    ["malformed", { body: "{" }],
    ["no data", ok(null)],
    ["an unknown status", ok({ status: 9 })],
    ["a server error", { status: 500, body: "" }],
  ])("%s cannot be read now, which ends nothing", async (_name, reply) => {
    const { check } = await checked(reply);
    expect(await failureOfCheck(check)).toMatchObject({ kind: "unreachable", retry: { kind: "later" }, charged: "no" });
  });

  test("an id not known yet is waited for, one not known after a minute is lost", async () => {
    verifies("survives.forgotten");
    expect(await (await checked(no(20006), 59_999)).check).toMatchObject({ state: "pending" });
    expect(await (await checked(no(20006), 60_000)).check).toMatchObject({
      state: "lost",
      failure: { vendorCode: "20006", requestId: "job-1", charged: "unknown", retry: { kind: "never" } },
    });
  });

  test.each([10001, 10002, 10003, 10004, 20001, 20003, 20007, 20008, 20027, 20901, 20902, 31337])(
    "code %i may be different at the next question, and ends nothing",
    async (code) => {
      verifies("survives.lost-result");
      const { check } = await checked(no(code));
      expect(await failureOfCheck(check)).toMatchObject({ kind: "refused", vendorCode: String(code) });
    },
  );

  test.each([20004, 20005, 20009, 20010, 20011, 20012, 20013, 20014, 20015, 20016, 20019, 20024, 20026, 30002])(
    "code %i never changes: the work has failed, with its row of the catalogue",
    async (code) => {
      verifies("survives.lost-result");
      const { check } = await checked(no(code, "原话"));
      expect(await check).toMatchObject({
        state: "failed",
        failure: {
          vendorCode: String(code),
          vendorMessage: "原话",
          requestId: "job-1",
          charged: "unknown",
          sentence: { key: "provider.refused" },
        },
      });
    },
  );

  test.each([20017, 20018, 20020, 30001])("code %i leaves open what was done: a person decides", async (code) => {
    const { check } = await checked(no(code));
    expect(await check).toMatchObject({
      state: "lost",
      failure: { vendorCode: String(code), charged: "unknown", retry: { kind: "never" } },
    });
  });

  test.each([
    ["an empty address", { status: 3, videoUrl: "" }],
    ["no address", { status: 3 }],
    ["an invalid address", { status: 3, videoUrl: 7 }],
    ["text instead", { status: 3, videoUrl: null, errorMessage: "原话" }],
  ])("status 3 with %s has ended, and is not asked about for hours", async (_name, data) => {
    verifies("survives.lost-result");
    const { check } = await checked(ok(data));
    expect(await check).toMatchObject({
      state: "lost",
      failure: {
        charged: "unknown",
        requestId: "job-1",
        sentence: { key: "provider.ended-without-result" },
        ...("errorMessage" in data ? { vendorMessage: data.errorMessage } : {}),
      },
    });
  });

  test("somebody else's reference is lost without a question", async () => {
    const strangers: Json[] = [null, "job-1", {}, { kind: "speech", tier: "lite", jobId: "j", startedAt: 0 }];
    for (const given of strangers) {
      const { vendor, check } = await checked(ok({ status: 3 }), 0, given);
      expect(await check).toMatchObject({ state: "lost", failure: { kind: "internal", charged: "unknown" } });
      expect(vendor.requests).toHaveLength(0);
    }
  });

  test("an expired token is renewed exactly once", async () => {
    const { vendor, provider } = await setUp({
      "works/inspect": (request) =>
        request.headers["authorization-token"] === "marker-token-1" ? no(20002) : ok({ status: 2 }),
    });
    const check = () => provider.operations.avatarVideo!.check!(reference, createOperationContext());
    expect(await check()).toMatchObject({ state: "pending" });
    expect(vendor.to("oauth/token")).toHaveLength(2);

    const stubborn = await setUp({ "works/inspect": () => no(20002) });
    const failure = await failureOfCheck(
      stubborn.provider.operations.avatarVideo!.check!(reference, createOperationContext()),
    );
    expect(failure).toMatchObject({ vendorCode: "20002" });
    expect(JSON.stringify(failure)).not.toContain("marker");
    expect(stubborn.vendor.to("works/inspect")).toHaveLength(2);
  });

  test("two processes meeting a dead token fetch one new one", async () => {
    const shared = createSharedState();
    const { clock, vendor, provider } = await setUp(
      {
        "works/inspect": (request) =>
          request.headers["authorization-token"] === "marker-token-1" ? no(20002) : ok({ status: 2 }),
      },
      shared,
    );
    const other = providerAt(vendor.url, clock, shared);
    await provider.balance?.();
    const checks = [provider, other, provider, other].map((one) =>
      one.operations.avatarVideo!.check!(reference, createOperationContext()),
    );
    expect((await Promise.all(checks)).map(({ state }) => state)).toEqual(Array(4).fill("pending"));
    expect(vendor.to("oauth/token")).toHaveLength(2);
  });
});

test("a check that is refused because there were too many says nothing about the work, whatever its code", async () => {
  verifies("survives.asked-to-wait");
  for (const code of [20005, 30002, 90002]) {
    const { provider } = await setUp({
      "works/create": () => ok({ jobId: "job-1" }),
      "works/inspect": () => ({
        ...(no(code) as object),
        body: { code, msg: "x", data: null },
        status: 429,
        retryAfter: "45",
      }),
    });
    const { reference } = (await startWork(provider)) as { reference: Json };
    const failure = await failureOfCheck(provider.operations.avatarVideo!.check!(reference, createOperationContext()));
    expect(failure).toMatchObject({ kind: "refused", httpStatus: 429 });
    // What a code means for a start decides what a person can do about it.
    expect(failure.retry).toEqual(code === 90002 ? { kind: "later", afterMs: 45_000 } : { kind: "after-change" });
  }
});
