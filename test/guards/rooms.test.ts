import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { filesBelow, read } from "../repository.ts";
import { verifies } from "../verifies.ts";

/**
 * The rooms of core from the ground up. A file imports only from its own room and from rooms before it, types included:
 * a room can then be read without those above it. `index.ts` and the other doors are above all rooms.
 */
const rooms = [
  "ground",
  "messages",
  "http",
  "errors",
  "state",
  "media",
  "people",
  "providers",
  "voices",
  "job",
  "money",
  "surface",
  "schedule",
  "engine-sqlite",
  "engine-postgres",
  "tools",
  "delivery",
  "work",
  "job-view",
  "runtime",
  "chat",
] as const;

const isCode = (path: string) => path.endsWith(".ts") && !path.endsWith(".test.ts");

/** The files that a file imports by a relative path. */
function importsOf(path: string): string[] {
  return [...read(path).matchAll(/(?:from|import)[\s(]*["'](\.[^"']+)["']/g)].map(([, target]) =>
    join(dirname(path), (target as string).replace(/\?.*$/, "")).replaceAll("\\", "/"),
  );
}

/**
 * Every import cycle among these files, each as the path that leads back to its beginning. Tests also contain imports in
 * programs that they write: those lead to no file.
 */
function circles(files: readonly string[]): string[] {
  const known = new Set(files);
  const state = new Map<string, "open" | "done">();
  const found: string[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    if (state.get(path) === "open") {
      found.push([...way.slice(way.indexOf(path)), path].join(" -> "));
    }
    if (state.has(path)) {
      return;
    }
    state.set(path, "open");
    for (const target of importsOf(path).filter((each) => known.has(each))) {
      visit(target, [...way, path]);
    }
    state.set(path, "done");
  };
  for (const path of files) {
    visit(path, []);
  }
  return found;
}

describe("rooms of core", () => {
  const files = filesBelow("core/src", isCode);
  const roomOf = (path: string) => path.split("/")[2] ?? "";
  const order = (path: string) => rooms.indexOf(roomOf(path) as (typeof rooms)[number]);

  test("every file has a room, doors apart", () => {
    verifies("built.arrows");
    expect(files.filter((path) => order(path) === -1 && path.split("/").length > 3)).toEqual([]);
    expect(files.filter((path) => path.split("/").length === 3).map((path) => path.split("/").at(-1))).toEqual([
      "browser.ts",
      "chat.ts",
      "engine.ts",
      "errors.ts",
      "index.ts",
      "provider.ts",
      "surface.ts",
    ]);
  });

  test("a room imports only rooms below it", () => {
    verifies("built.arrows");
    const wrong = files
      .filter((path) => order(path) !== -1)
      .flatMap((path) =>
        importsOf(path)
          .filter((target) => order(target) === -1 || order(target) > order(path))
          .map((target) => `${path} -> ${target}`),
      );
    expect(wrong).toEqual([]);
  });
});

test("no files import each other in a circle", () => {
  verifies("built.arrows");
  const code = ["core/src", "adapters", "sandbox/src", "app/src", "test", "docs"].flatMap((part) =>
    filesBelow(part, (path) => /\.tsx?$/.test(path)),
  );
  expect(circles(code)).toEqual([]);
});
