import { type Failure, ProviderError, ToolcastError } from "../../errors/errors.ts";
import { unanswered, unreadable, unsent } from "../../errors/refusal.ts";
import type { StartEnd } from "../operation.ts";
import type { Call, Exchange, Send } from "./exchange.ts";
import { dashscopeName } from "./name.ts";

/** The ends of a start that began nothing we know of. */
export type NotBegun = Extract<StartEnd, { failure: unknown }>;

/** Data of an answer, with the id the vendor's support asks for. */
export interface Answered<Data> {
  data: Data;
  requestId?: string;
}

/** Calls with the account's key. Timeouts are the caller's. */
export interface Api {
  /** Asks what costs nothing. Throws a {@link ProviderError}. */
  read<Data>(call: Call<Data>): Promise<Answered<Data>>;
  /** Makes a paid start, at most once. */
  begin<Data>(call: Call<Data>): Promise<({ end: "data" } & Answered<Data>) | NotBegun>;
}

export function createApi(send: Send): Api {
  return {
    async read(call) {
      const exchange = await send(call);
      if (exchange.end !== "data") {
        throw new ProviderError(troubleOf(exchange));
      }
      return exchange;
    },
    async begin(call) {
      const exchange = await send(call);
      if (exchange.end === "data") {
        return exchange;
      }
      if (exchange.end === "refused") {
        return { end: "refused", failure: exchange.failure };
      }
      const { sent, trouble, requestId } = exchange;
      return sent
        ? { end: "unknown", failure: unanswered({ ...dashscopeName, trouble, requestId }) }
        : beforeStart(unsent({ ...dashscopeName, trouble }));
    },
  };
}

function troubleOf(exchange: Exclude<Exchange<unknown>, { end: "data" }>): Failure {
  return exchange.end === "refused"
    ? exchange.failure
    : unreadable({ ...dashscopeName, trouble: exchange.trouble, requestId: exchange.requestId });
}

/** Does what must precede a start and costs nothing. What goes wrong meanwhile ends the start before it was sent. */
export async function prepare<Result>(
  work: () => Promise<Result>,
): Promise<{ end: "ready"; result: Result } | NotBegun> {
  try {
    return { end: "ready", result: await work() };
  } catch (error) {
    if (!ToolcastError.isInstance(error)) {
      throw error;
    }
    return beforeStart(error.failure);
  }
}

/** The end of a start of which nothing was sent. What another try cannot mend must not end as one that is tried again. */
function beforeStart(failure: Failure): NotBegun {
  if (failure.kind !== "refused") {
    return { end: failure.retry.kind === "later" ? "not-sent" : "refused", failure };
  }
  if (failure.charged === "no" || failure.retry.kind === "after-change") {
    return { end: "refused", failure: { ...failure, charged: "no" } };
  }
  // The catalogue speaks of starts, where a fault at the vendor leaves everything open. Nothing was started here.
  const reason = { en: `code ${failure.vendorCode}`, "zh-CN": `错误码 ${failure.vendorCode}` };
  return {
    end: "not-sent",
    failure: {
      ...failure,
      kind: "unreachable",
      sentence: { key: "provider.not-readable-now", values: { provider: dashscopeName.providerTitle, reason } },
      charged: "no",
      retry: { kind: "later" },
    },
  };
}

/** How long the start of a task may take: the vendor may look at the media first. */
export const startTimeoutMs = 60_000;
/** How long a result in the answer itself may take: the vendor gives up by then (`RequestTimeOut`). */
export const resultTimeoutMs = 300_000;
/** How long a question may take. */
export const readTimeoutMs = 15_000;
