import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as dashscopeVendor from "../doubles/dashscope-vendor.ts";
import { vendorFailure } from "../doubles/scripted-provider.ts";
import * as xjcVendor from "../doubles/xjc-vendor.ts";
import { ada, createInstallation, type Installation, operator, startJob } from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

describe("what a vendor lists since", () => {
  afterEach(async () => {
    await dashscopeVendor.closeAll();
    await xjcVendor.closeAll();
  });

  test("xjc: bill lines, whichever end of the list is the newest, and those whose time cannot be read", async () => {
    verifies("understood.evidence");
    const line = (time: string, fee: number) => ({ type: "视频合成", time, fee });
    const old = Array.from({ length: 30 }, () => line("2026-01-01 10:00:00", 1));
    const since = [line("2026-01-01 12:00:30", 7), line("gestern", 8)];
    for (const all of [
      [...since, ...old],
      [...old, ...since],
    ]) {
      const { provider } = await xjcVendor.setUp({
        "user/bill/list": ({ query }) => {
          const [pn, ds] = [Number(query.get("pn")), Number(query.get("ds"))];
          return pn < 1 ? xjcVendor.no(20004) : xjcVendor.ok({ total: 32, list: all.slice((pn - 1) * ds, pn * ds) });
        },
      });
      const records = await provider.recordsSince!(Date.parse("2026-01-01T12:01:00+08:00"));
      expect(records.map(({ amount }) => amount)).toEqual([7, 8]);
    }
  });

  test("DashScope: the tasks of at most a day, asked for in the vendor's local time", async () => {
    verifies("understood.evidence");
    const { vendor, provider } = await dashscopeVendor.setUp({
      "tasks/": () => ({
        status: 200,
        body: JSON.stringify({
          total: 1,
          data: [{ task_id: "t-9", model_name: "wanx", status: "SUCCEEDED", gmt_create: Date.UTC(2026, 0, 1) }],
        }),
      }),
    });
    expect(await provider.recordsSince!(dashscopeVendor.startMs - 90_000)).toEqual([
      { what: "wanx · SUCCEEDED · t-9", time: Date.UTC(2026, 0, 1) },
    ]);
    await provider.recordsSince!(0);
    const spans = vendor.to("tasks/").map(({ query }) => [query.get("start_time"), query.get("end_time")]);
    expect(spans).toEqual([
      ["20260101075730", "20260101080000"],
      ["20251231080100", "20260101080000"],
    ]);
  });
});

describe("an unclear start", () => {
  let installation: Installation;
  beforeEach(async () => {
    installation = await createInstallation();
  });
  afterEach(() => installation[Symbol.asyncDispose]());

  async function unclear() {
    installation.provider.nextStart("image", { end: "unknown", failure: vendorFailure({ kind: "unknown" }) });
    const process = await installation.open();
    const { id } = await startJob(process, "image", { prompt: "x" });
    await installation.until(() => installation.job(id).state.phase === "unresolved");
    const fieldsFor = async (caller = operator) =>
      (await process.runtime.jobMessage(installation.job(id), caller)).fields ?? [];
    return { id, fieldsFor };
  }

  test("shows operators what the vendor lists since, and the asker nothing of the account", async () => {
    verifies("understood.evidence", "spending.operators");
    let asked = 0;
    installation.provider.records = (since) => {
      asked = since;
      return [{ what: "视频合成", time: "2026-01-01 10:00:00", amount: 12, unit: "points" }];
    };
    const { id, fieldsFor } = await unclear();
    expect(asked).toBe(installation.job(id).steps[0]?.startedAt);
    expect(await fieldsFor()).toContainEqual({
      label: "Listed by the vendor since · 2026-01-01 10:00:00",
      value: "视频合成 · 12 points",
    });
    expect(JSON.stringify(await fieldsFor(ada))).not.toContain("视频合成");
  });

  test("an instant that the vendor tells reads as when it was asked does: the two can be compared", async () => {
    verifies("understood.evidence");
    installation.provider.records = (since) => [{ what: "wanx", time: since }];
    const { fieldsFor } = await unclear();
    const asked = (await fieldsFor()).find(({ label }) => label === "Vendor asked at")?.value;
    expect(asked).toBeDefined();
    expect(await fieldsFor()).toContainEqual({ label: `Listed by the vendor since · ${asked}`, value: "wanx" });
  });

  test("that the vendor lists nothing is said; that it cannot be asked hides nothing", async () => {
    verifies("understood.evidence");
    installation.provider.records = () => [];
    expect(await (await unclear()).fieldsFor()).toContainEqual({
      label: "Listed by the vendor since",
      value: "nothing",
    });
    installation.provider.records = () => {
      throw new Error("no list today");
    };
    const labels = (await (await unclear()).fieldsFor()).map(({ label }) => label);
    expect(labels).not.toContain("Listed by the vendor since");
  });
});
