import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { filesBelow, repository } from "./repository.ts";

/** A release that is newer than this one, with all its code in a folder of its own. */
export interface NextRelease {
  /** Its `toolcast` command. */
  program: string;
  remove(): void;
}

/** A change of the source: text that occurs there exactly once, and what replaces it in the newer release. */
interface Change {
  path: string;
  before: string;
  after: string;
}

const workspaces = ["core", "adapters", "sandbox", "app"];

/** This release with changes. It shares the installed dependencies, and none of our packages. */
export function makeNextRelease(changes: readonly Change[]): NextRelease {
  const directory = mkdtempSync(join(tmpdir(), "toolcast-next-release-"));
  for (const path of ["package.json", ...workspaces.flatMap((workspace) => filesBelow(workspace))]) {
    mkdirSync(join(directory, dirname(path)), { recursive: true });
    cpSync(join(repository, path), join(directory, path));
  }
  linkInstalled(directory);
  for (const { path, before, after } of changes) {
    const file = join(directory, path);
    const [beginning, end, ...more] = readFileSync(file, "utf8").split(before);
    if (beginning === undefined || end === undefined || more.length > 0) {
      throw new Error(`${path} does not have exactly one ${before}`);
    }
    writeFileSync(file, beginning + after + end);
  }
  return {
    program: join(directory, "app", "bin", "toolcast.js"),
    remove: () => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }),
  };
}

function linkInstalled(directory: string): void {
  const installed = join(repository, "node_modules");
  const own = join(directory, "node_modules");
  mkdirSync(join(own, "@toolcast"), { recursive: true });
  for (const name of readdirSync(installed).filter((name) => name !== "@toolcast" && name !== "toolcast")) {
    symlinkSync(join(installed, name), join(own, name));
  }
  for (const workspace of [
    "core",
    "sandbox",
    ...readdirSync(join(directory, "adapters")).map((name) => `adapters/${name}`),
  ]) {
    symlinkSync(join(directory, workspace), join(own, "@toolcast", workspace.split("/").at(-1)!));
  }
  // Versions that only one workspace needs.
  for (const workspace of ["core", "app"]) {
    symlinkSync(join(repository, workspace, "node_modules"), join(directory, workspace, "node_modules"));
  }
}
