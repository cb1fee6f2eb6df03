import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyText } from "../../../test/any-text.ts";
import { catalogEntries } from "./catalog.ts";
import { explain } from "./explain.ts";

const codesIn = (...input: Parameters<typeof explain>) =>
  explain(...input).map(({ entry, unknown }) => entry?.code ?? `?${unknown?.code}`);

describe("one lookup", () => {
  it("finds every entry by its provider and code", () => {
    for (const entry of catalogEntries()) {
      const found = explain(entry.code, { provider: entry.provider }).map((explanation) => explanation.entry);
      expect(found, `${entry.provider} ${entry.code}`).toContain(entry);
    }
  });

  it("finds every entry by its code in a line of a log", () => {
    for (const entry of catalogEntries().filter(({ layer, code }) => layer !== "http" && !code.includes(" "))) {
      const found = explain(`job 7 failed: code=${entry.code} message="${entry.vendorText}"`).map((one) => one.entry);
      expect(found, `${entry.provider} ${entry.code}`).toContain(entry);
    }
  });

  it("shows every meaning of an ambiguous number and says that it is guessing", () => {
    const found = explain("10003");
    expect(found.map(({ entry }) => entry?.provider)).toEqual(["spark", "xjc", "speech-sdk"]);
    expect(found[0]?.reason.en).toContain("guess");
    expect(found[0]?.reason["zh-CN"]).toContain("仅供参考");
  });

  it("says so if a code has only one meaning", () => {
    expect(explain("30002")).toHaveLength(1);
    expect(explain("30002")[0]?.reason.en).toContain("only this one uses the code");
  });

  it("shows one vendor's meaning if the vendor was named, and why", () => {
    const found = explain("10003", { provider: "xjc" });
    expect(found.map(({ entry }) => entry?.provider)).toEqual(["xjc"]);
    expect(found[0]?.reason).toEqual({ en: "You named AI-XJC.", "zh-CN": "您指定了 AI-XJC 数字人。" });
  });

  it("does not borrow another vendor's meaning for a code that the named one does not have", () => {
    const found = explain("11200", { provider: "xjc" });
    expect(found.map(({ entry }) => entry)).toEqual([null]);
    expect(found[0]?.reason.en).toContain("AI-XJC");
  });

  // @verifies understood.explain
  it("explains all codes in a text, the most certain first", () => {
    const text = 'code=10013 from spark\nthen {"code":20005,"msg":"积分不足"}\nand InvalidApiKey at dashscope';
    expect(new Set(codesIn(text))).toEqual(new Set(["20005", "10013", "InvalidApiKey"]));
    const scores = explain(text).map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((one, other) => other - one));
  });

  it("explains two bare codes side by side", () => {
    expect(new Set(codesIn("10013 20005"))).toEqual(new Set(["10013", "20005"]));
  });

  it("says about a bare status that the body would show more", () => {
    expect(explain("HTTP 429")[0]?.reason.en).toContain("body of the answer");
    expect(explain("spark 403").map(({ entry }) => `${entry?.layer} ${entry?.code}`)).toEqual(["http 403"]);
  });

  it("puts a success after the failures beside it", () => {
    const found = explain('{"code":0,"msg":"","data":{}}\n{"code":20007,"msg":"","data":null}');
    expect(found[0]?.entry?.code).toBe("20007");
    expect(found.at(-1)?.entry?.code).toBe("0");
  });

  it("explains the caller's last failure if the input is empty, and nothing if there was none", () => {
    const found = explain("", { lastFailure: { provider: "xjc", code: "20005" } });
    expect(found.map(({ entry }) => `${entry?.provider} ${entry?.code}`)).toEqual(["xjc 20005"]);
    expect(explain("  ")).toEqual([]);
  });

  it("recognizes ports, line numbers, durations and sizes", () => {
    for (const text of [
      "listening on 127.0.0.1:10003",
      "listening on port 10003",
      "score 0.10003",
      "at run (/srv/app.ts:10013:5)",
      "error: took 10013 ms",
      "code size: 10005 bytes",
      "version 1.10003.2",
      "hello there",
      "order A10003B",
      "there is a Conflict in the branch",
      "process exited with code 10013",
      "exit code: 137",
    ]) {
      expect(explain(text), text).toEqual([]);
    }
  });

  it("follows the vendor's own words beside a number", () => {
    const [found] = explain("code=10003 操作频繁");
    expect(found?.entry?.provider).toBe("xjc");
    expect(found?.reason.en).toContain("own wording");
  });

  it("prefers the vendor that the person named as the reason over anything in the text", () => {
    expect(explain('xjc {"code":10003,"msg":"操作频繁"}', { provider: "xjc" })[0]?.reason.en).toContain("You named");
  });

  it("does not confuse the gateway's message about the clock with the shorter one about the key", () => {
    const message =
      "HMAC signature cannot be verified, a valid date or x-date header is required for HMAC Authentication";
    expect(codesIn(message)).toEqual(["403"]);
  });

  it("quotes what it read", () => {
    expect(explain("请求失败，错误码：11200！")[0]?.matchedText).toContain("11200");
    expect(explain("<400> InternalError.Algo.DataInspectionFailed: x")[0]?.matchedText).toContain(
      "DataInspectionFailed",
    );
  });
});

describe("an unknown code", () => {
  it("shows the range, the near misses and whom to ask, and invents nothing", () => {
    const [found] = explain("xjc 20028");
    expect(found?.entry).toBeNull();
    expect(found?.unknown?.ranges.map(({ provider }) => provider)).toEqual(["xjc"]);
    expect(found?.unknown?.nearMisses.map(({ code }) => code)).toContain("20027");
    expect(found?.unknown?.advice.en).toContain("job id");
    expect(found?.unknown?.advice["zh-CN"]).toContain("jobId");
  });

  it("suggests what a misspelt name probably meant", () => {
    expect(explain("InvalidApiKei")[0]?.unknown?.nearMisses[0]?.code).toBe("InvalidApiKey");
    expect(explain("Throtling.RateQuota")[0]?.unknown?.nearMisses[0]?.code).toBe("Throttling.RateQuota");
  });

  it("suggests the code that was meant if two digits are swapped", () => {
    expect(explain("spark 11020")[0]?.unknown?.nearMisses.map(({ code }) => code)).toContain("11200");
  });

  it("says what a status alone can mean", () => {
    expect(explain("502 Bad Gateway")[0]?.unknown?.advice.en).toContain(
      "It is not known whether work already started was charged",
    );
    expect(explain("HTTP 404", { provider: "xjc" })[0]?.unknown?.advice.en).toContain("not a vendor's own code");
  });

  it("has no range for numbers that no vendor uses", () => {
    expect(explain("code=99999")[0]?.unknown?.ranges).toEqual([]);
  });
});

describe("whatever is pasted", () => {
  const piece = fc.oneof(
    fc.string(),
    anyText(),
    fc.constantFrom(
      "code=",
      '"code":',
      "错误码：",
      "[",
      "]",
      "<400>",
      "HTTP ",
      "spark ",
      '\\"',
      ".",
      "_",
      "\n",
      "\u0000",
    ),
    fc.constantFrom(...catalogEntries().map(({ code }) => code)),
    fc.integer({ min: -1, max: 99_999 }).map(String),
    fc.json(),
  );
  const anything = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(""));
  const context = fc.record(
    {
      provider: fc.option(fc.oneof(fc.string(), fc.constantFrom("spark", "xjc", "__proto__", "constructor")), {
        nil: undefined,
      }),
      providers: fc.array(fc.string()),
      lastFailure: fc.record({ provider: fc.string(), code: fc.string() }),
    },
    { requiredKeys: [] },
  );

  // @verifies understood.explain
  it("never throws, and returns complete explanations, best first", () => {
    fc.assert(
      fc.property(anything, context, (input, around) => {
        const found = explain(input, around);
        for (const { entry, unknown, score, reason, matchedText } of found) {
          expect(entry === null).toBe(unknown !== undefined);
          expect(Number.isFinite(score)).toBe(true);
          expect(reason.en.length * reason["zh-CN"].length).toBeGreaterThan(0);
          expect(typeof matchedText).toBe("string");
        }
        expect(found.every(({ score }, place) => place === 0 || score <= (found[place - 1]?.score ?? 0))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("causes no error even if it is not text", () => {
    for (const input of [undefined, null, 10013, {}, ["10013"]]) {
      expect(explain(input as unknown as string)).toEqual([]);
    }
  });

  const megabyte = (line: (index: number) => string) => {
    const lines: string[] = [];
    for (let length = 0, index = 0; length < 1_000_000; index += 1) {
      const next = line(index);
      lines.push(next);
      length += next.length;
    }
    return lines.join("");
  };
  const worst: [name: string, text: string][] = [
    [
      "a log",
      megabyte(
        (n) =>
          `2026-11-21T10:00:00.${n % 1000}Z INFO pid=${10000 + (n % 9999)} {"id":${n},"v":${10000 + n}} GET /v${n}\n`,
      ),
    ],
    ["codes only", megabyte((n) => `error code=${10000 + (n % 20000)} [${10000 + (n % 3000)}] AppIdNoAuthError\n`)],
    ["one letter", megabyte(() => "a")],
    ["one digit", megabyte(() => "1")],
    ["names without end", megabyte(() => "Aa.")],
    ["labels without codes", megabyte(() => '"code":"')],
    ["spaces", megabyte(() => " ")],
    ["quotes", megabyte(() => '\\"')],
    ["Chinese", megabyte(() => "错误码")],
  ];

  it.each(worst)("reads a megabyte of %s in a moment", (_name, text) => {
    // The best of several runs, to exclude other load on the machine.
    const taken = Array.from({ length: 4 }, () => {
      const startedAt = performance.now();
      explain(text);
      return performance.now() - startedAt;
    });
    // A megabyte takes 5 to 60 ms on the slowest machine tried; quadratic time would take minutes.
    expect(Math.min(...taken)).toBeLessThan(400);
  });
});
