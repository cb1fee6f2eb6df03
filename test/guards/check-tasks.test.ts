import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
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
const packages = new Map(
  [...folders, "test", "test/testing"].map((folder) => [folder, JSON.parse(read(`${folder}/package.json`)) as Package]),
);
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

/**
 * The places whose unit tests a workspace's task runs. The adapters' are the app's, which depends on every adapter and is
 * tested again whenever one changes: a process for each would load core five times more.
 */
const tested = new Map([
  ["core", ["core/src/"]],
  ["sandbox", ["sandbox/src/"]],
  ["app", ["app/src/", "adapters/"]],
  ["test", ["test/unit/"]],
]);

function isTest(path: string): boolean {
  return path.endsWith(".test.ts");
}

test("every workspace's unit tests are run by one task, so that `npm run check` runs them", () => {
  verifies("built.check");
  const places = [...tested.values()].flat();
  for (const folder of folders.filter((folder) => filesBelow(folder, isTest).length > 0)) {
    expect(
      places.filter((place) => `${folder}/src/`.startsWith(place)),
      folder,
    ).toHaveLength(1);
  }
  for (const [folder, { scripts }] of packages) {
    const places = tested.get(folder)?.join(" ");
    const root = folder.replaceAll(/[^/]+/g, "..");
    expect(scripts?.["test:unit"], folder).toBe(places && `vitest run --root ${root} --project unit ${places}`);
  }
});

test("`npm run check` and `npm test` run the same unit tests, each once", () => {
  verifies("built.check");
  const { scripts } = JSON.parse(read("package.json")) as Package;
  expect(`${scripts!["test:repository"]} `).toContain(" --project unit test/guards/ ");
  const run = [...tested.values(), "test/guards/"].flat();
  const [, included = ""] = /name: "unit",.*?include: \[([^\]]*)\]/s.exec(read("vitest.config.ts")) ?? [];
  const inUnit = [...included.matchAll(/"([^"]+)\*\*\/\*\.test\.ts"/g)].flatMap(([, place = ""]) =>
    place.includes("*") ? run.filter((one) => one.startsWith(place.split("*")[0]!)) : [place],
  );
  expect(inUnit.sort()).toEqual(run.sort());
});

/** The input files of every workspace's tasks, as turbo finds them, by task and folder. */
const inputs = readInputs(["build", "bundle", "test:unit"]);

test.each([...tested])(
  "every file that can change the unit tests of %s is an input of their task, so no stale result passes",
  (folder, places) => {
    verifies("built.check");
    const others = [...withDependencies(folder)].filter((one) => one !== folder).map((one) => `${one}/`);
    const own = inputs.get("test:unit")!.get(folder)!;
    const strange = [...reachedFrom(places.flatMap((place) => filesBelow(place, isTest)))].filter(
      (path) =>
        path !== `${folder}/` &&
        !own.has(path) &&
        !others.some((one) => path.startsWith(one)) &&
        // Tests also contain imports in programs that they write.
        existsSync(join(repository, path)),
    );
    expect(strange).toEqual([]);
  },
);

function readInputs(names: readonly string[]): Map<string, Map<string, Set<string>>> {
  const turbo = join(repository, "node_modules/turbo/bin/turbo");
  const output = execFileSync(process.execPath, [turbo, "run", ...names, "--dry=json"], {
    cwd: repository,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const { tasks } = JSON.parse(output) as {
    tasks: { task: string; command: string; directory: string; inputs: Record<string, string> }[];
  };
  const found = new Map(names.map((name) => [name, new Map<string, Set<string>>()]));
  for (const { task, command, directory, inputs: files } of tasks) {
    if (command !== "<NONEXISTENT>") {
      const folder = directory.replaceAll("\\", "/");
      const paths = Object.keys(files).map((path) => join(folder, path).replaceAll("\\", "/"));
      found.get(task)?.set(folder, new Set(paths));
    }
  }
  return found;
}

test("every file that a workspace is compiled from is an input of its build, the shared settings too", () => {
  verifies("built.check");
  const builds = inputs.get("build")!;
  expect([...builds.keys()].sort()).toEqual([...folders, "test/testing"].sort());
  for (const [folder, known] of builds) {
    const compiled = filesBelow(`${folder}/src`, (path) => /\.tsx?$/.test(path) && !isTest(path));
    const settings = ["tsconfig.build.json", "package.json"].map((name) => `${folder}/${name}`);
    const needed = ["tsconfig.base.json", ...settings, ...compiled];
    expect(
      needed.filter((path) => !known.has(path)),
      folder,
    ).toEqual([]);
  }
});

test("every file of ours that ends up in a bundled page is an input of its bundle", () => {
  verifies("built.check");
  const bundles = inputs.get("bundle")!;
  expect([...bundles.keys()].sort()).toEqual(["adapters/mcp", "adapters/web"]);
  for (const [folder, known] of bundles) {
    const pages = ["page", "card"].flatMap((name) =>
      filesBelow(folder, (path) => path.startsWith(`${folder}/${name}/`)),
    );
    expect(
      [...bundledFrom(pages), `${folder}/vite.config.ts`].filter((path) => !known.has(path)),
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
