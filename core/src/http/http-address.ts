import { lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";

/** Finds every address of a name; passed in as a dependency for tests. */
export type ResolveName = (hostname: string) => Promise<{ address: string; family: number }[]>;

/** Thrown inside a connector when a name resolves to an address that foreign links must not reach. */
export class BlockedAddress extends Error {
  constructor() {
    super("the address is not a public one");
    this.name = "BlockedAddress";
  }
}

/** In a public range, but answers only inside a cloud (Azure), where it reveals the machine's secrets. */
const cloudInternal = new Set(["168.63.129.16"]);

/**
 * True for an address on the public internet. Ranges whose addresses embed another one (IPv4-mapped, 6to4, Teredo) are
 * refused as a whole; NAT64 is judged by the embedded address, because networks without IPv4 reach every IPv4 host
 * through it.
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

/** Whether the host is an address literal that foreign links must not reach; the resolver never sees such hosts. */
export function isBlockedLiteral(url: URL): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return isIP(host) !== 0 && !isPublicAddress(host);
}

/**
 * A lookup for sockets. It checks exactly the addresses that are connected to, so a name cannot resolve differently in
 * between. One forbidden address among several is enough to refuse the name.
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
 * A proxy resolves names itself. A name that resolves to a private address on this machine is refused beforehand; one
 * that this machine cannot resolve is left to the proxy.
 */
export async function refusePrivate(resolve: ResolveName, hostname: string): Promise<void> {
  const addresses = await resolve(hostname.replace(/^\[|\]$/g, "")).catch(() => []);
  if (!addresses.every(({ address }) => isPublicAddress(address))) {
    throw new BlockedAddress();
  }
}

/**
 * Whether the operator named this host. An entry is a host, meaning the scheme's default port, or `host:port`; another
 * port of the same host is another server.
 */
export function isTrusted(url: URL, trustedHosts: readonly string[]): boolean {
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  const names = new Set([url.host, `${url.hostname}:${port}`]);
  return trustedHosts.some((host) => names.has(host.toLowerCase()));
}
