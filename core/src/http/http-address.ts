import { lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";

/** Finds every address of a name; handed in so that tests decide. */
export type ResolveName = (hostname: string) => Promise<{ address: string; family: number }[]>;

/** Thrown inside a connector when a name leads where foreign addresses must not go. */
export class BlockedAddress extends Error {
  constructor() {
    super("the address is not a public one");
    this.name = "BlockedAddress";
  }
}

/** Public by its range, yet it answers only inside a cloud and hands out that machine's secrets (Azure). */
const cloudInternal = new Set(["168.63.129.16"]);

/**
 * True for an address on the public internet. Ranges that carry another address inside (IPv4-mapped, 6to4, Teredo) are
 * refused whole; NAT64 is judged by the address inside, as networks without IPv4 reach every old host through it.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address) || cloudInternal.has(address)) {
    return false;
  }
  const parsed = ipaddr.parse(address);
  if (parsed instanceof ipaddr.IPv6 && parsed.match(ipaddr.parseCIDR("64:ff9b::/96"))) {
    return isPublicAddress(parsed.toByteArray().slice(12).join("."));
  }
  return parsed.range() === "unicast" && !address.includes("%");
}

/** The machine's resolver. */
export const resolveName: ResolveName = (hostname) =>
  new Promise((resolve, reject) => {
    systemLookup(hostname, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)));
  });

/** True when the host is an address literal that foreign links must not reach: such hosts never pass the resolver. */
export function isBlockedLiteral(url: URL): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return isIP(host) !== 0 && !isPublicAddress(host);
}

/**
 * A lookup for sockets. The addresses that are checked are the ones connected to, so that a name cannot change its
 * answer between the two. One bad address among several spoils the name.
 */
export function lookupFor(resolve: ResolveName, publicOnly: boolean): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const first = addresses[0];
        if (first === undefined) {
          callback(Object.assign(new Error("the name has no address"), { code: "ENOTFOUND" }), "", 0);
        } else if (publicOnly && !addresses.every(({ address }) => isPublicAddress(address))) {
          callback(new BlockedAddress(), "", 0);
        } else if (options.all) {
          callback(null, addresses);
        } else {
          callback(null, first.address, first.family);
        }
      },
      (error: NodeJS.ErrnoException) => callback(error, "", 0),
    );
  };
}

/**
 * A proxy resolves names itself: one that this machine knows to lead to a private address is refused beforehand, one
 * that it cannot resolve is left to the proxy.
 */
export async function refusePrivate(resolve: ResolveName, hostname: string): Promise<void> {
  const addresses = await resolve(hostname.replace(/^\[|\]$/g, "")).catch(() => []);
  if (!addresses.every(({ address }) => isPublicAddress(address))) {
    throw new BlockedAddress();
  }
}

/**
 * True when the operator named this host. An entry is a host with the scheme's own port, or `host:port`; another port
 * of a named host is another server.
 */
export function isTrusted(url: URL, trustedHosts: readonly string[]): boolean {
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  const names = new Set([url.host, `${url.hostname}:${port}`]);
  return trustedHosts.some((host) => names.has(host.toLowerCase()));
}
