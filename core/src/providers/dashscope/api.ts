import { type Failure, ProviderError } from "../../errors/errors.ts";
import { unanswered, unreadable, unsent } from "../../errors/refusal.ts";
import { endBeforeStart, type NotBegun } from "../before-start.ts";
import type { Call, Exchange, Send } from "./exchange.ts";
import { dashscopeName } from "./name.ts";

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
        : endBeforeStart(dashscopeName, unsent({ ...dashscopeName, trouble }));
    },
  };
}

function troubleOf(exchange: Exclude<Exchange<unknown>, { end: "data" }>): Failure {
  return exchange.end === "refused"
    ? exchange.failure
    : unreadable({ ...dashscopeName, trouble: exchange.trouble, requestId: exchange.requestId });
}

/** How long the start of a task may take: the vendor may look at the media first. */
export const startTimeoutMs = 60_000;
/** How long a result in the answer itself may take: the vendor gives up by then (`RequestTimeOut`). */
export const resultTimeoutMs = 300_000;
/** How long a question may take. */
export const readTimeoutMs = 15_000;
