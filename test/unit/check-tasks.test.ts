import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { filesBelow, read } from "../repository.ts";
import { verifies } from "../verifies.ts";

interface Package {
  name: string;
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

const folders = ["core", "sandbox", "app", ...filesBelow("adapters", isManifest).map((path) => dirname(path))];
const packages = new Map(folders.map((folder) => [folder, JSON.parse(read(`${folder}/package.json`)) as Package]));
const folderOf = (name: string) => [...packages].find(([, one]) => one.name === name)?.[0];

function isManifest(path: string): boolean {
  return /^adapters\/[^/]+\/package\.json$/.test(path);
}

/** The workspaces that a workspace depends on, itself included: what `files` in turbo.json stands for. */
function withDependencies(folder: string, seen = new Set<string>()): Set<string> {
  seen.add(folder);
  const { dependencies, devDependencies } = packages.get(folder)!;
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
    const other = folderOf(name);
    if (other !== undefined && !seen.has(other)) {
      withDependencies(other, seen);
    }
  }
  return seen;
}

/** The files that tests reach by their imports, and the workspaces they reach by name. */
function reachedFrom(tests: readonly string[]): Set<string> {
  const reached = new Set<string>();
  const open = [...tests];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (reached.has(path)) {
      continue;
    }
    reached.add(path);
    if (!/\.tsx?$/.test(path)) {
      continue;
    }
    for (const [, target = ""] of read(path).matchAll(/(?:from|import\(|import)\s*["']([^"'?]+)[^"']*["']/g)) {
      const workspace = folderOf(target.split("/").slice(0, 2).join("/"));
      if (target.startsWith(".")) {
        open.push(join(dirname(path), target).replaceAll("\\", "/"));
      } else if (workspace !== undefined) {
        reached.add(`${workspace}/`);
      }
    }
  }
  return reached;
}

const tested = folders.filter((folder) => filesBelow(folder, isTest).length > 0);

function isTest(path: string): boolean {
  return path.endsWith(".test.ts");
}

test("every workspace with unit tests has its task, so that `npm run check` runs them", () => {
  verifies("built.check");
  expect(tested.length).toBeGreaterThan(4);
  for (const folder of tested) {
    expect(packages.get(folder)!.scripts?.["test:unit"], folder).toMatch(` --project unit ${folder}/src/`);
  }
});

test.each(tested)(
  "every file that can change the unit tests of %s is an input of their task, so no stale result passes",
  (folder) => {
    verifies("built.check");
    const known = [...withDependencies(folder)].map((one) => `${one}/`);
    const strange = [...reachedFrom(filesBelow(folder, isTest))].filter(
      (path) =>
        !known.some((one) => path.startsWith(one)) &&
        !/^test\/(?:[^/]+\.ts|(?:contracts|doubles|fakes|fixtures)\/.*)$/.test(path),
    );
    expect(strange).toEqual([]);
  },
);
