import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { exportedNames, originOf } from "../door-names.ts";
import { filesBelow, read } from "../repository.ts";
import { verifies } from "../verifies.ts";

/** What a file imports by a path that leads into another package's source. */
interface DeepImport {
  from: string;
  target: string;
  name: string;
  /** Whether only its type is imported. */
  type: boolean;
}

const parts = /^(core|adapters\/\w+|sandbox|app)\/src\//;

function deepImports(path: string): DeepImport[] {
  const part = parts.exec(path)?.[0];
  const statements = read(path).matchAll(
    /\b(?:import|export)\s*(type\s)?([^;"']*?)(?:from\s*|\(\s*)["'](\.[^"']+)["']/g,
  );
  return [...statements].flatMap(([, type, list = "", relative = ""]) => {
    const target = join(dirname(path), relative.replace(/\?.*$/, "")).replaceAll("\\", "/");
    if (!parts.test(target) || parts.exec(target)?.[0] === part) {
      return [];
    }
    const names = /\{([^}]*)\}/.exec(list)?.[1]?.split(",") ?? ["*"];
    return names
      .map((name) => name.trim())
      .filter((name) => name !== "")
      .map((name) => ({
        from: path,
        target,
        name: name.replace(/^type /, "").replace(/ as \w+$/, ""),
        type: type !== undefined || name.startsWith("type "),
      }));
  });
}

const tests = [
  ...filesBelow("test", (path) => /\.tsx?$/.test(path)),
  ...["core", "adapters", "sandbox", "app"].flatMap((part) => filesBelow(part, (path) => /\.test\.tsx?$/.test(path))),
];
const found = tests.flatMap(deepImports);

test("a test imports what a door exports through that door", () => {
  verifies("built.tests-use-doors");
  const doors = exportedNames();
  const wrong = found.flatMap(({ from, target, name, type }) => {
    const door = doors.get(originOf(target, name));
    return door !== undefined && (type || door.value) ? [`${from}: ${name} is exported by ${door.specifier}`] : [];
  });
  expect(wrong).toEqual([]);
});

/** A unit test of a room's internals lies beside them. */
test("no test of another package uses what no door exports", () => {
  verifies("built.tests-use-doors");
  expect(found.map(({ from, target, name }) => `${from}: ${name} of ${target}`)).toEqual([]);
});
