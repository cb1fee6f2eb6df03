import type { Json } from "@toolcast/core";
import type { Operation, ProviderInstance, StartEnd } from "@toolcast/core/provider";
import { afterEach, describe, expect, test } from "vitest";
import * as dashscopeVendor from "../doubles/dashscope-vendor.ts";
import { createAsset, createOperationContext } from "../doubles/provider-tools.ts";
import * as xjcVendor from "../doubles/xjc-vendor.ts";
import type { ManualClock } from "../manual-clock.ts";
import { verifies } from "../verifies.ts";

const hourMs = 60 * 60_000;
const steps = [-24 * hourMs, -hourMs, hourMs, 24 * hourMs];
const context = createOperationContext();
const audio = createAsset({ kind: "audio" });
const { paths } = dashscopeVendor;

afterEach(async () => {
  await xjcVendor.closeAll();
  await dashscopeVendor.closeAll();
});

interface Running {
  clock: ManualClock;
  provider: ProviderInstance;
  /** The provider of another process, as after a restart. */
  another(): ProviderInstance;
}

async function xjc(script: xjcVendor.Script): Promise<Running> {
  const { clock, provider, vendor } = await xjcVendor.setUp(script);
  return { clock, provider, another: () => xjcVendor.providerAt(vendor.url, clock) };
}

async function dashscope(script: dashscopeVendor.Script, variables: Record<string, string> = {}): Promise<Running> {
  const { clock, provider, vendor } = await dashscopeVendor.setUp(script, variables);
  return { clock, provider, another: () => dashscopeVendor.providerAt(vendor.url, variables, clock) };
}

interface Work {
  open(): Promise<Running>;
  operationOf(provider: ProviderInstance): Operation<never> | undefined;
  request: object;
  /** How long the provider waits for it, and its state after that. */
  waitMs: number;
  end: string;
}

const { ok, no } = xjcVendor;
const works: Record<string, Work> = {
  "an avatar video that AI-XJC does not know yet": {
    open: () => xjc({ "works/create": () => ok({ jobId: "1" }), "works/inspect": () => no(20006) }),
    operationOf: ({ operations }) => operations.avatarVideo,
    request: { text: "x" },
    ...{ waitMs: 60_000, end: "lost" },
  },
  "speech that AI-XJC does not know yet": {
    open: () => xjc({ "voice/lite/create": () => ok({ jobId: "1" }), "voice/lite/create/detail": () => no(20006) }),
    operationOf: ({ operations }) => operations.speech,
    request: { text: "x", speakerId: "S_1" },
    ...{ waitMs: 60_000, end: "lost" },
  },
  "a voice trained again whose detail still tells of the earlier training": {
    open: () =>
      xjc({
        "voice/lite/train": () => ok({ speakerId: "S_1" }),
        "voice/lite/train/detail": () => ok({ status: 3 }),
      }),
    operationOf: ({ operations }) => operations.voiceCloning,
    request: { audio, speakerId: "S_1" },
    ...{ waitMs: 30_000, end: "done" },
  },
  "a voice that DashScope does not know yet": {
    open: () =>
      dashscope({
        [paths.customization]: (_request, nth) =>
          nth === 1 ? dashscopeVendor.answer({ voice_id: "v-1" }) : dashscopeVendor.no(400, "BadRequest.VoiceNotFound"),
      }),
    operationOf: ({ operations }) => operations.voiceCloning,
    request: { audio },
    ...{ waitMs: 60_000, end: "lost" },
  },
  "a task that DashScope does not know yet": {
    open: () =>
      dashscope(
        { [paths.textToImage]: () => dashscopeVendor.begun, [paths.task]: () => dashscopeVendor.task("UNKNOWN") },
        { DASHSCOPE_IMAGE_MODEL: "wan2.2-t2i-flash" },
      ),
    operationOf: ({ operations }) => operations.image,
    request: { prompt: "x" },
    ...{ waitMs: 60_000, end: "lost" },
  },
};

async function begin({ open, operationOf, request }: Work) {
  const running = await open();
  const operation = operationOf(running.provider)!;
  const begun = (await operation.start(request as never, context)) as Extract<StartEnd, { end: "operation" }>;
  expect(begun).toMatchObject({ end: "operation" });
  let reference: Json = begun.reference;
  /** Checks it once, in this process or another. */
  const look = async (provider = running.provider) => {
    const end = await operationOf(provider)!.check!(reference, context);
    if (end.state === "pending") {
      expect(end.checkAfterMs).toBeGreaterThanOrEqual(2_000);
      expect(end.checkAfterMs).toBeLessThanOrEqual(15_000);
      reference = end.reference ?? reference;
    }
    return end.state;
  };
  return { ...running, look };
}

describe.each(Object.entries(works))("%s", (_name, work) => {
  test.each(steps)("is waited for just as long if the clock is set by %i ms", async (byMs) => {
    verifies("survives.clock");
    const { clock, look } = await begin(work);
    clock.step(byMs);
    expect(await look()).toBe("pending");
    await clock.advance(work.waitMs / 2);
    clock.step(-2 * byMs);
    expect(await look()).toBe("pending");
    await clock.advance(work.waitMs / 2);
    expect(await look()).toBe(work.end);
  });

  test("is not waited for by a process according to whose clock it begins in the future", async () => {
    verifies("survives.clock");
    const { clock, look, another } = await begin(work);
    clock.step(-24 * hourMs);
    expect(await look(another())).toBe(work.end);
  });

  test("is waited for by a process that starts in the meantime", async () => {
    verifies("survives.clock");
    const { clock, look, another } = await begin(work);
    await clock.advance(work.waitMs / 2);
    const provider = another();
    expect(await look(provider)).toBe("pending");
    clock.step(24 * hourMs);
    expect(await look(provider)).toBe("pending");
    await clock.advance(work.waitMs / 2);
    expect(await look(provider)).toBe(work.end);
  });
});
