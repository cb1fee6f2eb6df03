import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { read, repository } from "./repository.ts";

/** The files of core's doors, without their ending. */
export function doorsOfCore(): string[] {
  const { exports } = JSON.parse(read("core/package.json")) as Manifest;
  return Object.values(exports).map(({ "toolcast-source": source }) => basename(source, ".ts"));
}

/** The names a door exports, types included: adding a line there makes public API. */
export function namesOf(door: string): string[] {
  const source = read(`core/src/${door}.ts`).replaceAll(/\/\*[\s\S]*?\*\//g, "");
  const lists = [...source.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, list = ""]) => list.split(","));
  const spaces = [...source.matchAll(/export \* as (\w+)/g)].map(([, name = ""]) => name);
  return [
    ...lists.map((name) =>
      name
        .trim()
        .replace(/^type /, "")
        .replace(/^\w+ as /, ""),
    ),
    ...spaces,
  ]
    .filter((name) => name !== "")
    .sort();
}

/** A name that a package exports, and how it is imported. */
export interface DoorName {
  /** What an import names, such as `@toolcast/core/chat`. */
  specifier: string;
  /** False for a name that is exported as a type only. */
  value: boolean;
}

interface Manifest {
  name: string;
  exports: Record<string, { "toolcast-source": string }>;
}

/** Folders of the packages that other code imports by name. */
const packages = [
  "core",
  "sandbox",
  "app",
  ...readdirSync(join(repository, "adapters")).map((name) => `adapters/${name}`),
];

/** The names that a file passes on from other files of its package. */
function passedOn(path: string) {
  return [...read(path).matchAll(/^export (type )?\{([^}]*)\} from "(\.[^"]+)"/gm)].flatMap(
    ([, type, list = "", from = ""]) =>
      list
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name !== "")
        .map((name) => ({
          name: name.replace(/^type /, "").replace(/ as \w+$/, ""),
          file: join(dirname(path), from).replaceAll("\\", "/"),
          value: type === undefined && !name.startsWith("type "),
        })),
  );
}

/** Where a name is defined, as `core/src/job/job.ts#Job`, whichever file it is imported from. */
export function originOf(path: string, name: string): string {
  const next = existsSync(join(repository, path)) ? passedOn(path).find((each) => each.name === name) : undefined;
  return next === undefined ? `${path}#${name}` : originOf(next.file, name);
}

/** Every name that a package of ours exports, by where it is defined. */
export function exportedNames(): Map<string, DoorName> {
  const names = new Map<string, DoorName>();
  for (const folder of packages) {
    const manifest = JSON.parse(read(`${folder}/package.json`)) as Manifest;
    for (const [path, { "toolcast-source": source }] of Object.entries(manifest.exports)) {
      const door = join(folder, source).replaceAll("\\", "/");
      const specifier = manifest.name + path.slice(1);
      for (const { file, name, value } of passedOn(door)) {
        names.set(originOf(file, name), { specifier, value });
      }
    }
  }
  return names;
}
