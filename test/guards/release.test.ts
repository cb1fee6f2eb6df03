import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { obstacles, versionEdits, workspacesOf } from "../../release/release-plan.ts";
import { read, repository } from "../repository.ts";
import { verifies } from "../verifies.ts";

const folders = (path: string) =>
  readdirSync(join(repository, path), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  );
const workspaces = workspacesOf(read, folders);
const examples = folders("docs/examples").map((name) => `docs/examples/${name}`);
const edits = versionEdits("7.8.9", { read, workspaces, examples });
const after = (path: string) => JSON.parse(edits.get(path)!);

test("a release sets one version in every package and in what they need of each other", () => {
  verifies("built.release");
  expect(workspaces.map(({ name }) => name)).toEqual(expect.arrayContaining(["toolcast", "@toolcast/core"]));
  for (const { folder, name } of workspaces) {
    const description = after(`${folder}/package.json`);
    expect(description, folder).toMatchObject({ name, version: "7.8.9" });
  }
  const needed = [...workspaces.map(({ folder }) => folder), ...examples].flatMap((folder) => {
    const { dependencies, peerDependencies, devDependencies } = after(`${folder}/package.json`);
    return Object.entries({ ...dependencies, ...peerDependencies, ...devDependencies });
  });
  const ours = needed.filter(([name]) => workspaces.some((workspace) => workspace.name === name));
  expect(ours.length).toBeGreaterThan(20);
  expect(new Set(ours.map(([, range]) => String(range).replace("^", "")))).toEqual(new Set(["7.8.9"]));
});

test("the lock file agrees with the packages, and no other line of any file changes", () => {
  verifies("built.release");
  const { packages } = after("package-lock.json");
  for (const { folder } of workspaces) {
    const { version, dependencies, peerDependencies, devDependencies } = after(`${folder}/package.json`);
    const locked = packages[folder];
    expect([locked.version, locked.dependencies, locked.peerDependencies, locked.devDependencies], folder).toEqual([
      version,
      dependencies,
      peerDependencies,
      devDependencies,
    ]);
  }
  for (const [path, text] of edits) {
    const [before, now] = [read(path).split("\n"), text.split("\n")];
    expect(now.length, path).toBe(before.length);
    const changed = now.filter((line, index) => line !== before[index]);
    for (const line of changed)
      expect(line, path).toMatch(/^\s+"(version|toolcast|@toolcast\/[a-z]+)": "\^?7\.8\.9",?$/);
  }
});

test("a release needs a later version, one version so far, a clean tree and its heading in the changelog", () => {
  verifies("built.release");
  const fine = {
    workspaces: [{ folder: "core", name: "@toolcast/core", version: "0.9.10", private: false }],
    status: "",
    changelog: "# Changelog\n\n## 0.10.0 - 2026-12-01\n",
  };
  expect(obstacles("0.10.0", fine)).toEqual([]);
  const why = (version: string, changes: Partial<typeof fine> = {}) =>
    obstacles(version, { ...fine, ...changes }).join();
  expect(why("v1")).toContain("is not a version");
  expect(why("0.9.10")).toContain("not later than 0.9.10");
  expect(why("0.9.9")).toContain("not later than 0.9.10");
  expect(why("0.10.0", { status: " M README.md\n" })).toContain("not clean");
  expect(why("0.10.0", { changelog: "## Unreleased\n## 0.10.01\n" })).toContain('no heading "## 0.10.0"');
  const two = [...fine.workspaces, { ...fine.workspaces[0]!, version: "0.9.9" }];
  expect(why("0.10.0", { workspaces: two })).toContain("different versions");
});
