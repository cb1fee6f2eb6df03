import { readFileSync } from "node:fs";
import type { Asset } from "@toolcast/core";
import { dashscope, type OperationContext, type StartEnd } from "@toolcast/core/provider";
import { say } from "@toolcast/core/surface";
import { afterEach, describe, expect, test } from "vitest";
import {
  answer,
  begun,
  closeAll,
  paths,
  type providerAt,
  type Script,
  secret,
  setUp,
} from "../doubles/dashscope-vendor.ts";
import { createAsset, createOperationContext, createProviderTools } from "../doubles/provider-tools.ts";
import type { ArrivedRequest, Reply } from "../doubles/raw-vendor.ts";
import { createManualClock } from "../manual-clock.ts";
import { verifies } from "../verifies.ts";

const sdk = JSON.parse(readFileSync(new URL("../fixtures/sdk/dashscope-python.json", import.meta.url), "utf8")) as {
  form: { fields: string[] };
};

afterEach(closeAll);

const bytesOf = (kind: Asset["kind"]) => new TextEncoder().encode(`the bytes of the ${kind}`);
const held = (kind: Asset["kind"], changes: Partial<Asset> = {}) =>
  createAsset({ kind, bytes: bytesOf(kind).byteLength, ...changes });
const audio = held("audio", { name: "私密.wav" });
const video = held("video");
const image = held("image");
const unreached = createOperationContext({
  canBeReached: false,
  addressOf: () => Promise.reject(new Error("there is no address")),
  read: async ({ kind }) => bytesOf(kind),
});

/** A policy whose directory names its model and its number. */
function policy(request: ArrivedRequest, nth: number, changes: object = {}): Reply {
  return {
    body: {
      request_id: "req-policy",
      data: {
        policy: "eyJl",
        signature: "c2ln",
        upload_dir: `dashscope-instant/a/${request.query.get("model")}/${nth}`,
        upload_host: `http://${request.headers.host}/store`,
        expire_in_seconds: 300,
        max_file_size_mb: 100,
        capacity_limit_mb: 999_999_999,
        oss_access_key_id: "LTA-marker",
        x_oss_object_acl: "private",
        x_oss_forbid_overwrite: "true",
        ...changes,
      },
    },
  };
}
const store = { "/store": (): Reply => ({ status: 200, body: "" }) };
const script = (changes: object = {}): Script => ({
  uploads: (request, nth) => policy(request, nth, changes),
  ...store,
  [paths.video]: () => begun,
  [paths.detect]: () => answer({ check_pass: true, humanoid: true }),
});
const addressesIn = (text: string) => [...text.matchAll(/oss:\/\/[^"]+/g)].map(([address]) => address);
const lips = (provider: { operations: ReturnType<typeof providerAt>["operations"] }, context: OperationContext) =>
  provider.operations.avatarVideo!.start({ video, audio }, context);

describe("without an address that the vendor can reach", () => {
  verifies("media.lent-storage");

  test("files are uploaded for the model, and the call says so", async () => {
    const { vendor, provider } = await setUp(script());
    expect(await lips(provider, unreached)).toMatchObject({ end: "operation" });
    expect(vendor.to("/uploads").map(({ target }) => target)).toEqual(
      Array(2).fill("/api/v1/uploads?action=getPolicy&model=videoretalk"),
    );
    const [start] = vendor.to(paths.video);
    expect(start!.headers["x-dashscope-ossresourceresolve"]).toBe("enable");
    expect(addressesIn(start!.text)).toEqual([
      expect.stringMatching(/^oss:\/\/dashscope-instant\/a\/videoretalk\/\d\/video_[\w-]+\.mp4$/),
      expect.stringMatching(/^oss:\/\/dashscope-instant\/a\/videoretalk\/\d\/audio_[\w-]+\.wav$/),
    ]);
  });

  test("the store gets the form with the file last, neither the key nor the file's name", async () => {
    const { vendor, provider } = await setUp(script());
    await lips(provider, unreached);
    const forms = vendor.to("/store");
    expect(forms).toHaveLength(2);
    for (const form of forms) {
      expect(form.headers.authorization).toBeUndefined();
      expect(JSON.stringify([form.headers, form.text])).not.toContain(secret);
      expect(form.text).not.toContain("私密");
      const names = [...form.text.matchAll(/name="([\w-]+)"/g)].map(([, name]) => name);
      // The fields of the vendor's own SDK, in its order.
      expect(names).toEqual(sdk.form.fields);
      expect(form.text).toContain("the bytes of the ");
    }
  });

  test("a large video is read in pieces, never as a whole", async () => {
    verifies("media.streamed");
    const { vendor, provider } = await setUp(script());
    const mebibyte = 1024 * 1024;
    const large = createAsset({ kind: "video", bytes: 40 * mebibyte });
    const pieces: number[] = [];
    const context: OperationContext = {
      ...unreached,
      read: () => Promise.reject(new Error("read as a whole")),
      async *open({ bytes }) {
        for (let at = 0; at < bytes; at += mebibyte) {
          const piece = new Uint8Array(Math.min(mebibyte, bytes - at));
          pieces.push(piece.byteLength);
          yield piece;
        }
      },
    };
    expect(await provider.operations.avatarVideo!.start({ video: large, audio }, context)).toMatchObject({
      end: "operation",
    });
    expect(pieces.filter((bytes) => bytes === mebibyte)).toHaveLength(40);
    const announced = vendor.to("/store").map(({ headers }) => Number(headers["content-length"]));
    expect(Math.max(...announced)).toBeGreaterThan(large.bytes);
    expect(Math.max(...announced)).toBeLessThan(large.bytes + 4_096);
  });

  test("nothing is reused: neither for the model that looks at the picture, nor for the next start", async () => {
    const { vendor, provider } = await setUp(script());
    const portrait = () => provider.operations.portraitVideo!.start({ image, audio }, unreached);
    await portrait();
    await portrait();
    const used = [...vendor.to(paths.detect), ...vendor.to(paths.video)].flatMap(({ text }) => addressesIn(text));
    expect(new Set(used).size).toBe(6);
    for (const { headers, text } of [...vendor.to(paths.detect), ...vendor.to(paths.video)]) {
      const { model } = JSON.parse(text);
      expect(addressesIn(text).every((address) => address.includes(`/${model}/`))).toBe(true);
      expect(headers["x-dashscope-ossresourceresolve"]).toBe("enable");
    }
  });

  test("with an address, nothing is uploaded and the call says nothing", async () => {
    const { vendor, provider } = await setUp(script());
    await lips(provider, createOperationContext());
    expect([...vendor.to("/uploads"), ...vendor.to("/store")]).toEqual([]);
    expect(vendor.requests[0]!.headers["x-dashscope-ossresourceresolve"]).toBeUndefined();
  });

  test.each([
    ["cosyvoice-v3-flash", "url"],
    ["qwen3-tts-vc-2026-01-22", "data"],
  ])("a voice's sample is inside the request, for %s", async (model, field) => {
    const variables = { DASHSCOPE_SPEECH_MODEL: model };
    const made = answer(field === "url" ? { voice_id: "v-1" } : { voice: "v-1" });
    const { vendor, provider } = await setUp({ [paths.customization]: () => made }, variables);
    expect(await provider.operations.voiceCloning!.start({ audio }, unreached)).not.toMatchObject({ end: "refused" });
    const bytes = Buffer.from("the bytes of the audio").toString("base64");
    expect(vendor.requests).toHaveLength(1);
    expect(vendor.requests[0]!.text).toContain(`"${field}":"data:audio/wav;base64,${bytes}"`);
  });
});

describe("nothing is started, and nothing unclear,", () => {
  verifies("media.lent-storage");

  const xml = "<Error><Code>AccessDenied</Code><Message>Policy expired.</Message><RequestId>oss-1</RequestId></Error>";

  test.each([
    ["the policy is refused", { uploads: () => ({ status: 401, body: { code: "InvalidApiKey" } }) }, "refused"],
    ["the policy is unreadable", { uploads: () => ({ body: { request_id: "r" } }) }, "not-sent"],
    ["the store refuses", { "/store": () => ({ status: 403, body: xml }) }, "refused"],
    ["the store is busy", { "/store": () => ({ status: 503, body: "<html>" }) }, "refused"],
    ["the store cuts the connection", { "/store": () => "reset" as const }, "not-sent"],
  ] satisfies [string, Script, string][])("if %s", async (_name, changes, end) => {
    const { vendor, provider } = await setUp({ ...script(), ...changes });
    expect(await lips(provider, unreached)).toMatchObject({ end, failure: { charged: "no" } });
    expect(vendor.to(paths.video)).toEqual([]);
  });

  test("if the store refuses, in the store's own words, in both languages", async () => {
    const { provider } = await setUp({ ...script(), "/store": () => ({ status: 403, body: xml }) });
    const { failure } = (await lips(provider, unreached)) as Extract<StartEnd, { failure: unknown }>;
    expect(failure).toMatchObject({ vendorMessage: "Policy expired.", requestId: "oss-1", httpStatus: 403 });
    expect(say(failure.sentence, "en")).toContain("AccessDenied");
    expect(say(failure.sentence, "zh-CN")).toMatch(/AccessDenied.*PUBLIC_URL/);
  });

  test("if the file is larger than the store takes", async () => {
    const { provider } = await setUp(script({ max_file_size_mb: 1 }));
    const large = createAsset({ kind: "video", bytes: 2 * 1024 * 1024 });
    const end = await provider.operations.avatarVideo!.start({ video: large, audio }, unreached);
    expect(end).toMatchObject({ end: "refused", failure: { field: "video", charged: "no" } });
  });

  test.each([
    ["of this machine's network", "https://192.168.0.1/store", "refused"],
    ["of another service on this machine", "https://127.0.0.1:1/store", "refused"],
    ["without encryption", "http://files.example/store", "not-sent"],
    ["that is no address", "files", "not-sent"],
  ])("if the answer names a store %s", async (_name, upload_host, end) => {
    verifies("safe.private-networks");
    const { vendor, provider } = await setUp(script({ upload_host }));
    expect(await lips(provider, unreached)).toMatchObject({ end, failure: { charged: "no" } });
    expect(vendor.to(paths.video)).toEqual([]);
  });
});

describe("by region", () => {
  const at = (baseUrl: string) => {
    const values = { DASHSCOPE_API_KEY: secret, DASHSCOPE_BASE_URL: baseUrl };
    return dashscope.create(dashscope.schema.parse(values), createProviderTools(baseUrl, createManualClock()));
  };

  test.each([
    ["https://dashscope.aliyuncs.com/api/v1", undefined],
    ["https://ws-1.ap-southeast-1.maas.aliyuncs.com/api/v1", undefined],
    ["https://dashscope-us.aliyuncs.com/api/v1", true],
    ["https://ws-1.eu-central-1.maas.aliyuncs.com/api/v1", true],
  ])("%s: a public address is needed: %s", (baseUrl, isNeeded) => {
    const { avatarVideo, portraitVideo, voiceCloning } = at(baseUrl).operations;
    expect([avatarVideo!.fetchesMedia, portraitVideo!.fetchesMedia]).toEqual([isNeeded ?? false, isNeeded ?? false]);
    expect(voiceCloning!.fetchesMedia).toBeUndefined();
  });
});

test("doctor warns of the lent storage only where it is used", async () => {
  const { provider } = await setUp({ "": () => answer({}) });
  const keys = async (canBeReached?: boolean) =>
    (await provider.doctor(undefined, canBeReached === undefined ? undefined : { canBeReached })).map(
      ({ level, sentence }) => [level, "key" in sentence ? sentence.key : ""],
    );
  const warning = ["warning", "provider.doctor.dashscope-uploads"];
  expect(await keys(false)).toContainEqual(warning);
  expect(await keys(true)).not.toContainEqual(warning);
  expect(await keys()).not.toContainEqual(warning);
});
