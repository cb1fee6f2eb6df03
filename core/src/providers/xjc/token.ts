import { createHash } from "node:crypto";
import { z } from "zod";
import type { ClockSkew, Signed } from "../clock-skew.ts";
import type { ProviderTools } from "../provider.ts";
import type { Exchange, Send } from "./exchange.ts";
import { tokenData } from "./wire.ts";

/** The vendor's signature of a token request: lower-case md5 of key, timestamp and secret. */
export function tokenSign(accessKey: string, timestampMs: number, secretKey: string): string {
  return createHash("md5").update(`${accessKey}${timestampMs}${secretKey}`).digest("hex");
}

/** A token, or why there is none. */
export type TokenEnd = { end: "token"; token: string } | Exclude<Exchange<never>, { end: "data" }>;

/** The token of one account, shared by every process on one data directory. */
export interface TokenSource {
  /** A token that stays valid for a while; fetched if there is none. Free, because it involves no start. */
  get(signal?: AbortSignal): Promise<TokenEnd>;
  /** Forgets `token` because the vendor refused it, unless it has been replaced already. */
  drop(token: string): Promise<void>;
  /**
   * Forgets `token` because a start with it was refused. Returns true if the last start was refused as well, with
   * another token: then a new one will not help.
   */
  refused(token: string): Promise<boolean>;
  /** Records that a start was not refused because of its token. */
  accepted(): Promise<void>;
  /** Always fetches one from the vendor, which proves the keys. */
  renew(signal?: AbortSignal): Promise<TokenEnd>;
}

export interface TokenOptions {
  baseUrl: string;
  accessKey: string;
  secretKey: string;
}

const storedToken = z.object({ token: z.string(), obtainedAt: z.number(), expiresAt: z.number() });
type StoredToken = z.output<typeof storedToken>;

/** How long before it expires a token is renewed; a tenth of its life if that is shorter. */
const marginMs = 60_000;
const tokenTimeoutMs = 15_000;
const mostCorrections = 3;
/** The process that has the turn may ask so often; all but the last ask are answered at once. */
const turnWaitMs = (1 + mostCorrections) * tokenTimeoutMs + 5000;

export function createTokenSource(
  { baseUrl, accessKey, secretKey }: TokenOptions,
  send: Send,
  skew: ClockSkew,
  { state, exclusive }: Pick<ProviderTools, "state" | "exclusive">,
): TokenSource {
  // Another account or secret must not find this one's token.
  const account = createHash("sha256").update(`${baseUrl}\n${accessKey}\n${secretKey}`).digest("hex").slice(0, 24);
  const key = `xjc-token:${account}`;

  /** Stores the token for which the last start was refused. */
  const refusedKey = `xjc-refused:${account}`;

  const alone = <Result>(work: () => Promise<Result>) => exclusive(key, work, turnWaitMs);

  async function stored(): Promise<StoredToken | undefined> {
    const parsed = storedToken.safeParse(await state.get(key));
    return parsed.success ? parsed.data : undefined;
  }

  async function forget(token: string): Promise<void> {
    if ((await stored())?.token === token) {
      await state.delete(key);
    }
  }

  // All instants here are in the vendor's time, as `expiresIn` is.
  const isFresh = ({ obtainedAt, expiresAt }: StoredToken) =>
    skew.vendorNow() < expiresAt - Math.min(marginMs, Math.max(0, expiresAt - obtainedAt) / 10);

  async function ask({ at: timestamp }: Signed, signal?: AbortSignal): Promise<Exchange<z.output<typeof tokenData>>> {
    return send({
      method: "GET",
      path: "oauth/token",
      query: { accessKey, timestamp: String(timestamp), sign: tokenSign(accessKey, timestamp, secretKey) },
      data: tokenData,
      timeoutMs: tokenTimeoutMs,
      signal,
    });
  }

  async function fetchToken(signal?: AbortSignal): Promise<TokenEnd> {
    let signed = skew.sign();
    let exchange = await ask(signed, signal);
    // The refusal contained the vendor's time. If the timestamp was not valid, the next one will be, unless the clock is
    // set once more in between.
    for (let again = 0; again < mostCorrections && exchange.end === "refused" && signed.wasOff(); again += 1) {
      signed = skew.sign();
      exchange = await ask(signed, signal);
    }
    if (exchange.end !== "data") {
      return exchange;
    }
    const { token, expiresIn: expiresAt } = exchange.data;
    const obtainedAt = skew.vendorNow();
    await state.set(key, { token, obtainedAt, expiresAt } satisfies StoredToken);
    return { end: "token", token };
  }

  return {
    async get(signal) {
      const first = await stored();
      if (first !== undefined && isFresh(first)) {
        return { end: "token", token: first.token };
      }
      return alone(async () => {
        // Another process may have fetched one while this one waited for its turn.
        const current = await stored();
        if (current !== undefined && isFresh(current)) {
          return { end: "token", token: current.token };
        }
        const fetched = await fetchToken(signal);
        const stillGood = current !== undefined && skew.vendorNow() < current.expiresAt;
        return fetched.end === "none" && stillGood ? { end: "token", token: current.token } : fetched;
      });
    },
    drop: (token) => alone(() => forget(token)),
    refused: (token) =>
      alone(async () => {
        await forget(token);
        const digest = createHash("sha256").update(token).digest("hex");
        const before = await state.get<string>(refusedKey);
        await state.set(refusedKey, digest);
        return before !== undefined && before !== digest;
      }),
    async accepted() {
      if ((await state.get(refusedKey)) !== undefined) {
        await state.delete(refusedKey);
      }
    },
    renew: (signal) => alone(() => fetchToken(signal)),
  };
}
