import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { BlockList, isIP } from "node:net";
import type { Clock } from "@toolcast/core/engine";
import { cookieOf } from "./cookie.ts";
import { WebFailure } from "./web-failure.ts";

const sessionCookie = "toolcast_console";

/** Wrong tokens that one address may try within a minute before it has to wait. */
const maxWrongTokensPerMinute = 10;
const countedMs = 60_000;
/** The most addresses remembered at once; beyond that the oldest is forgotten. */
const mostAddresses = 10_000;

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** True for the addresses and names by which a machine reaches itself. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, "").toLowerCase();
  if (bare === "localhost") {
    return true;
  }
  const address = bare.replace(/^::ffff:(?=\d+\.)/, "");
  const family = isIP(address);
  return family !== 0 && loopback.check(address, family === 4 ? "ipv4" : "ipv6");
}

export interface AccessOptions {
  token?: string | undefined;
  publicNames: readonly string[];
  clock: Clock;
}

/** Who may talk to the console. Every check throws a {@link WebFailure}. */
export interface Access {
  readonly needsToken: boolean;
  /**
   * Checks that the request uses one of our own host names: a foreign name that resolves to this machine is an attack.
   */
  checkHost(request: Request, remoteAddress: string | undefined): void;
  /** Checks that the request does not come from another site's page. */
  checkOrigin(request: Request): void;
  checkToken(request: Request, remoteAddress: string | undefined): void;
  /** The cookie that replaces the token, if `token` is the right one; bound to HTTPS if the browser used it. */
  login(token: string, request: Request, remoteAddress: string | undefined): string;
}

export function createAccess({ token, publicNames, clock }: AccessOptions): Access {
  const session = token === undefined ? "" : createHmac("sha256", token).update("toolcast console").digest("base64url");
  const names = publicNames.map((name) => name.toLowerCase());
  const wrong = new Map<string, { since: number; count: number }>();

  /**
   * Slows down guessing for the address it comes from. The right token always passes, so that nobody can lock out its
   * owner.
   */
  const compare = (given: string, right: string, remoteAddress = "") => {
    if (isSame(given, right)) {
      return;
    }
    const now = clock.now();
    const known = wrong.get(remoteAddress);
    const counted = known === undefined || Math.abs(now - known.since) > countedMs ? { since: now, count: 0 } : known;
    counted.count += 1;
    // Moved to the end: the address counted longest ago is forgotten first.
    wrong.delete(remoteAddress);
    wrong.set(remoteAddress, counted);
    for (const oldest of wrong.size > mostAddresses ? wrong.keys().take(1) : []) {
      wrong.delete(oldest);
    }
    throw counted.count > maxWrongTokensPerMinute
      ? new WebFailure(429, "tokenTooOften")
      : new WebFailure(401, "tokenWrong");
  };

  return {
    needsToken: token !== undefined,
    checkHost(request, remoteAddress) {
      if (token === undefined && remoteAddress !== undefined && !isLoopback(remoteAddress)) {
        throw new WebFailure(403, "notLoopback");
      }
      const host = `http://${request.headers.get("host") ?? new URL(request.url).host}`;
      const hostname = URL.canParse(host) ? new URL(host).hostname : "";
      // A numeric address cannot be made to point elsewhere, so with a token it is as safe as our own names.
      const isAddress = token !== undefined && isIP(hostname.replace(/^\[|\]$/g, "")) !== 0;
      if (!isLoopback(hostname) && !isAddress && !names.includes(hostname)) {
        throw new WebFailure(421, "hostRefused");
      }
    },
    checkOrigin(request) {
      if (request.method === "GET" || request.method === "HEAD") {
        return;
      }
      const site = request.headers.get("sec-fetch-site");
      const origin = request.headers.get("origin");
      const host = request.headers.get("host") ?? new URL(request.url).host;
      const isOurs = origin === null || (URL.canParse(origin) && new URL(origin).host === host);
      if (!isOurs || (site !== null && site !== "same-origin" && site !== "none")) {
        throw new WebFailure(403, "originRefused");
      }
    },
    checkToken(request, remoteAddress) {
      if (token === undefined) {
        return;
      }
      const cookie = cookieOf(request, sessionCookie);
      if (cookie !== undefined && isSame(cookie, session)) {
        return;
      }
      const bearer = /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
      if (bearer === undefined) {
        throw new WebFailure(401, "tokenNeeded");
      }
      compare(bearer, token, remoteAddress);
    },
    login(given, request, remoteAddress) {
      if (token !== undefined) {
        compare(given, token, remoteAddress);
      }
      // As a proxy reports it. A client that fakes this only restricts its own cookie.
      const isSecure = /^https\b/i.test(request.headers.get("x-forwarded-proto") ?? new URL(request.url).protocol);
      const attributes = `Path=/; HttpOnly; SameSite=Strict; Max-Age=31536000${isSecure ? "; Secure" : ""}`;
      return `${sessionCookie}=${session}; ${attributes}`;
    },
  };
}

/** Compares hashes instead of texts, so that the comparison takes the same time whatever is given. */
function isSame(given: string, right: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(right));
}
