import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The root folder of the repository. */
export const repository = dirname(dirname(fileURLToPath(import.meta.url)));

const skipped = new Set(["node_modules", "dist", ".git", ".turbo", "data"]);

/** Every file below a folder of the repository, as paths from the root with forward slashes. */
export function filesBelow(folder: string, accepts: (path: string) => boolean = () => true): string[] {
  return readdirSync(join(repository, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(repository, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .filter((path) => !path.split("/").some((part) => skipped.has(part)) && accepts(path))
    .sort();
}

export function read(path: string): string {
  return readFileSync(join(repository, path), "utf8");
}
