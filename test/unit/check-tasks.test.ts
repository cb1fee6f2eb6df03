import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { filesBelow, read, repository } from "../repository.ts";
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

/** The input files of every workspace's task, as turbo finds them, by the workspace's folder. */
function inputsOf(task: string): Map<string, Set<string>> {
  const turbo = join(repository, "node_modules/turbo/bin/turbo");
  const output = execFileSync(process.execPath, [turbo, "run", task, "--dry=json"], {
    cwd: repository,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const { tasks } = JSON.parse(output) as {
    tasks: { task: string; command: string; directory: string; inputs: Record<string, string> }[];
  };
  return new Map(
    tasks
      .filter((one) => one.task === task && one.command !== "<NONEXISTENT>")
      .map(({ directory, inputs }) => {
        const folder = directory.replaceAll("\\", "/");
        return [folder, new Set(Object.keys(inputs).map((path) => join(folder, path).replaceAll("\\", "/")))];
      }),
  );
}

test("every file that a workspace is compiled from is an input of its build, the shared settings too", () => {
  verifies("built.check");
  const builds = inputsOf("build");
  expect([...builds.keys()].sort()).toEqual([...folders, "test/testing"].sort());
  for (const [folder, inputs] of builds) {
    const compiled = filesBelow(`${folder}/src`, (path) => /\.tsx?$/.test(path) && !isTest(path));
    const settings = ["tsconfig.build.json", "package.json"].map((name) => `${folder}/${name}`);
    const needed = ["tsconfig.base.json", ...settings, ...compiled];
    expect(
      needed.filter((path) => !inputs.has(path)),
      folder,
    ).toEqual([]);
  }
});

test("every file of ours that ends up in a bundled page is an input of its bundle", () => {
  verifies("built.check");
  const bundles = inputsOf("bundle");
  expect([...bundles.keys()].sort()).toEqual(["adapters/mcp", "adapters/web"]);
  for (const [folder, inputs] of bundles) {
    const pages = ["page", "card"].flatMap((name) =>
      filesBelow(folder, (path) => path.startsWith(`${folder}/${name}/`)),
    );
    expect(
      [...bundledFrom(pages), `${folder}/vite.config.ts`].filter((path) => !inputs.has(path)),
      folder,
    ).toEqual([]);
  }
});

/** The files that a bundle of these contains: what they import as values, core's doors from source. */
function bundledFrom(entries: readonly string[]): Set<string> {
  const bundled = new Set<string>();
  const open = [...entries];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (bundled.has(path)) {
      continue;
    }
    bundled.add(path);
    if (/\.tsx?$/.test(path)) {
      const values = read(path).matchAll(/^(?:import|export)\s(?!type\s)[^;"']*?["']([^"'?]+)["']/gm);
      for (const [, target = ""] of values) {
        if (target.startsWith(".")) {
          open.push(join(dirname(path), target).replaceAll("\\", "/"));
        } else if (target.startsWith("@toolcast/core")) {
          open.push(`core/src/${target.split("/")[2] ?? "index"}.ts`);
        }
      }
    }
  }
  return bundled;
}
