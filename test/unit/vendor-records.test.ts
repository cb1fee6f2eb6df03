import type { StartEnd } from "@toolcast/core/provider";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as dashscopeVendor from "../doubles/dashscope-vendor.ts";
import { vendorFailure } from "../doubles/scripted-provider.ts";
import * as xjcVendor from "../doubles/xjc-vendor.ts";
import {
  ada,
  createInstallation,
  type Installation,
  operator,
  type RunningProcess,
  startJob,
} from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

describe("what a vendor has listed since", () => {
  afterEach(async () => {
    await dashscopeVendor.closeAll();
    await xjcVendor.closeAll();
  });

  test("xjc: bill lines, whichever end of the list is the newest, and those whose time cannot be read", async () => {
    verifies("understood.evidence");
    const line = (time: string, fee: number) => ({ type: "视频合成", time, fee });
    const olds = (length: number) => Array.from({ length }, () => line("2026-01-01 10:00:00", 1));
    const since = [line("2026-01-01 12:00:30", 7), line("gestern", 8)];
    for (const all of [
      [...since, ...olds(30)],
      [...olds(30), ...since],
      // The last page holds one line.
      [...olds(59), ...since],
    ]) {
      const { provider } = await xjcVendor.setUp({
        "user/bill/list": ({ query }) => {
          const [pn, ds] = [Number(query.get("pn")), Number(query.get("ds"))];
          return pn < 1
            ? xjcVendor.no(20004)
            : xjcVendor.ok({ total: all.length, list: all.slice((pn - 1) * ds, pn * ds) });
        },
      });
      const records = await provider.recordsSince!(Date.parse("2026-01-01T12:01:00+08:00"));
      expect(records.map(({ amount }) => amount)).toEqual([7, 8]);
    }
  });

  test("DashScope: at most one day of tasks, requested in the vendor's local time", async () => {
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
      { id: "t-9", what: "wanx · SUCCEEDED · t-9", time: Date.UTC(2026, 0, 1) },
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

  async function unclear(running?: RunningProcess) {
    installation.provider.nextStart("image", { end: "unknown", failure: vendorFailure({ kind: "unknown" }) });
    const process = running ?? (await installation.open());
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

  test("a time given by the vendor has the same form as the time it was asked: the two can be compared", async () => {
    verifies("understood.evidence");
    installation.provider.records = (since) => [{ what: "wanx", time: since }];
    const { fieldsFor } = await unclear();
    const asked = (await fieldsFor()).find(({ label }) => label === "Request sent at")?.value;
    expect(asked).toBeDefined();
    expect(await fieldsFor()).toContainEqual({ label: `Listed by the vendor since · ${asked}`, value: "wanx" });
  });

  const listed = (id: string) => ({ id, what: `wanx · ${id}`, time: "2026-01-01 10:00:00" });
  const ofVendor = (fields: { label: string; value: string }[]) =>
    fields.filter(({ label }) => /^(Listed|Other jobs)/.test(label)).map(({ value }) => value);

  test("leaves out what is known to belong to other jobs, and names the jobs that it cannot rule out", async () => {
    verifies("understood.evidence-of-others");
    installation.provider.balance = new Error("no balance here");
    const { provider } = installation;
    let finishes = (_end: StartEnd) => {};
    provider.nextStart(
      "image",
      { end: "operation", reference: { kind: "task", task: { id: "t-known" } } },
      () => new Promise<StartEnd>((resolve) => (finishes = resolve)),
    );
    provider.nextCheck(...Array.from({ length: 50 }, () => ({ state: "pending" as const })));
    provider.records = () => [listed("t-known"), listed("t-open"), listed("t-mine")];
    const process = await installation.open();
    await startJob(process, "image", { prompt: "known" });
    await installation.until(() => provider.starts.length === 1);
    const open = await startJob(process, "image", { prompt: "open" });
    await installation.until(() => provider.starts.length === 2);
    const first = await unclear(process);
    expect(ofVendor(await first.fieldsFor())).toEqual([
      "wanx · t-open",
      "wanx · t-mine",
      "1 more from other jobs",
      `${open.id} (the figures above may be theirs)`,
    ]);
    const inChinese = (await first.fieldsFor({ ...operator, locale: "zh-CN" })).map(({ value }) => value);
    expect(inChinese).toEqual(expect.arrayContaining(["另有 1 条属于其他任务", `${open.id}（以上数据可能与其有关）`]));
    expect(ofVendor(await first.fieldsFor(ada))).toEqual([]);

    finishes({ end: "operation", reference: "t-open" });
    await installation.until(() => installation.job(open.id).state.phase === "running");
    const second = await unclear(process);
    expect(ofVendor(await second.fieldsFor())).toEqual([
      "wanx · t-mine",
      "2 more from other jobs",
      `${first.id} (the figures above may be theirs)`,
    ]);
    provider.records = () => [listed("t-known")];
    expect(ofVendor(await (await unclear(process)).fieldsFor())[0]).toBe("only work of other jobs (1)");
  });

  test("with a balance, or a list without ids, every job at the vendor meanwhile is in doubt; no other is", async () => {
    verifies("understood.evidence-of-others");
    const { provider } = installation;
    provider.records = () => [listed("t-mine")];
    const process = await installation.open();
    const before = await startJob(process, "image", { prompt: "long before" });
    await installation.until(() => installation.job(before.id).state.phase === "succeeded");
    await installation.pass(120_000);
    const meanwhile = await startJob(process, "image", { prompt: "just before" });
    await installation.until(() => installation.job(meanwhile.id).state.phase === "succeeded");
    const inDoubt = `${meanwhile.id} (the figures above may be theirs)`;
    const alone = await unclear(process);
    expect(ofVendor(await alone.fieldsFor())).toEqual(["wanx · t-mine", inDoubt]);
    await installation.pass(120_000);
    provider.balance = new Error("no balance here");
    provider.records = () => [{ what: "视频合成", time: "2026-01-01 10:00:00" }];
    const last = await startJob(process, "image", { prompt: "x" });
    await installation.until(() => installation.job(last.id).state.phase === "succeeded");
    expect(ofVendor(await (await unclear(process)).fieldsFor())).toEqual([
      "视频合成",
      `${last.id} (the figures above may be theirs)`,
    ]);
  });

  test("the operation itself is named as such, and more entries than a person reads are counted", async () => {
    verifies("understood.evidence-of-others");
    const { provider } = installation;
    provider.nextStart("image", { end: "operation", reference: { taskId: "t-mine" } });
    provider.nextCheck({ state: "lost", failure: vendorFailure() });
    provider.records = () => [listed("t-mine"), ...Array.from({ length: 30 }, (_, index) => listed(`t-${index}`))];
    const process = await installation.open();
    const { id } = await startJob(process, "image", { prompt: "x" });
    await installation.until(() => installation.job(id).state.phase === "unresolved");
    const { fields } = await process.runtime.jobMessage(installation.job(id), { ...operator, locale: "zh-CN" });
    const shown = fields!.filter(({ label }) => label.startsWith("此后服务商侧的记录")).map(({ value }) => value);
    expect(shown).toHaveLength(21);
    expect(shown[0]).toBe("wanx · t-mine · 即本任务");
    expect(shown[20]).toBe("另有 11 条");
  });

  test("shows the rest of every quota, before and now: a new voice may leave the amount unchanged", async () => {
    verifies("understood.evidence");
    const balance = (used: number) => ({
      amount: 100,
      unit: "points",
      quotas: [{ name: { key: "provider.quota.voice-lite" } as const, used, total: 5 }],
    });
    installation.provider.balance = balance(1);
    installation.provider.nextStart("image", () => {
      installation.provider.balance = balance(2);
      return { end: "unknown", failure: vendorFailure({ kind: "unknown" }) };
    });
    const process = await installation.open();
    const { id } = await startJob(process, "image", { prompt: "x" });
    await installation.until(() => installation.job(id).state.phase === "unresolved");
    const shown = async (caller = operator) =>
      (await process.runtime.jobMessage(installation.job(id), caller)).fields?.map(({ value }) => value);
    expect(await shown()).toEqual(
      expect.arrayContaining([
        "100 points · cloned voices, LITE: 1 of 5 used",
        "100 points · cloned voices, LITE: 2 of 5 used",
      ]),
    );
    expect(await shown({ ...operator, locale: "zh-CN" })).toContain("100 点 · LITE 版音色：已用 2 / 共 5");
    expect(JSON.stringify(await shown(ada))).not.toContain("LITE");
  });

  test("says so if the vendor's list does not cover the work, because its absence there proves nothing", async () => {
    verifies("understood.evidence");
    installation.provider.unlisted = true;
    installation.provider.records = () => [];
    const { id, fieldsFor } = await unclear();
    expect(installation.job(id).state).not.toHaveProperty("evidence.records");
    expect(await fieldsFor()).toContainEqual({
      label: "Listed by the vendor since",
      value: "unknown: the vendor's list does not cover this kind of work",
    });
    expect((await fieldsFor({ ...operator, locale: "zh-CN" })).map(({ value }) => value)).toContain(
      "无从查看：服务商的记录不包含此类任务",
    );
  });

  test("names the evidence that this vendor gives, and says so if it gives none", async () => {
    verifies("understood.evidence");
    const linesOf = async (id: string, process: RunningProcess) =>
      ((await process.runtime.jobMessage(installation.job(id), ada)).lines ?? []).join(" ");
    const process = await installation.open();
    const { provider } = installation;
    const said: string[] = [];
    for (const [hasBalance, hasRecords] of [
      [true, true],
      [true, false],
      [false, true],
      [false, false],
    ]) {
      const { id } = await unclear(process);
      const known = process.runtime.providers.find(({ id: name }) => name === provider.definition.id)!;
      Object.assign(known, {
        balance: hasBalance ? async () => ({ amount: 1, unit: "points", quotas: [] }) : undefined,
        recordsSince: hasRecords ? async () => [] : undefined,
      });
      said.push(await linesOf(id, process));
    }
    expect(said).toEqual([
      expect.stringContaining("the account's balance and its list of work"),
      expect.stringMatching(/offers: the account's balance\. /),
      expect.stringMatching(/offers: its list of work\. /),
      expect.stringContaining("offers no evidence about it here"),
    ]);
  });

  test("xjc lists only videos, and DashScope only tasks: their other work is not looked for there", async () => {
    verifies("understood.evidence");
    const xjc = (await xjcVendor.setUp({})).provider.operations;
    expect([xjc.avatarVideo, xjc.speech, xjc.voiceCloning].map((operation) => operation?.unlisted ?? false)).toEqual([
      false,
      true,
      true,
    ]);
    const tasks = (await dashscopeVendor.setUp({})).provider.operations;
    expect(
      [tasks.image, tasks.avatarVideo, tasks.portraitVideo, tasks.speech, tasks.voiceCloning].map(
        (operation) => operation?.unlisted ?? false,
      ),
    ).toEqual([false, false, false, true, true]);
    const atOnce = (await dashscopeVendor.setUp({}, { DASHSCOPE_IMAGE_MODEL: "qwen-image-max" })).provider.operations;
    expect(atOnce.image?.unlisted).toBe(true);
    await dashscopeVendor.closeAll();
    await xjcVendor.closeAll();
  });

  test("says that the vendor lists nothing; a vendor that cannot be asked hides nothing", async () => {
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
