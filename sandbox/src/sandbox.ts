import { setMaxListeners } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { type Clock, realClock } from "./clock.ts";
import type { Context } from "./context.ts";
import { type Control, clockSchema, orderSchema } from "./control.ts";
import { environmentFor } from "./credentials.ts";
import { type LedgerEntry, openLedger } from "./ledger.ts";
import { defaultLimits, limitsSchema } from "./limits.ts";
import { createRoutes } from "./server.ts";
import { openSparkSockets } from "./spark/socket.ts";
import { openState } from "./state.ts";
import { setBalance } from "./xjc/account.ts";

export interface SandboxOptions {
  /** TCP port on 127.0.0.1, 0 to 65535. Default 0: any free one. */
  port?: number;
  /** How many times faster than real time, above 0. Default 1; 20 makes a 12 s video take 0.6 s. */
  speed?: number;
  /**
   * Where all of the vendors' state is stored, so that it survives a killed process. Default: no state is stored, and
   * media are in a temporary directory that is removed at the end.
   */
  dataDirectory?: string;
  /** Default: the machine's clock. */
  clock?: Clock;
  /** Numbers from 0 to 1, for the order of error findings and for request ids. Default `Math.random`. */
  random?: () => number;
}

export interface Sandbox {
  port: number;
  /** `http://127.0.0.1:PORT`. */
  url: string;
  /** The variables that point a Toolcast at this sandbox. */
  environment: Record<string, string>;
  /** Every paid start so far, oldest first. */
  ledger(): LedgerEntry[];
  control: Control;
  /** Cuts every connection and stops; stored data stays. */
  close(): Promise<void>;
}

export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port = 0, speed = 1, dataDirectory, clock = realClock, random = Math.random } = options;
  if (!(speed > 0)) throw new RangeError("speed must be above 0 / speed 必须大于 0");
  const temporary = dataDirectory === undefined ? mkdtempSync(join(tmpdir(), "toolcast-sandbox-")) : undefined;
  const mediaDirectory = temporary ?? join(dataDirectory!, "media");
  mkdirSync(mediaDirectory, { recursive: true });

  const closing = new AbortController();
  // Every pending callback listens; thousands of listeners are not a leak.
  setMaxListeners(0, closing.signal);
  const ledger = openLedger({ dataDirectory, clock });
  const state = openState(dataDirectory);
  let url = "";
  let skewMs = 0;
  let epoch = 0;
  const context: Context = {
    clock,
    random,
    pace: (nominalMs) => nominalMs / speed,
    vendorNow: () => clock.now() + skewMs,
    limits: { ...defaultLimits },
    orders: [],
    state,
    ledger,
    mediaDirectory,
    origin: () => url,
    epoch: () => epoch,
    closing: closing.signal,
  };
  const control: Control = {
    reset() {
      epoch += 1;
      skewMs = 0;
      context.orders.length = 0;
      Object.assign(context.limits, defaultLimits);
      state.clear();
      ledger.clear();
    },
    limits(changes) {
      const { balance, ...others } = limitsSchema.parse(changes);
      Object.assign(context.limits, others);
      if (balance !== undefined) setBalance(context, balance);
      return { ...context.limits };
    },
    clock(skew) {
      skewMs = clockSchema.parse(skew).skewMs;
    },
    next(order) {
      context.orders.push(orderSchema.parse(order));
    },
    expireTokens() {
      for (const token of state.tokens.values()) state.tokens.put(token.token, { ...token, expiresAt: 0 });
    },
  };

  const { routes, speechSocket, resume } = createRoutes(context, control);
  const server = createAdaptorServer({ fetch: routes.fetch });
  const sparkSockets = openSparkSockets(context);
  server.on("upgrade", (incoming, socket, head) =>
    (speechSocket.isFor(incoming) ? speechSocket : sparkSockets).upgrade(incoming, socket, head),
  );
  const removeTemporary = () => {
    if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
  };
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve());
  }).catch((cause) => {
    removeTemporary();
    throw cause;
  });
  const actualPort = (server.address() as AddressInfo).port;
  url = `http://127.0.0.1:${actualPort}`;
  resume();

  return {
    port: actualPort,
    url,
    environment: environmentFor(url),
    ledger: () => ledger.entries(),
    control,
    async close() {
      closing.abort();
      sparkSockets.close();
      speechSocket.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        if ("closeAllConnections" in server) server.closeAllConnections();
      });
      removeTemporary();
    },
  };
}
