import { beforeAll, describe, expect, test } from "vitest";
import { addToCatalog, catalogEntries, catalogVendors, findEntry } from "./catalog.ts";
import { explain } from "./explain.ts";

// @verifies built.plugins

const before = catalogEntries();
const meaning = { en: "The sky is full.", "zh-CN": "天空已满。" };
const remedy = { en: "Wait a minute.", "zh-CN": "请稍候。" };

beforeAll(() => {
  // Looked up before the vendor is known: indexes of the catalogue must then be rebuilt.
  expect(explain("SkyFull")[0]?.entry ?? null).toBeNull();
  addToCatalog({
    id: "skywriter",
    title: { en: "Skywriter (test)", "zh-CN": "天空画师" },
    errors: [
      { code: "SkyFull", says: "no more room in the sky", policy: "capacity", meaning, remedy },
      { code: "10003", says: "too many", policy: "rate", afterMs: 7_000, meaning, remedy },
    ],
  });
});

describe("the codes of a vendor that is not built in", () => {
  test("are found like any other, with the fields by which the worker decides", () => {
    expect(findEntry({ provider: "skywriter", layer: "api", code: "SkyFull" })).toMatchObject({
      ...{ meaning, remedy, actor: "vendor", category: "capacity", charged: "no", source: "plugin" },
      retry: { kind: "later" },
    });
    expect(findEntry({ provider: "skywriter", code: "10003" })?.retry).toEqual({ kind: "later", afterMs: 7_000 });
    expect(catalogVendors()).toContain("skywriter");
  });

  test("are explained: by the bare code, by a log, by the vendor's words, and by its name", () => {
    expect(explain("skyfull")[0]?.entry?.meaning).toEqual(meaning);
    expect(explain('{"code":"SkyFull","message":"?"}')[0]?.entry?.meaning).toEqual(meaning);
    expect(explain("it said: no more room in the sky, and stopped")[0]?.entry?.code).toBe("SkyFull");
    expect(explain("天空画师 code=10003")[0]?.entry?.provider).toBe("skywriter");
    const [named] = explain("10003 from Skywriter (test)");
    expect(named?.entry?.provider).toBe("skywriter");
    expect(named?.reason.en).toContain("Skywriter (test)");
    expect(explain("99999", { provider: "skywriter" })[0]?.reason).toEqual({
      en: "The table of Skywriter (test) does not have 99999.",
      "zh-CN": "天空画师的错误码表中没有 99999。",
    });
  });

  test("change nothing about the built-in vendors, whatever the id is", () => {
    addToCatalog({
      id: "xjc",
      title: meaning,
      errors: [{ code: "20007", says: "x", policy: "input", meaning, remedy }],
    });
    expect(catalogEntries().slice(0, before.length)).toEqual(before);
    const added = catalogEntries().slice(before.length);
    expect(added.map(({ provider, code }) => `${provider} ${code}`)).toEqual(["skywriter SkyFull", "skywriter 10003"]);
    expect(explain("10003", { provider: "xjc" }).map(({ entry }) => entry?.provider)).toEqual(["xjc"]);
  });

  test("are not duplicated when added again", () => {
    const count = catalogEntries().length;
    const errors = [{ code: "SkyFull", says: "x", policy: "capacity", meaning, remedy }] as const;
    addToCatalog({ id: "skywriter", title: meaning, errors });
    expect(catalogEntries()).toHaveLength(count - 1);
  });
});
