import type { Clock } from "./clock.ts";
import type { Ledger, VendorName } from "./ledger.ts";
import type { Limits } from "./limits.ts";
import { type Misbehaviour, readMarkers, withBrackets } from "./markers.ts";
import type { State } from "./state.ts";

/** A misbehaviour ordered through `POST /control/next`. */
export interface Order {
  vendor: VendorName;
  /** Path below the vendor's base address; `undefined`: any of its endpoints. */
  endpoint?: string;
  /** A marker, with or without its brackets. */
  marker: string;
  /** How many requests still misbehave. */
  times: number;
}

/** What every vendor handler works with. */
export interface Context {
  clock: Clock;
  /** Between 0 and 1, like `Math.random`. */
  random(): number;
  /** Real milliseconds for `nominalMs` of vendor time. */
  pace(nominalMs: number): number;
  /** The vendors' own clock: the clock moved by the ordered skew. */
  vendorNow(): number;
  limits: Limits;
  orders: Order[];
  state: State;
  ledger: Ledger;
  /** Where downloaded and generated media are stored. */
  mediaDirectory: string;
  /** `http://127.0.0.1:PORT`. */
  origin(): string;
  /** Increases with every reset, so that work begun before it does not reappear after it. */
  epoch(): number;
  /** Aborted when the sandbox closes; everything that waits or downloads listens to it. */
  closing: AbortSignal;
}

/**
 * How this request should misbehave: an order for its endpoint comes first, then the markers in `text`. A `once` marker
 * counts only for the first body with this fingerprint, even across restarts.
 */
export function misbehaviourOf(
  context: Context,
  request: { vendor: VendorName; endpoint: string; text: string; fingerprint?: string },
): Misbehaviour {
  const order = peekOrder(context, request.vendor, request.endpoint);
  if (order) {
    order.times -= 1;
    if (order.times <= 0) context.orders.splice(context.orders.indexOf(order), 1);
    return readMarkers(withBrackets(order.marker), request.vendor);
  }
  const asked = readMarkers(request.text, request.vendor);
  if (!asked.once || request.fingerprint === undefined) return asked;
  if (context.state.failedOnce.get(request.fingerprint)) return {};
  context.state.failedOnce.put(request.fingerprint, true);
  return asked;
}

/** The order that the next request to this endpoint will follow; it stays in the queue. */
export function peekOrder(context: Context, vendor: VendorName, endpoint: string): Order | undefined {
  return context.orders.find(
    (order) => order.vendor === vendor && (order.endpoint === undefined || order.endpoint === endpoint),
  );
}
