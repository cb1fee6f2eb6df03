import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { filesBelow, read, repository } from "../repository.ts";
import { verifies } from "../verifies.ts";

/** Every page written for people; what an example's package says about itself belongs to the example. */
const guides = filesBelow(".", (path) => /\.md$|^llms\.txt$/.test(path) && !/^(docs\/examples|test)\//.test(path));
const front = ["README.md", "README.zh-CN.md"];

/** The address GitHub gives a heading: lower case, without punctuation, spaces as dashes. */
function anchorsOf(guide: string): Set<string> {
  const headings = [...read(guide).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading!);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

/** Paths a guide may name that exist only while the program runs. */
const made = /^(data|dist|node_modules|\.toolcast)\//;

describe("guides", () => {
  for (const guide of guides) {
    test(`${guide} names only paths that exist`, () => {
      verifies("built.guides");
      const named = [...read(guide).matchAll(/`([a-z.][A-Za-z0-9_.-]*\/[A-Za-z0-9_./-]+)`/g)].map(([, path]) => path!);
      const linked = [...read(guide).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, path]) => path!);
      const folder = guide.includes("/") ? guide.slice(0, guide.lastIndexOf("/")) : ".";
      const missing = [...new Set([...named, ...linked])].filter(
        (path) =>
          !path.startsWith("@") &&
          !made.test(path) &&
          !existsSync(join(repository, path)) &&
          !existsSync(join(repository, folder, path)),
      );
      expect(missing).toEqual([]);
    });

    test(`${guide} names only npm scripts that exist`, () => {
      verifies("built.guides");
      const scripts = Object.keys((JSON.parse(read("package.json")) as { scripts: object }).scripts);
      const named = [...read(guide).matchAll(/npm run ([a-z:]+)/g)].map(([, name]) => name!);
      expect(named.filter((name) => !scripts.includes(name))).toEqual([]);
    });
  }

  test("every link to a heading finds it", () => {
    verifies("built.guides");
    const lost = guides.flatMap((guide) =>
      [...read(guide).matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)]
        .filter(
          ([, path, anchor]) => !anchorsOf(path ? join(dirname(guide), path) : guide).has(decodeURIComponent(anchor!)),
        )
        .map(([link]) => `${guide}: ${link}`),
    );
    expect(lost).toEqual([]);
  });

  test("every page is linked from the front page, or from a page that is", () => {
    verifies("built.guides");
    const seen = new Set<string>();
    const follow = (guide: string) => {
      if (seen.has(guide) || !guides.includes(guide)) return;
      seen.add(guide);
      for (const [, path] of read(guide).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)) follow(join(dirname(guide), path!));
    };
    follow("README.md");
    expect(guides.filter((guide) => !seen.has(guide))).toEqual([]);
  });

  test.each(front)("%s is a front page: at most 6 kB, with the two commands and a picture", (guide) => {
    verifies("built.front-page");
    expect(Buffer.byteLength(read(guide))).toBeLessThanOrEqual(6000);
    expect(read(guide)).toContain("npm ci && npm start");
    expect(read(guide)).toMatch(/!\[[^\]]+\]\(docs\/[a-z-]+\.webp\)/);
  });

  const pairs = guides
    .filter((guide) => guide.endsWith(".zh-CN.md"))
    .map((guide) => [guide.replace(".zh-CN", ""), guide] as const);
  test.each(pairs)(
    "%s and %s have the same tables and code, and outside the adapters the same sections, commands and links",
    (english, chinese) => {
      verifies("built.front-page");
      const shape = (guide: string) => {
        const text = read(guide);
        const frame = { rows: (text.match(/^\|/gm) ?? []).length, blocks: (text.match(/^\s*```/gm) ?? []).length };
        if (guide.startsWith("adapters/")) return frame;
        return {
          ...frame,
          sections: (text.match(/^#+ /gm) ?? []).length,
          commands: [...new Set(text.match(/`\/[a-z_]+`/g))].sort(),
          links: [...new Set([...text.matchAll(/\]\(([^)#\s]+)/g)].map(([, path]) => path!.replace(".zh-CN", "")))]
            .filter((path) => join(dirname(guide), path) !== english)
            .sort(),
        };
      };
      expect(shape(chinese)).toEqual(shape(english));
    },
  );

  test("the ten lines of the README are those that a test installs and runs", () => {
    verifies("built.guides");
    const blocks = (path: string) => [...read(path).matchAll(/```ts\n([\s\S]+?)```/g)].map(([, code]) => code);
    for (const guide of front) expect(blocks(guide), guide).toEqual([blocks("docs/plugins.md")[0]]);
  });

  test.each(["", ".zh-CN"])("the settings pages in docs (%s.md) name every variable", (language) => {
    verifies("built.variables");
    // It is what `toolcast settings --env` prints: every variable.
    const variables = [...read(".env.example").matchAll(/^#([A-Z][A-Z0-9_]*)=/gm)].map(([, name = ""]) => name);
    expect(variables.length).toBeGreaterThan(40);
    const pages = ["settings", "vendors", "surfaces"].map((page) => read(`docs/${page}${language}.md`)).join("\n");
    const named = new Set(pages.match(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*\b/g));
    expect(variables.filter((variable) => !named.has(variable))).toEqual([]);
  });

  test("the agents' guide stays short", () => {
    expect(Buffer.byteLength(read("AGENTS.md"))).toBeLessThan(10_000);
  });

  test("no committed file names a registry's host or a path of one machine", () => {
    const wrong = filesBelow(".", (path) => /\.(tsx?|js|json|md|yml|sh)$|^\.ci\//.test(path)).filter((path) =>
      /registry\.npmjs\.org|deb\.debian\.org|(^|[^A-Za-z0-9_.])\/(work|farm)\/[a-z.]/m.test(
        path === "test/guards/guides.test.ts" ? "" : read(path),
      ),
    );
    expect(wrong).toEqual([]);
  });
});
