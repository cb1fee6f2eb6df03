import http from "node:http";
import https from "node:https";
import { syncBuiltinESMExports } from "node:module";
import { HttpsProxyAgent } from "https-proxy-agent";
import { Agent, type Dispatcher, getGlobalDispatcher, Pool, ProxyAgent, setGlobalDispatcher } from "undici";
import type { ProxyFor } from "./http.ts";

/**
 * HTTP/1.1 on both sides: a WebSocket needs its own connection, and only with one request on a connection can we know
 * whether it was sent.
 */
export function undiciProxy(proxy: URL, options: Omit<ProxyAgent.Options, "uri"> = {}): ProxyAgent {
  return new ProxyAgent({ ...options, uri: proxy.href, allowH2: false });
}

type Requester = typeof http | typeof https;

/**
 * Routes libraries' requests in this process through proxies: libraries that have no option for one (discord.js's
 * sockets), and those that bring their own agent (telegraf). Returns a function that undoes it.
 */
export function routeThrough(proxyFor: ProxyFor): () => void {
  const dispatcher = getGlobalDispatcher();
  const factory = (origin: string | URL, options: object): Dispatcher => {
    const proxy = proxyFor(new URL(origin));
    return proxy === null ? new Pool(origin, options) : undiciProxy(proxy);
  };
  setGlobalDispatcher(new Agent({ factory }));
  const agents = new Map<string, HttpsProxyAgent<string>>();
  const agentFor = (proxy: URL) => {
    const agent = agents.get(proxy.href) ?? new HttpsProxyAgent(proxy.href);
    agents.set(proxy.href, agent);
    return agent;
  };
  const undo = [http, https].map((module: Requester) => {
    const { request, get } = module;
    module.request = ((...given: unknown[]) => {
      const proxy = proxyFor(addressOf(given, module === https ? "https:" : "http:"));
      const routed = proxy === null ? given : withAgent(given, agentFor(proxy));
      return (request as (...args: unknown[]) => http.ClientRequest).apply(module, routed);
    }) as typeof request;
    module.get = ((...given: unknown[]) => {
      const asked = (module.request as (...args: unknown[]) => http.ClientRequest)(...given);
      asked.end();
      return asked;
    }) as typeof get;
    return () => Object.assign(module, { request, get });
  });
  syncBuiltinESMExports();
  return () => {
    for (const each of undo) {
      each();
    }
    syncBuiltinESMExports();
    setGlobalDispatcher(dispatcher);
  };
}

/** The address of a Node request, given as an address, as options that name its parts, or both. */
function addressOf(given: readonly unknown[], usual: string): URL {
  const [first] = given;
  const url = typeof first === "string" || first instanceof URL ? new URL(first) : null;
  const options = optionsOf(given) ?? {};
  const protocol = options.protocol ?? url?.protocol ?? usual;
  const host = options.hostname ?? options.host ?? url?.hostname ?? "localhost";
  const port = options.port ?? url?.port ?? "";
  const isBare = host.includes(":") && !host.startsWith("[");
  return new URL(`${protocol}//${isBare ? `[${host}]` : host}${port === "" || port === null ? "" : `:${port}`}`);
}

function optionsOf(given: readonly unknown[]): http.RequestOptions | undefined {
  return given.find(
    (one): one is http.RequestOptions => typeof one === "object" && one !== null && !(one instanceof URL),
  );
}

/** Removes `createConnection`, with which a library would bypass every agent. */
function withAgent(given: readonly unknown[], agent: http.Agent): unknown[] {
  const options = optionsOf(given);
  const { createConnection: _past, ...rest } = options ?? {};
  const routed = { ...rest, agent };
  return options === undefined
    ? [given[0], routed, ...given.slice(1)]
    : given.map((one) => (one === options ? routed : one));
}
