import type { ProviderError } from "../../errors/errors.ts";
import { unsent } from "../../errors/refusal.ts";
import { endBeforeStart, type NotBegun, prepare } from "../before-start.ts";
import type { OperationContext } from "../operation.ts";
import { troubleOf } from "../vendor-failures.ts";
import type { Call, Exchange, Send } from "./exchange.ts";
import { xjcFailures, xjcName } from "./name.ts";
import type { TokenSource } from "./token.ts";

/** Calls with the account's token. Callers set the timeouts. */
export interface Api {
  /** Makes a call that costs nothing; renews a refused token once. Throws a {@link ProviderError}. */
  read<Data>(call: Call<Data>): Promise<Data>;
  /**
   * Makes a paid start, at most once: even a refused token ends it, and the next attempt gets a new one. If that is
   * refused as well, there are no further automatic attempts.
   */
  begin<Data>(call: Call<Data>): Promise<{ end: "data"; data: Data } | NotBegun>;
}

/** The token is unknown or has expired. */
const invalidToken = "20002";

export function createApi(send: Send, tokens: TokenSource): Api {
  async function readOnce<Data>(call: Call<Data>): Promise<{ exchange: Exchange<Data>; token: string }> {
    const end = await tokens.get(call.signal);
    if (end.end !== "token") {
      throw troubleWhileReading(end);
    }
    return { exchange: await send(call, end.token), token: end.token };
  }

  return {
    async read(call) {
      let { exchange, token } = await readOnce(call);
      if (exchange.end === "refused" && exchange.code === invalidToken) {
        await tokens.drop(token);
        ({ exchange } = await readOnce(call));
      }
      if (exchange.end !== "data") {
        throw troubleWhileReading(exchange);
      }
      return exchange.data;
    },

    async begin(call) {
      const prepared = await prepare(xjcName, () => tokens.get(call.signal));
      if (prepared.end !== "ready") {
        return prepared;
      }
      const token = prepared.result;
      if (token.end === "refused") {
        return endBeforeStart(xjcName, token.failure);
      }
      if (token.end === "none") {
        // At most the request for a token was sent, which is free.
        return endBeforeStart(xjcName, unsent({ ...xjcName, trouble: troubleOf(token.reason) }));
      }
      const exchange = await send(call, token.token);
      const isTokenRefused = exchange.end === "refused" && exchange.code === invalidToken;
      if (exchange.end !== "none" && !isTokenRefused) {
        // If this cannot be stored, the next start stores it; the end of this one must not change.
        await tokens.accepted().catch(() => undefined);
      }
      switch (exchange.end) {
        case "data":
          return exchange;
        case "refused": {
          // If this fails, the token stays and is refused once more.
          const isInVain = isTokenRefused && (await tokens.refused(token.token).catch(() => false));
          const { failure } = exchange;
          return { end: "refused", failure: isInVain ? { ...failure, retry: { kind: "after-change" } } : failure };
        }
        default:
          return xjcFailures.startEnd(exchange.reason);
      }
    },
  };
}

function troubleWhileReading(exchange: Exclude<Exchange<unknown>, { end: "data" }>): ProviderError {
  return exchange.end === "refused" ? xjcFailures.asError(exchange.failure) : xjcFailures.notReadable(exchange.reason);
}

/** How long a paid start may take to be answered: the vendor may look at the media first. */
export const startTimeoutMs = 60_000;
/** How long a call that only reads may take. */
export const readTimeoutMs = 15_000;

/** The address for a completion notice, if the vendor can reach us. */
export function callbackOf(context: OperationContext): { callbackUrl?: string } {
  return { callbackUrl: context.callbackUrl };
}
