import { describe, expect, it } from "vitest";
import { catalogProviders, errorCategories } from "./catalog/entry.ts";
import { catalogEntries, entriesWithCode, entryOf, findEntry } from "./catalog.ts";
import type { Failure } from "./errors.ts";

const entries = catalogEntries();
const keyOf = (entry: (typeof entries)[number]) =>
  `${entry.provider} ${entry.layer} ${entry.code} ${entry.message ?? ""}`.trim();

function count(provider: string, layer: string, source = "document"): number {
  return entries.filter((entry) => entry.provider === provider && entry.layer === layer && entry.source === source)
    .length;
}

describe("the catalogue as a whole", () => {
  it("contains every row of the documents, and later ones marked as such", () => {
    expect(count("spark", "cloud")).toBe(30);
    expect(count("dashscope", "api")).toBe(25);
    expect(count("xjc", "api")).toBe(36);
    expect(count("spark", "sdk")).toBe(119);
    expect(count("speech-sdk", "sdk") + count("speech-sdk", "cloud")).toBe(182);
    expect(entries.filter(({ source }) => source === "document")).toHaveLength(392);
    expect(count("spark", "cloud", "later-edition")).toBe(3);
    expect(count("spark", "http", "later-edition")).toBe(4);
    expect(count("dashscope", "api", "later-edition")).toBe(74);
    expect(count("openai", "api", "later-edition")).toBe(10);
  });

  it("contains 358 different codes, 27 of which are in the tables of several documents", () => {
    const documented = entries.filter(({ source }) => source === "document");
    const tableOf = ({ provider, layer }: (typeof entries)[number]) =>
      provider === "spark" ? `${provider} ${layer}` : provider;
    const tables = [...Map.groupBy(documented, ({ code }) => code).values()].map((same) => new Set(same.map(tableOf)));
    expect(tables).toHaveLength(358);
    expect(tables.filter(({ size }) => size > 1)).toHaveLength(27);
  });

  it("has no two entries alike by provider, layer, code and message", () => {
    const keys = entries.map(keyOf);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  it("distinguishes the rows of a code with several rows by their messages", () => {
    const groups = Map.groupBy(entries, ({ provider, layer, code }) => `${provider} ${layer} ${code}`);
    const several = [...groups.values()].filter((group) => group.length > 1);
    expect(several.map((group) => group.map((entry) => entry.message === undefined))).toEqual(
      several.map((group) => group.map(() => false)),
    );
    for (const entry of several.flat()) {
      expect(
        findEntry({ provider: entry.provider, layer: entry.layer, code: entry.code, message: entry.vendorText }),
        keyOf(entry),
      ).toBe(entry);
    }
  });
});

describe.each(entries.map((entry) => [keyOf(entry), entry] as const))("%s", (_key, entry) => {
  // @verifies understood.catalogue
  it("is complete", () => {
    expect(catalogProviders).toContain(entry.provider);
    expect(errorCategories).toContain(entry.category);
    expect(entry.code).toMatch(/\S/);
    expect(entry.vendorText).toMatch(/\S/);
    expect(entry.vendorText).toBe(entry.vendorText.trim());
  });

  // @verifies understood.both-languages
  it("has both languages, without mixing them", () => {
    for (const text of [entry.meaning, entry.remedy]) {
      // Chinese brackets and quotes count as Chinese and must not be in an English sentence.
      expect(text.en).not.toMatch(/[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]/);
      expect(text.en).toMatch(/^["A-Z].*[.)]$/s);
      expect(text["zh-CN"]).toMatch(/[\u4e00-\u9fff]/);
      expect(text["zh-CN"]).toMatch(/[。）]$/);
      // Names, codes and identifiers may be Latin, but four words in a row are an English sentence.
      expect(text["zh-CN"]).not.toMatch(/[A-Za-z]+(?: [a-z]+){3}/);
      expect(text["zh-CN"]).not.toMatch(/[，。；：]\s*[，。；：]|\s[，。；]/);
      expect(text["zh-CN"]).not.toMatch(/[\u4e00-\u9fff][,;:!?]/);
      // Characters that exist only in traditional script.
      expect(text["zh-CN"]).not.toMatch(/[請參檢錯誤數據務連續過時間會應與對]/);
    }
    expect(entry.meaning.en).not.toBe(entry.remedy.en);
  });

  it("says nothing about charges, which another line shows that knows more than a code does", () => {
    for (const text of [entry.meaning, entry.remedy]) {
      expect(text.en).not.toMatch(/\b(?:un)?charge|\bdeduct|\brefund|\bcosts?\b|free of/i);
      expect(text["zh-CN"]).not.toMatch(/扣|收费|收取|退款|退还/);
    }
  });

  it("has a consistent policy", () => {
    const { category, retry, charged, actor } = entry;
    expect(retry.kind === "no-error").toBe(category === "success" || category === "state");
    expect(retry.afterMs !== undefined).toBe(retry.kind === "later");
    if (retry.kind === "later") {
      // Only these cause an automatic retry of a start, so each must mean that nothing was started.
      expect(charged).toBe("no");
      expect(retry.afterMs).toBeGreaterThanOrEqual(0);
      expect(retry.afterMs).toBeLessThanOrEqual(60_000);
    }
    if (["rate", "concurrency", "capacity"].includes(category)) {
      expect(retry.kind).toBe("later");
    }
    if (["vendor-fault"].includes(category)) {
      expect([actor, retry.kind]).toEqual(["vendor", "never"]);
    }
    if (["input", "media", "content", "money", "quota", "permission", "licence", "client"].includes(category)) {
      expect(retry.kind).not.toBe("later");
    }
    if (["money", "permission", "credentials", "licence", "client", "device"].includes(category)) {
      expect(actor).toBe("operator");
    }
    if (["media", "content"].includes(category)) {
      expect(actor).toBe("user");
    }
    if (category === "success" || category === "state") {
      expect(actor).toBe("nobody");
    }
    if (charged === "yes") {
      expect(category).toBe("success");
    }
  });
});

/**
 * The codes after which a refused start is retried automatically; everything else waits for a person. Listed in full,
 * for review.
 */
const repeatedByItself: Record<string, string[]> = {
  "spark cloud": ["10000", "10006", "10007", "10008", "10009", "10018", "10110", "11202", "11203"],
  "spark http": ["403"],
  "xjc api": ["20002", "20007", "20008", "10002", "10003"],
  "dashscope api": [
    "Throttling",
    "Throttling.RateQuota",
    "Throttling.AllocationQuota",
    "Throttling.BurstRate",
    "ModelServingError",
    "ModelUnavailable",
    "limit_requests",
    "LimitRequests",
    "limit_burst_rate",
  ],
  "openai api": ["rate_limit_exceeded"],
  "spark sdk": ["18309", "18311", "18312", "18701", "18801", "18902", "18951", "19004"],
  "speech-sdk sdk": ["10008", "10009", "15003", "19002"],
  "speech-sdk cloud": ["51021", "51037", "51056"],
};

describe("what the worker would do", () => {
  it("retries a start automatically after exactly these codes", () => {
    for (const [wire, codes] of Object.entries(repeatedByItself)) {
      const [provider, layer] = wire.split(" ");
      const found = entries
        .filter((entry) => entry.provider === provider && entry.layer === layer && entry.retry.kind === "later")
        .map((entry) => entry.code);
      expect(found.sort(), wire).toEqual(codes.sort());
    }
  });

  it("never retries automatically a start that may have been charged", () => {
    for (const code of ["20020", "20901", "20902", "10001", "10004", "30001"]) {
      const entry = findEntry({ provider: "xjc", layer: "api", code });
      expect([entry?.retry.kind, entry?.charged], code).toEqual(["never", "unknown"]);
    }
    for (const code of ["10002", "10010", "10011", "10012", "10222"]) {
      const entry = findEntry({ provider: "spark", layer: "cloud", code });
      expect([entry?.retry.kind, entry?.charged], code).toEqual(["never", "unknown"]);
    }
    for (const code of [
      "RequestTimeOut",
      "InternalError",
      "InternalError.Algo",
      "SystemError",
      "InternalError.Timeout",
    ]) {
      const entry = findEntry({ provider: "dashscope", layer: "api", code });
      expect([entry?.retry.kind, entry?.charged], code).toEqual(["never", "unknown"]);
    }
  });

  it("fetches a new token and corrects the clock immediately", () => {
    expect(findEntry({ provider: "xjc", layer: "api", code: "20002" })).toMatchObject({
      category: "credentials",
      retry: { kind: "later", afterMs: 0 },
    });
    expect(findEntry({ provider: "spark", layer: "http", code: "403" })).toMatchObject({
      category: "clock",
      retry: { kind: "later", afterMs: 0 },
    });
  });

  it("does not claim that a picture withheld by the content check was free", () => {
    expect(findEntry({ provider: "spark", layer: "cloud", code: "10014" })?.charged).toBe("unknown");
    expect(findEntry({ provider: "spark", layer: "cloud", code: "10022" })?.charged).toBe("unknown");
    expect(findEntry({ provider: "spark", layer: "cloud", code: "10021" })?.charged).toBe("no");
  });
});

describe("looking a code up", () => {
  it("needs the vendor: 10003 means different things", () => {
    expect(findEntry({ provider: "spark", layer: "cloud", code: "10003" })?.category).toBe("client");
    expect(findEntry({ provider: "xjc", layer: "api", code: "10003" })?.category).toBe("rate");
    expect(entriesWithCode("10003").length).toBeGreaterThanOrEqual(2);
    expect(findEntry({ provider: "dashscope", layer: "api", code: "10003" })).toBeUndefined();
  });

  it("reads the message of Throttling.AllocationQuota", () => {
    const code = "Throttling.AllocationQuota";
    const rate = findEntry({
      provider: "dashscope",
      layer: "api",
      code,
      message: "Allocated quota exceeded, please increase your quota limit.",
    });
    const spent = findEntry({ provider: "dashscope", layer: "api", code, message: "Free allocated quota exceeded." });
    expect(rate?.category).toBe("rate");
    expect(spent?.category).toBe("money");
  });

  it("finds the entry for a failure's code and message, and nothing for one without a code", () => {
    const failure: Failure = {
      ...{ kind: "refused", sentence: { key: "failure.internal" }, charged: "no", retry: { kind: "never" } },
      ...{ provider: "dashscope", layer: "api", vendorCode: "Throttling.AllocationQuota" },
    };
    expect(entryOf({ ...failure, vendorMessage: "Allocated quota exceeded, please wait." })?.category).toBe("rate");
    expect(entryOf({ ...failure, vendorMessage: "Free allocated quota exceeded." })?.category).toBe("money");
    expect(entryOf({ ...failure, layer: "http" })).toBeUndefined();
    expect(entryOf({ ...failure, vendorCode: undefined })).toBeUndefined();
    expect(entryOf({ ...failure, provider: undefined })).toBeUndefined();
  });

  it("does not retry Throttling.AllocationQuota automatically when the message is not known", () => {
    const code = "Throttling.AllocationQuota";
    expect(findEntry({ provider: "dashscope", layer: "api", code })?.retry.kind).toBe("after-change");
    expect(findEntry({ provider: "dashscope", layer: "api", code, message: "quota!" })?.retry.kind).toBe(
      "after-change",
    );
  });

  it("distinguishes the gateway's two messages about signatures from the one about the clock", () => {
    const read = findEntry({
      provider: "spark",
      layer: "http",
      code: "401",
      message: "HMAC signature cannot be verified: apikey not found",
    });
    expect(read?.vendorText).toBe("HMAC signature cannot be verified");
    expect(
      findEntry({ provider: "spark", layer: "http", code: "401", message: "HMAC signature does not match" })?.meaning
        .en,
    ).toContain("does not match");
  });

  it("needs the layer: a library's number does not mean the same in the service", () => {
    expect(findEntry({ provider: "spark", layer: "sdk", code: "0" })?.vendorText).toBe("操作成功");
    expect(findEntry({ provider: "spark", layer: "cloud", code: "0" })?.vendorText).toBe("成功");
    expect(findEntry({ provider: "spark", layer: "cloud", code: "18000" })).toBeUndefined();
  });

  it("keeps a row's own actor if it differs from its policy's", () => {
    expect(findEntry({ provider: "dashscope", layer: "api", code: "ModelNotFound" })?.actor).toBe("operator");
    expect(findEntry({ provider: "spark", layer: "cloud", code: "10163" })?.actor).toBe("operator");
    expect(findEntry({ provider: "spark", layer: "cloud", code: "10222" })?.actor).toBe("vendor");
  });

  it("finds nothing for names that every object has", () => {
    expect(findEntry({ provider: "xjc", layer: "api", code: "constructor" })).toBeUndefined();
    expect(entriesWithCode("__proto__")).toEqual([]);
  });
});
