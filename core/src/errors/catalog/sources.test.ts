import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { catalogEntries } from "../catalog.ts";
import type { CatalogEntry } from "./entry.ts";

/**
 * The vendors' documents are not part of this repository. If you have them, compare every text with
 * `TOOLCAST_SOURCES=<folder> vitest run core/src/errors`.
 */
const folder = process.env.TOOLCAST_SOURCES;

type Row = Pick<CatalogEntry, "code" | "vendorText" | "vendorRemedy" | "httpStatus"> & { vendorMeaning?: string };

function linesOf(name: string, after?: string, before?: string): string[] {
  const text = readFileSync(join(folder ?? "", name), "utf8");
  const from = after === undefined ? 0 : text.indexOf(after);
  return text.slice(from, before === undefined ? undefined : text.indexOf(before)).split("\n");
}

/** The cells of a `code | text | ... |` line. */
function cellsOf(line: string): string[] {
  return line
    .replace(/\|?\s*$/, "")
    .split("|")
    .map((cell) => cell.trim());
}

function numbered(lines: string[]): Row[] {
  return lines
    .filter((line) => /^\d+ \| /.test(line))
    .map((line) => {
      const [code = "", vendorText = "", vendorRemedy = ""] = cellsOf(line);
      return { code, vendorText, vendorRemedy: vendorRemedy === "" ? null : vendorRemedy, httpStatus: null };
    });
}

function rowsOf(provider: string, layers: string[]): Row[] {
  return catalogEntries()
    .filter((entry) => entry.source === "document" && entry.provider === provider && layers.includes(entry.layer))
    .map(({ code, vendorText, vendorMeaning, vendorRemedy, httpStatus }) => ({
      code,
      vendorText,
      vendorRemedy,
      httpStatus,
      vendorMeaning,
    }));
}

const byCode = (one: Row, other: Row) => Number(one.code) - Number(other.code);

describe.runIf(folder !== undefined && existsSync(folder))("the documents, word for word", () => {
  it("the unnamed speech SDK", () => {
    const rows = linesOf("000-speech-sdk-error-codes.txt")
      .filter((line) => /^\d+\t/.test(line))
      .map((line) => {
        const [code = "", vendorText = ""] = line.split("\t");
        return { code, vendorText, vendorRemedy: null, httpStatus: null };
      });
    expect(rows).toHaveLength(182);
    expect(rowsOf("speech-sdk", ["sdk", "cloud"]).sort(byCode)).toEqual(rows.sort(byCode));
  });

  it("SparkChain, library and service", () => {
    const name = "001-sparkchain-image-generation.txt";
    const library = numbered(linesOf(name, "# 14.1", "# 14.2"));
    const service = numbered(linesOf(name, "# 14.2"));
    expect([library.length, service.length]).toEqual([119, 30]);
    expect(rowsOf("spark", ["sdk"])).toEqual(library);
    expect(rowsOf("spark", ["cloud"])).toEqual(service);
  });

  it("DashScope", () => {
    const rows = linesOf("002-dashscope-error-codes.txt")
      .filter((line) => /^\d{3} \| /.test(line))
      .map((line) => {
        const [status, code = "", vendorText = "", vendorMeaning = ""] = cellsOf(line);
        return { code, vendorText, vendorRemedy: null, httpStatus: Number(status), vendorMeaning };
      });
    expect(rows).toHaveLength(25);
    expect(rowsOf("dashscope", ["api"])).toEqual(rows);
  });

  it("the digital-human and voice API", () => {
    const rows = numbered(linesOf("003-digital-human-and-voice-api.txt", "6.错误码列表"));
    expect(rows).toHaveLength(36);
    expect(rowsOf("xjc", ["api"])).toEqual(rows);
  });
});
