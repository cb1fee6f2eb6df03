import ipaddr from "ipaddr.js";
import type { ProxyFor } from "./http.ts";

/** Proxies from the usual environment variables. */
export interface ProxySettings {
  /**
   * `HTTPS_PROXY`: for https and wss addresses, e.g. `http://user:password@proxy.example:3128`; a secret. Default none.
   */
  https?: string | undefined;
  /** `HTTP_PROXY`: for http and ws addresses; a secret. Default none. */
  http?: string | undefined;
  /**
   * `NO_PROXY`: what is reached directly. Names, including their subdomains; addresses and ranges (`10.0.0.0/8`), for
   * hosts that are addresses; each with or without a port; `*` for everything; separated by commas or spaces. Default
   * nothing.
   */
  no?: string | undefined;
}

/** The proxies out of a network that has no other way. Loopback is always reached directly. */
export interface Proxies {
  for: ProxyFor;
  /**
   * Routes other libraries' requests in this process through the proxies: undici's global dispatcher (and `fetch`),
   * Node's http and https. Resolves with a function that undoes it. Does nothing if there is no proxy.
   */
  route(): Promise<() => void>;
}

export function createProxies({ https, http, no = "" }: ProxySettings): Proxies {
  const secure = https === undefined ? null : new URL(https);
  const plain = http === undefined ? null : new URL(http);
  const straight = no
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== "");
  const proxyFor: ProxyFor = (url) => {
    const isSecure = url.protocol === "https:" || url.protocol === "wss:";
    const proxy = isSecure ? secure : plain;
    return proxy === null || isLoopback(url.hostname) || straight.some((entry) => matches(entry, url)) ? null : proxy;
  };
  return {
    for: proxyFor,
    async route() {
      if (secure === null && plain === null) {
        return () => {};
      }
      const { routeThrough } = await import("./route-through.ts");
      return routeThrough(proxyFor);
    },
  };
}

function isLoopback(hostname: string): boolean {
  const address = addressOf(hostname);
  return address === null
    ? /(^|\.)localhost\.?$/i.test(hostname)
    : ["loopback", "unspecified"].includes(address.range());
}

/** Null for a name. An IPv4-mapped IPv6 address becomes the IPv4 one. */
function addressOf(hostname: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  const host = hostname.replace(/^\[|\]$/g, "");
  return ipaddr.isValid(host) ? ipaddr.process(host) : null;
}

function matches(entry: string, url: URL): boolean {
  const [, host = entry, port] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? [];
  const own = url.port || (["https:", "wss:"].includes(url.protocol) ? "443" : "80");
  if (port !== undefined && port !== own) {
    return false;
  }
  const address = addressOf(url.hostname);
  if (address !== null) {
    return host === "*" || isWithin(address, host);
  }
  const name = host.replace(/^\*?\./, "");
  const hostname = url.hostname.toLowerCase().replace(/\.$/, "");
  return host === "*" || hostname === name || hostname.endsWith(`.${name}`);
}

function isWithin(address: ipaddr.IPv4 | ipaddr.IPv6, entry: string): boolean {
  if (ipaddr.isValidCIDR(entry)) {
    const [range, bits] = ipaddr.parseCIDR(entry);
    return range.kind() === address.kind() && address.match(range, bits);
  }
  return addressOf(entry)?.toString() === address.toString();
}
