import type { NotBegun } from "../before-start.ts";
import type { Call, Send } from "./exchange.ts";
import { dashscopeFailures } from "./name.ts";

/** The data of an answer, with the id that the vendor's support asks for. */
export interface Answered<Data> {
  data: Data;
  requestId?: string;
}

/** Calls with the account's key. Callers set the timeouts. */
export interface Api {
  /** Makes a call that costs nothing. Throws a {@link ProviderError}. */
  read<Data>(call: Call<Data>): Promise<Answered<Data>>;
  /** Makes a paid start, at most once. */
  begin<Data>(call: Call<Data>): Promise<({ end: "data" } & Answered<Data>) | NotBegun>;
}

export function createApi(send: Send): Api {
  return {
    async read(call) {
      const exchange = await send(call);
      switch (exchange.end) {
        case "data":
          return exchange;
        case "refused":
          throw dashscopeFailures.asError(exchange.failure);
        case "none":
          throw dashscopeFailures.notReadable(exchange.reason, exchange.requestId);
        default:
          return exchange satisfies never;
      }
    },
    async begin(call) {
      const exchange = await send(call);
      return exchange.end === "none" ? dashscopeFailures.startEnd(exchange.reason, exchange.requestId) : exchange;
    },
  };
}

/** How long the start of a task may take: the vendor may look at the media first. */
export const startTimeoutMs = 60_000;
/** How long the start of a task may take that carries a picture, of up to 14 MB as text. */
export const uploadTimeoutMs = 300_000;
/** How long a result in the answer itself may take: the vendor gives up by then (`RequestTimeOut`). */
export const resultTimeoutMs = 300_000;
/** How long a call that only reads may take. */
export const readTimeoutMs = 15_000;
