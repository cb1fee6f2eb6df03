import type { ContractVendor } from "../contracts/provider-descriptor.ts";
import { type ArrivedRequest, type Reply, startRawVendor } from "./raw-vendor.ts";

/** A vendor's answer; with a status of 400 or more nothing has begun. */
type VendorReply = Extract<Reply, { body: unknown }>;

/** The vendor's behaviour at one endpoint. */
export interface VendorEndpoint {
  /**
   * Whether a good answer here begins something that is paid. A function decides by the request, before it is answered:
   * one whose key is known begins nothing. Default false.
   */
  paid?: boolean | ((request: ArrivedRequest) => boolean);
  /**
   * Answers as the real vendor does. `parts`: the value in the path for each `:name`. `failsWith`: what begins here
   * must end as failed, with these words.
   */
  answer(request: ArrivedRequest, parts: Readonly<Record<string, string>>, failsWith?: string): VendorReply;
}

/** A vendor as its documents describe it; the server adds the misbehaviour. */
export interface VendorServerOptions {
  /** By method and path, such as `GET /posters/:id`: the endpoints of a `ContractVendor`. Other paths answer 404. */
  endpoints: Readonly<Record<string, VendorEndpoint>>;
  /** The answer to a request with a wrong key. By default nobody is turned away. */
  turnAway?(request: ArrivedRequest): VendorReply | undefined;
  /** The answer that refuses a request with one of the vendor's codes. */
  refuse(code: string): VendorReply;
  /** Forgets what the vendor began. By default there is nothing to forget. */
  reset?(): void;
}

/** A vendor over HTTP on loopback: a {@link ContractVendor} without its settings. */
export interface VendorServer extends Omit<ContractVendor, "environment" | "skewClock" | "expireTokens"> {
  /** `http://127.0.0.1:PORT`. */
  url: string;
}

/** Starts a vendor that can misbehave in each way that the provider contract tries. */
export async function startVendorServer(options: VendorServerOptions): Promise<VendorServer> {
  const places = Object.entries(options.endpoints).map(([name, endpoint]) => ({
    name,
    endpoint,
    match: matcher(name),
  }));
  const orders: { endpoint: string; marker: string }[] = [];
  const paid: string[] = [];

  function reply(request: ArrivedRequest): Reply {
    for (const { name, endpoint, match } of places) {
      const parts = match(request);
      if (parts !== null) {
        const at = orders.findIndex((order) => order.endpoint === name);
        const [order] = at === -1 ? [] : orders.splice(at, 1);
        return order === undefined
          ? good(name, endpoint, request, parts)
          : bad(order.marker, (failsWith) => good(name, endpoint, request, parts, failsWith));
      }
    }
    return { status: 404, body: {} };
  }

  function good(
    name: string,
    { paid: isPaid = false, answer }: VendorEndpoint,
    request: ArrivedRequest,
    parts: Record<string, string>,
    failsWith?: string,
  ): VendorReply {
    const begins = typeof isPaid === "function" ? isPaid(request) : isPaid;
    const given = options.turnAway?.(request) ?? answer(request, parts, failsWith);
    if (begins && (given.status ?? 200) < 400) {
      paid.push(name);
    }
    return given;
  }

  function bad(marker: string, accept: (failsWith?: string) => VendorReply): Reply {
    const [, status, retryAfter] = /^http (\d{3})(?: retry-after (\d+))?$/.exec(marker) ?? [];
    if (status !== undefined) {
      return { status: Number(status), body: "", contentType: "text/plain", retryAfter };
    }
    const [, words] = /^fail: (.*)$/s.exec(marker) ?? [];
    if (words !== undefined) {
      return accept(words);
    }
    switch (marker) {
      case "drop-before-accept":
        return "reset";
      case "drop-after-accept":
        accept();
        return "reset";
      case "giant":
      case "hang":
        accept();
        return marker;
      case "malformed":
        return { ...accept(), body: '{"' };
      case "no-payload":
        return { ...accept(), body: {} };
      default:
        return options.refuse(marker);
    }
  }

  const server = await startRawVendor(reply);
  return {
    url: server.url,
    reset() {
      orders.length = 0;
      paid.length = 0;
      options.reset?.();
    },
    misbehave(order) {
      if (!(order.endpoint in options.endpoints)) {
        throw new Error(`The vendor has no endpoint ${order.endpoint}: ${Object.keys(options.endpoints).join(", ")}`);
      }
      orders.push(order);
    },
    paidStarts: (endpoint) => paid.filter((name) => endpoint === undefined || name === endpoint).length,
    async close() {
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Returns the parts of the path if a request is for the endpoint, otherwise null. */
function matcher(name: string): (request: ArrivedRequest) => Record<string, string> | null {
  const [method, path = ""] = name.split(" ");
  const wanted = path.split("/");
  return (request) => {
    const given = request.path.split("/");
    const fits =
      request.method === method &&
      given.length === wanted.length &&
      wanted.every((part, index) => part.startsWith(":") || part === given[index]);
    const named = wanted.flatMap((part, index) => (part.startsWith(":") ? [[part.slice(1), given[index]]] : []));
    return fits ? Object.fromEntries(named) : null;
  };
}
