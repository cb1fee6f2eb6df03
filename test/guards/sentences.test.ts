import { builtInProviders, builtInTools } from "@toolcast/core";
import { catalogEntries } from "@toolcast/core/errors";
import { messages, say } from "@toolcast/core/surface";
import { markers } from "@toolcast/sandbox";
import { describe, expect, test } from "vitest";
import { brokenTypography, typographyRules } from "../chinese-typography.ts";
import { filesBelow, read } from "../repository.ts";
import { verifies } from "../verifies.ts";

/** Something said in both languages, and where it was found. */
interface Said {
  where: string;
  en: string;
  chinese: string;
}

const chineseCharacter = /[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]/;
const chineseLetter = /[\u3400-\u9fff]/;

/** Every text in two languages inside a value, at any depth. */
function saidIn(value: unknown, where: string, seen = new Set<unknown>()): Said[] {
  if (typeof value !== "object" || value === null || seen.has(value)) {
    return [];
  }
  seen.add(value);
  if ("en" in value || "zh-CN" in value) {
    const { en, "zh-CN": chinese } = value as Record<string, unknown>;
    return [{ where, en: String(en), chinese: String(chinese) }];
  }
  return Object.entries(value).flatMap(([name, part]) => saidIn(part, `${where} ${name}`, seen));
}

const literal = String.raw`("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|${"`"}(?:[^${"`"}\\]|\\.)*${"`"})`;
const englishInSource = new RegExp(String.raw`[{,]\s*en:\s*${literal}`, "g");
const chineseInSource = new RegExp(String.raw`[{,]\s*"zh-CN":\s*${literal}`, "g");

/** The same from source text, for sentences that are written where they are used. */
function saidInSource(path: string): Said[] {
  const source = read(path);
  const english = [...source.matchAll(englishInSource)].map(([, text = ""]) => text.slice(1, -1));
  const chinese = [...source.matchAll(chineseInSource)].map(([, text = ""]) => text.slice(1, -1));
  // A text without its counterpart appears as an empty sentence.
  return Array.from({ length: Math.max(english.length, chinese.length) }, (_, index) => ({
    where: path,
    en: english[index] ?? "",
    chinese: chinese[index] ?? "",
  }));
}

const catalogues: [name: string, said: Said[], atLeast: number][] = [
  ["messages", saidIn(messages, "messages"), 200],
  ["the error catalogue", saidIn(catalogEntries(), "catalogue"), 700],
  ["tools", saidIn(builtInTools, "tools"), 50],
  ["settings of providers", saidIn(builtInProviders, "providers"), 15],
  ["commands", saidInSource("app/src/cli/command-texts.ts"), 30],
  ["variables", saidInSource("app/src/configuration/own-settings.ts"), 12],
  ["markers of the sandbox", saidIn(markers, "markers"), 10],
];
const sources = ["core/src", "adapters", "app/src", "sandbox/src"]
  .flatMap((folder) => filesBelow(folder, (path) => /\.tsx?$/.test(path) && !/\.test\.ts$|\/testing\//.test(path)))
  .map((path): [string, Said[]] => [path, saidInSource(path)])
  .filter(([, said]) => said.length > 0);

const insertions = (text: string) => [...text.matchAll(/(?<!\$)\{(\w+)\}/g)].map(([, name]) => name).sort();
/** Without insertions, and without what is said to programs and shells: these belong to no language. */
const proseOf = (text: string) => text.replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}|\\?`[^`]*`|\{\w+\}/g, "{}");

describe.each([...catalogues.map(([name, said]) => [name, said] as const), ...sources])("%s", (_name, said) => {
  test("every sentence exists in both languages, and neither contains the other", () => {
    verifies("understood.both-languages");
    for (const { where, en, chinese } of said) {
      const about = `${where}: ${en} / ${chinese}`;
      expect(en.trim(), about).not.toBe("");
      expect(proseOf(en), about).not.toMatch(chineseCharacter);
      if (chineseLetter.test(chinese)) {
        // Names, codes and identifiers may be Latin; four words in a row are a sentence.
        expect(proseOf(chinese), about).not.toMatch(/[A-Za-z]+(?: [a-z]+){3}/);
      } else {
        // A name or a number is the same in both; insertions alone need no word between them.
        const latin = (text: string) => proseOf(text).replaceAll(/[^A-Za-z0-9]/g, "");
        expect(["{}", latin(en)], about).toContain(latin(chinese) || (chinese.includes("{") ? "{}" : "nothing"));
      }
    }
  });

  test("both languages insert the same values", () => {
    for (const { where, en, chinese } of said) {
      expect(insertions(chinese), `${where}: ${en}`).toEqual(insertions(en));
    }
  });

  test("Chinese is simplified, uses Chinese punctuation and spacing, and has one word for one thing", () => {
    for (const { where, chinese } of said) {
      const prose = proseOf(chinese);
      const about = `${where}: ${chinese}`;
      // Characters that exist only in traditional script.
      expect(prose, about).not.toMatch(/[請參檢錯誤數據務連續過時間會應與對聲創圖個這無來發開關計費說]/);
      expect(brokenTypography(prose), about).toEqual([]);
      expect(prose, about).not.toMatch(/帐号|运营者|沙盒|登陆|你(?!好)/);
    }
  });
});

/** Vendors' own words, real or simulated, are quoted as they are. */
const vendorsWords = /^core\/src\/errors\/(catalog|explain)\/|^sandbox\/src\/(dashscope|spark|xjc)\//;

test("Chinese written anywhere in the source keeps to the same typography, even in pieces", () => {
  verifies("understood.both-languages");
  const comment = /\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm;
  const inSource = /("(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)/g;
  const broken: string[] = [];
  let found = 0;
  const files = ["core/src", "adapters", "app/src", "sandbox/src", "test/testing/src"].flatMap((folder) =>
    filesBelow(folder, (path) => /\.tsx?$/.test(path) && !/\.test\.ts$|\/testing\/(?!src)/.test(path)),
  );
  for (const path of files.filter((name) => !vendorsWords.test(name))) {
    for (const [, text = ""] of read(path).replaceAll(comment, "").matchAll(inSource)) {
      // A piece may begin or end with the space that sets it apart from what it is joined to; code is no prose.
      const piece = proseOf(text.slice(1, -1)).trim();
      if (chineseLetter.test(piece) && !/[<>=]{2}|\\[sudpw]|\[\^?[^\]]*\]/.test(piece)) {
        found += 1;
        broken.push(...brokenTypography(piece).map((rule) => `${path}: ${piece} (${rule})`));
      }
    }
  }
  expect(broken).toEqual([]);
  expect(found).toBeGreaterThan(1_000);
});

test.each(typographyRules.map(({ about, example }) => [about, example] as const))(
  "the typography asks for: %s",
  (about, example) => {
    expect(brokenTypography(example)).toContain(about);
    expect(brokenTypography("已删除 3 项：“夜”（PNG），见 /help。")).toEqual([]);
  },
);

test("what is listed in a sentence is separated as its language does it", () => {
  verifies("understood.both-languages");
  // In the values of a sentence a comma would be the same in both languages: `listed` knows both.
  const joined = /values: \{[^}]*\.join\(", "\)/;
  for (const path of filesBelow("core/src", (name) => /\.ts$/.test(name) && !/\.test\.ts$/.test(name))) {
    expect(read(path), path).not.toMatch(joined);
  }
});

test("the search finds the catalogues and the sentences beside the code", () => {
  for (const [name, said, atLeast] of catalogues) {
    expect(said.length, name).toBeGreaterThanOrEqual(atLeast);
  }
  const paths = sources.map(([path]) => path);
  for (const path of [
    "adapters/web/page/strings.ts",
    "adapters/web/src/sentences.ts",
    "app/src/cli/doctor-command.ts",
  ]) {
    expect(paths).toContain(path);
  }
});

test("what the console puts together has the punctuation of its language, too", () => {
  verifies("understood.both-languages");
  const halfWidth = /\bt\("\w+"\)\}: /;
  for (const path of filesBelow("adapters/web/page", (name) => /\.tsx?$/.test(name))) {
    expect(read(path), path).not.toMatch(halfWidth);
  }
});

test("what somebody wrote does not reverse the text beside it", () => {
  verifies("safe.inert-text");
  const written = "\u202egnp\u2066 \u0000\u001bعربي\n";
  const inert = "gnp عربي\n";
  expect(say({ key: "job.unresolved", values: { tool: written } }, "en")).toBe(`Unclear: ${inert}`);
  const by = { person: "web:mallory", name: written };
  expect(say({ key: "timeline.left", values: { by } }, "en")).toContain(inert);
});
