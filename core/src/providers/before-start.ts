import { type Failure, ToolcastError } from "../errors/errors.ts";
import type { ProviderName } from "../errors/refusal.ts";
import type { StartEnd } from "./operation.ts";

/** The ends of a start after which nothing is known to have begun. */
export type NotBegun = Extract<StartEnd, { failure: unknown }>;

/** Does work that must precede a start and costs nothing. If it fails, the start ends before it was sent. */
export async function prepare<Result>(
  name: ProviderName,
  work: () => Promise<Result>,
): Promise<{ end: "ready"; result: Result } | NotBegun> {
  try {
    return { end: "ready", result: await work() };
  } catch (error) {
    if (!ToolcastError.isInstance(error)) {
      throw error;
    }
    return endBeforeStart(name, error.failure);
  }
}

/**
 * The end of a start of which nothing was sent. A failure that another attempt cannot solve must not end as one that is
 * retried.
 */
export function endBeforeStart({ providerTitle: provider }: ProviderName, failure: Failure): NotBegun {
  if (failure.kind !== "refused") {
    return { end: failure.retry.kind === "later" ? "not-sent" : "refused", failure };
  }
  // The catalogue is about starts, some of which may be charged although refused. Nothing was started here.
  if (failure.charged === "no" || failure.retry.kind === "after-change") {
    return { end: "refused", failure: { ...failure, charged: "no" } };
  }
  // For the same reason an error at the vendor leaves nothing unclear here.
  const reason = { en: `code ${failure.vendorCode}`, "zh-CN": `错误码 ${failure.vendorCode}` };
  return {
    end: "not-sent",
    failure: {
      ...failure,
      kind: "unreachable",
      sentence: { key: "provider.not-readable-now", values: { provider, reason } },
      charged: "no",
      retry: { kind: "later" },
    },
  };
}
