import type { Context } from "../context.ts";
import type { Call, Vendor } from "./call.ts";
import { XjcRefusal } from "./codes.ts";
import type { Tier } from "./records.ts";
import { Validation } from "./validation.ts";

function balanceOf(context: Context): number {
  const kept = context.state.values.get("balance");
  return typeof kept === "number" ? kept : context.limits.balance;
}

export function setBalance(context: Context, points: number): void {
  context.state.values.put("balance", points);
}

export function requirePoints(context: Context, points: number): void {
  if (balanceOf(context) < points) throw new XjcRefusal(20005);
}

/** One paid start. Writes the ledger first, so that nothing is ever begun without its entry. */
export function pay(
  context: Context,
  call: Call,
  start: { text: string; points: number; reference: string; note?: string },
): void {
  context.ledger.record({
    vendor: "xjc",
    endpoint: call.endpoint,
    fingerprint: call.fingerprint,
    account: call.accessKey,
    ...start,
  });
  if (start.points > 0) setBalance(context, balanceOf(context) - start.points);
}

export function voicesUsed(context: Context, tier: Tier): number {
  return context.state.voices.values().filter((voice) => voice.tier === tier).length;
}

export function readBalance({ context }: Vendor): Record<string, number> {
  return {
    balance: balanceOf(context),
    voiceLiteUsedQuantity: voicesUsed(context, "LITE"),
    voiceLiteTotalQuantity: context.limits.voiceLiteTotal,
    voiceProUsedQuantity: voicesUsed(context, "PRO"),
    voiceProTotalQuantity: context.limits.voiceProTotal,
  };
}

const largestPage = 100;

/** Charges for videos only, newest first; the first page is 1. */
export function listBills({ context }: Vendor, call: Call) {
  const validation = new Validation(context, Object.fromEntries(call.query), ["pn", "ds"]);
  const [page, size] = ["pn", "ds"].map((name) => {
    validation.require(name);
    const text = validation.fields[name];
    const value = /^\d{1,9}$/.test(text ?? "") ? Number(text) : 0;
    const most = name === "ds" ? largestPage : Number.POSITIVE_INFINITY;
    if (text !== undefined && (value < 1 || value > most)) validation.complain(`${name}不合法`);
    return value;
  }) as [number, number];
  validation.finish();
  const bills = context.state.works
    .values()
    .filter((work) => work.face !== undefined && work.accessKey === call.accessKey)
    .reverse();
  return {
    total: bills.length,
    list: bills.slice((page - 1) * size, page * size).map((work) => ({
      type: "视频合成",
      time: beijingTime(work.createdAt),
      duration: wholeSeconds(work.durationMs),
      fee: work.points,
    })),
  };
}

export function wholeSeconds(durationMs: number): number {
  return Math.max(1, Math.round(durationMs / 1000));
}

/** The vendor writes its own local time without a zone. */
function beijingTime(timestampMs: number): string {
  return new Date(timestampMs + 8 * 60 * 60_000).toISOString().slice(0, 19).replace("T", " ");
}
