import { createHash, timingSafeEqual } from "node:crypto";
import type { BearerToken } from "./options.ts";

const leastCharacters = 32;

/** Identifies whose token a request carries. */
export interface Bearers {
  readonly needed: boolean;
  /** The name behind the token; `missing` and `wrong` are different answers to a client. */
  check(request: Request): { name: string } | "missing" | "wrong";
}

/** Throws a `RangeError` for tokens that could be guessed and for duplicate names. */
export function createBearers(tokens: readonly BearerToken[]): Bearers {
  for (const { name, token } of tokens) {
    if (token.length < leastCharacters) {
      throw new RangeError(`The token of ${name} is shorter than ${leastCharacters} characters`);
    }
  }
  if (new Set(tokens.map(({ name }) => name)).size < tokens.length) {
    throw new RangeError("Two tokens have the same name");
  }
  const known = tokens.map(({ name, token }) => ({ name, hash: hashOf(token) }));
  return {
    needed: known.length > 0,
    check(request) {
      const given = /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
      if (given === undefined) {
        return "missing";
      }
      const hash = hashOf(given);
      // Compares every token, and by hash, so that the time taken reveals nothing about them.
      const matching = known.filter((token) => timingSafeEqual(token.hash, hash));
      return matching[0] === undefined ? "wrong" : { name: matching[0].name };
    },
  };
}

function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
