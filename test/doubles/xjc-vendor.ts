import { type ProviderInstance, xjc } from "@toolcast/core/provider";
import { createManualClock } from "../manual-clock.ts";
import { createProviderTools, createSharedState } from "./provider-tools.ts";
import { type ArrivedRequest, type Reply, startRawVendor } from "./raw-vendor.ts";

export const startMs = Date.UTC(2026, 0, 1);
export const secrets = { XJC_ACCESS_KEY: "marker-access", XJC_SECRET_KEY: "marker-secret" };
export const prefix = "/api/model/v5/";

/** The vendor's answers, by call; `nth` counts from 1. */
export type Script = Record<string, (request: ArrivedRequest, nth: number) => Reply>;

export const ok = (data: unknown): Reply => ({ body: { code: 0, msg: "", data }, date: null });
export const no = (code: number, message = "原话"): Reply => ({ body: { code, msg: message, data: null }, date: null });

const open: AsyncDisposable[] = [];

/** Closes everything the last test opened. */
export async function closeAll(): Promise<void> {
  for (const resource of open.splice(0)) {
    await resource[Symbol.asyncDispose]();
  }
}

/** An xjc vendor that answers by a script, with a default token and balance, and a provider for it. */
export async function setUp(script: Script = {}, shared = createSharedState(), variables: Record<string, string> = {}) {
  const clock = createManualClock(startMs);
  const counts = new Map<string, number>();
  const usual: Script = {
    "oauth/token": (_request, nth) => ok({ token: `marker-token-${nth}`, expiresIn: startMs + 10 ** 9 }),
    "user/balance": () =>
      ok({
        balance: 120,
        voiceLiteUsedQuantity: 1,
        voiceLiteTotalQuantity: 5,
        voiceProUsedQuantity: 2,
        voiceProTotalQuantity: 2,
      }),
  };
  const vendor = await startRawVendor((request) => {
    const path = request.path.slice(prefix.length);
    const nth = (counts.get(path) ?? 0) + 1;
    counts.set(path, nth);
    return (script[path] ?? usual[path])?.(request, nth) ?? { status: 404, body: "nothing here" };
  });
  open.push(vendor);
  return { clock, vendor, provider: providerAt(vendor.url, clock, shared, variables) };
}

/** The provider of one process. */
export function providerAt(
  url: string,
  clock = createManualClock(startMs),
  shared = createSharedState(),
  variables: Record<string, string> = {},
): ProviderInstance {
  const tools = createProviderTools(url, clock, shared);
  open.push({ [Symbol.asyncDispose]: () => tools.http.close() });
  return xjc.create(xjc.schema.parse({ ...secrets, XJC_BASE_URL: url, ...variables }), tools);
}
