import { ToolcastError } from "@toolcast/core";
import { addToCatalog, catalogEntries } from "@toolcast/core/errors";
import {
  type CheckEnd,
  type OperationContext,
  type ProviderInstance,
  type StartEnd,
  vendorFailures,
} from "@toolcast/core/provider";
import { locales, say } from "@toolcast/core/surface";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createOperationContext, createProviderTools } from "../doubles/provider-tools.ts";
import { closedAddress } from "../doubles/raw-vendor.ts";
import { createManualClock, type ManualClock } from "../manual-clock.ts";
import { verifies } from "../verifies.ts";
import { expectDocumentedRefusal } from "./documented-refusal.ts";
import type { ContractVendor, OperationDescriptor, ProviderDescriptor } from "./provider-descriptor.ts";

const neverAsked = 1000;
/** How long to wait, in real time, on a machine that is busy with other work. */
const patience = { timeout: 10_000 };

/** Every provider must behave like this, against its vendor's real protocol. */
export function providerContract<Settings>(descriptor: ProviderDescriptor<Settings>): void {
  const { definition, codesAfterTheWork = [] } = descriptor;
  let vendor: ContractVendor;
  const closing: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    addToCatalog(definition);
    vendor = await descriptor.openVendor();
  });
  afterAll(() => vendor?.close());
  beforeEach(async () => {
    vendor.reset();
    for (const close of closing.splice(0)) {
      await close();
    }
  });

  function setUp(
    changes: Record<string, string> = {},
    addressVariable = descriptor.addressVariable,
  ): { provider: ProviderInstance; clock: ManualClock } {
    const environment = { ...vendor.environment, ...changes };
    const clock = createManualClock(Date.now());
    const address = environment[addressVariable] ?? "";
    const tools = { ...createProviderTools(address, clock), failures: vendorFailures(definition) };
    closing.push(() => tools.http.close());
    return { provider: definition.create(definition.schema.parse(environment), tools), clock };
  }

  let people = 0;
  const context = (changes: Partial<OperationContext> = {}) =>
    createOperationContext({
      // One person may not ask twice at the same time, and a vendor is slow to notice that a connection was cut.
      callerId: `web:person-${people++}`,
      ...(descriptor.addressOf ? { addressOf: descriptor.addressOf } : {}),
      ...(descriptor.read ? { read: descriptor.read } : {}),
      ...changes,
    });

  function expectNoSecret(seen: unknown): void {
    const text = JSON.stringify(seen);
    for (const variable of descriptor.secretVariables) {
      expect(text).not.toContain(vendor.environment[variable]);
    }
    expect(text).not.toMatch(/authorization=|sign=|signature=/);
  }

  function expectFailure(end: { failure?: unknown }): void {
    expectNoSecret(end);
    const { failure } = end as Extract<StartEnd, { failure: unknown }>;
    expect(failure.provider).toBe(definition.id);
    for (const locale of locales) {
      expect(say(failure.sentence, locale)).not.toMatch(/[{}]/);
    }
    expect(failure.retry.kind !== "later" || failure.charged === "no").toBe(true);
  }

  function operationContract<Request>(operation: OperationDescriptor<Request>): void {
    const { startEndpoint, checkEndpoint, warningCodes = [], addressVariable = descriptor.addressVariable } = operation;
    const setUpOperation = (changes: Record<string, string> = {}) =>
      setUp({ ...operation.variables, ...changes }, addressVariable);
    const unreached: Partial<OperationContext> = {
      canBeReached: false,
      addressOf: () => Promise.reject(new Error("there is no address to fetch media from")),
    };
    const ownContext = (changes: Partial<OperationContext> = {}) =>
      context({ ...(operation.canBeReached === false ? unreached : {}), ...changes });
    let request: Request;
    let paidBefore = 0;
    const begun: unknown = expect.stringMatching(/^(?:done|operation)$/);
    const start = (provider: ProviderInstance, changes?: Partial<OperationContext>) =>
      operation.operation(provider).start(request, ownContext(changes));
    const misbehave = (marker: string, endpoint = startEndpoint) => vendor.misbehave({ endpoint, marker });
    const paidStarts = () => vendor.paidStarts(startEndpoint) - paidBefore;

    async function toItsEnd(provider: ProviderInstance, clock: ManualClock, started: StartEnd): Promise<CheckEnd> {
      if (started.end === "done") {
        return { state: "done", output: started.output };
      }
      expect(started).toMatchObject({ end: "operation" });
      let { reference } = started as Extract<StartEnd, { end: "operation" }>;
      for (let asked = 0; asked < neverAsked; asked += 1) {
        // As after a restart: only what a job record stores is available.
        reference = JSON.parse(JSON.stringify(reference));
        const end = await operation.operation(provider).check!(reference, context());
        if (end.state !== "pending") {
          return end;
        }
        reference = end.reference ?? reference;
        await clock.advance(1000);
      }
      throw new Error("it never ended");
    }

    describe(operation.name, () => {
      beforeEach(async () => {
        request = await operation.request(setUpOperation().provider, ownContext());
        paidBefore = vendor.paidStarts(startEndpoint);
      });

      test("its request is valid and its price is known or explained", async () => {
        const { provider } = setUpOperation();
        operation.operation(provider).validate?.(request);
        const price = await operation.operation(provider).price(request);
        expect(price.known || locales.every((locale) => say(price.dependsOn, locale) !== "")).toBe(true);
        expect(paidStarts()).toBe(0);
      });

      test("goes to its end with one paid start", async () => {
        const { provider, clock } = setUpOperation();
        const end = await toItsEnd(provider, clock, await start(provider));
        expect(end).toMatchObject({ state: "done", output: { requestId: expect.any(String) } });
        operation.expectOutput((end as Extract<CheckEnd, { state: "done" }>).output);
        expect(paidStarts()).toBe(1);
      });

      test("not-sent: nothing listens", async () => {
        const { provider } = setUpOperation({ [addressVariable]: await closedAddress() });
        const end = await start(provider);
        expect(end).toMatchObject({ end: "not-sent", failure: { charged: "no", retry: { kind: "later" } } });
        expectFailure(end as never);
      });

      test("every documented code is a refusal with the catalogue's policy and the vendor's own message", async () => {
        const { provider } = setUpOperation();
        const entries = catalogEntries().filter(
          (entry) =>
            entry.provider === definition.id &&
            entry.layer === (operation.layer ?? "api") &&
            (entry.source === "document" || entry.source === "plugin") &&
            entry.code !== "0",
        );
        expect(entries.length).toBeGreaterThanOrEqual(descriptor.fewestCodes ?? 0);
        for (const entry of entries) {
          const before = paidStarts();
          misbehave(descriptor.markerOf?.(entry) ?? entry.code);
          const end = await start(provider);
          if (warningCodes.includes(entry.code)) {
            expect(end).toMatchObject({ end: "done", output: { facts: { warning: entry.code } } });
            expect(paidStarts() - before).toBe(1);
            continue;
          }
          expect(end).toMatchObject({ end: "refused" });
          expectFailure(end as never);
          const charged = entry.category === "content" ? (operation.chargedOnContent ?? entry.charged) : entry.charged;
          expectDocumentedRefusal((end as Extract<StartEnd, { end: "refused" }>).failure, { ...entry, charged });
          expect(paidStarts() - before).toBe(codesAfterTheWork.includes(entry.code) ? 1 : 0);
        }
      });

      const serverErrors = ["http 500", "http 502"];

      test.each([
        ["drop-before-accept", 0] as const,
        ["drop-after-accept", 1] as const,
        ["malformed", 1] as const,
        ["giant", 1] as const,
        ...(operation.answersNothing ? [] : [["no-payload", 1] as const]),
        ...(operation.opensFirst ? [] : serverErrors.map((marker) => [marker, 0] as const)),
      ])("unknown: %s", async (marker, paid) => {
        const { provider } = setUpOperation();
        misbehave(marker);
        const end = await start(provider);
        expect(end).toMatchObject({ end: "unknown", failure: { charged: "unknown", retry: { kind: "never" } } });
        expectFailure(end as never);
        expect(paidStarts()).toBe(paid);
      });

      test.each([
        ["http 404", {}],
        ["http 429", { kind: "later" }],
        ["http 429 retry-after 30", { kind: "later", afterMs: 30_000 }],
      ])("refused by a status alone: %s", async (marker, retry) => {
        const { provider } = setUpOperation();
        misbehave(marker);
        const end = await start(provider);
        const failure = { charged: "no", retry, httpStatus: Number(marker.slice(5, 8)) };
        expect(end).toMatchObject({ end: "refused", failure });
        expectFailure(end as never);
        expect(paidStarts()).toBe(0);
      });

      if (operation.opensFirst) {
        test.each(serverErrors)("nothing begun: %s before it was sent", async (marker) => {
          const { provider } = setUpOperation();
          misbehave(marker);
          const end = await start(provider);
          expect(end).toMatchObject({ end: "not-sent", failure: { charged: "no" } });
          expect(JSON.stringify(end)).toContain(marker.slice(5));
          expectFailure(end as never);
          expect(paidStarts()).toBe(0);
        });
      }

      test("unknown: accepted and never answered", async () => {
        const { provider, clock } = setUpOperation();
        misbehave("hang");
        const starting = start(provider);
        await expect.poll(paidStarts, patience).toBe(1);
        await clock.advance(operation.startTimeoutMs ?? 60_000);
        const end = await starting;
        expect(end).toMatchObject({ end: "unknown", failure: { charged: "unknown", retry: { kind: "never" } } });
        expectFailure(end as never);
        expect(paidStarts()).toBe(1);
      });

      test("unknown: aborted while it waits", async () => {
        const { provider } = setUpOperation();
        const stop = new AbortController();
        misbehave("hang");
        const starting = start(provider, { signal: stop.signal });
        await expect.poll(paidStarts, patience).toBe(1);
        stop.abort();
        expect(await starting).toMatchObject({ end: "unknown", failure: { charged: "unknown" } });
      });

      test("a start is known by its key: asked again after a lost answer, it is one paid start", async ({ skip }) => {
        verifies("paid-once.vendor-key");
        const { provider } = setUpOperation();
        skip(operation.operation(provider).sameKeyForMs === undefined, "the vendor has no keys");
        const keyed = async (startKey: string) => (await start(provider, { startKey })).end;
        misbehave("drop-after-accept");
        expect(await keyed("attempt_1")).toBe("unknown");
        expect([await keyed("attempt_1"), await keyed("attempt_1"), paidStarts()]).toEqual([begun, begun, 1]);
        expect([await keyed("attempt_2"), paidStarts()]).toEqual([begun, 2]);
      });

      test("wrong keys are refused, cost nothing and are not shown", async () => {
        for (const variable of descriptor.secretVariables) {
          const { provider } = setUpOperation({ [variable]: `wrong-${vendor.environment[variable]}` });
          const end = await start(provider);
          expect(end).toMatchObject({ end: "refused", failure: { charged: "no" } });
          expectFailure(end as never);
        }
        expect(paidStarts()).toBe(0);
      });

      test("a clock that is an hour off is corrected by the second start at the latest", async ({ skip }) => {
        skip(vendor.skewClock === undefined, "the vendor looks at no clock");
        vendor.skewClock?.(3_600_000);
        const { provider, clock } = setUpOperation();
        let started = await start(provider);
        if (started.end === "refused") {
          expect(started.failure).toMatchObject({ charged: "no", retry: { kind: "later", afterMs: 0 } });
          started = await start(provider);
        }
        expect(await toItsEnd(provider, clock, started)).toMatchObject({ state: "done" });
        expect(paidStarts()).toBe(1);
      });

      if (checkEndpoint === undefined) {
        return;
      }

      test.each(["drop-before-accept", "malformed", "giant", "no-payload", "http 500", "http 429 retry-after 30"])(
        "checking: %s ends nothing, and the next look goes on",
        async (marker) => {
          const { provider, clock } = setUpOperation();
          const started = await start(provider);
          misbehave(marker, checkEndpoint);
          const { reference } = started as Extract<StartEnd, { end: "operation" }>;
          const trouble: unknown = await operation.operation(provider).check!(reference, context()).then(
            () => undefined,
            (error: unknown) => error,
          );
          expect(ToolcastError.isInstance(trouble)).toBe(true);
          expectFailure(trouble as ToolcastError);
          expect((trouble as ToolcastError).failure.retry.afterMs ?? 0).toBe(/429/.test(marker) ? 30_000 : 0);
          expect(await toItsEnd(provider, clock, started)).toMatchObject({ state: "done" });
          expect(paidStarts()).toBe(1);
        },
      );

      test("what the vendor could not finish has failed, with the vendor's message and id", async () => {
        const { provider, clock } = setUpOperation();
        misbehave("fail: 画面中没有人脸");
        const started = await start(provider);
        const end = await toItsEnd(provider, clock, started);
        expect(end).toMatchObject({
          state: "failed",
          failure: {
            ...((operation.failsWithMessage ?? true) ? { vendorMessage: "画面中没有人脸" } : {}),
            requestId: (started as { requestId?: string }).requestId,
            charged: operation.chargedOnFailure ?? "unknown",
            retry: { kind: operation.retryOnFailure ?? "never" },
          },
        });
        expectFailure(end as never);
        expect(paidStarts()).toBe(1);
      });

      test("a reference that is not one of its own is lost", async () => {
        const { provider } = setUpOperation();
        for (const reference of [null, 7, "x", [], { jobId: "x" }]) {
          const end = await operation.operation(provider).check!(reference, context());
          expect(end).toMatchObject({ state: "lost", failure: { charged: "unknown" } });
          expectFailure(end as never);
        }
      });

      test("a reference that the vendor has forgotten is waited for a while and is then lost", async () => {
        const { provider, clock } = setUpOperation();
        const started = (await start(provider)) as Extract<StartEnd, { end: "operation" }>;
        vendor.reset();
        const check = () => operation.operation(provider).check!(started.reference, context());
        expect(await check()).toMatchObject({ state: "pending" });
        await clock.advance(61_000);
        expect(await check()).toMatchObject({ state: "lost", failure: { charged: "unknown" } });
      });

      test("an expired token is renewed: at once for a question, by the next start for a start", async ({ skip }) => {
        skip(vendor.expireTokens === undefined, "the vendor gives no tokens");
        const { provider, clock } = setUpOperation();
        const started = await start(provider);
        vendor.expireTokens?.();
        expect(await toItsEnd(provider, clock, started)).toMatchObject({ state: "done" });
        vendor.expireTokens?.();
        const refused = await start(provider);
        if (refused.end === "refused") {
          expect(refused.failure).toMatchObject({ charged: "no", retry: { kind: "later", afterMs: 0 } });
          expect(paidStarts()).toBe(1);
          expect(await start(provider)).toMatchObject({ end: "operation" });
        }
        expect(paidStarts()).toBe(2);
      });
    });
  }

  describe(`${definition.id} keeps the provider contract`, { timeout: 30_000 }, () => {
    verifies("provider.contract", "documents.errors");
    for (const declare of descriptor.operations) {
      declare(operationContract);
    }

    test("doctor proves the keys without a paid start, and reports wrong ones", async () => {
      // An error it throws is shown as a finding too.
      const findings = (provider: ProviderInstance) =>
        provider.doctor().catch((error: unknown) => {
          if (!ToolcastError.isInstance(error)) {
            throw error;
          }
          return [{ level: "error", error, said: String(error) }];
        });
      const levels = async (provider: ProviderInstance) => (await findings(provider)).map(({ level }) => level);
      const right = await levels(setUp().provider);
      expect(right).toContain("ok");
      expect(right).not.toContain("error");
      for (const variable of descriptor.secretVariables) {
        const { provider } = setUp({ [variable]: "wrong" });
        expect(await levels(provider)).toContain("error");
        expectNoSecret(await findings(provider));
      }
      expect(await levels(setUp({ [descriptor.addressVariable]: await closedAddress() }).provider)).toContain("error");
      expect(vendor.paidStarts()).toBe(0);
    });

    test("every variable is documented in both languages, and missing required ones are named", () => {
      const result = definition.schema.safeParse({});
      const missed = result.error?.issues.map(({ path }) => path[0]);
      expect(missed).toEqual(definition.settings.filter(({ required }) => required).map(({ variable }) => variable));
      for (const { summary } of definition.settings) {
        expect(summary.en).toMatch(/[a-z]/);
        expect(summary["zh-CN"]).toMatch(/[一-鿿]/);
      }
      expect(definition.settings.filter(({ secret }) => secret).map(({ variable }) => variable)).toEqual(
        descriptor.secretVariables,
      );
    });

    test("it talks to the vendor's host only, and knows that this host is the local machine", () => {
      const settings = definition.schema.parse(vendor.environment);
      expect(definition.hosts(settings)).toEqual([new URL(vendor.environment[descriptor.addressVariable] ?? "").host]);
      expect(definition.onLoopback(settings)).toBe(true);
    });
  });
}
