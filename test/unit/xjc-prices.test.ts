import type { Json } from "@toolcast/core";
import { xjc } from "@toolcast/core/provider";
import { afterEach, describe, expect, test } from "vitest";
import { createAsset, createOperationContext, createSharedState } from "../doubles/provider-tools.ts";
import { closeAll, ok, type Script, secrets, setUp } from "../doubles/xjc-vendor.ts";
import { verifies } from "../verifies.ts";

afterEach(closeAll);

const XJC_PRICES = JSON.stringify({
  video: { amount: 1.5, unit: "points" },
  "pro-speech": { amount: 20, unit: "CNY" },
});
const video = createAsset({ kind: "video" });
const audio = createAsset({ kind: "audio", durationMs: 12_400 });
const speech = (tier: "lite" | "pro") => ({ text: "字".repeat(500), speakerId: "S_1", tier });
const unknownVideo = { known: false, dependsOn: { key: "provider.price.xjc-video" }, unit: "points" };

const script: Script = {
  "works/create": () => ok({ jobId: "job-1" }),
  "works/inspect": (_request, nth) =>
    ok({ status: 3, videoUrl: "https://r.example/1.mp4", duration: [13, "14", null, {}][nth - 1] }),
  "voice/pro/create": () => ok({ jobId: "job-2" }),
  "voice/lite/create": () => ok({ jobId: "job-3" }),
  "voice/pro/create/detail": () => ok({ status: 3, url: "https://r.example/2.mp3" }),
  "voice/lite/create/detail": () => ok({ status: 3, url: "https://r.example/3.mp3" }),
};
const rated = async () => (await setUp(script, createSharedState(), { XJC_PRICES })).provider.operations;
const context = createOperationContext();

describe("the plan's rates that the operator sets", () => {
  test("a video costs its seconds at the operator's rate, beforehand if a recording gives them", async () => {
    verifies("spending.price");
    const { avatarVideo } = await rated();
    expect(await avatarVideo!.price({ video, audio })).toEqual({ known: true, amount: 19.5, unit: "points" });
    expect(await avatarVideo!.price({ video, text: "你好" })).toEqual(unknownVideo);
    const begun = await avatarVideo!.start({ video, audio }, context);
    const { reference } = begun as { reference: Json };
    const charges = [];
    for (let look = 0; look < 4; look += 1) {
      charges.push(await avatarVideo!.check!(reference, context));
    }
    expect(charges).toMatchObject([
      { state: "done", output: { charge: { amount: 19.5, unit: "points" } } },
      { state: "done", output: { charge: { amount: 21, unit: "points" } } },
      { state: "done", output: { charge: { unit: "points" } } },
      { state: "done", output: { charge: { unit: "points" } } },
    ]);
  });

  test("speech alone is no video, and has no rate", async () => {
    verifies("spending.price");
    const { avatarVideo } = await rated();
    expect(await avatarVideo!.price({ text: "你好" })).toEqual(unknownVideo);
    const { reference } = (await avatarVideo!.start({ text: "你好" }, context)) as { reference: Json };
    const end = await avatarVideo!.check!(reference, context);
    expect(end).not.toHaveProperty("output.charge");
  });

  test("speech costs its characters, at its tier's rate", async () => {
    verifies("spending.price");
    const operations = await rated();
    expect(await operations.speech!.price(speech("pro"))).toEqual({ known: true, amount: 1, unit: "CNY" });
    expect(await operations.speech!.price(speech("lite"))).toEqual({
      known: false,
      dependsOn: { key: "provider.price.xjc-speech" },
      counted: { amount: 500, unit: "characters" },
    });
    const { reference } = (await operations.speech!.start(speech("pro"), context)) as { reference: Json };
    expect(await operations.speech!.check!(reference, context)).toMatchObject({
      output: { charge: { amount: 1, unit: "CNY" } },
    });
    const other = (await operations.speech!.start(speech("lite"), context)) as { reference: Json };
    expect(await operations.speech!.check!(other.reference, context)).not.toHaveProperty("output.charge");
  });

  test("without a rate nothing is known beforehand, and no charge is invented", async () => {
    verifies("spending.price");
    const { avatarVideo } = (await setUp(script)).provider.operations;
    expect(await avatarVideo!.price({ video, audio })).toEqual(unknownVideo);
    const { reference } = (await avatarVideo!.start({ video, audio }, context)) as { reference: Json };
    expect(await avatarVideo!.check!(reference, context)).not.toHaveProperty("output.charge");
  });

  test.each([
    "{",
    "[]",
    '{"video": 2}',
    '{"video": {"amount": -1, "unit": "points"}}',
    '{"vidoe": {"amount": 1, "unit": "points"}}',
  ])("%s is refused with what it must be", (value) => {
    verifies("tried.configuration");
    const parsed = xjc.schema.safeParse({ ...secrets, XJC_PRICES: value });
    expect(parsed.error?.issues.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^XJC_PRICES must be a JSON object of video, lite-speech and pro-speech/),
    ]);
  });
});
