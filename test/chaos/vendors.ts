import { join } from "node:path";
import type { Clock } from "@toolcast/core/engine";
import type { LedgerEntry, VendorName } from "@toolcast/sandbox";
import type { Chance } from "./chance.ts";
import { type Child, type Ending, startChild } from "./child.ts";
import { after } from "./crew.ts";
import type { World } from "./settings.ts";

/** The vendors' faults; times are the world's. */
export interface Vendors {
  environment: Record<string, string>;
  /** When no vendor answered. */
  outages: { from: number; to: number }[];
  /** Which calls were ordered to fail. */
  orders: { vendor: VendorName; endpoint: string; marker: string; at: number }[];
  /** When all tokens were revoked. */
  tokenEnds: number[];
  ledger(): Promise<LedgerEntry[]>;
  /** From now on no more faults. */
  calm(): void;
  end(): Promise<void>;
}

export interface VendorsOptions {
  world: World;
  clock: Clock;
  chance: Chance;
  logDirectory: string;
  /** How often the vendors are killed, besides once for every {@link wishesPerFurtherKill} wishes. */
  kills: number;
  /** Real milliseconds between two faults. */
  everyMs: readonly [least: number, most: number];
  /** How many wishes have been made so far. */
  asked: () => number;
}

const checks = ["works/inspect", "voice/lite/train/detail", "voice/lite/create/detail", "voice/pro/create/detail"];
const readTroubles = [
  ...["http 503", "malformed", "giant", "no-payload", "reset", "http 500", "slow 3s", "hang"],
  ...["http 429", "http 429 retry-after 3"],
];
const dashChecks = ["tasks/{task_id}", "tasks/", "services/audio/tts/customization:query_voice"];
/** Starts that carry no text for a marker are made to fail by an order. */
const trainings = ["voice/lite/train", "voice/pro/train"];
const dashStarts = ["services/audio/tts/customization:create_voice", "services/aigc/image2video/video-synthesis"];
export const noAnswerInTime = "no answer in time";
/** What an order makes of a start, and the reason that its job then gives for having no answer. */
export const startTroubles: ReadonlyMap<string, string> = new Map([
  ["drop-after-accept", "the connection broke"],
  ["malformed", "the answer could not be read"],
  ["http 500", "HTTP 500"],
  ["reset", "the connection broke"],
  ["giant", "the answer was too large"],
  ["hang", noAnswerInTime],
]);
/** What an order makes of a start that is then made later. */
const startRefusals = ["http 429", "http 429 retry-after 3"];
const startOrders = [...startTroubles.keys(), ...startRefusals];
const skewMs = 400_000;
/** An order waits for the next call to its endpoint: on a slow machine orders would pile up. */
const firstOrdersPerDoor = 2;
const wishesPerFurtherOrder = 20;
const wishesPerTokenEnd = 10;
/** Outages go on for as long as the work does: some arrows are crossed in them alone. */
const wishesPerFurtherKill = 150;
/** How long half of the killed vendors stay away, in real milliseconds: long enough for a circuit to open. */
const longOutageMs = [2_000, 5_000] as const;

/** The sandbox in a process of its own, with orders, clocks that go wrong, tokens that end, and kills. */
export async function runVendors(options: VendorsOptions): Promise<Vendors> {
  const { world, clock, chance, logDirectory, kills, everyMs } = options;
  const outages: Vendors["outages"] = [];
  const orders: Vendors["orders"] = [];
  const tokenEnds: number[] = [];
  let isCalm = false;
  let isEnding = false;
  let child = await open(0);
  const living = live();

  async function open(port: number): Promise<Child> {
    const logFile = join(logDirectory, "sandbox.log");
    const opened: Child | Ending = await startChild({ program: "sandbox", world, port, logFile, environment: {} });
    if (!("port" in opened)) throw new Error(`the sandbox did not come up: code ${opened.code}`);
    return opened;
  }

  async function control(path: string, body: object): Promise<void> {
    const post = () => fetch(`${child.url}/control/${path}`, { method: "POST", body: JSON.stringify(body) });
    // A kept-alive connection may belong to a process that has been killed since.
    await post().catch(post);
  }

  async function order(vendor: VendorName, endpoint: string, marker: string): Promise<void> {
    const before = orders.filter((one) => one.vendor === vendor && one.endpoint === endpoint).length;
    if (before >= firstOrdersPerDoor + options.asked() / wishesPerFurtherOrder) return;
    orders.push({ vendor, endpoint, marker, at: clock.now() });
    await control("next", { vendor, endpoint, marker });
  }

  async function endTokens(): Promise<void> {
    if (tokenEnds.length >= firstOrdersPerDoor + options.asked() / wishesPerTokenEnd) return;
    tokenEnds.push(clock.now());
    await control("expire-tokens", {});
  }

  async function live(): Promise<void> {
    while (!isEnding) {
      await after(chance.between(...everyMs));
      if (isCalm || isEnding) {
        continue;
      }
      const misfortune = chance.weighted([
        [20, "check"],
        [12, "dash check"],
        [8, "dash start"],
        [4, "detect"],
        [14, "token"],
        [8, "balance"],
        [14, "training"],
        [8, "expire"],
        [6, "skew"],
        [outages.length < kills + Math.floor(options.asked() / wishesPerFurtherKill) ? 14 : 0, "kill"],
      ] as const);
      switch (misfortune) {
        case "check":
          await order("xjc", chance.pick(checks), chance.pick(readTroubles));
          break;
        case "dash check":
          await order("dashscope", chance.pick(dashChecks), chance.pick(readTroubles));
          break;
        case "dash start":
          await order("dashscope", chance.pick(dashStarts), chance.pick(startOrders));
          break;
        case "detect":
          await order("dashscope", "services/aigc/image2video/face-detect", chance.pick(readTroubles));
          break;
        case "token":
          await order("xjc", "oauth/token", chance.pick(readTroubles));
          await endTokens();
          break;
        case "balance":
          await order("xjc", "user/balance", chance.pick(readTroubles));
          break;
        case "training":
          await order("xjc", chance.pick(trainings), chance.pick(startOrders));
          break;
        case "expire":
          await endTokens();
          break;
        case "skew":
          await control("clock", { skewMs: chance.pick([-skewMs, skewMs, 0]) });
          break;
        case "kill":
          await restart();
          break;
      }
    }
  }

  async function restart(): Promise<void> {
    const outage = { from: clock.now(), to: Number.POSITIVE_INFINITY };
    outages.push(outage);
    child.signal("SIGKILL");
    await child.ended;
    if (chance.percent(50)) await after(chance.between(...longOutageMs));
    child = await open(child.port);
    outage.to = clock.now();
  }

  return {
    environment: child.environment,
    outages,
    orders,
    tokenEnds,
    async ledger() {
      const answer = await fetch(`${child.url}/ledger`);
      return ((await answer.json()) as { entries: LedgerEntry[] }).entries;
    },
    calm() {
      isCalm = true;
      void control("clock", { skewMs: 0 }).catch(() => {});
    },
    async end() {
      isEnding = true;
      await living;
      child.signal("SIGKILL");
      await child.ended;
    },
  };
}
