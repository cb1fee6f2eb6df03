import { type SpawnOptionsWithoutStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { repository } from "./repository.ts";

/** A package as `npm pack` makes it. */
export interface PackedPackage {
  name: string;
  version: string;
  filename: string;
  files: { path: string }[];
}

/** An empty folder in which the packed workspaces are installed, each from its own archive. */
export interface PackedHome {
  directory: string;
  packages: PackedPackage[];
  /** Runs a script of the folder with Node. */
  run(
    script: string,
    args?: readonly string[],
    options?: SpawnOptionsWithoutStdio,
  ): Promise<{ code: number; text: string }>;
  remove(): void;
}

const npm = process.platform === "win32" ? "npm.cmd" : "npm";

/**
 * Builds and packs every workspace that is published, and installs the archives. What they need from others is linked
 * from the repository, but only what a package declares: a forgotten dependency is not found.
 */
export async function installPacked(): Promise<PackedHome> {
  const directory = mkdtempSync(join(tmpdir(), "toolcast-packed-"));
  const inRepository = { cwd: repository };
  await succeed(npm, ["run", "build"], inRepository);
  const packed = await succeed(npm, ["pack", "--workspaces", "--json", "--pack-destination", directory], inRepository);
  // An object by name since npm 12, an array before.
  const packages = Object.values(JSON.parse(packed) as Record<string, PackedPackage>).filter(
    ({ name }) => name !== "@toolcast/test",
  );
  for (const { name, filename } of packages) {
    const target = join(directory, "node_modules", name);
    mkdirSync(target, { recursive: true });
    await succeed("tar", ["-xzf", join(directory, filename), "-C", target, "--strip-components=1"]);
    const description = JSON.parse(readFileSync(join(target, "package.json"), "utf8")) as Record<string, object>;
    for (const dependency of Object.keys({ ...description.dependencies, ...description.peerDependencies })) {
      if (!packages.some(({ name }) => name === dependency)) {
        link(dependency, workspaceOf(name), target);
      }
    }
  }
  return {
    directory,
    packages,
    run: (script, args = [], options = {}) =>
      end(process.execPath, [join(directory, script), ...args], {
        cwd: directory,
        env: { PATH: process.env.PATH, HOME: directory, LANG: "en_US.UTF-8" },
        ...options,
      }),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function workspaceOf(name: string): string {
  const folder = name.replace("@toolcast/", "");
  const places = [name === "toolcast" ? "app" : folder, join("adapters", folder), join("test", folder)];
  return places.find((place) => existsSync(join(repository, place, "package.json")))!;
}

function link(dependency: string, workspace: string, target: string): void {
  const source = [workspace, "."].map((place) => join(repository, place, "node_modules", dependency)).find(existsSync);
  if (source === undefined) throw new Error(`${dependency} of ${workspace} is not installed`);
  const place = join(target, "node_modules", dependency);
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(source, place, "junction");
}

async function succeed(command: string, args: readonly string[], options: SpawnOptionsWithoutStdio = {}) {
  const { code, text } = await end(command, args, options);
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${text}`);
  return text;
}

/** `text`: what was written to stdout; if the command failed, to stderr too. */
async function end(command: string, args: readonly string[], options: SpawnOptionsWithoutStdio) {
  const child = spawn(command, args, { shell: process.platform === "win32" && command === npm, ...options });
  let out = "";
  let error = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (error += text));
  const [code] = (await once(child, "close")) as [number | null];
  return { code: code ?? 1, text: code === 0 ? out : out + error };
}
