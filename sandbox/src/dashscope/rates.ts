import type { Context } from "../context.ts";
import { DashscopeRefusal, freeAllowanceUsed } from "./codes.ts";

/** The account's rate limits. Refused requests do not count. */
export interface Rates {
  /** Throws when another start of `model` is too many; otherwise counts it. */
  countStart(model: string): void;
  /** The same for a query about tasks. */
  countQuery(): void;
  /** The same for a request to upload a file for `model`. */
  countUpload(model: string): void;
}

const secondMs = 1000;
const minuteMs = 60_000;

export function openRates(context: Context): Rates {
  const startsByModel = new Map<string, number[]>();
  let starts: number[] = [];
  let queries: number[] = [];
  const uploadsByModel = new Map<string, number[]>();
  const within = (times: readonly number[], nominalMs: number) => {
    const now = context.clock.now();
    return times.filter((time) => now - time < context.pace(nominalMs));
  };

  return {
    countStart(model) {
      const { dashscopeAllowance, dashscopePerMinute, dashscopePerSecond } = context.limits;
      if (context.ledger.totals().byVendor.dashscope.starts >= dashscopeAllowance) {
        throw new DashscopeRefusal("Throttling.AllocationQuota", { message: freeAllowanceUsed });
      }
      starts = within(starts, minuteMs);
      if (starts.length >= dashscopePerMinute) throw new DashscopeRefusal("Throttling.AllocationQuota");
      const ofModel = within(startsByModel.get(model) ?? [], secondMs);
      if (ofModel.length >= dashscopePerSecond) throw new DashscopeRefusal("Throttling.RateQuota");
      const now = context.clock.now();
      starts.push(now);
      startsByModel.set(model, [...ofModel, now]);
    },
    countQuery() {
      queries = within(queries, secondMs);
      if (queries.length >= context.limits.dashscopeQueriesPerSecond) {
        throw new DashscopeRefusal("Throttling.RateQuota");
      }
      queries.push(context.clock.now());
    },
    countUpload(model) {
      const ofModel = within(uploadsByModel.get(model) ?? [], secondMs);
      if (ofModel.length >= context.limits.dashscopeUploadsPerSecond) {
        throw new DashscopeRefusal("Throttling.RateQuota");
      }
      uploadsByModel.set(model, [...ofModel, context.clock.now()]);
    },
  };
}
