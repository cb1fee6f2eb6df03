import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSharedState } from "../doubles/provider-tools.ts";
import { closeAll, no, ok, providerAt, type Script, setUp } from "../doubles/xjc-vendor.ts";
import { ada, createInstallation, type Installation, operator } from "../runtime-fixture.ts";

afterEach(closeAll);

const line = (fee: number) => ({ type: "视频合成", time: "2026-01-01 10:00:00", duration: 12, fee });
const lines = [1, 2, 3, 4, 5].map(line);

/** A vendor whose first page has this number; how it treats page 0 if it counts from 1 is not documented. */
const counting = (first: 0 | 1, zero: "refused" | "empty" | "first" = "refused", all = lines): Script => ({
  "user/bill/list": ({ query }) => {
    const [pn, ds] = [Number(query.get("pn")), Number(query.get("ds"))];
    if (pn < first && zero === "refused") {
      return no(20004);
    }
    const page = pn < first && zero === "first" ? 0 : pn - first;
    return ok({ total: all.length, list: page < 0 ? [] : all.slice(page * ds, (page + 1) * ds) });
  },
});
const fees = async (provider: Awaited<ReturnType<typeof setUp>>["provider"], page: number, size = 2) =>
  (await provider.bills!(page, size)).lines.map(({ amount }) => amount);

describe("bills", () => {
  test.each([
    ["from 0", counting(0)],
    ["from 1, refusing 0", counting(1, "refused")],
    ["from 1, with nothing at 0", counting(1, "empty")],
    ["from 1, taking 0 for 1", counting(1, "first")],
  ])("pages count from 1 here, whether the vendor counts %s", async (_name, script) => {
    const { provider } = await setUp(script);
    expect(await fees(provider, 1)).toEqual([1, 2]);
    expect(await fees(provider, 2)).toEqual([3, 4]);
    expect(await fees(provider, 3)).toEqual([5]);
    expect(await fees(provider, 4)).toEqual([]);
    expect(await fees(provider, 1, 50)).toEqual([1, 2, 3, 4, 5]);
  });

  test("a single page from 0 is recognised as such", async () => {
    const { provider } = await setUp(counting(0));
    expect(await fees(provider, 1, 50)).toEqual([1, 2, 3, 4, 5]);
    expect(await fees(provider, 2, 50)).toEqual([]);
  });

  test("the vendor's page numbering is found out once, for all processes", async () => {
    const shared = createSharedState();
    const { vendor, provider } = await setUp(counting(0), shared);
    await fees(provider, 1);
    expect(vendor.to("bill/list").map(({ query }) => query.get("pn"))).toEqual(["0", "1", "0"]);
    await fees(providerAt(vendor.url, undefined, shared), 2);
    expect(vendor.to("bill/list").map(({ query }) => query.get("pn"))).toEqual(["0", "1", "0", "1"]);
  });

  test("one address's page numbering says nothing about another's: the sandbox may have been tried first", async () => {
    const shared = createSharedState();
    const sandbox = await setUp(counting(1), shared);
    expect(await fees(sandbox.provider, 1)).toEqual([1, 2]);
    const { provider } = await setUp(counting(0), shared);
    expect(await fees(provider, 1)).toEqual([1, 2]);
    expect(await fees(sandbox.provider, 1)).toEqual([1, 2]);
  });

  test("a charge that arrives while the first page is being found leads to no wrong conclusion", async () => {
    const all = [...lines];
    const usual = counting(1, "first", all)["user/bill/list"]!;
    let asked = 0;
    const { provider } = await setUp({
      "user/bill/list": (request, nth) => {
        asked += 1;
        if (asked === 2) {
          all.unshift(line(9));
        }
        return usual(request, nth);
      },
    });
    expect(await fees(provider, 1)).toEqual([9, 1]);
    expect(await fees(provider, 2)).toEqual([2, 3]);
  });

  test("nothing is concluded from an account without bills", async () => {
    const shared = createSharedState();
    const empty = await setUp(counting(1, "empty", []), shared);
    expect(await empty.provider.bills!(1, 10)).toMatchObject({ total: 0, lines: [] });
    const { provider } = await setUp(counting(0), shared);
    expect(await fees(provider, 1)).toEqual([1, 2]);
  });

  test("a line in our units; missing fields are left out", async () => {
    const { provider } = await setUp({
      "user/bill/list": () => ok({ total: 2, list: [line(7), { type: null, fee: 3 }] }),
    });
    expect(await provider.bills!(1, 10)).toEqual({
      total: 2,
      lines: [
        {
          type: "视频合成",
          what: { en: "Avatar video", "zh-CN": "视频合成" },
          time: "2026-01-01 10:00:00",
          at: Date.parse("2026-01-01T10:00:00+08:00"),
          durationMs: 12_000,
          amount: 7,
          unit: "points",
        },
        { type: "", time: "", amount: 3, unit: "points" },
      ],
      covers: { key: "bills.xjc-covers" },
    });
  });

  test.each([
    ["refused", no(20001)],
    ["unreadable", { body: "<html>" }],
    ["without a total", ok({ list: [] })],
  ])("that are %s throw, and lead to no conclusion", async (_name, reply) => {
    const shared = createSharedState();
    const { provider } = await setUp({ "user/bill/list": () => reply }, shared);
    await expect(provider.bills!(1, 10)).rejects.toMatchObject({ failure: { provider: "xjc" } });
    expect(await shared.state.get("bills-first-page")).toBeUndefined();
  });
});

describe("voices left, before one is paid for", () => {
  const audio = {} as never;

  test("are shown with the price, and asked for once in a while", async () => {
    const { vendor, clock, provider } = await setUp();
    const price = (tier: "lite" | "pro") => provider.operations.voiceCloning!.price({ audio, tier });
    expect(await price("lite")).toEqual({
      known: false,
      dependsOn: { key: "provider.price.xjc-voice-quota", values: { tier: "LITE", used: 1, total: 5 } },
    });
    expect(await price("pro")).toMatchObject({ dependsOn: { values: { tier: "PRO", used: 2, total: 2 } } });
    expect(vendor.to("user/balance")).toHaveLength(1);
    await clock.advance(10_000);
    await price("lite");
    expect(vendor.to("user/balance")).toHaveLength(2);
  });

  test("training again uses none, so nothing is asked", async () => {
    const { vendor, provider } = await setUp();
    const price = await provider.operations.voiceCloning!.price({ audio, tier: "lite", speakerId: "S_1" });
    expect(price).toMatchObject({ dependsOn: { key: "provider.price.xjc-voice" } });
    expect(vendor.requests).toHaveLength(0);
  });

  test("an account that does not answer within a second is not waited for", async () => {
    const { vendor, clock, provider } = await setUp({ "user/balance": () => "hang" });
    const arrivals = vendor.arrival().then(() => vendor.arrival());
    const price = provider.operations.voiceCloning!.price({ audio });
    await arrivals;
    await clock.advance(1000);
    expect(await price).toMatchObject({ known: false, dependsOn: { key: "provider.price.xjc-voice" } });
  });
});

describe("list_bills", () => {
  let installation: Installation;
  beforeEach(async () => {
    installation = await createInstallation();
  });
  afterEach(() => installation[Symbol.asyncDispose]());

  async function bills(caller = operator, script = counting(1)) {
    const { provider } = await setUp(script);
    const { definition } = installation.provider;
    const { runtime } = await installation.open({
      providers: [
        {
          definition: {
            ...definition,
            create: (settings, tools) => ({ ...definition.create(settings, tools), bills: provider.bills! }),
          },
          values: {},
        },
      ],
    });
    return runtime.call({ tool: "bills", input: { page: 2, page_size: 2 }, caller });
  }

  test("is for operators, in private, and says what the lines cover", async () => {
    const reply = await bills();
    const at = Date.parse("2026-01-01T10:00:00+08:00");
    expect(reply).toMatchObject({
      type: "answer",
      message: {
        private: true,
        tone: "info",
        fields: [
          {
            label: expect.stringMatching(/^1\/1\/26, .* Avatar video$/),
            value: "3 points · 12 sec",
            moments: [{ at }],
          },
          {
            label: expect.stringMatching(/^1\/1\/26, .* Avatar video$/),
            value: "4 points · 12 sec",
            moments: [{ at }],
          },
        ],
      },
      data: { page: 2, pageSize: 2, bills: [{ total: 5, lines: [{ amount: 3, seconds: 12 }, { amount: 4 }] }] },
    });
    expect(JSON.stringify(reply)).toContain("cover videos only");
    expect(await bills(ada)).toMatchObject({ type: "refused", failure: { kind: "policy" } });
  });

  test("says so if they cannot be read", async () => {
    expect(await bills(operator, { "user/bill/list": () => no(20001) })).toMatchObject({
      message: { tone: "warning", fields: [] },
      data: { bills: [{ total: null, error: { code: "20001" } }] },
    });
  });
});
