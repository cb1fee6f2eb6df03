import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  type CoverageRow,
  codeRows,
  coveragePage,
  coverageRows,
  fieldRows,
  filesOfProof,
  spansIn,
} from "../coverage-page.ts";
import { shapeOf, type WireFixture, wireFixture, wireFixtureNames } from "../doubles/wire-fixtures.ts";
import { read, repository } from "../repository.ts";
import { requirements } from "../requirements.ts";
import { verifies } from "../verifies.ts";

/** Undefined if there is such a test; otherwise what is wrong with the name. */
function faultOf(proof: string): string | undefined {
  const [, name = ""] = proof.split(" › ");
  const found = filesOfProof(proof);
  if (found.length !== 1) {
    return `${proof}: ${found.length} files`;
  }
  const source = read(found[0]!);
  const isThere = ['"', "'", "`"].some((quote) => source.includes(`${quote}${name}${quote}`));
  return isThere ? undefined : `${proof}: no such test`;
}

const proofs = [...fieldRows.map(({ cells }) => cells[4]!), ...codeRows.map(({ cells }) => cells[2]!)];

describe("docs/coverage.md", () => {
  verifies("documents.covered");

  test("every row names a test that exists or a promise that is kept, or says why nothing is used", () => {
    expect(fieldRows.length).toBeGreaterThan(400);
    const faults = proofs.flatMap((proof) => {
      const spans = spansIn(proof);
      const named = spans.map((span) =>
        span.includes(" › ") ? faultOf(span) : span in requirements ? undefined : span,
      );
      const unproved = spans.length === 0 && !/^not used: .{10,}/.test(proof) ? [`no proof: ${proof}`] : [];
      return [...named.filter((fault) => fault !== undefined), ...unproved];
    });
    expect([...new Set(faults)]).toEqual([]);
  });

  test("every file it names exists", () => {
    const paths = spansIn(coveragePage).filter((span) => /^(core|sandbox|test|docs)\/[\w./-]+$/.test(span));
    expect(paths.length).toBeGreaterThan(100);
    expect([...new Set(paths)].filter((path) => !existsSync(join(repository, path)))).toEqual([]);
  });

  test("every row of fields names the file that handles it, unless nothing does", () => {
    const wrong = fieldRows.filter(
      ({ cells }) => !/^`core\/src\/.*`$/.test(cells[3]!) && !(cells[3] === "–" && cells[4]!.startsWith("not used: ")),
    );
    expect(wrong).toEqual([]);
  });

  const recorded = (["xjc", "dashscope", "openai"] as const).flatMap((vendor) =>
    wireFixtureNames(vendor)
      .filter((name) => !/^(error-list|envelopes)/.test(name))
      .map(
        (name) =>
          [`${vendor}/${name}`, wireFixture<WireFixture & { posted?: { fields: object } }>(vendor, name)] as const,
      ),
  );

  test.each(recorded)(
    "every field of the recorded %s is there",
    (name, { call, request, posted, answers, tasks, unused }) => {
      const model = (request?.example as { model?: string } | undefined)?.model;
      const path = call.path.replace("task-1", "{task_id}");
      const here = fieldRows.filter(({ heading }) => heading.includes(`\`${call.method} ${path}\``));
      if (unused !== undefined) {
        expect(coveragePage).toContain(`Not used: ${unused}`);
        return;
      }
      expect(here.length, `${call.method} ${path} ${model}`).toBeGreaterThan(0);
      const known = new Set(here.flatMap(({ cells }) => spansIn(cells[0]!)));
      const leaf = (field: string) => field.replace(/: [^:]*$/, "");
      const isXjc = name.startsWith("xjc/");
      const shapes = [request?.example, ...[...(answers ?? []), ...(tasks ?? [])].map(({ body }) => body)];
      const all = [
        ...Object.keys(posted?.fields ?? {}),
        ...(Array.isArray(request?.query) ? request.query : Object.keys(request?.query ?? {})),
        ...shapes.flatMap((shape) => (shape === undefined ? [] : shapeOf(shape).map(leaf))),
      ].map((field) => (isXjc ? field.split(".").at(-1)! : field));
      expect([...new Set(all)].filter((field) => field !== "" && !known.has(field))).toEqual([]);
    },
  );
});

/**
 * The vendors' documents are not part of this repository. If you have them, name their folder to check every endpoint,
 * field and code in them: `TOOLCAST_SOURCES=<folder> vitest run test/guards/coverage.test.ts`.
 */
const folder = process.env.TOOLCAST_SOURCES;
const document = (name: string) => readFileSync(join(folder ?? "", name), "utf8");

describe.runIf(folder !== undefined && existsSync(folder))("nothing in the documents is left out", () => {
  const below = (heading: string) => fieldRows.filter((row) => row.heading.includes(heading));
  const named = (section: CoverageRow[]) => new Set(section.flatMap(({ cells }) => spansIn(cells[0]!)));

  test("003: every endpoint and each of its headers, parameters and answer fields", () => {
    const parts = document("003-digital-human-and-voice-api.txt")
      .split(/(?<=[}g\n])(?=\d\.\d\.[^\n|]+\nType: )/)
      .slice(1);
    expect(parts).toHaveLength(18);
    for (const part of parts) {
      const [, path = ""] = /-i '([^'?]+)/.exec(part) ?? [];
      const [, method = ""] = /-X (GET|POST)/.exec(part) ?? [];
      const known = named(below(`\`${method} ${path}\``));
      const documented = [...part.matchAll(/^(?:└─)?(\w+(?:-\w+)?) \| (?:string|int32|int64|object|array) \|/gm)].map(
        ([, field]) => field!,
      );
      expect(documented.length, path).toBeGreaterThan(1);
      expect([...known].sort(), path).toEqual([...new Set(documented)].filter((field) => field !== "codes").sort());
    }
  });

  test("001: the service's address, every size, and every method with its parameters", () => {
    const text = document("001-sparkchain-image-generation.txt");
    const section = coveragePage.slice(
      coveragePage.indexOf("## Document 001"),
      coveragePage.indexOf("## Document 002"),
    );
    const reference = text.slice(text.indexOf("# 13. SDK API"), text.indexOf("# 14. "));
    const methods = [...reference.matchAll(/(\w+)\(([^)]*)\)/g)];
    expect(methods.length).toBeGreaterThan(60);
    const names = methods.flatMap(([, method, parameters]) => [
      method!,
      ...parameters!.split(",").flatMap((one) => /(\w+)(?: = \w+)?$/.exec(one.trim())?.slice(1) ?? []),
    ]);
    const callbacks = [...text.matchAll(/void (on\w+)\((\w+)\* (\w+), void\* (\w+)\)/g)].flatMap((match) =>
      match.slice(1),
    );
    const kinds = new Set(["LLMResult", "LLMEvent", "LLMError"]);
    const classes = [...text.matchAll(/^class SPARKCHAIN_API (\w+)/gm)].map(([, name]) => name!);
    const sizes = [...text.matchAll(/\b(\d{3,4}x\d{3,4})\b/g)].map(([size]) => size);
    const url = /https:\/\/spark-api[^\s]+?\/tti/.exec(text)?.[0] ?? "no address";
    const wanted = [...names, ...callbacks.filter((name) => !kinds.has(name)), ...kinds, ...classes, ...sizes, url];
    const words = new Set([...section.matchAll(/https:[^`]+|\w+/g)].map(([word]) => word.toLowerCase()));
    const lost = [...new Set(wanted)].filter((name) => !words.has(name.toLowerCase()));
    expect(lost).toEqual([]);
  });

  test("002: every field of an answer and every code with its status", () => {
    const text = document("002-dashscope-error-codes.txt");
    const section = coveragePage.slice(
      coveragePage.indexOf("## Document 002"),
      coveragePage.indexOf("## DashScope's endpoints"),
    );
    const codes = [...text.matchAll(/^(\d{3}) \| (\S+) \|/gm)].map(([, status, code]) => `\`${code}\` ${status}`);
    expect(codes).toHaveLength(25);
    const envelope = [...text.matchAll(/^(\w+) \| (?:string|integer) \|/gm)].map(([, field]) => `\`${field}\``);
    expect(envelope).toHaveLength(3);
    expect([...codes, ...envelope, "HTTP status"].filter((fact) => !section.includes(fact))).toEqual([]);
  });

  test.each([
    ["000-speech-sdk-error-codes.txt", /^(\d+)\t/gm, "Document 000", 182],
    ["001-sparkchain-image-generation.txt", /^(\d+) \| /gm, "14 Codes of document 001", 149],
    ["003-digital-human-and-voice-api.txt", /^(\d+) \| /gm, "6 Codes of document 003", 36],
  ] as const)("%s: every code", (file, pattern, heading, count) => {
    const codes = [...document(file).matchAll(pattern)].map(([, code]) => code!);
    expect(codes).toHaveLength(count);
    const known = new Set(
      coverageRows.filter((row) => row.heading.includes(heading)).flatMap(({ cells }) => spansIn(cells[0]!)),
    );
    expect(codes.filter((code) => !known.has(code))).toEqual([]);
  });
});
