import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { usualOutput } from "../../../test/doubles/scripted-provider.ts";
import {
  ada,
  createInstallation,
  type Installation,
  type RunningProcess,
  startJob,
} from "../../../test/runtime-fixture.ts";
import type { CatalogEntry } from "../errors/catalog/entry.ts";
import { catalogEntries } from "../errors/catalog.ts";
import { refusal } from "../errors/refusal.ts";
import { StorageError } from "../errors/storage-error.ts";
import type { Job } from "../job/job.ts";
import type { StartEnd } from "../providers/operation.ts";

/**
 * What the worker decides for each code that can refuse a start, and whom the person should turn to. Written out rather
 * than computed from the catalogue: a changed policy is then reviewed twice.
 */
interface Decisions {
  /** Started again automatically: the code, and the minimum wait in milliseconds. */
  again: Record<string, number>;
  /** Stopped; the person changes the request. */
  user: RegExp;
  /** Stopped; the operator changes something. */
  operator: RegExp;
  /** Stopped; only the vendor can do something. */
  vendor: RegExp;
  /** Stopped; nothing can be done about it. */
  nobody: RegExp;
  /** Nobody can say whether it was charged. */
  chargedUnknown: RegExp;
}

const decisions: Record<string, Decisions> = {
  "spark cloud": {
    again: {
      10000: 2_000,
      10006: 2_000,
      10007: 2_000,
      10008: 15_000,
      10009: 5_000,
      10018: 0,
      10110: 5_000,
      11202: 1_000,
      11203: 2_000,
    },
    user: /^(10005|10013|10014|10019|10021|10022|10029|10041|10907)$/,
    operator: /^(10003|10004|10015|10016|10163|11200|11201)$/,
    vendor: /^(10001|10002|10010|10011|10012|10017|10222)$/,
    nobody: /^0$/,
    chargedUnknown: /^(10001|10002|10010|10011|10012|10014|10019|10022|10222)$/,
  },
  "spark http": {
    again: { 403: 0 },
    user: /^never$/,
    operator: /^401$/,
    vendor: /^never$/,
    nobody: /^never$/,
    chargedUnknown: /^never$/,
  },
  "xjc api": {
    again: { 20002: 0, 20007: 30_000, 20008: 60_000, 10002: 10_000, 10003: 5_000 },
    user: /^(20004|20006|20009|2001[0-69]|2002[1-6])$/,
    operator: /^(20001|20003|20005|20027|30002)$/,
    vendor: /^(20017|20018|20020|20901|20902|10001|10004|30001)$/,
    nobody: /^0$/,
    chargedUnknown: /^(0|20017|20018|20020|20901|20902|10001|10004|30001)$/,
  },
  "dashscope api": {
    again: {
      Throttling: 10_000,
      "Throttling.RateQuota": 5_000,
      "Throttling.AllocationQuota Allocated quota exceeded": 60_000,
      "Throttling.BurstRate": 10_000,
      ModelServingError: 10_000,
      ModelUnavailable: 30_000,
      limit_requests: 5_000,
      LimitRequests: 5_000,
      limit_burst_rate: 10_000,
    },
    user: /^(InvalidParameter|InvalidURL|InvalidFile|InvalidImage|InvalidPerson|InvalidInputLength|Audio\.|DataInspectionFailed|data_inspection_failed|IPInfringementSuspect|CustomRoleBlocked|FaqRuleBlocked|NotFound$|BadRequest\.(TooLarge|InputDownloadFailed|UnsupportedFileFormat|VoiceNotFound|ResourceNotExist)$)/,
    operator:
      /^(InvalidApiKey|invalid_api_key|NOT AUTHORIZED|(Model\.|App\.|Workspace\.)?AccessDenied|access_denied|AllocationQuota|Throttling\.AllocationQuota |insufficient_quota|Arrearage|CommodityNotPurchased|PrepaidBillOverdue|PostpaidBillOverdue|ModelNotFound|model_not_found|model_not_supported|WorkSpaceNotFound|Conflict|ClientDisconnect|BadRequest\.(Empty(Input|Parameters|Model)|IllegalInput)$)/,
    vendor: /^(RequestTimeOut|InternalError|internal_error|SystemError|ModelServiceFailed)/,
    nobody: /^UnsupportedOperation$/,
    chargedUnknown:
      /^(DataInspectionFailed|data_inspection_failed|IPInfringementSuspect|CustomRoleBlocked|FaqRuleBlocked|ClientDisconnect|RequestTimeOut|InternalError|internal_error|SystemError|ModelServiceFailed)/,
  },
};

const keyOf = ({ code, message, layer }: CatalogEntry) =>
  message === undefined || layer === "http" ? code : `${code} ${message}`;
const failureFor = (entry: CatalogEntry) =>
  refusal({
    provider: entry.provider,
    providerTitle: { en: "Vendor", "zh-CN": "服务商" },
    layer: entry.layer,
    code: entry.code,
    vendorMessage: entry.vendorText,
  });

let installation: Installation;
let process: RunningProcess;
beforeEach(async () => {
  installation = await createInstallation();
  process = await installation.open({ policy: { operators: [], dailyPerPerson: 1_000 } });
});
afterEach(() => installation[Symbol.asyncDispose]());

const counted = () => [...installation.store.counters].find(([name]) => name.startsWith("starts:"))?.[1] ?? 0;

/** One request whose first start is refused like this, with what the vendor does then; returns when it was started. */
async function refusedOnce(entry: CatalogEntry, ...then: StartEnd[]): Promise<{ id: string; startedAt: number[] }> {
  const startedAt: number[] = [];
  const ends: StartEnd[] = [{ end: "refused", failure: failureFor(entry) }, ...then];
  installation.provider.nextStart(
    "image",
    ...ends.map((end) => () => {
      startedAt.push(installation.clock.now());
      return end;
    }),
  );
  const { id } = await startJob(process, "image", { prompt: keyOf(entry) });
  await installation.until(() => startedAt.length > 0 && phaseOf(id) !== "starting");
  return { id, startedAt };
}

const phaseOf = (id: string): Job["state"]["phase"] => installation.job(id).state.phase;

const busy = () => failureFor(catalogEntries().find(({ provider, code }) => provider === "spark" && code === "11202")!);

test("a job whose request cannot be made while the database is away waits for it", async () => {
  // @verifies survives.outage
  const { invalid } = installation.provider;
  installation.provider.nextStart("image", () => {
    invalid.set("image", new StorageError("away", new Error("out of reach")));
    return { end: "refused", failure: busy() };
  });
  const { id } = await startJob(process, "image", { prompt: "a lake" });
  await installation.until(() => invalid.size > 0);
  await installation.pass(60_000);
  expect(phaseOf(id)).toBe("queued");
  invalid.clear();
  await installation.until(() => phaseOf(id) === "succeeded");
});

test("a start that is put off for a busy account, and was cancelled meanwhile, gives its places back", async () => {
  // @verifies spending.concurrency
  installation.provider.nextStart("image", async () => {
    const [job] = installation.jobs();
    await process.runtime.press({ action: "cancel", subject: job!.id, caller: ada });
    return { end: "refused", failure: busy() };
  });
  const { id } = await startJob(process, "image", { prompt: "a lake" });
  await installation.until(() => phaseOf(id) === "cancelled");
  expect([...installation.store.entries.values()].flatMap(({ holds }) => [...holds])).toEqual([]);
});

describe.each(Object.entries(decisions))("a start refused by %s", (wire, expected) => {
  const entries = catalogEntries().filter(({ provider, layer }) => `${provider} ${layer}` === wire);
  const isAgain = (entry: CatalogEntry) => keyOf(entry) in expected.again;

  test("each code has exactly one decision", () => {
    // @verifies understood.catalogue
    const { again, user, operator, vendor, nobody } = expected;
    for (const key of new Set(entries.map(keyOf))) {
      const ways = [
        key in again,
        ...[user, operator, vendor, nobody].map((codes) => !(key in again) && codes.test(key)),
      ];
      expect(ways.filter(Boolean), key).toHaveLength(1);
    }
    expect(Object.keys(again).filter((key) => !entries.some((entry) => keyOf(entry) === key))).toEqual([]);
  });

  test("what began nothing waits its time in the queue, is started once more and counts once", async () => {
    // @verifies paid-once.not-sent-repeats
    for (const entry of entries.filter(isAgain)) {
      const key = keyOf(entry);
      const waitMs = expected.again[key] ?? 0;
      const before = counted();
      const { id, startedAt } = await refusedOnce(entry, { end: "done", output: usualOutput("image") });
      const job = installation.job(id);
      expect(
        job.timeline.map(({ event }) => event),
        key,
      ).toContain("start-deferred");
      if (waitMs > 0) {
        expect(job.state, key).toMatchObject({ phase: "queued", reason: { charged: "no", vendorCode: entry.code } });
        expect(counted(), key).toBe(before);
      }
      await installation.until(() => phaseOf(id) === "succeeded");
      expect(startedAt, key).toHaveLength(2);
      const [first = 0, second = 0] = startedAt;
      expect(second - first, key).toBeGreaterThanOrEqual(waitMs);
      expect(second - first, key).toBeLessThanOrEqual(waitMs === 0 ? 1_000 : Math.max(waitMs, 3_000) + 1_000);
      expect(counted(), key).toBe(before + 1);
    }
  });

  test("everything else stops, unclear if the vendor may have begun; says whether it was charged and who can act", async () => {
    // @verifies understood.failure, paid-once.one-start-a-step, paid-once.unknown-not-repeated
    const stopped = entries.filter((entry) => !isAgain(entry));
    for (const entry of stopped) {
      const key = keyOf(entry);
      const charged = entry.category === "success" && wire === "spark cloud" ? "yes" : chargedOf(key);
      const before = counted();
      const { id } = await refusedOnce(entry);
      const facts = { charged, vendorCode: entry.code, vendorMessage: entry.vendorText };
      // A cut connection is for the operator to look into; what the vendor did stays as open as after its own fault.
      const isPersons = expected.user.test(key) || (expected.operator.test(key) && key !== "ClientDisconnect");
      const isUnclear = charged === "unknown" && !isPersons;
      expect(installation.job(id).state, key).toMatchObject(
        isUnclear ? { phase: "unresolved", evidence: { failure: facts } } : { phase: "failed", failure: facts },
      );
      expect(counted() - before, key).toBe(charged === "no" ? 0 : 1);
      const posted = () => installation.platform.posted.find(({ message }) => message.jobId === id)?.message;
      await installation.until(() => posted() !== undefined);
      const fields = Object.fromEntries(posted()?.fields?.map(({ label, value }) => [label, value]) ?? []);
      expect(fields, key).toMatchObject({
        "Who can fix it": actorOf(key),
        "What to do": entry.remedy.en,
        Charged: { yes: "charged", no: "not charged", unknown: "unknown: the vendor's bill shows it" }[charged],
        "Vendor's code": entry.code,
        "Vendor's message": entry.vendorText,
      });
    }
    await installation.pass(10 * 60_000);
    expect(installation.provider.starts).toHaveLength(stopped.length);
  });

  function chargedOf(key: string): "no" | "unknown" {
    return expected.chargedUnknown.test(key) ? "unknown" : "no";
  }

  function actorOf(key: string): string {
    const { user, operator, vendor } = expected;
    return user.test(key)
      ? "you"
      : operator.test(key)
        ? "an operator"
        : vendor.test(key)
          ? "the vendor"
          : "nobody needs to act";
  }
});
