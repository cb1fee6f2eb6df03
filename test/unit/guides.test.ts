import { existsSync } from "node:fs";
import { join } from "node:path";
import { builtInProviders } from "@toolcast/core";
import { describe, expect, test } from "vitest";
import { builtInAdapters } from "../../app/src/configuration/built-in-adapters.ts";
import { variableRules } from "../../app/src/configuration/variables.ts";
import { filesBelow, read, repository } from "../repository.ts";
import { verifies } from "../verifies.ts";

const guides = [
  "README.md",
  "README.zh-CN.md",
  "ARCHITECTURE.md",
  "AGENTS.md",
  "docs/plugins.md",
  "core/README.md",
  "app/README.md",
  "sandbox/README.md",
  "adapters/web/README.md",
  "adapters/mcp/README.md",
  "adapters/discord/README.md",
  "adapters/discord/README.zh-CN.md",
  "adapters/slack/README.md",
  "adapters/slack/README.zh-CN.md",
  "adapters/telegram/README.md",
  "adapters/telegram/README.zh-CN.md",
];
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

  test("the ten lines of the README are those that a test installs and runs", () => {
    verifies("built.guides");
    const blocks = (path: string) => [...read(path).matchAll(/```ts\n([\s\S]+?)```/g)].map(([, code]) => code);
    expect(blocks("README.md")).toEqual([blocks("docs/plugins.md")[0]]);
  });

  test.each(["README.md", "README.zh-CN.md"])("%s names every variable", (guide) => {
    verifies("built.variables");
    const variables = [
      ...Object.keys(variableRules),
      ...[...builtInProviders, ...builtInAdapters].flatMap(({ settings }) => settings.map(({ variable }) => variable)),
    ];
    const named = new Set(read(guide).match(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*\b/g));
    expect(variables.filter((variable) => !named.has(variable))).toEqual([]);
  });

  test("the agents' guide stays short", () => {
    expect(Buffer.byteLength(read("AGENTS.md"))).toBeLessThan(10_000);
  });

  test("no committed file names a registry's host or a path of one machine", () => {
    const wrong = filesBelow(".", (path) => /\.(tsx?|js|json|md|yml|sh)$|^\.ci\//.test(path)).filter((path) =>
      /registry\.npmjs\.org|deb\.debian\.org|(^|[^A-Za-z0-9_.])\/(work|farm)\/[a-z.]/m.test(
        path === "test/unit/guides.test.ts" ? "" : read(path),
      ),
    );
    expect(wrong).toEqual([]);
  });
});
